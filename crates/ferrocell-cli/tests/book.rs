//! The pages in `docs`: their Rust examples run, each page's as one notebook, and their links lead somewhere.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::{env, fs};

use ferrocell_engine::{CellId, Outcome, Session, SessionOptions};
use pulldown_cmark::{CodeBlockKind, Event, Parser, Tag, TagEnd};

fn folder() -> PathBuf {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs");
    folder.canonicalize().expect("the folder")
}

/// The pages, and what is in them.
fn pages() -> Vec<(PathBuf, String)> {
    let entries = fs::read_dir(folder()).expect("the pages");
    let paths = entries.map(|entry| entry.expect("an entry").path());
    let pages = paths.filter(|path| path.extension().is_some_and(|extension| extension == "md"));
    let pages = pages.map(|path| {
        let text = fs::read_to_string(&path).expect("a page");
        (path, text)
    });
    pages.collect()
}

/// The code blocks in Rust: what is said of them, and the code.
fn examples(page: &str) -> Vec<(String, String)> {
    let mut examples: Vec<(String, String)> = Vec::new();
    let mut is_inside = false;
    for event in Parser::new(page) {
        match event {
            Event::Start(Tag::CodeBlock(CodeBlockKind::Fenced(kind)))
                if kind.split(',').next() == Some("rust") =>
            {
                examples.push((kind.into_string(), String::new()));
                is_inside = true;
            }
            Event::Text(text) if is_inside => {
                examples.last_mut().expect("one has begun").1 += &text;
            }
            Event::End(TagEnd::CodeBlock) => is_inside = false,
            _ => {}
        }
    }
    examples
}

#[test]
fn examples_run_from_top_to_bottom() {
    for (path, page) in pages() {
        let mut options = SessionOptions::new(folder());
        options.host = Some(env!("CARGO_BIN_EXE_ferrocell").into());
        let mut session = Session::start(options, Arc::new(|_| {})).expect("a session");
        for (number, (kind, code)) in (1..).zip(examples(&page)) {
            let outcome = session.execute(CellId(number), &code);
            let fails = kind.ends_with(",error");
            let failed = matches!(outcome, Outcome::Error { .. });
            assert_eq!(failed, fails, "{}:\n{code}\n{outcome:?}", path.display());
        }
    }
}

#[test]
fn links_lead_somewhere() {
    for (path, page) in pages() {
        for event in Parser::new(&page) {
            let Event::Start(Tag::Link { dest_url, .. } | Tag::Image { dest_url, .. }) = event
            else {
                continue;
            };
            let (file, _) = dest_url.split_once('#').unwrap_or((&dest_url, ""));
            let is_elsewhere = file.is_empty() || file.contains("://");
            assert!(
                is_elsewhere || folder().join(file).exists(),
                "{}: {dest_url}",
                path.display()
            );
        }
    }
}
