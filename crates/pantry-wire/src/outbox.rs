//! Events on their way from an IO thread into a bounded channel.
//!
//! The IO thread never blocks and never drops a message: before it reads from a socket it asks for
//! room, and while there is none it leaves the messages in libzmq, which stops reading from the
//! network when its own queue is full. Small events that cannot wait stand in line here.

use std::collections::VecDeque;
use std::pin::Pin;
use std::task::{Context, Poll, Waker};

use tokio::sync::mpsc::error::{SendError, TrySendError};
use tokio::sync::mpsc::{OwnedPermit, Sender};

type Reserving<T> = Pin<Box<dyn Future<Output = Result<OwnedPermit<T>, SendError<()>>> + Send>>;

enum State<T> {
    Idle(Sender<T>),
    Reserved(OwnedPermit<T>),
    Waiting(Reserving<T>),
    /// Nobody listens any more.
    Closed,
}

/// The sending end.
pub(crate) struct Outbox<T> {
    state: State<T>,
    line: VecDeque<T>,
    waker: Waker,
}

impl<T: Send + 'static> Outbox<T> {
    /// An outbox that calls `waker` when a full channel has room again.
    pub(crate) fn new(sender: Sender<T>, waker: Waker) -> Self {
        Self { state: State::Idle(sender), line: VecDeque::new(), waker }
    }

    /// How many stand in line.
    pub(crate) fn waiting(&self) -> usize {
        self.line.len()
    }

    /// Sends an event, or lets it stand in line.
    pub(crate) fn push(&mut self, event: T) {
        self.line.push_back(event);
        self.has_room();
    }

    /// Whether an event that is pushed now is sent at once. If not, the waker will be called. When
    /// nobody listens any more there is always room.
    pub(crate) fn has_room(&mut self) -> bool {
        loop {
            let state = std::mem::replace(&mut self.state, State::Closed);
            self.state = match state {
                State::Closed => {
                    self.line.clear();
                    return true;
                }
                State::Idle(sender) => match sender.try_reserve_owned() {
                    Ok(permit) => State::Reserved(permit),
                    Err(TrySendError::Full(sender)) => {
                        State::Waiting(Box::pin(sender.reserve_owned()))
                    }
                    Err(TrySendError::Closed(_)) => State::Closed,
                },
                State::Waiting(mut reserving) => {
                    match reserving.as_mut().poll(&mut Context::from_waker(&self.waker)) {
                        Poll::Pending => {
                            self.state = State::Waiting(reserving);
                            return false;
                        }
                        Poll::Ready(Ok(permit)) => State::Reserved(permit),
                        Poll::Ready(Err(_)) => State::Closed,
                    }
                }
                State::Reserved(permit) => match self.line.pop_front() {
                    Some(event) => State::Idle(permit.send(event)),
                    None => {
                        self.state = State::Reserved(permit);
                        return true;
                    }
                },
            };
        }
    }
}

#[cfg(test)]
mod tests {
    use tokio::sync::mpsc;

    use super::*;

    #[test]
    fn a_full_channel_keeps_events_in_line_and_in_order() {
        let (sender, mut receiver) = mpsc::channel(2);
        let mut outbox = Outbox::new(sender, Waker::noop().clone());
        for event in 0..5 {
            outbox.push(event);
        }
        assert!(!outbox.has_room());
        let mut seen = Vec::new();
        while let Ok(event) = receiver.try_recv() {
            seen.push(event);
            outbox.has_room();
        }
        assert_eq!(seen, [0, 1, 2, 3, 4]);
        assert!(outbox.has_room());
        drop(receiver);
        outbox.push(5);
        outbox.push(6);
        assert_eq!(outbox.waiting(), 0);
    }
}
