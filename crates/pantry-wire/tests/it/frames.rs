//! Properties of the framing: what is written is read back, and nothing that comes from outside
//! makes it do anything but say no.

use pantry_model::protocol::{MAX_MESSAGE_BYTES, VERSION};
use pantry_model::{JobId, Message, MessageType, Metadata, Principal, Stream, Timestamp};
use pantry_wire::frames::{FrameError, MAX_METADATA_BYTES, decode, encode};
use proptest::collection::vec;
use proptest::option;
use proptest::prelude::*;

use crate::house::stream;

fn principals() -> impl Strategy<Value = Principal> {
    let text = prop_oneof!["a/[a-z0-9][a-z0-9_-]{0,9}/i/[A-Za-z0-9_.-]{1,9}", "u/[a-z0-9_-]{1,9}"];
    text.prop_map(|text| text.parse().unwrap())
}

fn streams() -> impl Strategy<Value = Stream> {
    principals()
        .prop_map(|principal| Stream::entitled(&principal).pop().unwrap_or_else(Stream::of_server))
}

fn kinds() -> impl Strategy<Value = MessageType> {
    proptest::sample::select(vec![
        MessageType::Hello,
        MessageType::Heartbeat,
        MessageType::Deliver,
        MessageType::Output,
        MessageType::Credit,
    ])
}

prop_compose! {
    fn messages()(
        stream in streams(),
        id: u64,
        kind in kinds(),
        from in option::of(principals()),
        to in option::of(principals()),
        job in option::of((0i64.., any::<u32>())),
        reply_to: Option<u64>,
        body in vec(vec(any::<u8>(), 0..200), 0..=2),
    ) -> Message {
        let job = job.map(|(at, random)| JobId::new(Timestamp(at), random));
        Message { stream, metadata: Metadata { id, kind, from, to, job, reply_to }, body }
    }
}

proptest! {
    #[test]
    fn what_is_written_is_read_back(message in messages()) {
        let frames = encode(&message).unwrap();
        prop_assert_eq!(frames[1][0], VERSION);
        prop_assert_eq!(decode(frames).unwrap(), message);
    }

    #[test]
    fn a_message_that_is_changed_is_another_message_or_none(
        message in messages(), frame in 0usize..4, at: prop::sample::Index, bit in 0u8..8,
    ) {
        let mut frames = encode(&message).unwrap();
        let frame = frame % frames.len();
        if !frames[frame].is_empty() {
            let at = at.index(frames[frame].len());
            frames[frame][at] ^= 1 << bit;
            if let Ok(changed) = decode(frames) {
                // Names and numbers have one spelling, so nothing can change unseen.
                prop_assert_ne!(changed, message);
            }
        }
    }

    #[test]
    fn frames_of_any_kind_are_judged(frames in vec(vec(any::<u8>(), 0..60), 0..7)) {
        if let Ok(message) = decode(frames) {
            prop_assert_eq!(decode(encode(&message).unwrap()).unwrap(), message);
        }
    }
}

#[test]
fn limits_hold_in_both_directions() {
    let message = |sizes: &[usize]| {
        let mut message = Message::new(stream("server|"), 1, MessageType::Output);
        message.body = sizes.iter().map(|&size| vec![0; size]).collect();
        message
    };
    let small: usize = encode(&message(&[])).unwrap().iter().map(Vec::len).sum();
    let largest = encode(&message(&[MAX_MESSAGE_BYTES - small])).unwrap();
    assert!(decode(largest.clone()).is_ok());
    let too_large = FrameError::TooLarge { limit: MAX_MESSAGE_BYTES };
    assert_eq!(encode(&message(&[MAX_MESSAGE_BYTES - small, 1])), Err(too_large.clone()));
    let mut larger = largest;
    larger.push(vec![0]);
    assert_eq!(decode(larger), Err(too_large));
    assert_eq!(encode(&message(&[1, 1, 1])), Err(FrameError::Count { frames: 5 }));

    let long = [&[VERSION][..], &vec![b' '; MAX_METADATA_BYTES]].concat();
    let bytes = long.len();
    assert_eq!(
        decode(vec![b"server|".to_vec(), long]),
        Err(FrameError::MetadataTooLarge { bytes })
    );
}

#[test]
fn another_version_is_named() {
    let mut frames = encode(&Message::new(stream("server|"), 1, MessageType::Hello)).unwrap();
    frames[1][0] = 7;
    assert_eq!(
        decode(frames).unwrap_err().to_string(),
        "the message is of protocol version 7, and this side speaks version 1"
    );
}
