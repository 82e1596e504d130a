//! The code of a cell without the number that it has in its notebook, and with those of other cells counted anew. So what
//! was compiled once serves wherever the same code stands; the numbers are written into the object afterwards.

use object::LittleEndian;
use object::elf::{FileHeader64, SHT_DYNSYM, SHT_HASH, hash};
use object::read::elf::{FileHeader, SectionHeader, Sym};

use crate::CellId;
use crate::compiler::paths::cell_name;
use crate::compiler::source_map::{Generated, SYMBOL};

/// The cell whose code it is has this number, and no cell of a notebook has.
const OWN: CellId = CellId(0);

/// The highest number that is written in four digits.
pub(crate) const HIGHEST: u64 = 9999;

/// A cell's code that says nothing of where it stands.
pub(crate) struct Canonical {
    /// The code.
    pub(crate) text: String,
    /// The cells that it links, by the numbers that it calls them; the first is the cell itself.
    homes: Vec<CellId>,
}

impl Canonical {
    /// That of the code of `cell`.
    pub(crate) fn of(generated: &Generated, cell: CellId) -> Self {
        let mut text = generated.text.clone();
        let mut homes = vec![cell];
        // What is longer than four digits moves what stands behind it.
        for (at, home) in generated.homes.iter().rev() {
            let number = homes.iter().position(|known| known == home);
            let number = number.unwrap_or_else(|| {
                homes.push(*home);
                homes.len() - 1
            });
            let written = format!("{:04}", home.0).len();
            text.replace_range(*at..*at + written, &format!("{number:04}"));
        }
        Self { text, homes }
    }

    /// The name of its files.
    pub(crate) fn name() -> String {
        cell_name(OWN)
    }

    /// Whether all numbers have the same length, so that [`Canonical::relabel`] can write one in another's place.
    pub(crate) fn is_relabelled(&self) -> bool {
        let highest = self.homes.iter().map(|home| home.0).max();
        highest.is_some_and(|highest| highest <= HIGHEST) && !self.text.contains(&file_name(OWN))
    }

    /// A text of the compiler's, of the cell as it is in the notebook.
    pub(crate) fn named(&self, text: &str) -> String {
        text.replace(&file_name(OWN), &file_name(self.homes[0]))
    }

    /// Writes the notebook's numbers into an object: in the names of files, wherever they stand, and of what is linked.
    /// `None` if the object is of another kind than those that are known here.
    pub(crate) fn relabel(&self, object: &mut [u8]) -> Option<()> {
        let (anyones, own) = (file_name(OWN), file_name(self.homes[0]));
        replace(object, anyones.as_bytes(), own.as_bytes());
        let header = FileHeader64::<LittleEndian>::parse(&*object).ok()?;
        let endian = header.endian().ok()?;
        let sections = header.sections(endian, &*object).ok()?;
        let range = |section: &<FileHeader64<LittleEndian> as FileHeader>::SectionHeader| {
            let (start, size) = section.file_range(endian)?;
            Some(usize::try_from(start).ok()?..usize::try_from(start + size).ok()?)
        };
        let named = |name: &[u8]| Some(sections.section_by_name(endian, name)?.1);
        let strings: Vec<_> = [&b".dynstr"[..], b".strtab"]
            .iter()
            .filter_map(|name| range(named(name)?))
            .collect();
        let table = sections
            .iter()
            .find(|section| section.sh_type(endian) == SHT_HASH)?;
        let table = range(table)?;
        let symbols = sections.symbols(endian, &*object, SHT_DYNSYM).ok()?;
        let names: Vec<u32> = symbols
            .iter()
            .map(|symbol| symbol.st_name(endian))
            .collect();
        let dynamic = range(named(b".dynstr")?)?;
        for range in strings {
            self.relabel_names(object.get_mut(range)?);
        }
        let hashes = names.iter().map(|name| {
            let name = object.get(dynamic.start + *name as usize..dynamic.end)?;
            Some(hash(name.split(|byte| *byte == 0).next()?))
        });
        let hashes: Vec<u32> = hashes.collect::<Option<_>>()?;
        rebuild(object.get_mut(table)?, &hashes)
    }

    fn relabel_names(&self, names: &mut [u8]) {
        let begin = SYMBOL.as_bytes();
        let mut at = 0;
        while let Some(found) = find(&names[at..], begin) {
            at += found + begin.len();
            let digits = names
                .get_mut(at..at + 5)
                .filter(|digits| digits[4] == b'_' && digits[..4].iter().all(u8::is_ascii_digit));
            let Some(digits) = digits else { continue };
            let number = digits[..4]
                .iter()
                .fold(0, |number, digit| number * 10 + usize::from(digit - b'0'));
            if let Some(home) = self.homes.get(number) {
                digits[..4].copy_from_slice(format!("{:04}", home.0).as_bytes());
            }
        }
    }
}

/// The name under which the compiler knows a cell's code.
fn file_name(cell: CellId) -> String {
    format!("{}.rs", cell_name(cell))
}

/// Sorts the symbols into the buckets of a hash table of the System V ABI again. Those that were in none stay out.
fn rebuild(table: &mut [u8], hashes: &[u32]) -> Option<()> {
    let read = |table: &[u8], index: usize| {
        let bytes = table.get(index * 4..index * 4 + 4)?;
        Some(u32::from_le_bytes(bytes.try_into().ok()?))
    };
    let buckets = read(table, 0)? as usize;
    let mut chains = vec![0; buckets + read(table, 1)? as usize];
    for bucket in 0..buckets {
        let mut symbol = read(table, 2 + bucket)?;
        while symbol != 0 {
            let hash = *hashes.get(symbol as usize)?;
            let bucket = hash as usize % buckets;
            let first = std::mem::replace(&mut chains[bucket], symbol);
            *chains.get_mut(buckets + symbol as usize)? = first;
            symbol = read(table, 2 + buckets + symbol as usize)?;
        }
    }
    let entries = table.get_mut(8..8 + chains.len() * 4)?;
    for (entry, symbol) in entries.chunks_exact_mut(4).zip(chains) {
        entry.copy_from_slice(&symbol.to_le_bytes());
    }
    Some(())
}

/// Writes `new` over each `old`, which is as long.
fn replace(bytes: &mut [u8], old: &[u8], new: &[u8]) {
    let mut at = 0;
    while let Some(found) = find(&bytes[at..], old) {
        let end = at + found + old.len();
        bytes[at + found..end].copy_from_slice(new);
        at = end;
    }
}

fn find(bytes: &[u8], text: &[u8]) -> Option<usize> {
    let (first, rest) = text.split_first()?;
    let mut at = 0;
    loop {
        at += bytes.get(at..)?.iter().position(|byte| byte == first)? + 1;
        if bytes.get(at..)?.starts_with(rest) {
            return Some(at - 1);
        }
    }
}
