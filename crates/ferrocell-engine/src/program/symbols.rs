//! Tells which lines of generated code the addresses in the shared objects of cells are.

use std::collections::HashMap;
use std::path::Path;

use addr2line::Loader;
use ferrocell_wire::CallSite;

use crate::CellId;
use crate::compiler::paths::cell_name;
use crate::compiler::rustc::object_path;

/// A place in the code of a crate: its file, a line and a column.
pub(crate) type Location = (String, usize, usize);

/// The line tables of the cells in question.
pub(crate) struct Symbols<'a> {
    dir: &'a Path,
    loaders: HashMap<u64, Option<Loader>>,
}

impl<'a> Symbols<'a> {
    /// Those of the objects in this folder, none of which was read yet.
    pub(crate) fn new(dir: &'a Path) -> Self {
        Self {
            dir,
            loaders: HashMap::new(),
        }
    }

    /// The place of an instruction, and behind it the places of the calls through which it was inlined there. Empty if
    /// the object does not tell.
    pub(crate) fn locations(&mut self, site: CallSite) -> Vec<Location> {
        let loader = self.loaders.entry(site.cell).or_insert_with(|| {
            let name = cell_name(CellId(site.cell));
            Loader::new(object_path(self.dir, &name)).ok()
        });
        let frames = loader
            .as_ref()
            .and_then(|loader| loader.find_frames(site.address).ok());
        let mut locations = Vec::new();
        let Some(mut frames) = frames else {
            return locations;
        };
        while let Ok(Some(frame)) = frames.next() {
            if let Some(location) = frame.location
                && let (Some(file), Some(line)) = (location.file, location.line)
            {
                let column = location.column.unwrap_or_default();
                locations.push((file.to_owned(), line as usize, column as usize));
            }
        }
        locations
    }
}
