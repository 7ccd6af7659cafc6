//! When and how each machine was last heard.

use std::collections::BTreeMap;

use pantry_model::{ApplicationName, Identity, MachineId, Timestamp};
use pantry_store::Sighting;
use rusqlite::Connection;

use crate::error::Error;
use pantry_store::columns::{incarnation, incarnation_column, parse};
use pantry_store::sql;

sql! {
    // A machine without a document gives no row, and so is passed over.
    SEE = "INSERT INTO sightings (machine, at, address, version, incarnation) \
        SELECT d.id, ?3, ?4, ?5, ?6 FROM documents d JOIN scopes s ON s.id = d.scope \
        WHERE s.name = ?1 AND d.kind = 'machine' AND d.name = ?2 \
        ON CONFLICT (machine) DO UPDATE SET at = excluded.at, address = excluded.address, \
        version = excluded.version, incarnation = excluded.incarnation";
    OF_APPLICATION = "SELECT d.name, g.at, g.address, g.version, g.incarnation FROM scopes s \
        JOIN documents d ON d.scope = s.id AND d.kind = 'machine' \
        JOIN sightings g ON g.machine = d.id WHERE s.name = ?1";
}

/// Writes down that a machine was heard.
pub(crate) fn see(connection: &Connection, sighting: &Sighting) -> Result<(), Error> {
    connection.prepare_cached(SEE)?.execute((
        sighting.machine.application.as_str(),
        sighting.machine.identity.as_str(),
        sighting.at.0,
        &sighting.address,
        &sighting.version,
        incarnation_column(sighting.incarnation),
    ))?;
    Ok(())
}

/// The last sighting of each machine of an application.
pub(crate) fn list(
    connection: &Connection,
    of: &ApplicationName,
) -> Result<BTreeMap<Identity, Sighting>, Error> {
    let mut statement = connection.prepare_cached(OF_APPLICATION)?;
    let rows = statement.query_and_then([of.as_str()], |row| {
        let identity: Identity = parse(&row.get::<_, String>(0)?)?;
        let machine = MachineId { application: of.clone(), identity: identity.clone() };
        let (at, incarnation) = (Timestamp(row.get(1)?), incarnation(row.get(4)?));
        let (address, version) = (row.get(2)?, row.get(3)?);
        Ok((identity, Sighting { machine, at, address, version, incarnation }))
    })?;
    rows.collect()
}
