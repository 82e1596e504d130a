//! A peer of the ZeroMQ server.

#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| zmtp_server::fuzz_peer(bytes));
