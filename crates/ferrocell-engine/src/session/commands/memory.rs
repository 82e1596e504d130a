//! How much memory the program may use.

use super::{Answer, wrong};
use crate::CellId;
use crate::session::Session;
use crate::session::run;

/// Sets the limit; what it is then.
pub(super) fn limit(session: &mut Session, cell: CellId, argument: &str) -> Answer {
    if argument.is_empty() {
        return Ok(Some(describe(session.memory_limit)));
    }
    let limit = match argument {
        "off" => None,
        size => Some(parse(size).ok_or_else(|| {
            wrong(format!(
                "`:memory {size}`: a size is expected, such as 500M or 4G, or `off`"
            ))
        })?),
    };
    session.memory_limit = limit;
    run::limit_memory(session, cell, limit)?;
    Ok(Some(describe(limit)))
}

fn describe(limit: Option<u64>) -> String {
    match limit {
        Some(bytes) => format!("the program may use {} MiB", bytes >> 20),
        None => "the program may use all memory there is".to_owned(),
    }
}

/// A size in bytes.
fn parse(size: &str) -> Option<u64> {
    let size = size.trim_end_matches(['B', 'b']).trim_end_matches('i');
    let digits = size.trim_end_matches(|c: char| c.is_ascii_alphabetic());
    let shift = match size[digits.len()..].to_ascii_uppercase().as_str() {
        "K" => 10,
        "M" => 20,
        "G" => 30,
        "T" => 40,
        _ => return None,
    };
    let number: u64 = digits.trim().parse().ok()?;
    number.checked_mul(1 << shift).filter(|bytes| *bytes > 0)
}

#[cfg(test)]
mod tests {
    use super::parse;

    #[test]
    fn sizes_are_read_as_people_write_them() {
        for (text, bytes) in [
            ("4G", Some(4 << 30)),
            ("500 MiB", Some(500 << 20)),
            ("64kb", Some(64 << 10)),
            ("0G", None),
            ("G", None),
            ("4", None),
            ("99999999999T", None),
        ] {
            assert_eq!(parse(text), bytes, "{text}");
        }
    }
}
