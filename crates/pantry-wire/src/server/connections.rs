//! The connections of one bound socket: who they are, how many, and ending them.
//!
//! Monitor events say that a descriptor was accepted and that it is disconnected; the properties of
//! what it sends say whose it is. Both are put together by number: acceptances and handshakes count
//! with the same counter, and the worker reads all monitor events before it answers a handshake. So
//! a frame belongs to the connection that has its descriptor now only if that was accepted before
//! the frame's handshake; else it is the last word of an earlier one.

use std::collections::{HashMap, HashSet, VecDeque};
use std::os::fd::RawFd;
use std::time::Instant;

use pantry_model::Principal;

use super::event::ConnectionId;
use super::identity::Origin;
use crate::descriptor::{self, Identity};

/// How many of the connections that were ended last are remembered, to be deaf to what they had
/// sent before.
const REMEMBERED: usize = 4_096;

/// How many bytes of heartbeats may come in each second; there is nothing to hear of them.
const HEARTBEATS_PER_SECOND: u64 = 1_024;

/// What is known of whoever spoke.
pub(crate) struct Peer {
    /// The number of the handshake.
    pub(crate) connection: ConnectionId,
    /// The owner of the key.
    pub(crate) principal: Principal,
    /// Where to answer: on a ROUTER, the routing id.
    pub(crate) routing_id: Vec<u8>,
    /// Which of its streams it hears: on an XPUB, by place in `Stream::entitled`.
    pub(crate) granted: Vec<bool>,
}

/// One connection.
pub(crate) struct Connection {
    accepted: u64,
    socket: Option<Identity>,
    /// The address, without port.
    pub(crate) address: String,
    /// Who it is, once it said something.
    pub(crate) peer: Option<Peer>,
    ended: bool,
    /// How many of the bytes that came in were heard here, with a little for heartbeats.
    accounted: u64,
}

impl Connection {
    /// Whether it was ended from this side.
    pub(crate) fn was_ended(&self) -> bool {
        self.ended
    }
}

/// Where a frame belongs.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Place {
    /// To the connection with this descriptor.
    Here,
    /// To a connection that is gone.
    Gone,
    /// To a connection that was ended from this side: not to be listened to.
    Ended,
}

/// All connections of one socket.
#[derive(Default)]
pub(crate) struct Connections {
    by_descriptor: HashMap<RawFd, Connection>,
    by_id: HashMap<ConnectionId, RawFd>,
    ended: HashSet<ConnectionId>,
    ended_in_order: VecDeque<ConnectionId>,
    silent: VecDeque<(Instant, RawFd, u64)>,
}

impl Connections {
    /// A new connection.
    pub(crate) fn accepted(
        &mut self,
        descriptor: RawFd,
        address: String,
        number: u64,
        silent_until: Instant,
    ) {
        let connection = Connection {
            accepted: number,
            socket: descriptor::identify(descriptor),
            address,
            peer: None,
            ended: false,
            accounted: 0,
        };
        self.by_descriptor.insert(descriptor, connection);
        self.silent.push_back((silent_until, descriptor, number));
    }

    /// A connection is over.
    pub(crate) fn disconnected(&mut self, descriptor: RawFd) -> Option<Connection> {
        let connection = self.by_descriptor.remove(&descriptor)?;
        if let Some(peer) = &connection.peer {
            self.by_id.remove(&peer.connection);
        }
        Some(connection)
    }

    /// Where a message with these properties belongs, which took at most so many bytes on the wire.
    /// Whoever speaks for the first time is noted.
    pub(crate) fn place(&mut self, origin: &Origin, principal: &Principal, bytes: u64) -> Place {
        if self.ended.contains(&origin.connection) {
            return Place::Ended;
        }
        let Some(connection) = self.by_descriptor.get_mut(&origin.descriptor) else {
            return Place::Gone;
        };
        if connection.accepted >= origin.connection.0 {
            return Place::Gone;
        }
        let peer = connection.peer.get_or_insert_with(|| Peer {
            connection: origin.connection,
            principal: principal.clone(),
            routing_id: Vec::new(),
            granted: Vec::new(),
        });
        if peer.connection != origin.connection {
            return Place::Gone;
        }
        if connection.ended {
            return Place::Ended;
        }
        connection.accounted = connection.accounted.saturating_add(bytes);
        self.by_id.insert(origin.connection, origin.descriptor);
        Place::Here
    }

    /// Whether the socket of this connection is open at this moment.
    pub(crate) fn is_open(&self, descriptor: RawFd) -> bool {
        self.by_descriptor.get(&descriptor).is_some_and(|connection| {
            connection.socket.is_some() && descriptor::identify(descriptor) == connection.socket
        })
    }

    /// Whoever speaks on this connection.
    pub(crate) fn peer(&mut self, descriptor: RawFd) -> Option<&mut Peer> {
        self.by_descriptor.get_mut(&descriptor)?.peer.as_mut()
    }

    /// Where to answer on this connection, unless it is gone or was ended.
    pub(crate) fn routing_id(&self, connection: ConnectionId) -> Option<&[u8]> {
        let connection = self.by_descriptor.get(self.by_id.get(&connection)?)?;
        let peer = connection.peer.as_ref().filter(|_| !connection.ended)?;
        Some(&peer.routing_id)
    }

    /// Ends the connection with this descriptor. Says what was known of it, the first time.
    pub(crate) fn end(&mut self, descriptor: RawFd) -> Option<&Connection> {
        let connection = self.by_descriptor.get_mut(&descriptor)?;
        if connection.ended {
            return None;
        }
        connection.ended = true;
        if let Some(peer) = &connection.peer {
            remember(&mut self.ended, &mut self.ended_in_order, peer.connection);
        }
        if let Some(socket) = connection.socket {
            descriptor::end(descriptor, socket);
        }
        Some(connection)
    }

    /// Ends this connection, or makes sure that nothing more is heard of it if it is gone.
    pub(crate) fn end_by_id(&mut self, connection: ConnectionId) {
        match self.by_id.get(&connection) {
            Some(&descriptor) => {
                self.end(descriptor);
            }
            None => remember(&mut self.ended, &mut self.ended_in_order, connection),
        }
    }

    /// Ends all connections of this principal, and all whose owner is not known yet: it could be
    /// one of those, and everybody else connects again.
    pub(crate) fn end_all_of(&mut self, principal: &Principal) {
        let theirs: Vec<RawFd> = self
            .by_descriptor
            .iter()
            .filter(|(_, connection)| {
                connection.peer.as_ref().is_none_or(|peer| peer.principal == *principal)
            })
            .map(|(&descriptor, _)| descriptor)
            .collect();
        for descriptor in theirs {
            self.end(descriptor);
        }
    }

    /// Ends whoever has said nothing for too long. Says their addresses.
    pub(crate) fn end_silent(&mut self, now: Instant) -> Vec<String> {
        let mut addresses = Vec::new();
        while let Some(&(until, descriptor, number)) = self.silent.front() {
            let silent = self
                .by_descriptor
                .get(&descriptor)
                .is_some_and(|there| there.accepted == number && there.peer.is_none());
            if silent && until > now {
                break;
            }
            self.silent.pop_front();
            if silent && let Some(connection) = self.end(descriptor) {
                addresses.push(connection.address.clone());
            }
        }
        addresses
    }

    /// Ends whoever has sent more than `most` bytes that were not heard here: libzmq collects a
    /// whole message, however large, before it hands out the first frame. Says their addresses. To
    /// be called once a second.
    pub(crate) fn end_endless(&mut self, most: u64) -> Vec<String> {
        let mut endless = Vec::new();
        for (&descriptor, connection) in &mut self.by_descriptor {
            let Some(received) = descriptor::bytes_received(descriptor) else { continue };
            let accounted = connection.accounted.saturating_add(HEARTBEATS_PER_SECOND);
            connection.accounted = accounted.min(received);
            if received - connection.accounted > most {
                endless.push(descriptor);
            }
        }
        let mut addresses = Vec::new();
        for descriptor in endless {
            if let Some(connection) = self.end(descriptor) {
                addresses.push(connection.address.clone());
            }
        }
        addresses
    }

    /// Whether there are none.
    pub(crate) fn is_empty(&self) -> bool {
        self.by_descriptor.is_empty()
    }

    /// When `end_silent` is to be called next.
    pub(crate) fn next_silent(&self) -> Option<Instant> {
        self.silent.front().map(|(until, _, _)| *until)
    }
}

fn remember(
    ended: &mut HashSet<ConnectionId>,
    in_order: &mut VecDeque<ConnectionId>,
    connection: ConnectionId,
) {
    if ended.insert(connection) {
        in_order.push_back(connection);
    }
    while in_order.len() > REMEMBERED {
        if let Some(oldest) = in_order.pop_front() {
            ended.remove(&oldest);
        }
    }
}

/// How many connections there are, by address and in all.
pub(crate) struct Count {
    by_address: HashMap<String, usize>,
    all: usize,
}

impl Count {
    pub(crate) fn new() -> Self {
        Self { by_address: HashMap::new(), all: 0 }
    }

    /// One more. Says how many the address has now, and how many there are in all.
    pub(crate) fn add(&mut self, address: &str) -> (usize, usize) {
        let count = self.by_address.entry(address.to_owned()).or_default();
        *count += 1;
        self.all += 1;
        (*count, self.all)
    }

    /// One less.
    pub(crate) fn remove(&mut self, address: &str) {
        self.all = self.all.saturating_sub(1);
        if let Some(count) = self.by_address.get_mut(address) {
            *count = count.saturating_sub(1);
            if *count == 0 {
                self.by_address.remove(address);
            }
        }
    }
}
