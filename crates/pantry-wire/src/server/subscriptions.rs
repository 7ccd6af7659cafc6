//! Who hears what: grants a subscription if its bytes are one of the subscriber's own streams.
//!
//! The order of things in [`Worker::read_subscriptions`] is what makes it safe; see the module
//! `server` for what could go wrong:
//! 1. receiving a subscription makes libzmq take the next pipe from its second line;
//! 2. the key behind it must still be admitted, and its connection must be the one that has the
//!    descriptor now, with its socket open: then the pipe taken is this connection's;
//! 3. the grant follows at once, with no other call on the socket between.

use pantry_model::{Principal, Stream};

use super::connections::Place;
use super::event::{Event, RefusedWhat};
use super::identity::Origin;
use super::worker::Worker;
use crate::ffi::{Fault, number};
use crate::frames::wire_bytes;

/// What stands in the line of subscription messages.
enum Asked {
    Subscribe(Vec<u8>),
    Unsubscribe(Vec<u8>),
    /// No subscription at all.
    Other,
}

fn parse(bytes: &[u8]) -> Asked {
    match bytes.split_first() {
        Some((1, topic)) => Asked::Subscribe(topic.to_vec()),
        Some((0, topic)) => Asked::Unsubscribe(topic.to_vec()),
        _ => Asked::Other,
    }
}

impl Worker {
    /// Reads all subscription messages: they take libzmq's memory, so they never wait. False if
    /// there is none.
    pub(crate) fn read_subscriptions(&mut self) -> Result<bool, Fault> {
        let mut any = false;
        // The two lines are in step until something comes that stands only in the first; they are
        // again once both are empty.
        let mut in_step = true;
        while let Some(publish) = &self.publish
            && publish.watched.socket.receive(&mut self.frame)?
        {
            any = true;
            let asked = parse(self.frame.bytes());
            let bytes = wire_bytes(1, self.frame.bytes().len());
            let origin = Origin::of(&self.frame);
            if matches!(asked, Asked::Other) {
                in_step = false;
            }
            // What libzmq makes up itself when a connection ends has no origin.
            if let Some(origin) = origin {
                self.subscription(&origin, asked, bytes, in_step)?;
            }
        }
        Ok(any)
    }

    fn subscription(
        &mut self,
        origin: &Origin,
        asked: Asked,
        bytes: u64,
        in_step: bool,
    ) -> Result<(), Fault> {
        let owner = self.directory.owner(&origin.key);
        let Some(publish) = &mut self.publish else { return Ok(()) };
        let Some(principal) = owner else {
            publish.connections.end_from(origin);
            return Ok(());
        };
        if publish.connections.place(origin, &principal, bytes) != Place::Here {
            return Ok(());
        }
        match asked {
            Asked::Other => {
                self.refuse_subscriber(origin, &principal, RefusedWhat::NotASubscription);
                Ok(())
            }
            Asked::Subscribe(topic) => self.subscribe(origin, &principal, &topic, in_step),
            Asked::Unsubscribe(topic) => self.unsubscribe(origin, &principal, &topic, in_step),
        }
    }

    fn subscribe(
        &mut self,
        origin: &Origin,
        principal: &Principal,
        topic: &[u8],
        in_step: bool,
    ) -> Result<(), Fault> {
        let entitled = Stream::entitled(principal);
        let found = entitled.iter().position(|stream| stream.as_bytes() == topic);
        let Some((place, stream)) = found.and_then(|at| Some((at, entitled.get(at)?))) else {
            let topic = String::from_utf8_lossy(topic).chars().take(64).collect();
            self.refuse_subscriber(origin, principal, RefusedWhat::Subscription(topic));
            return Ok(());
        };
        let Some(publish) = &mut self.publish else { return Ok(()) };
        if !in_step || !publish.connections.is_open(origin.descriptor) {
            // It could be granted to another one. An honest peer connects and asks again.
            tracing::debug!(%principal, "a subscription is not granted; its connection ends");
            publish.connections.end_from(origin);
            return Ok(());
        }
        publish.watched.socket.set_bytes(number::SUBSCRIBE, topic)?;
        let Some(peer) = publish.connections.peer(origin.descriptor) else { return Ok(()) };
        peer.granted.resize(entitled.len(), false);
        let news = peer.granted.get_mut(place).is_some_and(|at| !std::mem::replace(at, true));
        if news {
            self.tell(Event::Granted { principal: principal.clone(), stream: stream.clone() });
        }
        Ok(())
    }

    fn unsubscribe(
        &mut self,
        origin: &Origin,
        principal: &Principal,
        topic: &[u8],
        in_step: bool,
    ) -> Result<(), Fault> {
        let entitled = Stream::entitled(principal);
        let Some(place) = entitled.iter().position(|stream| stream.as_bytes() == topic) else {
            return Ok(());
        };
        let Some(publish) = &mut self.publish else { return Ok(()) };
        if !in_step || !publish.connections.is_open(origin.descriptor) {
            publish.connections.end_from(origin);
            return Ok(());
        }
        publish.watched.socket.set_bytes(number::UNSUBSCRIBE, topic)?;
        if let Some(peer) = publish.connections.peer(origin.descriptor)
            && let Some(at) = peer.granted.get_mut(place)
        {
            *at = false;
        }
        Ok(())
    }

    fn refuse_subscriber(&mut self, origin: &Origin, principal: &Principal, what: RefusedWhat) {
        let ended = self.publish.as_mut().and_then(|side| side.connections.end_from(origin));
        if ended.is_some() {
            self.refuse(principal.to_string(), origin.address.clone(), what);
        }
    }
}
