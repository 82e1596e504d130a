//! Paths as people write them in `:dep` lines.

use std::env;
use std::path::{Path, PathBuf};

/// Whether a line names a folder and not a crate.
pub(super) fn is_path(text: &str) -> bool {
    text.starts_with(['.', '/', '~', '$'])
}

/// The folder that is meant: `~` is the user's home, `$NAME` and `${NAME}` are environment variables, and what is relative
/// starts from `folder`. The error says what is missing.
pub(super) fn resolve(text: &str, folder: &Path) -> Result<PathBuf, String> {
    let expanded = expand(text)?;
    let path = folder.join(expanded);
    path.canonicalize().map_err(|error| error.to_string())
}

fn expand(text: &str) -> Result<PathBuf, String> {
    let mut whole = String::new();
    for (index, part) in text.split('/').enumerate() {
        if index > 0 {
            whole.push('/');
        }
        if index == 0 && part == "~" {
            let home = env::home_dir().ok_or("no home folder is known")?;
            whole.push_str(&home.to_string_lossy());
        } else {
            expand_variables(part, &mut whole)?;
        }
    }
    Ok(PathBuf::from(whole))
}

fn expand_variables(mut text: &str, whole: &mut String) -> Result<(), String> {
    while let Some((before, after)) = text.split_once('$') {
        whole.push_str(before);
        let (name, rest) = match after.strip_prefix('{').and_then(|it| it.split_once('}')) {
            Some(braced) => braced,
            None => {
                let is_end = |c: char| !(c.is_ascii_alphanumeric() || c == '_');
                after.split_at(after.find(is_end).unwrap_or(after.len()))
            }
        };
        if name.is_empty() {
            whole.push('$');
        } else {
            let value = env::var(name);
            whole.push_str(&value.map_err(|_| format!("the variable {name} is not set"))?);
        }
        text = rest;
    }
    whole.push_str(text);
    Ok(())
}
