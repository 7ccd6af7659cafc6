//! Connections as they come and go, and those that are ended because they are too many, too silent
//! or without end.

use std::os::fd::RawFd;
use std::time::{Duration, Instant};

use super::event::{Event, RefusedWhat};
use super::handle::{MAX_SUBSCRIPTION_BYTES, QUEUED_FROM_PEER};
use super::worker::{Which, Worker};
use crate::ffi::{Fault, Frame};
use crate::monitor::Change;

/// How often connections are looked at for messages without end.
const LOOK_EVERY: Duration = Duration::from_secs(1);

/// Some room beside the messages themselves: for the handshake, and what encryption adds.
const LEAST_LIMIT: u64 = 16 * 1024;

impl Worker {
    /// Reads all monitor events. False if there was none.
    pub(crate) fn read_monitors(&mut self) -> Result<bool, Fault> {
        let publish = self.read_monitor(Which::Publish)?;
        let receive = self.read_monitor(Which::Receive)?;
        Ok(publish || receive)
    }

    fn read_monitor(&mut self, which: Which) -> Result<bool, Fault> {
        let mut any = false;
        let mut too_many = Vec::new();
        // Counted from the acceptance: the handshake comes first.
        let silence = self.limits.handshake_within.saturating_add(self.limits.identify_within);
        let mut frame = std::mem::replace(&mut self.frame, Frame::new());
        while let Some(side) = self.side(which)
            && let Some(change) = side.watched.monitor.next(&mut frame)?
        {
            any = true;
            match change {
                Change::Accepted(descriptor, address) => {
                    let number = self.next_number();
                    let until = Instant::now() + silence;
                    if let Some(side) = self.side(which) {
                        side.connections.accepted(descriptor, address.clone(), number, until);
                    }
                    let (from_address, all) = self.count.add(&address);
                    if from_address > self.limits.connections_per_address {
                        let limit = self.limits.connections_per_address;
                        let what = RefusedWhat::TooManyFromAddress { limit };
                        too_many.push((descriptor, address, what));
                    } else if all > self.limits.max_sockets {
                        let what = RefusedWhat::TooMany { limit: self.limits.max_sockets };
                        too_many.push((descriptor, address, what));
                    }
                }
                Change::HandshakeFailed => side.failed = Some(RefusedWhat::Unfinished),
                Change::HandshakeWrong => side.failed = Some(RefusedWhat::Handshake),
                Change::Disconnected(descriptor) => self.disconnected(descriptor, which),
                Change::AcceptFailed => {
                    tracing::error!("a connection cannot be accepted: too many open files?");
                }
                Change::HandshakeSucceeded | Change::HandshakeRefused | Change::Closed => {}
            }
        }
        self.frame = frame;
        // Only now, since the end of one of these may have been among the events: its descriptor
        // would be somebody else's.
        for (descriptor, address, what) in too_many {
            let ended = self.side(which).and_then(|side| side.connections.end(descriptor));
            if ended.is_some() {
                self.refuse("unknown".to_owned(), address, what);
            }
        }
        Ok(any)
    }

    fn disconnected(&mut self, descriptor: RawFd, which: Which) {
        let Some(side) = self.side(which) else { return };
        let failed = side.failed.take();
        let Some(connection) = side.connections.disconnected(descriptor) else { return };
        self.count.remove(&connection.address);
        if let Some(what) = failed.filter(|_| !connection.was_ended()) {
            self.refuse("unknown".to_owned(), connection.address, what);
        } else if let Some(peer) = connection.peer
            // Only the receiving side's connections are known outside.
            && which == Which::Receive
        {
            let (connection, principal) = (peer.connection, peer.principal);
            self.tell(Event::Left { connection, principal });
        }
    }

    /// Ends whoever is silent for too long, or sends without end.
    pub(crate) fn end_troublesome(&mut self) {
        let now = Instant::now();
        let sides = self.publish.iter_mut().chain([&mut self.receive]);
        let silent: Vec<_> = sides.flat_map(|side| side.connections.end_silent(now)).collect();
        for address in silent {
            self.refuse("unknown".to_owned(), address, RefusedWhat::Silent);
        }
        if now.saturating_duration_since(self.looked_at) < LOOK_EVERY {
            return;
        }
        self.looked_at = now;
        // What may rightly wait in libzmq while events are not read, and a little more.
        let messages = u64::try_from(QUEUED_FROM_PEER).unwrap_or(0) + 2;
        let message = u64::try_from(self.limits.max_message_bytes).unwrap_or(u64::MAX);
        let subscription = MAX_SUBSCRIPTION_BYTES.unsigned_abs();
        let most_received = messages.saturating_mul(message.saturating_add(LEAST_LIMIT));
        let mut endless = self.receive.connections.end_endless(most_received);
        let most_published = messages.saturating_mul(subscription.saturating_add(LEAST_LIMIT));
        if let Some(publish) = &mut self.publish {
            endless.extend(publish.connections.end_endless(most_published));
        }
        for address in endless {
            self.refuse("unknown".to_owned(), address, RefusedWhat::Endless);
        }
    }

    /// When `end_troublesome` is to be called next.
    pub(crate) fn next_deadline(&self) -> Option<Instant> {
        let sides = || self.publish.iter().chain([&self.receive]);
        let silent = sides().filter_map(|side| side.connections.next_silent()).min();
        let any = sides().any(|side| !side.connections.is_empty());
        silent.into_iter().chain(any.then(|| self.looked_at + LOOK_EVERY)).min()
    }
}
