//! What can be shown.

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet, LinkedList, VecDeque};
use std::fmt::Debug;

use crate::Content;
use crate::content::{debug, text};

/// A type that says how its values are shown in a notebook, by [`display`](crate::display()) and, where the trait is in
/// scope, as the value of a cell's last expression.
///
/// ```
/// use ferrocell::{Content, Show, display, svg};
///
/// struct Dot(u8);
///
/// impl Show for Dot {
///     fn show(&self) -> Content {
///         let radius = self.0;
///         svg(format!(r#"<svg xmlns="http://www.w3.org/2000/svg" width="40" height="40"><circle cx="20" cy="20" r="{radius}"/></svg>"#))
///             .and("text/plain", format!("a dot of {radius}"))
///     }
/// }
///
/// display(&Dot(15));
/// ```
#[diagnostic::on_unimplemented(
    message = "`{Self}` does not say how it is shown",
    note = "show the text of its `Debug`: `display(&ferrocell::debug(&value))`",
    note = "or say how: `impl ferrocell::Show for {Self}`"
)]
pub trait Show {
    /// The representations of the value.
    fn show(&self) -> Content;

    /// Shows the value as that of a cell's last expression; evcxr and ferrocell call this.
    fn evcxr_display(&self) {
        self.show().evcxr_display();
    }
}

impl Show for Content {
    fn show(&self) -> Content {
        self.clone()
    }
}

impl<T: Show + ?Sized> Show for &T {
    fn show(&self) -> Content {
        (**self).show()
    }
}

impl<T: Show + ?Sized> Show for Box<T> {
    fn show(&self) -> Content {
        (**self).show()
    }
}

/// What [`display`](crate::display()) takes: types that implement [`Show`], and those of the standard library by their
/// `Debug`, or as they are if they are text. It cannot be implemented; implement `Show`.
#[diagnostic::on_unimplemented(
    message = "`{Self}` does not say how it is shown",
    note = "show the text of its `Debug`: `display(&ferrocell::debug(&value))`",
    note = "or say how: `impl ferrocell::Show for {Self}`"
)]
pub trait Shown: private::Sealed {
    #[doc(hidden)]
    fn content(&self) -> Content;
}

mod private {
    pub trait Sealed {}
}

impl<T: Show + ?Sized> private::Sealed for T {}

impl<T: Show + ?Sized> Shown for T {
    fn content(&self) -> Content {
        self.show()
    }
}

macro_rules! shown {
    ($how:expr; $([$($generic:tt)*] $ty:ty,)*) => {
        $(
            impl<$($generic)*> private::Sealed for $ty {}

            impl<$($generic)*> Shown for $ty {
                fn content(&self) -> Content {
                    $how(self)
                }
            }
        )*
    };
}

shown! { |it: &Self| text(AsRef::<str>::as_ref(it)); [] str, [] String, [] Cow<'_, str>, }
shown! { debug;
    [] bool, [] char, [] (),
    [] i8, [] i16, [] i32, [] i64, [] i128, [] isize,
    [] u8, [] u16, [] u32, [] u64, [] u128, [] usize,
    [] f32, [] f64,
    [] std::time::Duration,
    [T: Debug] Option<T>,
    [T: Debug, E: Debug] Result<T, E>,
    [T: Debug] [T],
    [T: Debug, const N: usize] [T; N],
    [T: Debug] Vec<T>,
    [T: Debug] VecDeque<T>,
    [T: Debug] LinkedList<T>,
    [T: Debug] BTreeSet<T>,
    [T: Debug, S] HashSet<T, S>,
    [K: Debug, V: Debug] BTreeMap<K, V>,
    [K: Debug, V: Debug, S] HashMap<K, V, S>,
    [A: Debug, B: Debug] (A, B),
    [A: Debug, B: Debug, C: Debug] (A, B, C),
    [A: Debug, B: Debug, C: Debug, D: Debug] (A, B, C, D),
}

#[cfg(test)]
mod tests {
    use super::*;

    fn plain(value: &(impl Shown + ?Sized)) -> String {
        value.content().plain()
    }

    #[test]
    fn types_of_std_are_shown_by_their_text() {
        assert_eq!(plain("a\n"), "a\n");
        assert_eq!(plain(&Cow::Borrowed("a")), "a");
        assert_eq!(plain(&vec!["a"]), "[\"a\"]");
        assert_eq!(plain(&[1, 2][..]), "[1, 2]");
        assert_eq!(plain(&BTreeMap::from([(1, Some('x'))])), "{1: Some('x')}");
        assert_eq!(plain(&(1, 2.5)), "(1, 2.5)");
    }

    #[test]
    fn pointers_to_what_shows_itself_do_too() {
        let shown: Box<dyn Show> = Box::new(text("boxed"));
        assert_eq!(plain(&shown), "boxed");
        assert_eq!(plain(&&text("lent")), "lent");
    }
}
