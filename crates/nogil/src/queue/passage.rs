//! How an item gets into a queue and out of it: at once, after waiting, or not at all.
//!
//! What happens at once is inlined up to the user, and waiting is kept apart from it: an instruction
//! that locks waits for every store before it, so registers that a call saves and a guard that lies
//! in memory would be felt.

use std::any::Any;
use std::panic::resume_unwind;
use std::time::Duration;

use super::core::{NOT_EMPTY, NOT_FULL, QueueCore, State};
use super::error::{GetError, PutError};
use super::storage::Storage;
use crate::sync::monitor::Entered;

type Locked<'a, S> = Entered<'a, State<S>, 3>;

impl<S: Storage> QueueCore<S> {
    #[inline(always)]
    pub(super) fn put_within(
        &self,
        item: S::Item,
        timeout: Option<Duration>,
    ) -> Result<(), PutError<S::Item>> {
        let state = self.monitor.enter();
        if self.blocks_put(&state) {
            return self.put_later(state, item, timeout);
        }
        Self::put_into(item, state)
    }

    #[cold]
    fn put_later(
        &self,
        state: Locked<'_, S>,
        item: S::Item,
        timeout: Option<Duration>,
    ) -> Result<(), PutError<S::Item>> {
        match state.wait_while(NOT_FULL, timeout, |state| self.blocks_put(state)) {
            (state, true) => Self::put_into(item, state),
            _ => Err(PutError::Full(item)),
        }
    }

    #[inline]
    fn blocks_put(&self, state: &State<S>) -> bool {
        !state.is_shutdown && self.is_full(&state.items)
    }

    #[inline(always)]
    fn put_into(item: S::Item, mut state: Locked<'_, S>) -> Result<(), PutError<S::Item>> {
        if state.is_shutdown {
            return Err(PutError::ShutDown(item));
        }
        match state.items.place(&item) {
            Ok(place) => {
                state.unfinished_tasks += 1;
                state.items.insert(place, item);
                state.leave_notifying(NOT_EMPTY, 1);
                Ok(())
            }
            Err(panic) => Self::give_way(state, NOT_FULL, panic),
        }
    }

    /// Unwinds without the lock, because of a comparison. What woke this thread is passed on to another one.
    #[cold]
    fn give_way(state: Locked<'_, S>, condition: usize, panic: Box<dyn Any + Send>) -> ! {
        state.leave_notifying(condition, 1);
        resume_unwind(panic)
    }

    #[inline(always)]
    pub(super) fn get_within(&self, timeout: Option<Duration>) -> Result<S::Item, GetError> {
        let state = self.monitor.enter();
        if Self::blocks_get(&state) {
            return Self::get_later(state, timeout);
        }
        Self::get_from(state)
    }

    #[cold]
    fn get_later(state: Locked<'_, S>, timeout: Option<Duration>) -> Result<S::Item, GetError> {
        let (state, _) = state.wait_while(NOT_EMPTY, timeout, |state| Self::blocks_get(state));
        Self::get_from(state)
    }

    #[inline]
    fn blocks_get(state: &State<S>) -> bool {
        !state.is_shutdown && state.items.len() == 0
    }

    #[inline(always)]
    fn get_from(mut state: Locked<'_, S>) -> Result<S::Item, GetError> {
        match state.items.pop() {
            Ok(Some(item)) => {
                state.leave_notifying(NOT_FULL, 1);
                Ok(item)
            }
            Ok(None) if state.is_shutdown => Err(GetError::ShutDown),
            Ok(None) => Err(GetError::Empty),
            Err(panic) => Self::give_way(state, NOT_EMPTY, panic),
        }
    }
}
