//! Exports the host's symbols from the example, and names them to the build script of any executable around the host.

include!("src/symbols.rs");

macro_rules! names {
    ($($symbol:ident,)+) => { [$(stringify!($symbol)),+] };
}

fn main() {
    let exports = for_each_export!(names);
    for symbol in exports {
        println!("cargo::rustc-link-arg-examples=-Wl,--export-dynamic-symbol={symbol}");
    }
    println!("cargo::metadata=exports={}", exports.join(","));
    println!("cargo::rerun-if-changed=build.rs");
    println!("cargo::rerun-if-changed=src/symbols.rs");
}
