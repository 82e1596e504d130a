//! The order in which a queue hands its items out: all that tells Python's three queues apart.

use std::cmp::Reverse;
use std::collections::{BinaryHeap, VecDeque};

/// What Python's queue classes override as `_put`, `_get` and `_qsize`.
pub trait Storage: Default {
    /// What the queue holds.
    type Item;

    /// Adds an item.
    fn push(&mut self, item: Self::Item);

    /// Takes the item whose turn it is.
    fn pop(&mut self) -> Option<Self::Item>;

    /// How many items there are.
    fn len(&self) -> usize;
}

/// First in, first out.
impl<T> Storage for VecDeque<T> {
    type Item = T;

    fn push(&mut self, item: T) {
        self.push_back(item);
    }

    fn pop(&mut self) -> Option<T> {
        self.pop_front()
    }

    fn len(&self) -> usize {
        VecDeque::len(self)
    }
}

/// Last in, first out.
impl<T> Storage for Vec<T> {
    type Item = T;

    fn push(&mut self, item: T) {
        Vec::push(self, item);
    }

    fn pop(&mut self) -> Option<T> {
        Vec::pop(self)
    }

    fn len(&self) -> usize {
        Vec::len(self)
    }
}

/// Smallest first.
impl<T: Ord> Storage for BinaryHeap<Reverse<T>> {
    type Item = T;

    fn push(&mut self, item: T) {
        BinaryHeap::push(self, Reverse(item));
    }

    fn pop(&mut self) -> Option<T> {
        BinaryHeap::pop(self).map(|Reverse(item)| item)
    }

    fn len(&self) -> usize {
        BinaryHeap::len(self)
    }
}
