//! One message: `stream | metadata | body…`, the same between all parties.
//!
//! On the wire the frames are the stream, the metadata (one version byte, then JSON), and the
//! body: none, a JSON document, or a JSON document and raw bytes. `pantry-wire` turns it into frames.

use std::fmt;

use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

use crate::job::JobId;
use crate::principal::Principal;
use crate::stream::Stream;

/// What a message is. The comment says who sends it and what its body is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum MessageType {
    /// Machine to server: [`crate::protocol::Hello`].
    Hello,
    /// Server to machine, on its own stream, once its streams are granted: [`crate::protocol::Ready`].
    Ready,
    /// Server to machine: it may not speak now: [`crate::protocol::Unwelcome`].
    Unwelcome,
    /// Machine to server, at its heartbeat interval: no body.
    Heartbeat,
    /// Server to machine, on its own stream: [`crate::protocol::Deliver`], then the command's payload.
    Deliver,
    /// Machine to server: [`crate::protocol::Reports`].
    Reports,
    /// Machine to server: [`crate::protocol::OutputChunks`], then their bytes.
    Output,
    /// Machine to server: what it is, as one JSON object of at most
    /// [`crate::protocol::MAX_FACTS_BYTES`].
    Facts,
    /// Server to machine: what is on disk here: [`crate::protocol::Recorded`].
    Recorded,
    /// User to server: a server command's [`crate::protocol::Request`], then its payload. On the file
    /// service also machine to server.
    Request,
    /// Server to user, or to machine: the answer to a request.
    Reply,
    /// Server to user, or to machine: a request or a stream failed: [`crate::protocol::Failure`].
    Failure,
    /// Server to user: an event of a job that is watched: [`crate::protocol::WatchEvent`], then output.
    Event,
    /// User to server: more room for events: [`crate::protocol::Credit`].
    Credit,
    /// To the file service: [`crate::protocol::files::Fetch`].
    Fetch,
    /// To the file service: [`crate::protocol::files::Store`].
    Store,
    /// From the file service: [`crate::protocol::files::Wanted`].
    Wanted,
    /// On the file service, both ways: [`crate::protocol::files::Pieces`], then their bytes.
    Pieces,
    /// On the file service, both ways: [`crate::protocol::files::Room`].
    Room,
    /// From the file service: [`crate::protocol::files::Kept`].
    Kept,
    /// To the file service: the stream that this answers is not wanted any more. No body.
    Stop,
}

/// The second frame.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Metadata {
    /// Unique among the messages of its sender.
    pub id: u64,
    /// What it is.
    #[serde(rename = "type")]
    pub kind: MessageType,
    /// Who speaks; it must be the verified key's owner. The server speaks as nobody.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub from: Option<Principal>,
    /// Whom it is for, where that is a machine or a user.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub to: Option<Principal>,
    /// The job that it is about.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub job: Option<JobId>,
    /// The id of the message that this one answers.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reply_to: Option<u64>,
}

/// A whole message.
#[derive(Clone, PartialEq, Eq)]
pub struct Message {
    /// The first frame.
    pub stream: Stream,
    /// The second.
    pub metadata: Metadata,
    /// The rest.
    pub body: Vec<Vec<u8>>,
}

impl Message {
    /// A message of this kind with no body, to or from nobody in particular.
    pub fn new(stream: Stream, id: u64, kind: MessageType) -> Self {
        let metadata = Metadata { id, kind, from: None, to: None, job: None, reply_to: None };
        Self { stream, metadata, body: Vec::new() }
    }

    /// With this document as the next body frame.
    #[must_use]
    pub fn with<T: Serialize>(mut self, document: &T) -> Self {
        // A value of this crate always has a JSON form: maps have text keys, numbers are finite.
        self.body.push(serde_json::to_vec(document).unwrap_or_default());
        self
    }

    /// With these bytes as the next body frame.
    #[must_use]
    pub fn with_bytes(mut self, bytes: Vec<u8>) -> Self {
        self.body.push(bytes);
        self
    }

    /// As spoken by this principal.
    #[must_use]
    pub fn from(mut self, principal: Principal) -> Self {
        self.metadata.from = Some(principal);
        self
    }

    /// As the answer to the message with this id.
    #[must_use]
    pub fn reply_to(mut self, id: u64) -> Self {
        self.metadata.reply_to = Some(id);
        self
    }

    /// The first body frame as a document of this type.
    pub fn document<T: DeserializeOwned>(&self) -> Result<T, serde_json::Error> {
        serde_json::from_slice(self.body.first().map_or(&[], Vec::as_slice))
    }

    /// The second body frame; empty if there is none.
    pub fn payload(&self) -> &[u8] {
        self.body.get(1).map_or(&[], Vec::as_slice)
    }
}

impl fmt::Debug for Message {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // Bodies may hold secrets (a script on stdin), so only their sizes are shown.
        let sizes: Vec<usize> = self.body.iter().map(Vec::len).collect();
        f.debug_struct("Message")
            .field("stream", &self.stream)
            .field("metadata", &self.metadata)
            .field("body_bytes", &sizes)
            .finish()
    }
}
