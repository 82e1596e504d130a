//! The protocol, as a frontend meets it: conversations with a kernel over real sockets.

#[path = "../../examples/echo/language.rs"]
mod language;

mod evcxr;
mod example;
mod execute;
mod frontend;
mod fuzz;
mod fuzz_rust;
mod history;
mod hostile;
mod interrupts;
mod lifecycle;
mod load;
mod measurements;
mod privacy;
mod queries;
mod raw;
mod rust;
mod stdin;
mod streams;
