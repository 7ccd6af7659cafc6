//! Columns of a row as our values; one that is of another type is a database that is not ours.

use pantry_model::{ObjectId, Timestamp};
use pantry_store::StoreError;
use pantry_store::columns::broken;
use tokio_postgres::Row;
use tokio_postgres::types::FromSql;

/// A result of reading.
pub(crate) type Result<T> = std::result::Result<T, StoreError>;

/// A row's columns, by number.
pub(crate) trait Columns {
    /// Of a type that the database has.
    fn get_column<'a, T: FromSql<'a>>(&'a self, column: usize) -> Result<T>;

    /// Text, borrowed.
    fn str(&self, column: usize) -> Result<&str> {
        self.get_column(column)
    }

    /// Text.
    fn text(&self, column: usize) -> Result<String> {
        self.get_column(column)
    }

    /// Bytes.
    fn bytes(&self, column: usize) -> Result<Vec<u8>> {
        self.get_column(column)
    }

    /// So many bytes.
    fn array<const N: usize>(&self, column: usize) -> Result<[u8; N]> {
        let bytes: &[u8] = self.get_column(column)?;
        bytes.try_into().map_err(|_| broken(format_args!("{} bytes instead of {N}", bytes.len())))
    }

    /// So many bytes, if any.
    fn optional_array<const N: usize>(&self, column: usize) -> Result<Option<[u8; N]>> {
        let bytes: Option<&[u8]> = self.get_column(column)?;
        bytes.is_some().then(|| self.array(column)).transpose()
    }

    /// An object's id.
    fn object_id(&self, column: usize) -> Result<ObjectId> {
        self.array(column).map(ObjectId)
    }

    /// A number.
    fn integer(&self, column: usize) -> Result<i64> {
        self.get_column(column)
    }

    /// A point in time.
    fn timestamp(&self, column: usize) -> Result<Timestamp> {
        self.get_column(column).map(Timestamp)
    }

    /// A point in time, if any.
    fn optional_timestamp(&self, column: usize) -> Result<Option<Timestamp>> {
        let column: Option<i64> = self.get_column(column)?;
        Ok(column.map(Timestamp))
    }
}

impl Columns for Row {
    fn get_column<'a, T: FromSql<'a>>(&'a self, column: usize) -> Result<T> {
        self.try_get(column).map_err(broken)
    }
}

/// A name that somebody asks for. PostgreSQL's text has no NUL, so nothing is named by one that has:
/// it is asked for as NULL, which equals nothing.
pub(crate) fn wanted(name: &str) -> Option<&str> {
    (!name.contains('\0')).then_some(name)
}

/// Text that somebody else chose, as it can be stored: PostgreSQL's text has no NUL.
pub(crate) fn legible(text: &str) -> String {
    text.replace('\0', "\u{fffd}")
}
