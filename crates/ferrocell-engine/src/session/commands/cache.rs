//! What all sessions keep on disk: compiled cells and built dependencies.

use super::{Answer, wrong};
use crate::compiler::artifacts::MEGABYTE;
use crate::deps;
use crate::session::Session;
use crate::toolchain::cache;
use crate::{CellId, Event};

/// Sets how many compiled cells are kept; what there is then.
pub(super) fn limit(session: &mut Session, _: CellId, argument: &str) -> Answer {
    let artifacts = &session.artifacts;
    if !argument.is_empty() {
        let megabytes: u64 = argument.parse().map_err(|_| {
            wrong(format!(
                "`:cache {argument}`: a number of megabytes is expected, such as 2000, or 0 to compile each cell anew"
            ))
        })?;
        artifacts.set_limit(megabytes.saturating_mul(MEGABYTE));
    }
    let place = artifacts.place().display();
    let kept = artifacts
        .shrink()
        .map_err(|error| wrong(format!("cannot look through {place}: {error}")))?;
    let megabytes = |bytes: u64| bytes.div_ceil(MEGABYTE);
    let limit = match artifacts.limit() {
        0 => "this session compiles each cell anew".to_owned(),
        limit => format!("the limit is {} MB", megabytes(limit)),
    };
    Ok(Some(format!(
        "{place} keeps {} compiled cells in {} MB; {limit}",
        kept.count,
        megabytes(kept.bytes)
    )))
}

/// Removes all.
pub(super) fn clear(session: &mut Session, cell: CellId, _: &str) -> Answer {
    let events = session.events.clone();
    let progress = move |message: String| events(Event::Progress { cell, message });
    let place = deps::clear(&session.options.cache_dir, &session.interrupts, &progress);
    progress(String::new());
    let (place, cells) = (place?, session.artifacts.place());
    cache::remove(cells)
        .map_err(|error| wrong(format!("cannot remove {}: {error}", cells.display())))?;
    Ok(Some(format!(
        "{} and {} are empty; dependencies are built again when they are next asked for",
        place.display(),
        cells.display()
    )))
}
