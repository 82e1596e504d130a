//! Whatever comes as a message, it is read or refused, and nothing is genuine that was not signed.

use bytes::Bytes;
use jupyter_protocol::{
    CommInfoRequest, CommMsg, CommOpen, CompleteRequest, InputReply, InspectRequest,
    IsCompleteRequest, ShutdownRequest,
};
use serde::de::DeserializeOwned;

use super::{Codec, ExecuteRequest, HistoryRequest, Message};

/// Reads a message whose parts are these bytes, with a zero between any two: as frames that are not signed for a kernel
/// with a key, then as the parts of a message that has no need to be.
///
/// # Panics
///
/// If a message is genuine without a signature.
pub fn fuzz_message(bytes: &[u8]) {
    let parts = || bytes.split(|byte| *byte == 0).map(Bytes::copy_from_slice);
    assert!(Codec::new("key").read(parts().collect()).is_err());
    let opening = [Bytes::from_static(b"<IDS|MSG>"), Bytes::new()];
    let Ok(message) = Codec::new("").read(opening.into_iter().chain(parts()).collect()) else {
        return;
    };
    message.parent_id();
    read::<ExecuteRequest>(&message);
    read::<HistoryRequest>(&message);
    read::<CompleteRequest>(&message);
    read::<InspectRequest>(&message);
    read::<IsCompleteRequest>(&message);
    read::<CommInfoRequest>(&message);
    read::<CommOpen>(&message);
    read::<CommMsg>(&message);
    read::<InputReply>(&message);
    read::<ShutdownRequest>(&message);
}

/// It may be refused.
fn read<T: DeserializeOwned>(message: &Message) {
    let _ = message.content::<T>();
}

#[cfg(test)]
mod tests {
    use std::fs;

    #[test]
    fn the_corpus_of_messages_is_survived() {
        let folder = concat!(
            env!("CARGO_MANIFEST_DIR"),
            "/../../tests/fuzz/corpus/message"
        );
        for file in fs::read_dir(folder).expect("a corpus") {
            let bytes = fs::read(file.expect("a file").path()).expect("bytes");
            super::fuzz_message(&bytes);
        }
    }
}
