//! A handler that panics fails its own request and no more.

use std::any::Any;
use std::future::Future;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::pin::Pin;
use std::task::{Context, Poll};

/// A handler's future, whose panic is its outcome.
pub(crate) struct Caught<F>(pub(crate) Pin<Box<F>>)
where
    F: Future + ?Sized;

impl<F: Future + ?Sized> Future for Caught<F> {
    /// What it came to; or what it said when it panicked.
    type Output = Result<F::Output, String>;

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Self::Output> {
        // After a panic the future is dropped and not polled again, and what it shares with others is
        // behind locks that its thread has let go of.
        match catch_unwind(AssertUnwindSafe(|| self.0.as_mut().poll(context))) {
            Ok(polled) => polled.map(Ok),
            Err(panic) => Poll::Ready(Err(said(panic.as_ref()))),
        }
    }
}

fn said(panic: &(dyn Any + Send)) -> String {
    let text = panic.downcast_ref::<String>().map(String::as_str);
    text.or_else(|| panic.downcast_ref::<&str>().copied()).unwrap_or("something").to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_panic_is_an_outcome() {
        let fine: Pin<Box<dyn Future<Output = u8>>> = Box::pin(async { 1 });
        assert_eq!(Caught(fine).await, Ok(1));
        let failing: Pin<Box<dyn Future<Output = u8>>> = Box::pin(async {
            tokio::task::yield_now().await;
            panic!("at {}", 7)
        });
        assert_eq!(Caught(failing).await, Err("at 7".to_owned()));
    }
}
