//! How much memory a variable that is shared for good takes.
//!
//! Of a value without a destructor, its type says that. What else owns memory is known for std's strings and collections;
//! of the others only the value itself counts. Generated code calls `ferrocell_size` on a `&&Held`, which finds the first
//! impl that fits.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet, VecDeque};
use std::mem::needs_drop;

use crate::host::{self, Kind};

/// A variable's value.
#[derive(Debug)]
pub struct Held<'a, T: ?Sized>(pub &'a T);

/// Bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Size {
    bytes: usize,
    /// Whether the value can own no more.
    is_all: bool,
}

/// The size of values that own memory in a way that is known.
pub trait SizeWithHeap {
    /// The size.
    fn ferrocell_size(&self) -> Size;
}

/// The size of any value.
pub trait SizeAlone {
    /// The size.
    fn ferrocell_size(&self) -> Size;
}

impl<T> SizeAlone for Held<'_, T> {
    fn ferrocell_size(&self) -> Size {
        Size {
            bytes: size_of::<T>(),
            is_all: !needs_drop::<T>(),
        }
    }
}

impl SizeWithHeap for &Held<'_, String> {
    fn ferrocell_size(&self) -> Size {
        with_room::<String, u8>(self.0.capacity())
    }
}

impl<T> SizeWithHeap for &Held<'_, Vec<T>> {
    fn ferrocell_size(&self) -> Size {
        with_room::<Vec<T>, T>(self.0.capacity())
    }
}

impl<T> SizeWithHeap for &Held<'_, VecDeque<T>> {
    fn ferrocell_size(&self) -> Size {
        with_room::<VecDeque<T>, T>(self.0.capacity())
    }
}

impl<K, V, S> SizeWithHeap for &Held<'_, HashMap<K, V, S>> {
    fn ferrocell_size(&self) -> Size {
        with_room::<HashMap<K, V, S>, (K, V)>(self.0.capacity())
    }
}

impl<T, S> SizeWithHeap for &Held<'_, HashSet<T, S>> {
    fn ferrocell_size(&self) -> Size {
        with_room::<HashSet<T, S>, T>(self.0.capacity())
    }
}

impl<K, V> SizeWithHeap for &Held<'_, BTreeMap<K, V>> {
    fn ferrocell_size(&self) -> Size {
        with_room::<BTreeMap<K, V>, (K, V)>(self.0.len())
    }
}

impl<T> SizeWithHeap for &Held<'_, BTreeSet<T>> {
    fn ferrocell_size(&self) -> Size {
        with_room::<BTreeSet<T>, T>(self.0.len())
    }
}

impl<T: ?Sized> SizeWithHeap for &Held<'_, Box<T>> {
    fn ferrocell_size(&self) -> Size {
        Size {
            bytes: size_of::<Box<T>>() + size_of_val::<T>(&**self.0),
            is_all: !needs_drop::<T>(),
        }
    }
}

/// The size of a collection with room for so many items.
fn with_room<C, T>(room: usize) -> Size {
    Size {
        bytes: size_of::<C>() + room * size_of::<T>(),
        is_all: !needs_drop::<T>(),
    }
}

/// Reports the size of a variable that is shared for good.
pub fn tell_size(name: &str, Size { bytes, is_all }: Size) {
    let least = if is_all { "" } else { "at least" };
    host::send(Kind::Shared, &format!("{name}\0{bytes}\0{least}"));
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(size: Size, bytes: usize, is_all: bool) {
        assert_eq!(size, Size { bytes, is_all });
    }

    #[test]
    #[expect(clippy::needless_borrow, reason = "as generated code writes it")]
    fn what_strings_and_collections_own_counts() {
        check((&&Held(&5_u64)).ferrocell_size(), 8, true);
        check((&&Held(&String::from("four"))).ferrocell_size(), 28, true);
        check((&&Held(&vec![1_u16, 2])).ferrocell_size(), 28, true);
        check((&&Held(&vec![String::new()])).ferrocell_size(), 48, false);
        let boxed: Box<[u32]> = Box::new([1, 2, 3]);
        check((&&Held(&boxed)).ferrocell_size(), 28, true);
        let counts = BTreeMap::from([("a", 1_u64)]);
        check((&&Held(&counts)).ferrocell_size(), 48, true);
        check((&&Held(&std::rc::Rc::new(1_u8))).ferrocell_size(), 8, false);
    }
}
