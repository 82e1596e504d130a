//! Rust through the whole kernel, as a frontend meets it: conversations over real sockets.

mod evcxr;
mod fuzz;
mod interrupts;
mod load;
mod measurements;
mod privacy;
mod rust;
