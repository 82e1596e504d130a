//! Whatever a peer sends, it is read or refused.

use crate::frame::{Frame, LONGEST};
use crate::handshake;

/// Opens a connection to a peer that sends these bytes, and reads its frames.
pub fn fuzz_peer(bytes: &[u8]) {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_time()
        .build()
        .expect("a runtime");
    runtime.block_on(async {
        let mut reader = bytes;
        let opened = handshake::open(&mut reader, &mut tokio::io::sink(), "ROUTER").await;
        if opened.is_ok() {
            while Frame::read(&mut reader, LONGEST).await.is_ok() {}
        }
    });
}

#[cfg(test)]
mod tests {
    use std::fs;

    #[test]
    fn the_corpus_of_peers_is_survived() {
        let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/../../tests/fuzz/corpus/peer");
        for file in fs::read_dir(folder).expect("a corpus") {
            let bytes = fs::read(file.expect("a file").path()).expect("bytes");
            super::fuzz_peer(&bytes);
        }
    }
}
