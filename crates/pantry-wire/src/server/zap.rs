//! Answers libzmq's question whether a key may come in (ZAP, RFC 27).
//!
//! Only CURVE, only our two sockets, only keys that the directory knows.

use pantry_model::CurvePublicKey;

use super::event::{ConnectionId, RefusedWhat};
use super::identity::zap_frames;
use super::worker::Worker;
use crate::ffi::Fault;
use crate::monitor::plain;

/// Where libzmq asks.
pub(crate) const ENDPOINT: &str = "inproc://zeromq.zap.01";

/// The domain of both sockets.
pub(crate) const DOMAIN: &[u8] = b"pantry";

/// No honest question has more frames.
const MAX_FRAMES: usize = 16;

struct Question {
    id: Vec<u8>,
    address: String,
    key: Option<CurvePublicKey>,
}

impl Question {
    fn parse(frames: &[Vec<u8>]) -> Option<Self> {
        let [version, id, domain, address, _routing_id, mechanism, credentials @ ..] = frames
        else {
            return None;
        };
        if version != b"1.0" {
            return None;
        }
        let key = match credentials {
            [key] if mechanism == b"CURVE" && domain == DOMAIN => {
                <[u8; 32]>::try_from(key.as_slice()).ok().map(CurvePublicKey::from_bytes)
            }
            _ => None,
        };
        let address = plain(&String::from_utf8_lossy(address));
        Some(Self { id: id.clone(), address, key })
    }
}

impl Worker {
    /// Answers one question. False if there is none now.
    pub(crate) fn answer_handshake(&mut self) -> Result<bool, Fault> {
        let mut frames = Vec::new();
        if !self.zap.receive(&mut self.frame)? {
            return Ok(false);
        }
        loop {
            if frames.len() < MAX_FRAMES {
                frames.push(self.frame.bytes().to_vec());
            }
            if !self.frame.more() || !self.zap.receive(&mut self.frame)? {
                break;
            }
        }
        // So that every connection is known before its handshake gets a number.
        self.read_monitors()?;
        let question = Question::parse(&frames);
        let id = question.as_ref().map_or(&[][..], |question| &question.id);
        let known = question.as_ref().and_then(|question| {
            let key = question.key?;
            Some((key, self.directory.owner(&key)?))
        });
        if let Some((key, owner)) = known {
            let (user, metadata) = zap_frames(ConnectionId(self.next_number()), &key, &owner);
            let answer: [&[u8]; 6] = [b"1.0", id, b"200", b"OK", user.as_bytes(), &metadata];
            self.zap.send_all(&answer)?;
            return Ok(true);
        }
        let answer: [&[u8]; 6] = [b"1.0", id, b"400", b"unknown key", b"", b""];
        self.zap.send_all(&answer)?;
        if let Some(question) = question {
            let who = question.key.map_or("unknown".to_owned(), |key| key.to_string());
            let what = RefusedWhat::UnknownKey;
            self.refuse(who, question.address, what);
        }
        Ok(true)
    }
}
