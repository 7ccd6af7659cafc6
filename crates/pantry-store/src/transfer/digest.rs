//! Whether two stores hold the same: the number of rows of each table, and one hash of all of them.

use std::fmt;

use sha2::{Digest as _, Sha256};

use super::copy::{CopyError, Progress, Step};
use super::seam::Transfer;
use super::side::Side;
use super::table::Table;
use crate::error::StoreError;

/// A table in short.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Digest {
    /// How many rows it has.
    pub rows: u64,
    /// SHA-256 of all of them, in order.
    pub hash: [u8; 32],
}

impl fmt::Display for Digest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} rows, SHA-256 ", self.rows)?;
        self.hash.iter().take(8).try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}

/// Compares two stores, and gives the digest of each table; a difference is
/// [`CopyError::Differs`].
pub async fn verify(
    from: &dyn Transfer,
    to: &dyn Transfer,
    mut progress: impl FnMut(Progress) + Send,
) -> Result<Vec<(Table, Digest)>, CopyError> {
    let mut digests = Vec::with_capacity(Table::ALL.len());
    for &table in Table::ALL {
        let of = from.row_count(table).await.map_err(CopyError::Source)?;
        let mut report = |done| progress(Progress { step: Step::Verifying, table, done, of });
        report(0);
        let original = digest(from, table, &mut report).await.map_err(CopyError::Source)?;
        let copied = digest(to, table, &mut |_| {}).await.map_err(CopyError::Target)?;
        if original != copied {
            return Err(CopyError::Differs { table, original, copied });
        }
        digests.push((table, original));
    }
    Ok(digests)
}

async fn digest(
    store: &dyn Transfer,
    table: Table,
    report: &mut (dyn FnMut(u64) + Send),
) -> Result<Digest, StoreError> {
    let (mut side, mut hash, mut rows) = (Side::new(store, table), Sha256::new(), 0);
    while let Some(row) = side.next().await? {
        row.hash_into(&mut hash);
        rows += 1;
        report(rows);
    }
    Ok(Digest { rows, hash: hash.finalize().into() })
}
