//! What surrounds a notebook goes wrong: caches, disks, toolchains, clocks. Each is a clear sentence or no trouble at
//! all, and variables stay.

#[path = "../conversation/mod.rs"]
mod conversation;

mod caches;
mod disks;
mod folder;
mod inside;
mod toolchains;
mod waiting;
