//! What the commands wrote, in order and without gaps.

use pantry_model::{Chunk, Identity, JobId};
use pantry_store::OutputBatch;
use rusqlite::{Connection, OptionalExtension, Row};

use crate::error::Error;
use pantry_store::columns::{from_column, stream, stream_column, to_column};
use pantry_store::sql;

sql! {
    // The newest chunk is found from the end of its index; none gives NULL.
    NEXT = "SELECT d.id, (SELECT MAX(sequence) + 1 FROM output o WHERE o.delivery = d.id) \
        FROM jobs j JOIN scopes s ON s.id = j.scope JOIN deliveries d ON d.job = j.id \
        WHERE j.name = ?1 AND d.identity = ?2 AND s.name = ?3";
    APPEND = "INSERT INTO output (delivery, sequence, stream, bytes) VALUES (?1, ?2, ?3, ?4)";
    FROM = "SELECT o.sequence, o.stream, o.bytes FROM jobs j JOIN deliveries d ON d.job = j.id \
        JOIN output o ON o.delivery = d.id \
        WHERE j.name = ?1 AND d.identity = ?2 AND o.sequence >= ?3 ORDER BY o.sequence";
}

/// Appends a batch as far as it follows what is there; the next sequence number wanted.
pub(crate) fn append(connection: &Connection, batch: &OutputBatch) -> Result<Option<u64>, Error> {
    let machine = (batch.machine.identity.as_str(), batch.machine.application.as_str());
    let found: Option<(i64, Option<i64>)> = connection
        .prepare_cached(NEXT)?
        .query_row((batch.job.to_string(), machine.0, machine.1), |row| {
            Ok((row.get(0)?, row.get(1)?))
        })
        .optional()?;
    let Some((delivery, next)) = found else { return Ok(None) };
    let mut next = from_column(next.unwrap_or(0))?;
    let mut statement = connection.prepare_cached(APPEND)?;
    for chunk in &batch.chunks {
        if chunk.sequence > next {
            break;
        }
        if chunk.sequence == next {
            let stream = stream_column(chunk.stream);
            statement.execute((delivery, to_column(next)?, stream, &chunk.bytes))?;
            next += 1;
        }
    }
    Ok(Some(next))
}

/// Chunks from a sequence number on, at most `max_bytes` of them but at least one.
pub(crate) fn read(
    connection: &Connection,
    job: JobId,
    identity: &Identity,
    from: u64,
    max_bytes: usize,
) -> Result<Vec<Chunk>, Error> {
    let from = i64::try_from(from).unwrap_or(i64::MAX);
    let mut statement = connection.prepare_cached(FROM)?;
    let mut rows = statement.query((job.to_string(), identity.as_str(), from))?;
    let (mut chunks, mut bytes) = (Vec::new(), 0usize);
    while let Some(row) = rows.next()? {
        let chunk = chunk(row)?;
        bytes = bytes.saturating_add(chunk.bytes.len());
        if bytes > max_bytes && !chunks.is_empty() {
            break;
        }
        chunks.push(chunk);
    }
    Ok(chunks)
}

fn chunk(row: &Row<'_>) -> Result<Chunk, Error> {
    let stream = stream(row.get(1)?)?;
    Ok(Chunk { sequence: from_column(row.get(0)?)?, stream, bytes: row.get(2)? })
}
