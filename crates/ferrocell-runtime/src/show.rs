//! Shows the value of a cell's tail expression.
//!
//! Generated code calls `evcxr_display` on a [`Tail`]. Method resolution looks through it at the value and takes the
//! first of: an inherent method of that name (the convention of crates that draw), [`Show`] for whatever implements
//! `Debug`. For values that have neither, the engine generates a call of [`show_type`] instead.

use std::any::type_name;
use std::fmt::Debug;
use std::ops::Deref;

use crate::host::{self, Kind};

/// The value of a tail expression.
#[allow(missing_debug_implementations)] // It must have no methods but those of the value.
pub struct Tail<'a, T: ?Sized>(pub &'a T);

impl<T: ?Sized> Deref for Tail<'_, T> {
    type Target = T;

    fn deref(&self) -> &T {
        self.0
    }
}

/// Shows a value through its `Debug`; `()` is not shown.
pub trait Show {
    /// Reports the value as the cell's result.
    fn evcxr_display(&self);
}

impl<T: Debug + ?Sized> Show for T {
    fn evcxr_display(&self) {
        show_debug(&self, type_name::<T>());
    }
}

/// Not generic, so that formatting is compiled with this library and not with each cell.
fn show_debug(value: &dyn Debug, name: &str) {
    if name != type_name::<()>() {
        show_text(&format!("{value:?}"));
    }
}

/// Shows what can be told of any value: the name of its type, without that of the cell's own crate.
pub fn show_type<T: ?Sized>(_value: &T, own_crate: &str) {
    show_text(&format!(
        "<{}>",
        type_name::<T>().replace(&format!("{own_crate}::"), "")
    ));
}

/// Reports a text as the cell's result, with the type of the value that it shows.
pub fn show_typed<T: ?Sized>(text: &str, _value: &T) {
    show_text(&format!("{text}: {}", type_name::<T>()));
}

/// Reports a text as the cell's result.
pub fn show_text(text: &str) {
    host::send(Kind::Result, &format!("text/plain\0{text}"));
}
