//! The order in which a queue hands its items out: all that tells Python's three queues apart.

use std::any::Any;
use std::collections::VecDeque;

/// What Python's queue classes override as `_put`, `_get` and `_qsize`.
pub trait Storage: Default {
    /// What the queue holds.
    type Item;

    /// The place that an item is to have; only looks. The error is the panic of a comparison.
    #[inline(always)]
    fn place(&self, _item: &Self::Item) -> Result<usize, Box<dyn Any + Send>> {
        Ok(self.len())
    }

    /// Adds an item at its place.
    fn insert(&mut self, place: usize, item: Self::Item);

    /// Takes the item whose turn it is. After an error, the panic of a comparison, all items are still there.
    fn pop(&mut self) -> Result<Option<Self::Item>, Box<dyn Any + Send>>;

    /// How many items there are.
    fn len(&self) -> usize;
}

/// First in, first out.
impl<T> Storage for VecDeque<T> {
    type Item = T;

    fn insert(&mut self, _place: usize, item: T) {
        self.push_back(item);
    }

    fn pop(&mut self) -> Result<Option<T>, Box<dyn Any + Send>> {
        Ok(self.pop_front())
    }

    fn len(&self) -> usize {
        VecDeque::len(self)
    }
}

/// Last in, first out.
impl<T> Storage for Vec<T> {
    type Item = T;

    fn insert(&mut self, _place: usize, item: T) {
        self.push(item);
    }

    fn pop(&mut self) -> Result<Option<T>, Box<dyn Any + Send>> {
        Ok(Vec::pop(self))
    }

    fn len(&self) -> usize {
        Vec::len(self)
    }
}
