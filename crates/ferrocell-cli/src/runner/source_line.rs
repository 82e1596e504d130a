//! Which line of a cell an error points at, read from the error's traceback.

use crate::text::without_ansi;

/// The line number, counted from 1, in the cell that ran as `execution_count`.
///
/// ipykernel writes `Cell In[3], line 2` for each frame, the outermost one of the cell itself first; ferrocell writes
/// `cell [3], line 2` for each frame of a panic, the outermost one last, and points at `cell [3]:2:9` where the code does
/// not compile. evcxr names the cell as `command_3` above its report of a compile error, in which the gutter numbers the
/// lines that it shows.
pub(crate) fn source_line(traceback: &[String], execution_count: i32) -> Option<usize> {
    let text = without_ansi(&traceback.join("\n"));
    let first = |marker: String| Some(text.split_once(&marker)?.1);
    let last = |marker: String| Some(text.rsplit_once(&marker)?.1);
    first(format!("Cell In[{execution_count}], line "))
        .or_else(|| last(format!("cell [{execution_count}], line ")))
        .or_else(|| first(format!("cell [{execution_count}]:")))
        .and_then(|rest| {
            rest.split(|c: char| !c.is_ascii_digit())
                .next()?
                .parse()
                .ok()
        })
        .or_else(|| {
            first(format!("command_{execution_count}:"))?
                .lines()
                .find_map(gutter)
        })
}

/// The number in front of the bar of a line of a report (`  2 │ let text…`).
fn gutter(line: &str) -> Option<usize> {
    line.split_once('\u{2502}')?.0.trim().parse().ok()
}

#[cfg(test)]
mod tests {
    use super::source_line;

    #[test]
    fn finds_the_line_of_the_cell() {
        let cases: [(&[&str], i32, Option<usize>); 7] = [
            (
                &["Cell In[3], line 4\n", "Cell In[3], line 2, in f()"],
                3,
                Some(4),
            ),
            (
                &["File \u{1b}[32mCell In[3], line 12\u{1b}[0m"],
                3,
                Some(12),
            ),
            (&["Cell In[2], line 7"], 3, None),
            (&["error[E0308]: …\n --> cell [5]:2:17"], 5, Some(2)),
            (
                &["panicked at cell [2], line 1, column 10:\n  cell [2], line 3: f();"],
                2,
                Some(3),
            ),
            (
                &[
                    "\u{256d}\u{2500}[ command_4:1:1 ]",
                    "  \u{2502}",
                    " 2 \u{2502} let x",
                ],
                4,
                Some(2),
            ),
            (&[], 1, None),
        ];
        for (traceback, count, expected) in cases {
            let traceback: Vec<String> = traceback.iter().map(|line| line.to_string()).collect();
            assert_eq!(source_line(&traceback, count), expected, "{traceback:?}");
        }
    }
}
