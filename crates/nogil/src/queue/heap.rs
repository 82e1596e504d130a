//! The order of a priority queue, which a comparison that panics cannot disturb.

use std::any::Any;
use std::panic::{AssertUnwindSafe, catch_unwind};

use super::storage::Storage;

/// A binary heap with the smallest item first. Unlike [`BinaryHeap`](std::collections::BinaryHeap), it makes all
/// comparisons of a call before it moves anything: after one has panicked, it holds what it held before.
pub struct Heap<T>(Vec<T>);

impl<T: Ord> Heap<T> {
    /// The place to which `item` rises from the end.
    fn rise(&self, item: &T) -> usize {
        let mut place = self.0.len();
        while place > 0 && *item < self.0[(place - 1) / 2] {
            place = (place - 1) / 2;
        }
        place
    }

    /// The place to which the item at `last`, the end, sinks when the first one gives way to it.
    fn sink(&self, last: usize) -> usize {
        let mut place = 0;
        loop {
            let left = 2 * place + 1;
            if left >= last {
                return place;
            }
            let right = left + 1;
            let child = if right < last && self.0[right] < self.0[left] {
                right
            } else {
                left
            };
            if self.0[last] <= self.0[child] {
                return place;
            }
            place = child;
        }
    }
}

/// Smallest first.
impl<T: Ord> Storage for Heap<T> {
    type Item = T;

    fn place(&self, item: &T) -> Result<usize, Box<dyn Any + Send>> {
        catch_unwind(AssertUnwindSafe(|| self.rise(item)))
    }

    fn insert(&mut self, place: usize, item: T) {
        let mut at = self.0.len();
        self.0.push(item);
        while at > place {
            let parent = (at - 1) / 2;
            self.0.swap(at, parent);
            at = parent;
        }
    }

    fn pop(&mut self) -> Result<Option<T>, Box<dyn Any + Send>> {
        let Some(last) = self.0.len().checked_sub(1) else {
            return Ok(None);
        };
        let place = catch_unwind(AssertUnwindSafe(|| self.sink(last)))?;
        let item = self.0.swap_remove(0);
        // The way down is in the place's number, bit by bit.
        let mut at = 0;
        for level in (0..(place + 1).ilog2()).rev() {
            let child = ((place + 1) >> level) - 1;
            self.0.swap(at, child);
            at = child;
        }
        Ok(Some(item))
    }

    fn len(&self) -> usize {
        self.0.len()
    }
}

impl<T> Default for Heap<T> {
    fn default() -> Self {
        Self(Vec::new())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn items_come_out_in_order_whatever_the_order_in_which_they_went_in() {
        let mut random = fastrand::Rng::with_seed(14);
        for size in 0..200 {
            let mut items: Vec<u8> = (0..size).map(|_| random.u8(..)).collect();
            let mut heap = Heap::default();
            for &item in &items {
                let place = heap.place(&item).unwrap();
                heap.insert(place, item);
            }
            items.sort_unstable();
            let out: Vec<u8> = std::iter::from_fn(|| heap.pop().unwrap()).collect();
            assert_eq!(out, items);
        }
    }
}
