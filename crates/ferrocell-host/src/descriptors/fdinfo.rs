//! `/proc/self/fdinfo`, read without allocating: one file per descriptor, one fact per line.

use std::io::Write;

use super::calls;

/// Hands each line of a descriptor's file to `visit`. Lines that do not fit into the buffer, which there are none of, are
/// left out.
pub(super) fn lines(number: i32, visit: impl FnMut(&[u8])) -> Option<()> {
    let mut path = [0; 40];
    write!(&mut path[..], "/proc/self/fdinfo/{number}\0").ok()?;
    let file = calls::open(&path, libc::O_RDONLY | libc::O_CLOEXEC)?;
    split(|buffer| calls::read(&file, buffer), visit);
    Some(())
}

/// Hands each line of what `read` gives piece by piece to `visit`.
fn split(mut read: impl FnMut(&mut [u8]) -> usize, mut visit: impl FnMut(&[u8])) {
    let mut buffer = [0; 1024];
    let mut filled = 0;
    loop {
        let count = read(&mut buffer[filled..]);
        if count == 0 {
            return;
        }
        filled += count;
        let mut begin = 0;
        while let Some(len) = buffer[begin..filled].iter().position(|byte| *byte == b'\n') {
            visit(&buffer[begin..begin + len]);
            begin += len + 1;
        }
        buffer.copy_within(begin..filled, 0);
        filled -= begin;
    }
}

/// What stands behind `name` in a line.
pub(super) fn field<'a>(line: &'a [u8], name: &str) -> Option<&'a [u8]> {
    let at = line
        .windows(name.len())
        .position(|window| window == name.as_bytes())?;
    Some(&line[at + name.len()..])
}

/// The number at the start of a text, in this base; spaces before it do not count.
pub(super) fn number(text: &[u8], base: u32) -> Option<u64> {
    let mut digits = text
        .trim_ascii_start()
        .iter()
        .map_while(|byte| char::from(*byte).to_digit(base));
    let first = u64::from(digits.next()?);
    digits.try_fold(first, |number, digit| {
        number
            .checked_mul(base.into())?
            .checked_add(u64::from(digit))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_is_whole_wherever_the_pieces_end() {
        let text = b"pos:\t0\nflags:\t02\ntfd: 5\n";
        for size in 1..text.len() {
            let mut rest = &text[..];
            let mut found = Vec::new();
            let read = |buffer: &mut [u8]| {
                let count = size.min(rest.len());
                buffer[..count].copy_from_slice(&rest[..count]);
                rest = &rest[count..];
                count
            };
            split(read, |line| found.push(line.to_vec()));
            assert_eq!(
                found,
                [&b"pos:\t0"[..], b"flags:\t02", b"tfd: 5"],
                "in pieces of {size}"
            );
        }
    }

    #[test]
    fn numbers_end_where_their_digits_do() {
        assert_eq!(number(b"      ff, x", 16), Some(0xff));
        assert_eq!(number(b"017", 8), Some(15));
        assert_eq!(number(b"18446744073709551615", 10), Some(u64::MAX));
        assert_eq!(number(b"18446744073709551616", 10), None);
        assert_eq!(number(b" x", 10), None);
        assert_eq!(field(b"a: 1 b: 2", "b:"), Some(&b" 2"[..]));
        assert_eq!(field(b"a: 1", "b:"), None);
    }
}
