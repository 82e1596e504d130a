//! How much memory a value takes, in words.

use std::fmt;

/// How much memory a value takes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Size {
    /// In bytes.
    pub(crate) bytes: u64,
    /// Whether it may own more.
    pub(crate) is_least: bool,
}

impl fmt::Display for Size {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        const UNITS: [&str; 4] = ["kB", "MB", "GB", "TB"];
        if self.is_least {
            f.write_str("at least ")?;
        }
        if self.bytes < 1000 {
            return write!(f, "{} bytes", self.bytes);
        }
        let mut size = self.bytes as f64 / 1000.0;
        let mut units = UNITS.iter();
        while size >= 999.95 && units.len() > 1 {
            size /= 1000.0;
            units.next();
        }
        write!(f, "{size:.1} {}", units.as_slice()[0])
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_are_written_with_a_unit_that_suits() {
        let written = |bytes, is_least| Size { bytes, is_least }.to_string();
        assert_eq!(written(0, false), "0 bytes");
        assert_eq!(written(1000, true), "at least 1.0 kB");
        assert_eq!(written(999_949, false), "999.9 kB");
        assert_eq!(written(999_950, false), "1.0 MB");
        assert_eq!(written(u64::MAX, false), "18446744.1 TB");
    }
}
