//! The log of who was turned away; it keeps its newest lines.

use pantry_model::Timestamp;
use pantry_model::commands::admin::Refusal;
use pantry_store::MAX_REFUSALS;
use rusqlite::{Connection, Row};

use crate::error::Error;
use pantry_store::columns::{from_column, to_column};
use pantry_store::sql;

sql! {
    ADD = "INSERT INTO refusals (at, who, address, what, count) VALUES (?1, ?2, ?3, ?4, ?5)";
    // Not counted back from the newest id: what came from another database may have gaps.
    FORGET = "DELETE FROM refusals \
        WHERE id <= (SELECT id FROM refusals ORDER BY id DESC LIMIT 1 OFFSET ?1)";
    NEWEST_REFUSALS = "SELECT at, who, address, what, count FROM refusals \
        ORDER BY id DESC LIMIT ?1";
}

/// Adds lines, and forgets the oldest ones that are too many.
pub(crate) fn log(connection: &Connection, refusals: &[Refusal]) -> Result<(), Error> {
    let mut statement = connection.prepare_cached(ADD)?;
    for line in refusals {
        let count = to_column(line.count)?;
        statement.execute((line.at.0, &line.who, &line.address, &line.what, count))?;
    }
    connection.prepare_cached(FORGET)?.execute([MAX_REFUSALS])?;
    Ok(())
}

/// The newest lines, the oldest of them first.
pub(crate) fn newest(connection: &Connection, limit: u32) -> Result<Vec<Refusal>, Error> {
    let mut statement = connection.prepare_cached(NEWEST_REFUSALS)?;
    let rows = statement.query_and_then([limit], refusal)?;
    let mut lines = rows.collect::<Result<Vec<_>, _>>()?;
    lines.reverse();
    Ok(lines)
}

fn refusal(row: &Row<'_>) -> Result<Refusal, Error> {
    let count = from_column(row.get(4)?)?;
    let (who, address, what) = (row.get(1)?, row.get(2)?, row.get(3)?);
    Ok(Refusal { at: Timestamp(row.get(0)?), who, address, what, count })
}
