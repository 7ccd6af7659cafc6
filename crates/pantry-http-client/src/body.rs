//! The body of an answer, read within its limits.

use std::io::Read as _;

use bytes::Bytes;
use flate2::read::MultiGzDecoder;
use http_body_util::BodyExt as _;
use hyper::HeaderMap;
use hyper::body::{Body as _, Incoming};
use hyper::header::CONTENT_ENCODING;
use tokio::time::timeout;

use crate::config::Limits;
use crate::error::Problem;

/// Reads it to its end.
pub(crate) async fn read(mut body: Incoming, limits: &Limits) -> Result<Vec<u8>, Problem> {
    let limit = limits.max_answer_bytes;
    let too_large = || Problem::TooLarge { limit };
    let announced = usize::try_from(body.size_hint().lower()).unwrap_or(usize::MAX);
    if announced > limit {
        return Err(too_large());
    }
    let mut whole = Vec::with_capacity(announced);
    loop {
        let frame = timeout(limits.silent_for, body.frame()).await;
        let Some(frame) = frame.map_err(|_| Problem::Silent(limits.silent_for))? else {
            return Ok(whole);
        };
        let data: Bytes = match frame {
            Ok(frame) => frame.into_data().unwrap_or_default(),
            Err(_) => return Err(Problem::CutOff),
        };
        if whole.len().saturating_add(data.len()) > limit {
            return Err(too_large());
        }
        whole.extend_from_slice(&data);
    }
}

/// Unpacks it, if its headers say that it is packed.
pub(crate) fn unpack(
    headers: &HeaderMap,
    body: Vec<u8>,
    limits: &Limits,
) -> Result<Vec<u8>, Problem> {
    let Some(packing) = headers.get(CONTENT_ENCODING).filter(|_| !body.is_empty()) else {
        return Ok(body);
    };
    let failed = || Problem::Packing(String::from_utf8_lossy(packing.as_bytes()).into_owned());
    match packing.as_bytes().to_ascii_lowercase().as_slice() {
        b"identity" => Ok(body),
        b"gzip" | b"x-gzip" => {
            let limit = limits.max_answer_bytes;
            let mut whole = Vec::new();
            let most = u64::try_from(limit).unwrap_or(u64::MAX).saturating_add(1);
            // A few bytes can unpack to any number of them.
            let unpacked = MultiGzDecoder::new(body.as_slice()).take(most).read_to_end(&mut whole);
            unpacked.map_err(|_| failed())?;
            if whole.len() > limit { Err(Problem::TooLarge { limit }) } else { Ok(whole) }
        }
        _ => Err(failed()),
    }
}
