//! The smallest executable around the host: what a session needs, without the `ferrocell` command.

fn main() {
    ferrocell_host::main()
}
