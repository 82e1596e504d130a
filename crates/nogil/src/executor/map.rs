//! The iterator over the results of `ThreadPoolExecutor::map`.

use super::error::FutureError;
use super::future::Future;
use std::fmt;
use std::vec;

/// The results of a function for many arguments, in the order of the arguments: made by
/// [`ThreadPoolExecutor::map`](crate::ThreadPoolExecutor::map).
///
/// Like Python's, it ends with the first failure, and then, or when it is dropped half used, cancels what no worker has
/// begun. One that is never asked for a result cancels nothing.
///
/// ```
/// let pool = nogil::ThreadPoolExecutor::new();
/// let squares: Result<Vec<i32>, _> = pool.map(1..=4, |n| n * n).collect();
/// assert_eq!(squares?, [1, 4, 9, 16]);
/// # Ok::<(), nogil::FutureError>(())
/// ```
pub struct Map<R: Send + 'static> {
    futures: vec::IntoIter<Future<R>>,
    refusal: Option<FutureError>,
    used: bool,
}

impl<R: Send + 'static> Map<R> {
    pub(super) fn new(futures: Vec<Future<R>>, refusal: Option<FutureError>) -> Self {
        Self {
            futures: futures.into_iter(),
            refusal,
            used: false,
        }
    }

    fn cancel_rest(&mut self) {
        for future in self.futures.by_ref() {
            future.cancel();
        }
    }
}

impl<R: Send + 'static> Iterator for Map<R> {
    type Item = Result<R, FutureError>;

    fn next(&mut self) -> Option<Self::Item> {
        self.used = true;
        if let Some(refusal) = self.refusal.take() {
            return Some(Err(refusal));
        }
        let result = self.futures.next()?.result();
        if result.is_err() {
            self.cancel_rest();
        }
        Some(result)
    }

    fn size_hint(&self) -> (usize, Option<usize>) {
        let most = self.futures.len() + usize::from(self.refusal.is_some());
        (most.min(1), Some(most))
    }
}

impl<R: Send + 'static> Drop for Map<R> {
    fn drop(&mut self) {
        if self.used {
            self.cancel_rest();
        }
    }
}

impl<R: Send + 'static> fmt::Debug for Map<R> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("Map")
            .field("futures", &self.futures)
            .finish_non_exhaustive()
    }
}
