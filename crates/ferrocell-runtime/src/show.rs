//! Shows the value of a cell's tail expression.
//!
//! Whatever `evcxr_display` method the cell itself could call on the value shows it: an inherent one, or one of a trait
//! in scope. Otherwise its `Debug` does, and the name of its type if it has none. No impl tells what it is, only where
//! method resolution looks first; so generated code asks in this way:
//!
//! - [`Missing`] is what `evcxr_display` returns where [`Fallback`] is what resolution ends with: it takes the receiver
//!   by `&mut`, and methods that take it by `&` are looked for before.
//! - [`Step::ferrocell_next`] on that looks through a pointer (`Box`, `Rc`, `&`), of which resolution alone would know,
//!   were it not content with the fallback.
//! - [`Chain::ferrocell_finds`] tells what a closure with several such steps would return. It is called only if that is
//!   [`Found`], so that showing a value dereferences nothing otherwise.

use std::any::type_name;
use std::fmt::{self, Debug, Display, Write};
use std::marker::PhantomData;
use std::ops::Deref;

use crate::host::{self, Kind};
use crate::stdout::flush;

/// The most characters of the text that stands beside a rich value, which front ends show only if they must.
const LONGEST_BESIDE: usize = 4096;

/// Nothing shows the value.
#[derive(Debug)]
pub struct Missing<'a, T: ?Sized>(&'a T);

/// Something has shown the value.
#[derive(Debug)]
pub struct Found;

/// The last that method resolution finds for `value.evcxr_display()`, where `value` is a reference.
pub trait Fallback<'a, T: ?Sized> {
    /// Does nothing.
    fn evcxr_display(&mut self) -> Missing<'a, T>;
}

impl<'a, T: ?Sized> Fallback<'a, T> for &'a T {
    fn evcxr_display(&mut self) -> Missing<'a, T> {
        Missing(self)
    }
}

impl<'a, T: ?Sized> Missing<'a, T> {
    /// What is missing stays missing.
    pub fn evcxr_display(&self) -> Missing<'a, T> {
        Missing(self.0)
    }
}

impl Found {
    /// What was shown is not shown again.
    pub fn evcxr_display(&self) {}
}

/// What a call of `evcxr_display` has returned. The three impls of `ferrocell_next` for it are tried in the order in
/// which they stand here, when it is called on a `&&&Step`.
#[derive(Debug)]
pub struct Step<R>(pub R);

/// Looks through a pointer whose own value nothing shows.
pub trait Through {
    /// What is looked at next.
    type Next;
    /// Dereferences.
    fn ferrocell_next(&self) -> Self::Next;
}

impl<'a, T: Deref + ?Sized> Through for &&Step<Missing<'a, T>> {
    type Next = &'a T::Target;

    fn ferrocell_next(&self) -> Self::Next {
        self.0.0
    }
}

/// Gives up on a value that is no pointer.
pub trait Stop<'a> {
    /// The value's type.
    type Value: ?Sized;
    /// Nothing is looked at next.
    fn ferrocell_next(&self) -> Missing<'a, Self::Value>;
}

impl<'a, T: ?Sized> Stop<'a> for &Step<Missing<'a, T>> {
    type Value = T;

    fn ferrocell_next(&self) -> Missing<'a, T> {
        Missing(self.0.0)
    }
}

/// Ends with what the value's own method returns, whatever that is.
pub trait Finish {
    /// The value was shown.
    fn ferrocell_next(&self) -> Found;
}

impl<R> Finish for Step<R> {
    fn ferrocell_next(&self) -> Found {
        Found
    }
}

/// What a closure would return.
#[derive(Debug)]
pub struct Chain<R>(PhantomData<R>);

/// What `chain` would return if it was called.
pub fn chain<R>(_chain: &impl Fn() -> R) -> Chain<R> {
    Chain(PhantomData)
}

impl Chain<Found> {
    /// Something shows the value.
    pub fn ferrocell_finds(&self) -> bool {
        true
    }
}

/// For what is no `Chain<Found>`.
pub trait Finds {
    /// Nothing shows the value.
    fn ferrocell_finds(&self) -> bool;
}

impl<R> Finds for Chain<R> {
    fn ferrocell_finds(&self) -> bool {
        false
    }
}

/// A value, to be called `ferrocell_text` on as `&&Value`.
#[allow(missing_debug_implementations)] // `Debug` is what is asked for of the value in it.
pub struct Value<'a, T: ?Sized>(pub &'a T);

/// What can be told of a value in plain text.
#[allow(missing_debug_implementations)] // See above.
pub struct Text<'a> {
    form: Form<'a>,
    type_name: &'static str,
}

enum Form<'a> {
    Debug(&'a dyn Debug),
    Formatted(&'a dyn Display),
    Type,
}

/// The text of values with a `Debug`.
pub trait DebugText {
    /// The text.
    fn ferrocell_text(&self) -> Text<'_>;
}

impl<T: Debug + ?Sized> DebugText for &Value<'_, T> {
    fn ferrocell_text(&self) -> Text<'_> {
        Text {
            form: Form::Debug(&self.0),
            type_name: type_name::<T>(),
        }
    }
}

/// The text of any value.
pub trait TypeText {
    /// The text.
    fn ferrocell_text(&self) -> Text<'static>;
}

impl<T: ?Sized> TypeText for Value<'_, T> {
    fn ferrocell_text(&self) -> Text<'static> {
        Text {
            form: Form::Type,
            type_name: type_name::<T>(),
        }
    }
}

/// The text of a value in the form that the user has chosen.
pub fn formatted<'a, T: ?Sized>(text: &'a dyn Display, _value: &T) -> Text<'a> {
    Text {
        form: Form::Formatted(text),
        type_name: type_name::<T>(),
    }
}

impl Text<'_> {
    fn write(&self, out: &mut dyn Write) -> fmt::Result {
        match &self.form {
            Form::Debug(value) => write!(out, "{value:?}"),
            Form::Formatted(text) => write!(out, "{text}"),
            Form::Type => Ok(()),
        }
    }

    fn is_type(&self) -> bool {
        matches!(self.form, Form::Type)
    }
}

/// Reports the text of a value as the cell's result, with its type if that is wanted; `()` is not shown.
pub fn show(text: &Text<'_>, with_type: bool) {
    if text.type_name == type_name::<()>() {
        return;
    }
    let mut shown = String::new();
    text.write(&mut shown)
        .expect("a `Debug` or `Display` of the value returned an error");
    report(text, &shown, with_type);
}

/// Lets a value show itself: the rich values that `display` prints are the cell's result, with the value's text beside
/// them.
pub fn show_rich(display: impl FnOnce(), text: &Text<'_>) {
    flush();
    host::send(Kind::Showing, "");
    display();
    flush();
    let mut beside = Beginning(String::new());
    if text.write(&mut beside).is_err() {
        beside.0.push('…');
    }
    report(text, &beside.0, false);
}

/// How the type of a value is to be written is for the engine to say.
fn report(text: &Text<'_>, shown: &str, with_type: bool) {
    let ty = text.type_name;
    let payload = if text.is_type() {
        format!("ferrocell/type\0{ty}")
    } else if with_type {
        format!("ferrocell/typed\0{ty}\0{shown}")
    } else {
        format!("text/plain\0{shown}")
    };
    host::send(Kind::Result, &payload);
}

/// Takes the beginning of a text, and then refuses.
struct Beginning(String);

impl Write for Beginning {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        let room = LONGEST_BESIDE.saturating_sub(self.0.len());
        match text.char_indices().find(|(at, _)| *at >= room) {
            Some((end, _)) => {
                self.0.push_str(&text[..end]);
                Err(fmt::Error)
            }
            None => {
                self.0.push_str(text);
                Ok(())
            }
        }
    }
}
