//! A cell whose directives are read, and asked about.

#![no_main]

libfuzzer_sys::fuzz_target!(|text: &str| ferrocell_engine::fuzz_directives(text));
