//! What comes in on the ROUTER: judged, and handed on with the name of the verified key's owner.

use super::connections::Place;
use super::event::{Event, RefusedWhat};
use super::identity::Origin;
use super::worker::Worker;
use crate::ffi::Fault;
use crate::frames::Collector;

/// How many messages are read before the other sockets get their turn.
const TURN: usize = 64;

impl Worker {
    /// Reads messages while there is room for their events. False if none was read.
    pub(crate) fn read_messages(&mut self) -> Result<bool, Fault> {
        for count in 0..TURN {
            if !self.events.has_room() || !self.receive.watched.socket.receive(&mut self.frame)? {
                return Ok(count > 0);
            }
            // The first frame is the routing id, with the properties of what follows.
            let routing_id = self.frame.bytes().to_vec();
            let origin = Origin::of(&self.frame);
            let mut message = Collector::default();
            while self.frame.more() && self.receive.watched.socket.receive(&mut self.frame)? {
                message.push(self.frame.bytes(), self.limits.max_message_bytes);
            }
            if let Some(origin) = origin {
                self.message(&origin, routing_id, message);
            }
        }
        Ok(true)
    }

    fn message(&mut self, origin: &Origin, routing_id: Vec<u8>, message: Collector) {
        let Some(principal) = self.directory.owner(&origin.key) else {
            // Revoked after it was sent.
            if self.receive.connections.end_from(origin).is_some() {
                let what = RefusedWhat::UnknownKey;
                self.refuse(origin.key.to_string(), origin.address.clone(), what);
            }
            return;
        };
        let bytes = message.wire_bytes();
        let place = self.receive.connections.place(origin, &principal, bytes);
        if place == Place::Ended {
            return;
        }
        if place == Place::Here
            && let Some(peer) = self.receive.connections.peer(origin.descriptor)
            && peer.routing_id.is_empty()
        {
            peer.routing_id = routing_id;
        }
        let refused = match message.finish() {
            Err(error) => RefusedWhat::BadMessage(error),
            Ok(message) if message.metadata.from.as_ref() == Some(&principal) => {
                let (connection, address) = (origin.connection, origin.address.clone());
                let gone = (place == Place::Gone).then(|| principal.clone());
                let (key, message) = (origin.key, Box::new(message));
                self.tell(Event::Message { connection, principal, key, address, message });
                if let Some(principal) = gone {
                    self.tell(Event::Left { connection, principal });
                }
                return;
            }
            Ok(message) => RefusedWhat::Forged(message.metadata.from),
        };
        self.receive.connections.end_by_id(origin.connection);
        self.refuse(principal.to_string(), origin.address.clone(), refused);
    }
}
