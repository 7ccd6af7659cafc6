//! Messages as frames: `stream | version byte, JSON metadata | body…`.
//!
//! Both sides read with the same limits, and what comes from outside is judged before any of it is
//! kept: how many frames, how large, then each frame in turn.

use pantry_model::protocol::{MAX_MESSAGE_BYTES, VERSION};
use pantry_model::{Message, Stream};

/// The most bytes of the metadata frame.
pub const MAX_METADATA_BYTES: usize = 4 * 1024;

/// The most body frames.
pub const MAX_BODY_FRAMES: usize = 2;

/// The most frames of a message.
pub(crate) const MAX_FRAMES: usize = 2 + MAX_BODY_FRAMES;

/// Why frames are not a message, or a message cannot become frames. Says nothing of their content.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum FrameError {
    /// Too few frames, or too many.
    #[error("a message has 2 to {MAX_FRAMES} frames, this one has {frames}{}", if *.frames > MAX_FRAMES { " or more" } else { "" })]
    Count {
        /// How many there are; counting stops after one too many.
        frames: usize,
    },
    /// The frames together are too large.
    #[error("a message is at most {limit} bytes, this one is larger")]
    TooLarge {
        /// The limit in bytes.
        limit: usize,
    },
    /// The first frame is not a stream.
    #[error("the first frame is not a stream")]
    Stream,
    /// The metadata frame is too large.
    #[error("metadata is at most {MAX_METADATA_BYTES} bytes, this is {bytes}")]
    MetadataTooLarge {
        /// Its size in bytes.
        bytes: usize,
    },
    /// The metadata frame is empty, so it has no version.
    #[error("the metadata has no version byte")]
    NoVersion,
    /// The other side speaks another version of the protocol.
    #[error("the message is of protocol version {theirs}, and this side speaks version {ours}")]
    Version {
        /// What the message says.
        theirs: u8,
        /// What is spoken here.
        ours: u8,
    },
    /// The metadata is not the JSON that is expected.
    #[error("the metadata is not valid: {fault} at column {column}")]
    Metadata {
        /// What kind of fault.
        fault: &'static str,
        /// Where, counted from 1 after the version byte.
        column: usize,
    },
}

impl FrameError {
    fn metadata(error: &serde_json::Error) -> Self {
        // The error's own text would quote what the peer sent.
        let fault = match error.classify() {
            serde_json::error::Category::Data => "unknown or wrong field",
            serde_json::error::Category::Eof => "it ends too early",
            _ => "not JSON",
        };
        Self::Metadata { fault, column: error.column() }
    }
}

/// The frames of a message.
pub fn encode(message: &Message) -> Result<Vec<Vec<u8>>, FrameError> {
    let mut metadata = vec![VERSION];
    serde_json::to_writer(&mut metadata, &message.metadata)
        .map_err(|error| FrameError::metadata(&error))?;
    let mut frames = Vec::with_capacity(2 + message.body.len());
    frames.push(message.stream.as_bytes().to_vec());
    frames.push(metadata);
    frames.extend(message.body.iter().cloned());
    check(&frames, MAX_MESSAGE_BYTES)?;
    Ok(frames)
}

/// The message that these frames are.
pub fn decode(frames: Vec<Vec<u8>>) -> Result<Message, FrameError> {
    check(&frames, MAX_MESSAGE_BYTES)?;
    let count = frames.len();
    let mut frames = frames.into_iter();
    let (Some(stream), Some(metadata)) = (frames.next(), frames.next()) else {
        return Err(FrameError::Count { frames: count });
    };
    let stream = Stream::from_bytes(&stream).ok_or(FrameError::Stream)?;
    let (&version, json) = metadata.split_first().ok_or(FrameError::NoVersion)?;
    if version != VERSION {
        return Err(FrameError::Version { theirs: version, ours: VERSION });
    }
    let metadata = serde_json::from_slice(json).map_err(|error| FrameError::metadata(&error))?;
    Ok(Message { stream, metadata, body: frames.collect() })
}

fn check(frames: &[Vec<u8>], limit: usize) -> Result<(), FrameError> {
    if frames.len() < 2 || frames.len() > MAX_FRAMES {
        return Err(FrameError::Count { frames: frames.len() });
    }
    if frames.iter().map(Vec::len).sum::<usize>() > limit {
        return Err(FrameError::TooLarge { limit });
    }
    match frames.get(1) {
        Some(metadata) if metadata.len() > MAX_METADATA_BYTES => {
            Err(FrameError::MetadataTooLarge { bytes: metadata.len() })
        }
        _ => Ok(()),
    }
}

/// Collects the frames of one message without keeping more than the limits allow.
#[derive(Default)]
pub(crate) struct Collector {
    frames: Vec<Vec<u8>>,
    bytes: usize,
    count: usize,
    fault: Option<FrameError>,
}

impl Collector {
    /// Adds a frame; drops it and everything before it if it is too much.
    pub(crate) fn push(&mut self, frame: &[u8], limit: usize) {
        self.bytes = self.bytes.saturating_add(frame.len());
        self.count = self.count.saturating_add(1);
        if self.fault.is_some() {
            return;
        }
        if self.frames.len() == MAX_FRAMES {
            self.fault = Some(FrameError::Count { frames: MAX_FRAMES + 1 });
        } else if self.bytes > limit {
            self.fault = Some(FrameError::TooLarge { limit });
        }
        if self.fault.is_some() {
            self.frames = Vec::new();
        } else {
            self.frames.push(frame.to_vec());
        }
    }

    /// The most bytes that all its frames took on the wire.
    pub(crate) fn wire_bytes(&self) -> u64 {
        wire_bytes(self.count, self.bytes)
    }

    /// The message.
    pub(crate) fn finish(self) -> Result<Message, FrameError> {
        match self.fault {
            Some(fault) => Err(fault),
            None => decode(self.frames),
        }
    }
}

/// The most bytes that so many frames with so many bytes together take on the wire: each has a
/// header of up to 9 bytes, and CURVE adds 33.
pub(crate) fn wire_bytes(frames: usize, bytes: usize) -> u64 {
    u64::try_from(bytes.saturating_add(frames.saturating_mul(64))).unwrap_or(u64::MAX)
}
