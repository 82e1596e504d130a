//! Which line of a cell an error points at, read from the error's traceback.

use crate::text::without_ansi;

/// The line number, counted from 1, in the cell that ran as `execution_count`.
///
/// ipykernel writes `Cell In[3], line 2` for each frame, innermost last; evcxr writes `command_3:2:5` above its
/// report of a compile error.
pub(crate) fn source_line(traceback: &[String], execution_count: i32) -> Option<usize> {
    let text = without_ansi(&traceback.join("\n"));
    let number_after = |marker: String| {
        let rest = &text[text.rfind(&marker)? + marker.len()..];
        let digits = rest.split(|c: char| !c.is_ascii_digit()).next()?;
        digits.parse().ok()
    };
    number_after(format!("Cell In[{execution_count}], line "))
        .or_else(|| number_after(format!("command_{execution_count}:")))
}

#[cfg(test)]
mod tests {
    use super::source_line;

    #[test]
    fn finds_the_innermost_line_of_the_cell() {
        let cases: [(&[&str], i32, Option<usize>); 5] = [
            (
                &["Cell In[3], line 2\n   1 def f():\n", "Cell In[3], line 1"],
                3,
                Some(1),
            ),
            (
                &["File \u{1b}[32mCell In[3], line 12\u{1b}[0m"],
                3,
                Some(12),
            ),
            (&["Cell In[2], line 7"], 3, None),
            (&["   \u{256d}\u{2500}[ command_4:2:9 ]"], 4, Some(2)),
            (&[], 1, None),
        ];
        for (traceback, count, expected) in cases {
            let traceback: Vec<String> = traceback.iter().map(|line| line.to_string()).collect();
            assert_eq!(source_line(&traceback, count), expected, "{traceback:?}");
        }
    }
}
