//! The database that has Pantry's schema and nothing else, of which tests get copies.
//!
//! Its name says which schema, so that one of an earlier build is not taken for it.

use std::hash::{DefaultHasher, Hash as _, Hasher as _};

use anyhow::{Context as _, Result, anyhow};
use pantry_store_postgres::{Config, PostgresStore, STEPS};

use super::cluster::{USUAL_PORT, url};
use super::database;
use super::session::SessionError;
use super::shared::{Shared, one_by_one};

/// The SQLSTATE of a database that is not there.
const UNDEFINED: &str = "3D000";

/// Makes a copy of the template, and the template if nobody has, and gives the copy's name.
pub(super) fn copy(shared: &mut Shared) -> Result<String> {
    let template = name();
    if let Some(name) = if_there(database::copy(&template, &mut shared.session))? {
        return Ok(name);
    }
    let _one_by_one = one_by_one()?;
    // Somebody else may have made it meanwhile.
    if let Some(name) = if_there(database::copy(&template, &mut shared.session))? {
        return Ok(name);
    }
    make(&template, shared)?;
    Ok(database::copy(&template, &mut shared.session)?)
}

fn name() -> String {
    let mut hasher = DefaultHasher::new();
    STEPS.hash(&mut hasher);
    format!("schema_{:016x}", hasher.finish())
}

fn if_there(copied: Result<String, SessionError>) -> Result<Option<String>> {
    match copied {
        Err(error) if error.is(UNDEFINED) => Ok(None),
        copied => Ok(Some(copied?)),
    }
}

/// Makes it under another name first, so that it is never met half done.
fn make(template: &str, shared: &mut Shared) -> Result<()> {
    let begun = format!("{template}_begun");
    shared.session.run(&format!("DROP DATABASE IF EXISTS {begun}"))?;
    shared.session.run(&format!("CREATE DATABASE {begun} TEMPLATE template0"))?;
    let url = url(&shared.folder, USUAL_PORT, &begun);
    // Whoever calls this may be in a runtime, which must not be blocked by another.
    let migrating = std::thread::spawn(move || {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
        runtime.block_on(async {
            PostgresStore::open(&Config::parse(&url)?).await.map(drop).context("no schema")
        })
    });
    migrating.join().map_err(|_| anyhow!("making the schema has panicked"))??;
    shared.session.run(&format!("ALTER DATABASE {begun} RENAME TO {template}"))?;
    Ok(())
}
