//! coroutine
