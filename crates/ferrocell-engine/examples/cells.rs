//! Runs the cells of a file, separated by lines that begin with `// %%`, and shows what a notebook would show.
//! Questions are answered with the lines of standard input.
//!
//! The cells run in the executable that `FERROCELL_HOST` names, for this one is none that can:
//!
//! ```sh
//! cargo build --package ferrocell-host --example host
//! FERROCELL_HOST=target/debug/examples/host cargo run --package ferrocell-engine --example cells -- FILE
//! ```

use std::sync::Arc;
use std::time::Instant;

use ferrocell_engine::{CellId, Event, Outcome, Session, SessionOptions};

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let file = std::env::args().nth(1).ok_or("usage: cells FILE")?;
    let text = std::fs::read_to_string(file)?;
    let (ask, questions) = std::sync::mpsc::channel();
    let events = Arc::new(move |event| match event {
        Event::Input {
            cell,
            request,
            prompt,
            ..
        } => {
            print!("[{} asks] {prompt}", cell.0);
            // If nobody answers any more, the program is about to end.
            let _ = ask.send(request);
        }
        Event::Stdout { cell, text } => print!("[{}] {text}", cell.0),
        Event::Stderr { cell, text } => print!("[{} err] {text}", cell.0),
        other => println!("{other:?}"),
    });
    let mut session = Session::start(SessionOptions::new(std::env::current_dir()?), events)?;
    let controls = session.controls();
    std::thread::spawn(move || {
        for (request, line) in questions
            .into_iter()
            .zip(std::io::stdin().lines().map_while(Result::ok))
        {
            println!("{line}");
            controls.reply_input(request, Some(line));
        }
    });
    let mut number = 0;
    for source in text
        .split("// %%")
        .filter(|source| !source.trim().is_empty())
    {
        number += 1;
        let start = Instant::now();
        let outcome = session.execute(CellId(number), source.trim());
        let took = start.elapsed();
        match outcome {
            Outcome::Ok { result, notes } => {
                if let Some(text) = result.as_ref().and_then(|result| result.text()) {
                    println!("[{number}] = {text}");
                }
                notes.iter().for_each(|note| println!("{note}"));
            }
            Outcome::Error {
                name,
                value,
                traceback,
            } => {
                println!("[{number}] {name}: {value}\n{}", traceback.join("\n"));
            }
        }
        println!("[{number}] took {took:.1?}");
    }
    Ok(())
}
