//! Where the content of a file goes as it comes.

use std::io;

use http_body_util::BodyExt as _;
use hyper::HeaderMap;
use hyper::body::{Body as _, Incoming};
use hyper::header::CONTENT_ENCODING;
use tokio::time::timeout;

use crate::config::Limits;
use crate::error::Problem;

/// Takes the bytes of an answer. It is called between waiting for one piece and the next, so it must
/// be no slower than a disk.
pub trait Sink: Send {
    /// Here it begins, also for another time: what came before does not count.
    fn begin(&mut self) -> io::Result<()>;

    /// The next bytes.
    fn write(&mut self, bytes: &[u8]) -> io::Result<()>;
}

/// A sink, and the most bytes that go into it.
pub(crate) struct Receiving<'s> {
    pub(crate) sink: &'s mut dyn Sink,
    pub(crate) limit: u64,
}

impl Receiving<'_> {
    /// Reads a body to its end.
    pub(crate) async fn read(
        &mut self,
        headers: &HeaderMap,
        mut body: Incoming,
        limits: &Limits,
    ) -> Result<(), Problem> {
        if let Some(packing) = headers.get(CONTENT_ENCODING)
            && !packing.as_bytes().eq_ignore_ascii_case(b"identity")
        {
            let packing = String::from_utf8_lossy(packing.as_bytes()).into_owned();
            return Err(Problem::Packing(packing));
        }
        let limit = usize::try_from(self.limit).unwrap_or(usize::MAX);
        if body.size_hint().lower() > self.limit {
            return Err(Problem::TooLarge { limit });
        }
        self.sink.begin().map_err(Problem::Unwritable)?;
        let mut left = self.limit;
        loop {
            let frame = timeout(limits.silent_for, body.frame()).await;
            let Some(frame) = frame.map_err(|_| Problem::Silent(limits.silent_for))? else {
                return Ok(());
            };
            let data = frame.map_err(|_| Problem::CutOff)?.into_data().unwrap_or_default();
            left = left.checked_sub(data.len() as u64).ok_or(Problem::TooLarge { limit })?;
            self.sink.write(&data).map_err(Problem::Unwritable)?;
        }
    }
}
