//! Shows the value of a cell's tail expression.
//!
//! Generated code calls `evcxr_display` on a reference to the value. Method resolution then takes the first of: an
//! inherent method of that name (the convention of crates that draw), [`Show`] for whatever implements `Debug`,
//! [`ShowOpaque`] for everything else.

use std::any::type_name;
use std::fmt::Debug;

use crate::host::{self, Kind};

/// Shows a value through its `Debug`; `()` is not shown.
pub trait Show {
    /// Reports the value as the cell's result.
    fn evcxr_display(&self);
}

impl<T: Debug + ?Sized> Show for T {
    fn evcxr_display(&self) {
        if type_name::<T>() != type_name::<()>() {
            show_text(&format!("{self:?}"));
        }
    }
}

/// Shows what can be told of any value: the name of its type.
pub trait ShowOpaque {
    /// Reports the type's name as the cell's result.
    fn evcxr_display(&self);
}

impl<T: ?Sized> ShowOpaque for &T {
    fn evcxr_display(&self) {
        show_text(&format!("<{}>", type_name::<T>()));
    }
}

/// Reports a text as the cell's result.
pub fn show_text(text: &str) {
    host::send(Kind::Result, &format!("text/plain\0{text}"));
}
