//! The log of who was turned away; it keeps its newest lines.

use pantry_model::commands::admin::Refusal;
use pantry_store::columns::{from_column, to_column};
use pantry_store::{MAX_REFUSALS, sql};
use tokio_postgres::Row;

use crate::pipeline::Step;
use crate::pool::Pool;
use crate::row::{Columns, Result, legible};

sql! {
    ADD = "INSERT INTO refusals (at, who, address, what, count) \
        SELECT * FROM unnest($1::bigint[], $2::text[], $3::text[], $4::text[], $5::bigint[])";
    FORGET = "DELETE FROM refusals \
        WHERE id <= (SELECT id FROM refusals ORDER BY id DESC OFFSET $1 LIMIT 1)";
    NEWEST_REFUSALS = "SELECT at, who, address, what, count FROM refusals \
        ORDER BY id DESC LIMIT $1";
}

/// Adds lines, and forgets the oldest ones that are too many.
pub(crate) async fn log(pool: &Pool, refusals: &[Refusal]) -> Result<()> {
    let counts = refusals.iter().map(|line| to_column(line.count));
    let add = Step::new(ADD)
        .with(refusals.iter().map(|line| line.at.0).collect::<Vec<_>>())
        .with(refusals.iter().map(|line| legible(&line.who)).collect::<Vec<_>>())
        .with(refusals.iter().map(|line| legible(&line.address)).collect::<Vec<_>>())
        .with(refusals.iter().map(|line| legible(&line.what)).collect::<Vec<_>>())
        .with(counts.collect::<Result<Vec<_>>>()?);
    let forget = Step::new(FORGET).with(i64::from(MAX_REFUSALS));
    pool.write(&[add, forget]).await.map(drop)
}

/// The newest lines, the oldest of them first.
pub(crate) async fn newest(pool: &Pool, limit: u32) -> Result<Vec<Refusal>> {
    let rows = pool.rows(NEWEST_REFUSALS, &[&i64::from(limit)]).await?;
    rows.iter().rev().map(refusal).collect()
}

fn refusal(row: &Row) -> Result<Refusal> {
    let (who, address, what) = (row.text(1)?, row.text(2)?, row.text(3)?);
    let count = from_column(row.integer(4)?)?;
    Ok(Refusal { at: row.timestamp(0)?, who, address, what, count })
}
