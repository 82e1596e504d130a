//! The process that runs the cells of a notebook; started by `ferrocell kernel`, never by hand.

fn main() {
    ferrocell_host::main()
}
