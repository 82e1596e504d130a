//! Starting threads of the system.

use std::io;
use std::thread::{Builder, JoinHandle};

use crate::schedule;
use crate::timeline;

/// Starts a thread: in the schedule of the calling one if that has a place in one, and in the picture if there is one.
pub(crate) fn spawn(
    name: String,
    daemon: bool,
    work: impl FnOnce() + Send + 'static,
) -> io::Result<JoinHandle<()>> {
    let builder = Builder::new().name(name.replace('\0', ""));
    let work = timeline::child(&name, work);
    let Some(place) = schedule::place() else {
        return builder.spawn(work);
    };
    let child = place.another(name, daemon);
    let taken = child.clone();
    let spawned = builder.spawn(move || taken.work(work));
    match &spawned {
        Ok(_) => place.point(),
        Err(_) => child.leave(),
    }
    spawned
}
