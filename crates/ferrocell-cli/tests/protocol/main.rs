//! Rust through the whole kernel, as a frontend meets it: conversations over real sockets.

mod evcxr;
mod front_ends;
mod fuzz;
mod interrupts;
mod load;
mod measurements;
mod privacy;
mod rust;
