//! Environment variables, which only this library's std can set: its lock is the one that the user's code takes to read them.

/// Sets a variable; the host calls this by name.
///
/// # Safety
///
/// Both pointers are followed by so many bytes of text.
#[unsafe(no_mangle)]
unsafe extern "C" fn ferrocell_set_variable(
    name: *const u8,
    name_len: usize,
    value: *const u8,
    value_len: usize,
) {
    // SAFETY: by the caller's promise.
    let text = |bytes, len| unsafe {
        std::str::from_utf8_unchecked(std::slice::from_raw_parts(bytes, len))
    };
    let (name, value) = (text(name, name_len), text(value, value_len));
    // SAFETY: the user asked for it. As in any program, C code that reads the environment meanwhile has no lock.
    unsafe { std::env::set_var(name, value) };
}
