//! The notebook's variables between cells.
//!
//! A variable is stored under its name, as a pointer to its value. That it is taken as the type it was stored as, up to
//! what changes no layout, is the engine's promise: a check by `TypeId` would refuse some of what is right.

use std::collections::HashMap;
use std::marker::PhantomData;
use std::sync::{LazyLock, Mutex, PoisonError};

struct Variable {
    value: *mut (),
    drop: unsafe fn(*mut ()),
    /// Whether there may be references to it, which are good for ever.
    is_shared: bool,
}

// SAFETY: only the thread that runs cells touches variables; the lock merely makes the static possible.
unsafe impl Send for Variable {}

impl Drop for Variable {
    fn drop(&mut self) {
        if self.is_shared {
            return;
        }
        // SAFETY: `drop` was made for the type of `value`, which this struct owns.
        unsafe { (self.drop)(self.value) };
    }
}

static VARIABLES: LazyLock<Mutex<HashMap<String, Variable>>> = LazyLock::new(Mutex::default);

fn with_variables<R>(action: impl FnOnce(&mut HashMap<String, Variable>) -> R) -> R {
    action(&mut VARIABLES.lock().unwrap_or_else(PoisonError::into_inner))
}

/// Takes a variable out of the store.
///
/// # Safety
///
/// `T` is the type that the variable was stored as, up to being defined again with the same fields.
///
/// # Panics
///
/// If there is no such variable.
pub unsafe fn take<T>(name: &str) -> T {
    let variable = with_variables(|variables| variables.remove(name));
    let variable = std::mem::ManuallyDrop::new(
        variable.unwrap_or_else(|| panic!("variable `{name}` is lost")),
    );
    // SAFETY: the value was made by `Box::into_raw` for this type, and the store has given it up.
    *unsafe { Box::from_raw(variable.value.cast::<T>()) }
}

/// A variable as later cells see it for good, which stays in the store: nothing moves, changes or drops it from now on.
///
/// # Safety
///
/// `T` is the type that the variable was stored as, up to being defined again with the same fields.
///
/// # Panics
///
/// If there is no such variable.
pub unsafe fn shared<T>(name: &str) -> &'static T {
    let value = with_variables(|variables| {
        let variable = variables.get_mut(name)?;
        variable.is_shared = true;
        Some(variable.value)
    });
    let value = value.unwrap_or_else(|| panic!("variable `{name}` is lost"));
    // SAFETY: the value was made by `Box::into_raw` for this type, and a shared one is never taken or dropped.
    unsafe { &*value.cast::<T>() }
}

/// Gives a value an address that lasts, so that other variables can borrow from it.
pub fn share<T: 'static>(value: T) -> &'static T {
    Box::leak(Box::new(value))
}

/// Puts a variable back that a cell took, unless the cell stored another one under its name.
pub fn restore<T>(name: &str, value: T) {
    if with_variables(|variables| !variables.contains_key(name)) {
        store(name, value);
    }
}

/// Drops a variable.
pub fn forget(name: &str) {
    drop(with_variables(|variables| variables.remove(name)));
}

fn store<T>(name: &str, value: T) {
    insert(name, Box::into_raw(Box::new(value)), false);
}

fn insert<T>(name: &str, value: *mut T, is_shared: bool) {
    unsafe fn drop_value<T>(value: *mut ()) {
        // SAFETY: the value was made by `Box::into_raw` for this type.
        drop(unsafe { Box::from_raw(value.cast::<T>()) });
    }
    let variable = Variable {
        value: value.cast(),
        drop: drop_value::<T>,
        is_shared,
    };
    // The variable replaced is dropped outside of the lock: its destructor is the user's code.
    drop(with_variables(|variables| {
        variables.insert(name.to_owned(), variable)
    }));
}

/// A place for a new variable.
///
/// It exists to leave the variable's type, written out in full, among the local declarations of the compiled function:
/// a value of the type itself may be folded away, this one may not.
#[derive(Debug)]
pub struct Slot<T> {
    name: &'static str,
    kind: PhantomData<fn() -> T>,
}

/// A place for the variable that holds `value`.
#[inline(never)]
pub fn slot<T>(name: &'static str, _value: &T) -> Slot<T> {
    Slot {
        name,
        kind: PhantomData,
    }
}

impl<T> Slot<T> {
    /// Uses a variable where it would be stored, so that it lives until then, and no longer.
    pub fn hold<V>(self, _value: &V) {}
}

impl<T: 'static> Slot<T> {
    /// Stores the variable. It may borrow nothing: what it borrowed from would be gone.
    pub fn keep(self, value: T) {
        store(self.name, value);
    }

    /// Stores a variable that others borrow from.
    pub fn keep_shared(self, value: &'static T) {
        insert(self.name, std::ptr::from_ref(value).cast_mut(), true);
    }
}

#[cfg(test)]
mod tests {
    use std::rc::Rc;

    use super::*;

    #[test]
    fn a_variable_is_kept_until_taken_and_dropped_when_replaced() {
        let first = Rc::new(());
        slot("x", &first).keep(Rc::clone(&first));
        // SAFETY: stored as this type above.
        let taken: Rc<()> = unsafe { take("x") };
        assert_eq!(Rc::strong_count(&first), 2);
        restore("x", taken);
        slot("x", &5).keep(5);
        assert_eq!(Rc::strong_count(&first), 1);
        restore("x", "is not stored: x is there");
        // SAFETY: stored as this type above.
        assert_eq!(unsafe { take::<i32>("x") }, 5);
    }
}
