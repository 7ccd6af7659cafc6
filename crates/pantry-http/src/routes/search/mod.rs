//! Search: which indexes there are, whole objects that a query finds, and what is asked of each.
//!
//! Any number of objects may be asked for, so their rows are written while they are sent, some at a
//! time.

pub(super) mod indexes;
pub(super) mod partial;
pub(super) mod whole;

use std::sync::Arc;

use bytes::Bytes;
use hyper::StatusCode;
use pantry_model::chef::ApiVersion;
use pantry_model::refusals::search;
use pantry_model::{Error, Refusal};
use pantry_usecases::{Found, FoundObject, SearchQuery};
use tokio::sync::mpsc;

use crate::answer::Answer;
use crate::call::Call;
use crate::outgoing::{Outgoing, Part};

/// How many objects are read at once.
const BATCH: usize = 32;

/// How many rows there are if nobody says.
const ROWS: usize = 1000;

/// What is asked for by the URL.
struct Asked {
    query: SearchQuery,
    start: usize,
    rows: usize,
}

impl Asked {
    fn read(call: &Call) -> Result<Self, Refusal> {
        let query = match call.query("q") {
            None => SearchQuery::all(),
            Some(query) if query.is_empty() => return Err(search::empty_query()),
            Some(query) => SearchQuery::read(&query)?,
        };
        let number = |name: &str, otherwise: usize| match call.query(name) {
            None => Ok(otherwise),
            Some(said) => said.parse().map_err(|_| search::invalid_number(name, &said)),
        };
        Ok(Self { query, start: number("start", 0)?, rows: number("rows", ROWS)? })
    }

    /// Searches, and answers with whole objects.
    async fn answer_whole(self, call: Call) -> Result<Answer, Error> {
        self.answer(call, |_, object| object.whole()).await
    }

    /// Searches, and answers with a row for each object.
    async fn answer<W>(self, call: Call, write: W) -> Result<Answer, Error>
    where
        W: Fn(&Call, FoundObject) -> Result<Vec<u8>, Error> + Send + Sync + 'static,
    {
        let caller = call.caller()?;
        let found = call.usecases().search(&caller, call.parameter("index"), &self.query).await?;
        let head = format!(r#"{{"total":{},"start":{},"rows":["#, found.total(), self.start);
        let mut text = Text { bytes: head.into_bytes(), has_rows: false };
        let page = found.page(self.start, self.rows);
        if page.total() <= BATCH {
            for object in objects(&call, &page).await? {
                text.add(&write(&call, object)?);
            }
            return Ok(Answer::stored(StatusCode::OK, text.end()));
        }
        let (parts, body) = Outgoing::in_parts();
        let rows = Rows { call: Arc::new(call), page, write };
        tokio::spawn(async move {
            // If it fails its reader is told by the connection's end; why, is told here.
            if let Err(error) = rows.send(text, &parts).await {
                tracing::error!(%error, "the rows of a search could not be read");
            }
        });
        Ok(Answer::in_parts(StatusCode::OK, body))
    }
}

async fn objects(call: &Call, found: &Found) -> Result<Vec<FoundObject>, Error> {
    call.usecases().objects_found(found, call.version() == ApiVersion::V0).await
}

/// An answer as far as it is written and not yet sent.
struct Text {
    bytes: Vec<u8>,
    has_rows: bool,
}

impl Text {
    fn add(&mut self, row: &[u8]) {
        if self.has_rows {
            self.bytes.push(b',');
        }
        self.has_rows = true;
        self.bytes.extend(row);
    }

    /// What there is to be sent.
    fn take(&mut self) -> Bytes {
        Bytes::from(std::mem::take(&mut self.bytes))
    }

    /// The last that there is to be sent.
    fn end(mut self) -> Bytes {
        self.bytes.extend(b"]}");
        self.take()
    }
}

/// Rows that are to be written.
struct Rows<W> {
    call: Arc<Call>,
    page: Found,
    write: W,
}

impl<W> Rows<W>
where
    W: Fn(&Call, FoundObject) -> Result<Vec<u8>, Error>,
{
    /// Writes them: while some are written and sent, the next ones are read.
    async fn send(&self, mut text: Text, parts: &mpsc::Sender<Part>) -> Result<(), Error> {
        let mut batches = self.page.batches(BATCH);
        let mut next = batches.next().map(|batch| self.read(batch));
        while let Some(reading) = next.take() {
            let objects = reading.await.map_err(|error| Error::Internal(error.to_string()))??;
            next = batches.next().map(|batch| self.read(batch));
            for object in objects {
                text.add(&(self.write)(&self.call, object)?);
            }
            // Whoever asked may have gone.
            if next.is_some() && parts.send(Part::Bytes(text.take())).await.is_err() {
                return Ok(());
            }
        }
        let _ = parts.send(Part::Bytes(text.end())).await;
        let _ = parts.send(Part::End).await;
        Ok(())
    }

    fn read(&self, batch: Found) -> tokio::task::JoinHandle<Result<Vec<FoundObject>, Error>> {
        let call = Arc::clone(&self.call);
        tokio::spawn(async move { objects(&call, &batch).await })
    }
}
