//! The parts of a Jupyter message.

#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| ferrocell_kernel::fuzz_message(bytes));
