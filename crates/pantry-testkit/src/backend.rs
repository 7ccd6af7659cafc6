//! On which backend those tests stand that stand on any.

use anyhow::{Result, bail};

/// The environment variable that says it: `sqlite`, which is also meant without it, or `postgres`.
pub const VARIABLE: &str = "PANTRY_TEST_STORE";

/// A storage backend.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Backend {
    /// A file.
    Sqlite,
    /// A database of a PostgreSQL server that all tests share.
    Postgres,
}

impl Backend {
    /// The one that whoever runs the tests wants.
    pub fn chosen() -> Result<Self> {
        match std::env::var(VARIABLE).as_deref() {
            Ok("sqlite") | Err(std::env::VarError::NotPresent) => Ok(Self::Sqlite),
            Ok("postgres") => Ok(Self::Postgres),
            other => bail!("{VARIABLE} is {other:?}, and not `sqlite` or `postgres`"),
        }
    }
}
