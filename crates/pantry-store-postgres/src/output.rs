//! What the commands wrote, in order and without gaps.

use pantry_model::{Chunk, Identity, JobId};
use pantry_store::columns::{from_column, stream, stream_column};
use pantry_store::{OutputBatch, sql};
use tokio_postgres::Row;

use crate::pipeline::Step;
use crate::pool::Pool;
use crate::row::{Columns, Result};

/// How many chunks are asked for at once.
const PAGE: i64 = 256;

sql! {
    // Whoever else appends to the same delivery waits until this is done, and then sees it.
    LOCK = "SELECT d.id FROM jobs j JOIN scopes s ON s.id = j.scope \
        JOIN deliveries d ON d.job = j.id WHERE j.name = $1 AND s.name = $2 AND d.identity = $3 \
        FOR NO KEY UPDATE OF d";
    // Of chunks that follow each other those that are not there yet, unless there is a gap before.
    APPEND = "WITH here AS (SELECT d.id, COALESCE((SELECT MAX(o.sequence) + 1 FROM output o \
            WHERE o.delivery = d.id), 0) AS next FROM jobs j JOIN scopes s ON s.id = j.scope \
            JOIN deliveries d ON d.job = j.id \
            WHERE j.name = $1 AND s.name = $2 AND d.identity = $3), \
        appended AS (INSERT INTO output (delivery, sequence, stream, bytes) \
            SELECT here.id, e.sequence, e.stream, e.bytes FROM here, \
            unnest($4::bigint[], $5::smallint[], $6::bytea[]) AS e (sequence, stream, bytes) \
            WHERE e.sequence >= here.next AND ($4::bigint[])[1] <= here.next RETURNING sequence) \
        SELECT here.next + (SELECT count(*) FROM appended) FROM here";
    FROM = "SELECT o.sequence, o.stream, o.bytes FROM jobs j JOIN deliveries d ON d.job = j.id \
        JOIN output o ON o.delivery = d.id \
        WHERE j.name = $1 AND d.identity = $2 AND o.sequence >= $3 ORDER BY o.sequence LIMIT $4";
}

/// Appends batches as far as they follow what is there; of each the next sequence number wanted.
/// May be done twice, since chunks that are there are passed over.
pub(crate) async fn append(pool: &Pool, batches: &[OutputBatch]) -> Result<Vec<Option<u64>>> {
    let steps: Vec<Step<'_>> = batches.iter().flat_map(steps).collect();
    let rows = pool.write(&steps).await?;
    let next = |rows: &[Vec<Row>]| {
        let next = rows.last().and_then(|appended| appended.first());
        next.map(|row| from_column(row.integer(0)?)).transpose()
    };
    rows.chunks(2).map(next).collect()
}

fn steps(batch: &OutputBatch) -> [Step<'_>; 2] {
    let first = batch.chunks.first().map_or(0, |chunk| chunk.sequence);
    let in_order =
        batch.chunks.iter().zip(first..=u64::MAX).take_while(|(one, at)| one.sequence == *at);
    // Beyond what a column holds nothing can follow what is there.
    let chunks: Vec<(i64, &Chunk)> =
        in_order.map_while(|(one, at)| Some((i64::try_from(at).ok()?, one))).collect();
    let of = |statement| {
        let step = Step::new(statement).with(batch.job.to_string());
        let machine = &batch.machine;
        step.with(machine.application.as_str()).with(machine.identity.as_str())
    };
    let append = of(APPEND)
        .with(chunks.iter().map(|(sequence, _)| *sequence).collect::<Vec<_>>())
        .with(chunks.iter().map(|(_, chunk)| stream_column(chunk.stream)).collect::<Vec<_>>())
        .with(chunks.iter().map(|(_, chunk)| chunk.bytes.as_slice()).collect::<Vec<_>>());
    [of(LOCK), append]
}

/// Chunks from a sequence number on, at most `max_bytes` of them but at least one.
pub(crate) async fn read(
    pool: &Pool,
    job: JobId,
    identity: &Identity,
    from: u64,
    max_bytes: usize,
) -> Result<Vec<Chunk>> {
    let mut from = i64::try_from(from).unwrap_or(i64::MAX);
    let (mut chunks, mut bytes) = (Vec::new(), 0usize);
    loop {
        let page = [&job.to_string() as _, &identity.as_str() as _, &from as _, &PAGE as _];
        let rows = pool.rows(FROM, &page).await?;
        for row in &rows {
            let chunk = chunk(row)?;
            bytes = bytes.saturating_add(chunk.bytes.len());
            if bytes > max_bytes && !chunks.is_empty() {
                return Ok(chunks);
            }
            chunks.push(chunk);
        }
        match rows.last() {
            Some(last) if rows.len() == usize::try_from(PAGE).unwrap_or(0) => {
                from = last.integer(0)? + 1;
            }
            _ => return Ok(chunks),
        }
    }
}

fn chunk(row: &Row) -> Result<Chunk> {
    let (sequence, stream) = (from_column(row.integer(0)?)?, stream(row.get_column(1)?)?);
    Ok(Chunk { sequence, stream, bytes: row.bytes(2)? })
}
