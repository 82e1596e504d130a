//! The file: lines are added at its end, read from there, and go at its start when it has grown too large.

use std::fs::{self, File, OpenOptions};
use std::io::{self, Read, Seek, SeekFrom, Write};
use std::os::unix::fs::{MetadataExt, OpenOptionsExt};
use std::path::{Path, PathBuf};

/// The size in bytes at which the older half goes: some ten thousand cells.
pub(super) const LARGEST: u64 = 4 << 20;

/// How much is read at once.
const BLOCK: u64 = 64 << 10;

/// Opens the file for adding lines, and keeps every other kernel from that until it is dropped.
pub(super) fn open(path: &Path) -> io::Result<File> {
    if let Some(folder) = path.parent() {
        fs::create_dir_all(folder)?;
    }
    loop {
        // What someone typed is nobody else's business.
        let file = OpenOptions::new()
            .read(true)
            .append(true)
            .create(true)
            .mode(0o600)
            .open(path)?;
        file.lock()?;
        // Another kernel may have put a shorter file in its place in the meantime.
        if fs::metadata(path)
            .is_ok_and(|now| file.metadata().is_ok_and(|own| own.ino() == now.ino()))
        {
            return Ok(file);
        }
    }
}

/// Adds a line to the opened file at `path`.
pub(super) fn add(mut file: File, path: &Path, line: &[u8]) -> io::Result<()> {
    file.write_all(&[line, b"\n"].concat())?;
    if file.metadata()?.len() > LARGEST {
        shorten(file, path)?;
    }
    Ok(())
}

/// Puts a file in the place of this one that holds the latest lines.
fn shorten(mut file: File, path: &Path) -> io::Result<()> {
    let mut kept = 0;
    for line in Backwards::new(file.try_clone()?)? {
        let length = line?.len() as u64 + 1;
        if kept > 0 && kept + length > LARGEST / 2 {
            break;
        }
        kept += length;
    }
    let aside = PathBuf::from(format!("{}.new", path.display()));
    let mut shorter = OpenOptions::new()
        .write(true)
        .create(true)
        .truncate(true)
        .mode(0o600)
        .open(&aside)?;
    file.seek(SeekFrom::End(-(kept as i64)))?;
    io::copy(&mut file, &mut shorter)?;
    fs::rename(&aside, path)
}

/// The whole lines of a file without their ends, last one first.
pub(super) struct Backwards {
    file: File,
    /// Where the bytes begin that were read.
    at: u64,
    /// What was read and not given yet.
    read: Vec<u8>,
}

impl Backwards {
    pub(super) fn new(mut file: File) -> io::Result<Backwards> {
        let at = file.seek(SeekFrom::End(0))?;
        Ok(Backwards {
            file,
            at,
            read: Vec::new(),
        })
    }

    fn next_line(&mut self) -> io::Result<Option<Vec<u8>>> {
        // The last byte is the end of the line before.
        let mut unsearched = self.read.len().saturating_sub(1);
        loop {
            let newline = self.read[..unsearched]
                .iter()
                .rposition(|byte| *byte == b'\n');
            if let Some(end) = newline {
                return Ok(Some(self.read.split_off(end + 1)));
            }
            if self.at == 0 {
                let line = std::mem::take(&mut self.read);
                return Ok((!line.is_empty()).then_some(line));
            }
            let start = self.at.saturating_sub(BLOCK);
            let mut block = vec![0; (self.at - start) as usize];
            self.file.seek(SeekFrom::Start(start))?;
            self.file.read_exact(&mut block)?;
            unsearched = block.len() - usize::from(self.read.is_empty());
            block.append(&mut self.read);
            (self.at, self.read) = (start, block);
        }
    }
}

impl Iterator for Backwards {
    type Item = io::Result<Vec<u8>>;

    fn next(&mut self) -> Option<Self::Item> {
        let line = self.next_line().transpose()?;
        Some(line.map(|mut line| {
            line.pop_if(|byte| *byte == b'\n');
            line
        }))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lines(path: &Path) -> Vec<Vec<u8>> {
        let file = File::open(path).unwrap();
        Backwards::new(file).unwrap().map(Result::unwrap).collect()
    }

    #[test]
    fn lines_are_read_from_the_end_across_blocks() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("deeper/history.jsonl");
        let long = vec![b'x'; BLOCK as usize * 2 + 1];
        for line in [b"first".as_slice(), b"", &long, b"last"] {
            add(open(&path).unwrap(), &path, line).unwrap();
        }
        assert_eq!(
            lines(&path),
            [b"last".to_vec(), long, b"".to_vec(), b"first".to_vec()]
        );
        fs::write(&path, "").unwrap();
        assert_eq!(lines(&path), Vec::<Vec<u8>>::new());
        fs::write(&path, "cut").unwrap();
        assert_eq!(lines(&path), [b"cut"]);
    }

    #[test]
    fn the_file_stays_small_and_keeps_the_latest_lines() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("history.jsonl");
        let block = vec![b'x'; LARGEST as usize / 8];
        for number in 0..40 {
            let line = [format!("{number} ").as_bytes(), &block].concat();
            add(open(&path).unwrap(), &path, &line).unwrap();
            assert!(fs::metadata(&path).unwrap().len() <= LARGEST);
        }
        let numbers: Vec<_> = lines(&path)
            .into_iter()
            .map(|line| String::from_utf8_lossy(&line[..2]).into_owned())
            .collect();
        assert_eq!(numbers[..3], ["39", "38", "37"]);
        assert_eq!(fs::metadata(&path).unwrap().mode() & 0o777, 0o600);
        // One that is too large by itself is kept until the next one comes.
        add(
            open(&path).unwrap(),
            &path,
            &vec![b'y'; LARGEST as usize * 2],
        )
        .unwrap();
        assert_eq!(lines(&path).len(), 1);
        add(open(&path).unwrap(), &path, b"next").unwrap();
        assert_eq!(lines(&path), [b"next"]);
    }

    #[test]
    fn kernels_take_turns() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("history.jsonl");
        let line = vec![b'x'; LARGEST as usize / 64];
        std::thread::scope(|scope| {
            for _ in 0..4 {
                scope.spawn(|| {
                    for _ in 0..40 {
                        add(open(&path).unwrap(), &path, &line).unwrap();
                    }
                });
            }
        });
        assert!(lines(&path).iter().all(|found| *found == line));
        assert!(fs::metadata(&path).unwrap().len() > LARGEST / 4);
    }
}
