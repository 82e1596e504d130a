//! The `ferrocell` command.

fn main() {}
