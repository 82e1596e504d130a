//! Where the file belongs.

use std::ffi::OsString;
use std::path::PathBuf;

/// The file for a user's history, in their data folder: below `XDG_DATA_HOME`, else below `~/.local/share` (on macOS
/// `~/Library/Application Support`); `None` if no home is known.
pub fn history_file() -> Option<PathBuf> {
    history_file_with(|name| std::env::var_os(name).filter(|value| !value.is_empty()))
}

fn history_file_with(variable: impl Fn(&str) -> Option<OsString>) -> Option<PathBuf> {
    let data = variable("XDG_DATA_HOME").map(PathBuf::from).or_else(|| {
        let data = if cfg!(target_os = "macos") {
            "Library/Application Support"
        } else {
            ".local/share"
        };
        variable("HOME").map(|home| PathBuf::from(home).join(data))
    });
    data.map(|data| data.join("ferrocell/history.jsonl"))
}

#[cfg(all(test, not(target_os = "macos")))]
mod tests {
    use super::*;

    #[test]
    fn files_by_environment() {
        let home = |name: &str| (name == "HOME").then(|| "/h".into());
        assert_eq!(
            history_file_with(home),
            Some("/h/.local/share/ferrocell/history.jsonl".into())
        );
        let both = |name: &str| Some(if name == "HOME" { "/h" } else { "/x" }.into());
        assert_eq!(
            history_file_with(both),
            Some("/x/ferrocell/history.jsonl".into())
        );
        assert_eq!(history_file_with(|_| None), None);
    }
}
