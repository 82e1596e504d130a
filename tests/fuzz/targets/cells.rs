//! The cells of a notebook, with a zero between any two.

#![no_main]

libfuzzer_sys::fuzz_target!(|text: &str| ferrocell_engine::fuzz_cells(text.split('\0')));
