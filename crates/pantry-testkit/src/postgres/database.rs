//! A database of a test's own in the server that all tests share.
//!
//! It is a copy of a template, made file by file: PostgreSQL's other way, through its log, takes
//! twice as long. It is dropped with this, without waiting for it; a database whose test was killed
//! ends with the server.

use std::path::PathBuf;
use std::sync::atomic::{AtomicU32, Ordering};

use anyhow::Result;

use super::cluster::{USUAL_PORT, sql, url};
use super::programs::Programs;
use super::session::{Session, SessionError};
use super::shared::{Shared, join};

/// The SQLSTATE of a database that is there already.
const DUPLICATE: &str = "42P04";

/// A database that nobody else uses.
pub struct Database {
    programs: Programs,
    folder: PathBuf,
    name: String,
    session: Session,
}

impl Database {
    /// An empty one.
    pub fn empty() -> Result<Self> {
        let mut shared = join()?;
        let name = copy("template0", &mut shared.session)?;
        Ok(Self::of(shared, name))
    }

    /// One that has Pantry's schema.
    #[cfg(feature = "postgres")]
    pub fn migrated() -> Result<Self> {
        let mut shared = join()?;
        let name = super::template::copy(&mut shared)?;
        Ok(Self::of(shared, name))
    }

    fn of(shared: Shared, name: String) -> Self {
        let Shared { programs, folder, session } = shared;
        Self { programs, folder, name, session }
    }

    /// Its name.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Its URL, as the superuser.
    pub fn url(&self) -> String {
        url(&self.folder, USUAL_PORT, &self.name)
    }

    /// Runs SQL in it through `psql`, as the superuser, and gives the rows: a line each, with `|`
    /// between the columns.
    pub fn sql(&self, text: &str) -> Result<String> {
        sql(&self.programs, &self.folder, USUAL_PORT, &self.name, text)
    }
}

impl Drop for Database {
    fn drop(&mut self) {
        // The server does it also when the connection ends meanwhile. If it cannot be asked, it has
        // ended, and the database with it.
        let _gone = self.session.ask(&format!("DROP DATABASE {} WITH (FORCE)", self.name));
    }
}

/// Makes a copy of a template, and gives its name.
pub(super) fn copy(template: &str, session: &mut Session) -> Result<String, SessionError> {
    static MADE: AtomicU32 = AtomicU32::new(0);
    loop {
        // An earlier process of this number may have been killed, and have left its own.
        let number = MADE.fetch_add(1, Ordering::Relaxed);
        let name = format!("test_{}_{number}", std::process::id());
        let made =
            session.run(&format!("CREATE DATABASE {name} TEMPLATE {template} STRATEGY file_copy"));
        match made {
            Err(error) if error.is(DUPLICATE) => {}
            made => return made.map(|()| name),
        }
    }
}
