//! The documentation of a name.
//!
//! What the notebook defines is in its cells. The rest is what rustdoc makes of a crate that exports just that name
//! again: it finds the documentation in what was compiled, that of std as well, so no sources are needed. Only keywords
//! and primitive types cannot be exported; they have their pages in the component `rust-docs`.

mod html;

use std::fs;
use std::path::Path;
use std::process::Stdio;

use super::{Answer, wrong};
use crate::error::ExecuteError;
use crate::query;
use crate::session::Session;
use crate::toolchain::cache;
use crate::{CellId, Event, MimeBundle};

/// What is exported again is a crate of this name.
const CRATE: &str = "ferrocell_docs";

/// What pages are called, in the order in which one of several is shown.
const KINDS: [&str; 13] = [
    "struct",
    "enum",
    "trait",
    "union",
    "type",
    "traitalias",
    "fn",
    "macro",
    "constant",
    "static",
    "derive",
    "attr",
    "keyword",
];

/// What the members of an item are called.
const MEMBERS: [&str; 6] = [
    "method",
    "tymethod",
    "variant",
    "associatedconstant",
    "associatedtype",
    "structfield",
];

/// What is known of a name: its declaration, and its documentation with and without links.
struct Found {
    declaration: String,
    markdown: String,
    plain: String,
}

/// Shows the documentation of a name, as text and as Markdown.
pub(super) fn show(session: &mut Session, cell: CellId, name: &str) -> Answer {
    let name = name.trim_end_matches('!').trim();
    if name.is_empty() {
        return Err(wrong(
            "`:doc` needs a name, for example `:doc Vec::push`".to_owned(),
        ));
    }
    let found = match query::describe(&session.state, name) {
        Some((declaration, about)) => Found {
            declaration,
            plain: about.clone(),
            markdown: about,
        },
        None => look_up(session, name)?,
    };
    let declaration = &found.declaration;
    let mut data = MimeBundle::plain(format!("{declaration}\n\n{}", found.plain));
    data.insert(
        "text/markdown",
        format!("```rust\n{declaration}\n```\n\n{}", found.markdown),
    );
    (session.events)(Event::Display {
        cell,
        data,
        metadata: MimeBundle::default(),
        display_id: None,
        update: false,
    });
    Ok(None)
}

fn look_up(session: &mut Session, name: &str) -> Result<Found, ExecuteError> {
    let (first, rest) = name.split_once("::").unwrap_or((name, ""));
    let kind = match (query::is_keyword(first), query::is_primitive(first)) {
        (true, _) if rest.is_empty() => Some("keyword"),
        (_, true) => Some("primitive"),
        _ => None,
    };
    if let Some(kind) = kind {
        return installed(session, kind, first, rest);
    }
    // The notebook may know the name by an import.
    let imported = session
        .state
        .items
        .iter()
        .rev()
        .find_map(|known| known.item.import_of(first));
    let first = imported.unwrap_or(first).to_owned();
    let mut heads = vec![first.clone(), format!("std::{first}")];
    let mut is_suggested = false;
    while let Some(head) = (!heads.is_empty()).then(|| heads.remove(0)) {
        if let Some(found) = exported(session, &head, rest)? {
            return Ok(found);
        }
        if heads.is_empty() && !is_suggested {
            is_suggested = true;
            heads = suggestions(session, &first)?;
        }
    }
    Err(wrong(format!(
        "there is no documentation of `{name}`: neither the notebook nor std nor a dependency has that name; try its \
         whole path"
    )))
}

/// The page of a keyword or primitive type.
fn installed(
    session: &mut Session,
    kind: &str,
    name: &str,
    member: &str,
) -> Result<Found, ExecuteError> {
    let sysroot = session.toolchain()?.sysroot;
    let page = sysroot.join(format!("share/doc/rust/html/std/{kind}.{name}.html"));
    let text = fs::read_to_string(&page).map_err(|_| {
        wrong(format!(
            "the documentation of `{name}` is not installed; `rustup component add rust-docs` brings it"
        ))
    })?;
    let declaration = format!("{kind} {name}");
    found_in(&text, &declaration, member)
        .ok_or_else(|| wrong(format!("`{name}` has nothing that is called `{member}`")))
}

/// What is documented of a path, or of what follows it as a member.
fn exported(session: &mut Session, head: &str, rest: &str) -> Result<Option<Found>, ExecuteError> {
    let whole = if rest.is_empty() {
        head.to_owned()
    } else {
        format!("{head}::{rest}")
    };
    if let Some(found) = page_of(session, &whole, "")? {
        return Ok(Some(found));
    }
    match whole.rsplit_once("::") {
        Some((item, member)) => page_of(session, item, member),
        None => Ok(None),
    }
}

fn page_of(session: &mut Session, path: &str, member: &str) -> Result<Option<Found>, ExecuteError> {
    let name = path.rsplit("::").next().unwrap_or(path);
    let place = session.dir.path().join("docs");
    if rustdoc(session, &place, &format!("#[doc(inline)] pub use {path};"))?.is_some() {
        return Ok(None);
    }
    let pages = place.join(CRATE);
    let items = KINDS
        .iter()
        .map(|kind| (*kind, pages.join(format!("{kind}.{name}.html"))));
    let modules = [("mod", pages.join(name).join("index.html"))];
    for (kind, page) in items.chain(modules) {
        if let Ok(text) = fs::read_to_string(page)
            && let Some(found) = found_in(&text, &format!("{kind} {path}"), member)
        {
            return Ok(Some(found));
        }
    }
    Ok(None)
}

/// Paths to what has this name, as rustc suggests them, those of std first.
fn suggestions(session: &mut Session, name: &str) -> Result<Vec<String>, ExecuteError> {
    let place = session.dir.path().join("docs");
    let code = format!("pub type Type = {name}; pub const VALUE: () = {name};");
    let complaint = rustdoc(session, &place, &code)?.unwrap_or_default();
    let mut paths: Vec<String> = complaint
        .lines()
        .filter_map(|line| line.split_once("+ use ")?.1.split_once(';'))
        .map(|(path, _)| path.to_owned())
        .collect();
    paths.sort_by_key(|path| (!path.starts_with("std::"), path.len()));
    paths.dedup();
    paths.truncate(4);
    Ok(paths)
}

/// Lets rustdoc write pages of a crate. What it says if there are errors.
fn rustdoc(
    session: &mut Session,
    place: &Path,
    code: &str,
) -> Result<Option<String>, ExecuteError> {
    let failed =
        |error: std::io::Error| wrong(format!("cannot write {}: {error}", place.display()));
    let toolchain = session.toolchain()?;
    cache::remove(place).map_err(failed)?;
    fs::create_dir_all(place).map_err(failed)?;
    let source = place.join("lib.rs");
    fs::write(&source, code).map_err(failed)?;
    let mut command = toolchain.documenter();
    command
        .args([
            "--edition",
            "2024",
            "--crate-name",
            CRATE,
            "--cap-lints",
            "allow",
            "-o",
        ])
        .arg(place)
        .arg(&source)
        .args(
            session
                .state
                .bundle
                .iter()
                .flat_map(|bundle| bundle.arguments()),
        )
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::piped());
    let (child, watched) = session.interrupts.spawn(&mut command).map_err(|error| {
        wrong(format!(
            "cannot start rustdoc, which finds documentation: {error}. `rustup component add rustc` brings it"
        ))
    })?;
    let output = child
        .wait_with_output()
        .map_err(|error| wrong(format!("cannot read what rustdoc says: {error}")))?;
    drop(watched);
    if session.interrupts.is_requested() {
        return Err(ExecuteError::Interrupted(
            "`:doc` was interrupted".to_owned(),
        ));
    }
    let complaint = String::from_utf8_lossy(&output.stderr).into_owned();
    Ok((!output.status.success()).then_some(complaint))
}

/// What a page says of its item, or of a member.
fn found_in(page: &str, fallback: &str, member: &str) -> Option<Found> {
    let (declaration, about) = if member.is_empty() {
        let declaration =
            html::element(page, "<pre class=\"rust item-decl\">", "pre").map(html::text);
        let about = page
            .split_once("<details class=\"toggle top-doc\"")
            .map(|(_, behind)| behind);
        (declaration.unwrap_or_else(|| fallback.to_owned()), about)
    } else {
        let place = MEMBERS
            .iter()
            .find_map(|kind| page.find(&format!("id=\"{kind}.{member}\"")))?;
        let behind = &page[place..];
        let header = behind.find("code-header\">").map(|at| &behind[at..]);
        let declaration = header.and_then(|header| {
            let level = header.find("</h").map(|at| &header[at + 2..at + 4])?;
            html::element(header, "code-header\">", level)
        });
        let declaration = declaration.map_or_else(|| member.to_owned(), html::text);
        // What is documented next may be another member.
        let block = behind.find("class=\"docblock\"");
        let next = behind[1..]
            .find("<section id=")
            .map_or(behind.len(), |at| at + 1);
        (declaration, block.filter(|at| *at < next).map(|_| behind))
    };
    let about = about
        .and_then(|about| html::element(about, "<div class=\"docblock\">", "div"))
        .unwrap_or_default();
    Some(Found {
        declaration,
        markdown: html::markdown(about, true),
        plain: html::markdown(about, false),
    })
}
