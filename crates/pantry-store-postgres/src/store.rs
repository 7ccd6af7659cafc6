//! The seam, method by method.

/// A store in a PostgreSQL database.
pub struct PostgresStore {}
