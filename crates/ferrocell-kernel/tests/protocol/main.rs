//! The protocol, as a frontend meets it: conversations with a kernel over real sockets.

#[path = "../../examples/echo/language.rs"]
mod language;

mod example;
mod execute;
mod fuzz;
mod history;
mod hostile;
mod interrupts;
mod lifecycle;
mod queries;
mod stdin;
mod streams;
