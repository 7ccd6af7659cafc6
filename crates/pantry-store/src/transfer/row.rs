//! Rows and their keys, right once they exist.

use std::fmt;

use sha2::{Digest as _, Sha256};

use super::table::{Table, Type};
use crate::error::StoreError;

/// One value of a row. The order is that of keys: cells of one column are compared by it.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Cell {
    /// Nothing.
    Null,
    /// An integer.
    Integer(i64),
    /// A text.
    Text(String),
    /// Bytes.
    Bytes(Vec<u8>),
}

impl Cell {
    fn kind(&self) -> Option<Type> {
        match self {
            Self::Null => None,
            Self::Integer(_) => Some(Type::Integer),
            Self::Text(_) => Some(Type::Text),
            Self::Bytes(_) => Some(Type::Bytes),
        }
    }

    fn size(&self) -> usize {
        match self {
            Self::Null => 0,
            Self::Integer(_) => size_of::<i64>(),
            Self::Text(text) => text.len(),
            Self::Bytes(bytes) => bytes.len(),
        }
    }

    /// Adds it to a hash in a form that no other cells have: its type, and its length.
    fn hash_into(&self, hash: &mut Sha256) {
        let mut part = |tag: u8, bytes: &[u8]| {
            hash.update([tag]);
            hash.update((bytes.len() as u64).to_be_bytes());
            hash.update(bytes);
        };
        match self {
            Self::Null => part(0, &[]),
            Self::Integer(number) => part(1, &number.to_be_bytes()),
            Self::Text(text) => part(2, text.as_bytes()),
            Self::Bytes(bytes) => part(3, bytes),
        }
    }
}

/// What a row is found by; keys of one table have an order.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Key(Vec<Cell>);

impl Key {
    /// Before every key of the table.
    pub fn least(table: Table) -> Self {
        let columns = table.columns().iter().take(table.key_columns());
        let least = columns.map(|column| match column.kind {
            Type::Integer => Cell::Integer(i64::MIN),
            Type::Text => Cell::Text(String::new()),
            Type::Bytes => Cell::Bytes(Vec::new()),
        });
        Self(least.collect())
    }

    /// Its cells.
    pub fn cells(&self) -> &[Cell] {
        &self.0
    }
}

impl fmt::Debug for Key {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (number, cell) in self.0.iter().enumerate() {
            let slash = if number > 0 { "/" } else { "" };
            match cell {
                Cell::Null => write!(f, "{slash}-")?,
                Cell::Integer(number) => write!(f, "{slash}{number}")?,
                Cell::Text(text) => write!(f, "{slash}{text}")?,
                // A public key, or an object's id.
                Cell::Bytes(bytes) => {
                    f.write_str(slash)?;
                    bytes.iter().try_for_each(|byte| write!(f, "{byte:02x}"))?;
                }
            }
        }
        Ok(())
    }
}

/// A row of a table, with a cell for each of its columns.
#[derive(Clone, PartialEq, Eq)]
pub struct Row {
    cells: Vec<Cell>,
    key_columns: usize,
}

impl Row {
    /// A row of these cells, which must be those of the table; else the store that they come from is
    /// [`StoreError::Broken`]. Not every backend can keep a NUL in a text, so that what others said of
    /// themselves is told without: beside the key it becomes U+FFFD.
    pub fn new(table: Table, mut cells: Vec<Cell>) -> Result<Self, StoreError> {
        let columns = table.columns();
        let fits = cells.len() == columns.len()
            && columns.iter().zip(&cells).all(|(column, cell)| match cell.kind() {
                Some(kind) => kind == column.kind,
                None => column.may_be_null,
            });
        if !fits {
            return Err(StoreError::Broken(format!("the store holds no proper row of {table}")));
        }
        for cell in cells.iter_mut().skip(table.key_columns()) {
            if let Cell::Text(text) = cell
                && text.contains('\0')
            {
                *text = text.replace('\0', "\u{fffd}");
            }
        }
        Ok(Self { cells, key_columns: table.key_columns() })
    }

    /// What it is found by.
    pub fn key(&self) -> Key {
        Key(self.cells.iter().take(self.key_columns).cloned().collect())
    }

    /// Its cells, as the table's columns.
    pub fn cells(&self) -> &[Cell] {
        &self.cells
    }

    /// The SHA-256 and the length of the content, if it says that one is held.
    pub fn content(&self, table: Table) -> Option<&[Cell]> {
        let beside_key = self.cells.get(self.key_columns..);
        beside_key.filter(|_| table == Table::Held)
    }

    /// The id of the object that it is, if it is a document with one.
    pub fn object_id(&self, table: Table) -> Option<&Cell> {
        let documents = (table == Table::Documents).then(|| table.columns().iter());
        let mut columns = documents?.zip(&self.cells);
        let (_, id) = columns.find(|(column, _)| column.name == "object_id")?;
        (*id != Cell::Null).then_some(id)
    }

    /// About how many bytes it takes.
    pub fn size(&self) -> usize {
        self.cells.iter().map(Cell::size).sum()
    }

    /// Adds it to a hash.
    pub(super) fn hash_into(&self, hash: &mut Sha256) {
        self.cells.iter().for_each(|cell| cell.hash_into(hash));
    }
}

impl fmt::Debug for Row {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // What is not in the key may be secret.
        write!(f, "Row({:?}, {} bytes)", self.key(), self.size())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_row_has_the_cells_of_its_table() {
        let key = || Cell::Bytes(vec![7; 32]);
        let text = |text: &str| Cell::Text(text.to_owned());
        let row = |cells| Row::new(Table::CurveKeys, cells);
        assert!(row(vec![key(), text("shop"), text("shop/web1")]).is_ok());
        assert!(row(vec![key(), text("shop")]).is_err());
        assert!(row(vec![key(), text("shop"), Cell::Null]).is_err());
        assert!(row(vec![key(), text("shop"), Cell::Integer(1)]).is_err());
    }

    #[test]
    fn keys_have_the_order_of_bytes_and_numbers() {
        let row = |scope: &str, position| {
            let (null, text) = (|| Cell::Null, |text: &str| Cell::Text(text.to_owned()));
            let entry = [Cell::Integer(0), null(), text("create"), text("user"), text("ada")];
            let mut cells = vec![text(scope), Cell::Integer(position)];
            cells.extend(entry.into_iter().chain([null(), null(), null()]));
            Row::new(Table::Ledger, cells).unwrap().key()
        };
        let keys = [row("Z", 10), row("a", 9), row("a", 10), row("é", 1)];
        assert!(keys.is_sorted());
        assert!(Key::least(Table::Ledger) < keys[0]);
    }

    #[test]
    fn no_two_rows_hash_to_the_same() {
        let digest = |of: &str, member: &str| {
            let cells = [of, member].map(|bytes| Cell::Bytes(bytes.into()));
            let mut hash = Sha256::new();
            Row::new(Table::Members, cells.into()).unwrap().hash_into(&mut hash);
            hash.finalize()
        };
        assert_ne!(digest("ab", "c"), digest("a", "bc"));
    }
}
