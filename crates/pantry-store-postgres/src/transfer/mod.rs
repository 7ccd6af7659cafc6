//! Everything as the rows of the seam's tables, for moving to another store or from one.
//!
//! A page is bounded in bytes by asking first how large its rows are, since what was asked for
//! arrives as a whole.

mod marks;
mod statements;

use std::error::Error as StdError;
use std::fmt;

use bytes::BytesMut;
use pantry_store::StoreError;
use pantry_store::columns::from_column;
use pantry_store::transfer::{Bounds, Cell, Key, Row, Table, Type};
use tokio_postgres::types::{IsNull, ToSql, to_sql_checked};

pub(crate) use marks::{mark, others, set_mark};
use statements::{Statements, statements};

use crate::pipeline::Step;
use crate::pool::{Parameter, Pool};
use crate::row::{Columns, Result};

/// How often a write is tried of which nobody knows whether it was done: it may be done twice.
const TRIES: usize = 5;

/// A cell as a parameter.
struct Bound<'a>(&'a Cell);

impl fmt::Debug for Bound<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // It may be secret.
        f.write_str("a cell")
    }
}

impl ToSql for Bound<'_> {
    fn to_sql(
        &self,
        of: &tokio_postgres::types::Type,
        out: &mut BytesMut,
    ) -> std::result::Result<IsNull, Box<dyn StdError + Sync + Send>> {
        match self.0 {
            Cell::Null => Ok(IsNull::Yes),
            Cell::Integer(number) if *of == tokio_postgres::types::Type::INT2 => {
                i16::try_from(*number)?.to_sql(of, out)
            }
            Cell::Integer(number) => number.to_sql(of, out),
            Cell::Text(text) => text.to_sql(of, out),
            Cell::Bytes(bytes) => bytes.to_sql(of, out),
        }
    }

    fn accepts(_: &tokio_postgres::types::Type) -> bool {
        // Each statement says which columns its parameters are for, and a row has their types.
        true
    }

    to_sql_checked!();
}

/// Rows after a key, as far as the bounds go.
pub(crate) async fn rows(
    pool: &Pool,
    table: Table,
    after: &Key,
    bounds: Bounds,
) -> Result<Vec<Row>> {
    let Statements { page, sizes, .. } = statements(table);
    let mut limit = i64::from(bounds.rows);
    if let Some(sizes) = sizes {
        let sizes = ask(pool, sizes, after, limit).await?;
        let sizes = sizes.iter().map(|row| row.integer(0)).collect::<Result<Vec<_>>>()?;
        limit = fitting(&sizes, bounds.bytes);
    }
    let found = ask(pool, page, after, limit).await?;
    found.iter().map(|row| read(table, row)).collect()
}

async fn ask(
    pool: &Pool,
    statement: &'static str,
    after: &Key,
    limit: i64,
) -> Result<Vec<tokio_postgres::Row>> {
    let cells: Vec<Bound<'_>> = after.cells().iter().map(Bound).collect();
    let mut parameters: Vec<Parameter<'_>> = cells.iter().map(|cell| cell as _).collect();
    parameters.push(&limit);
    pool.rows(statement, &parameters).await
}

/// How many rows of these sizes fit: at least one, and none after they have so many bytes.
fn fitting(sizes: &[i64], bytes: usize) -> i64 {
    let bytes = i64::try_from(bytes).unwrap_or(i64::MAX);
    let (mut rows, mut sum) = (0, 0i64);
    for size in sizes {
        if sum >= bytes {
            break;
        }
        rows += 1;
        sum = sum.saturating_add(*size);
    }
    rows.max(1)
}

fn read(table: Table, row: &tokio_postgres::Row) -> Result<Row> {
    let cells = table.columns().iter().enumerate().map(|(at, column)| {
        let is_small = || {
            row.columns().get(at).map(tokio_postgres::Column::type_)
                == Some(&tokio_postgres::types::Type::INT2)
        };
        let cell = match column.kind {
            Type::Integer if is_small() => {
                row.get_column::<Option<i16>>(at)?.map(i64::from).map(Cell::Integer)
            }
            Type::Integer => row.get_column::<Option<i64>>(at)?.map(Cell::Integer),
            Type::Text => row.get_column::<Option<String>>(at)?.map(Cell::Text),
            Type::Bytes => row.get_column::<Option<Vec<u8>>>(at)?.map(Cell::Bytes),
        };
        Ok(cell.unwrap_or(Cell::Null))
    });
    Row::new(table, cells.collect::<Result<_>>()?)
}

/// How many rows a table has.
pub(crate) async fn count(pool: &Pool, table: Table) -> Result<u64> {
    let row = pool.row(statements(table).count, &[]).await?;
    row.map_or(Ok(0), |row| from_column(row.integer(0)?))
}

/// Deletes rows, and puts rows in the place of others. May be done twice.
pub(crate) async fn patch(pool: &Pool, table: Table, gone: &[Key], put: &[Row]) -> Result<()> {
    let Statements { delete, put: insert, delete_object, put_done, .. } = statements(table);
    let replaced: Vec<Key> = put.iter().filter(|_| table != Table::Scopes).map(Row::key).collect();
    let mut tries = 1;
    loop {
        let deleted = gone.iter().chain(&replaced);
        let mut steps: Vec<Step<'_>> = deleted.map(|key| bound(delete, key.cells())).collect();
        if let Some(delete) = delete_object {
            let ids = put.iter().filter_map(|row| row.object_id(table));
            steps.extend(ids.map(|id| Step::new(delete).with(Bound(id))));
        }
        steps.extend(put.iter().map(|row| bound(insert, row.cells())));
        steps.extend(put_done.map(Step::new));
        match pool.write(&steps).await {
            Err(StoreError::Interrupted(_)) if tries < TRIES => tries += 1,
            outcome => return outcome.map(drop),
        }
    }
}

fn bound<'a>(statement: &'static str, cells: &'a [Cell]) -> Step<'a> {
    cells.iter().fold(Step::new(statement), |step, cell| step.with(Bound(cell)))
}

/// Every statement, for the test that looks at them.
#[cfg(test)]
pub(crate) const STATEMENTS: &[&[(&str, &str)]] = &[statements::STATEMENTS, marks::STATEMENTS];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_page_is_full_once_it_has_its_bytes() {
        for (sizes, bytes, rows) in [
            (&[][..], 10, 1),
            (&[99, 1], 10, 1),
            (&[9, 9, 9], 10, 2),
            (&[0, 0, 0], 10, 3),
            (&[i64::MAX, i64::MAX, 1], usize::MAX, 1),
        ] {
            assert_eq!(fitting(sizes, bytes), rows, "{sizes:?}");
        }
    }
}
