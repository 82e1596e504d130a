//! The process that runs the cells of a ferrocell notebook; started by the engine, never by hand.

fn main() {
    ferrocell_host::main()
}
