//! Signatures that were seen.

use std::collections::{HashSet, VecDeque};

/// The latest signatures, so that a message that is sent again by someone who overheard it is not obeyed again.
#[derive(Default)]
pub(super) struct Seen {
    order: VecDeque<[u8; 32]>,
    known: HashSet<[u8; 32]>,
}

impl Seen {
    /// How many are remembered; jupyter_client's own session remembers as many.
    const LIMIT: usize = 1 << 16;

    /// Notes a signature; `false` if it was there already.
    pub(super) fn insert(&mut self, signature: [u8; 32]) -> bool {
        if !self.known.insert(signature) {
            return false;
        }
        self.order.push_back(signature);
        if self.order.len() > Self::LIMIT
            && let Some(oldest) = self.order.pop_front()
        {
            self.known.remove(&oldest);
        }
        true
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_oldest_are_forgotten_first() {
        let mut seen = Seen::default();
        let signature = |number: usize| {
            let mut bytes = [0; 32];
            bytes[..8].copy_from_slice(&number.to_be_bytes());
            bytes
        };
        for number in 0..=Seen::LIMIT {
            assert!(seen.insert(signature(number)));
        }
        assert!(!seen.insert(signature(1)));
        assert!(seen.insert(signature(0)));
    }
}
