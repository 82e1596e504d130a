//! What every queue handle is: a cloneable reference to its core.

/// Implements for `$Queue<T>`, a tuple struct around an `Arc<QueueCore<$Storage>>`, its constructors
/// and the traits of a handle.
macro_rules! impl_handle {
    ($Queue:ident<T $(: $Bound:ident)?>, $Storage:ty) => {
        impl<T $(: $Bound)?> $Queue<T> {
            /// Creates a queue that takes any number of items.
            ///
            /// ```
            #[doc = concat!("let queue: nogil::", stringify!($Queue), "<i32> = nogil::", stringify!($Queue), "::new();")]
            /// assert!(queue.empty());
            /// ```
            pub fn new() -> Self {
                Self::with_maxsize(0)
            }

            /// Creates a queue in which at most `maxsize` items wait at once; zero means any number.
            ///
            /// ```
            #[doc = concat!("let queue = nogil::", stringify!($Queue), "::with_maxsize(1);")]
            /// queue.put("spam")?;
            /// assert!(queue.full());
            /// # Ok::<(), nogil::PutError<&str>>(())
            /// ```
            pub fn with_maxsize(maxsize: usize) -> Self {
                Self(std::sync::Arc::new(super::core::QueueCore::with_maxsize(maxsize)))
            }
        }

        impl<T $(: $Bound)?> std::ops::Deref for $Queue<T> {
            type Target = super::core::QueueCore<$Storage>;

            fn deref(&self) -> &Self::Target {
                &self.0
            }
        }

        /// Another handle to the same queue.
        impl<T $(: $Bound)?> Clone for $Queue<T> {
            fn clone(&self) -> Self {
                Self(std::sync::Arc::clone(&self.0))
            }
        }

        impl<T $(: $Bound)?> Default for $Queue<T> {
            fn default() -> Self {
                Self::new()
            }
        }

        impl<T $(: $Bound)?> std::fmt::Debug for $Queue<T> {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                self.0.describe(stringify!($Queue), f)
            }
        }

        /// Takes items out until the queue is shut down and empty.
        impl<'a, T $(: $Bound)?> IntoIterator for &'a $Queue<T> {
            type Item = T;
            type IntoIter = super::iter::QueueIter<'a, $Storage>;

            fn into_iter(self) -> Self::IntoIter {
                self.iter()
            }
        }
    };
}

pub(super) use impl_handle;
