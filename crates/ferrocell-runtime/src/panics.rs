//! Reports panics of all threads, with where they happened, instead of printing them.

use std::any::Any;
use std::backtrace::Backtrace;
use std::panic::{PanicHookInfo, set_hook};
use std::sync::Once;

use crate::host::{self, Kind};

/// Installs the hook, once per process. A hook that the user's code installs later replaces it.
pub(crate) fn install() {
    static INSTALLED: Once = Once::new();
    INSTALLED.call_once(|| set_hook(Box::new(report)));
}

/// What a panic's payload says.
pub(crate) fn message(payload: &(dyn Any + Send)) -> &str {
    let text = payload.downcast_ref::<&'static str>().copied();
    text.or_else(|| payload.downcast_ref::<String>().map(String::as_str))
        .unwrap_or("Box<dyn Any>")
}

fn report(info: &PanicHookInfo<'_>) {
    let thread = std::thread::current();
    let (file, line, column) = info.location().map_or(("", 0, 0), |location| {
        (location.file(), location.line(), location.column())
    });
    let fields = [
        thread.name().unwrap_or("<unnamed>"),
        file,
        &line.to_string(),
        &column.to_string(),
        &Backtrace::force_capture().to_string(),
        message(info.payload()),
    ];
    host::send(Kind::Panic, &fields.join("\0"));
}
