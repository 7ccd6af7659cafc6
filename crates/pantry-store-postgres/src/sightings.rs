//! When and how each machine was last heard.

use std::collections::BTreeMap;

use pantry_model::{ApplicationName, Identity, MachineId};
use pantry_store::columns::{incarnation, incarnation_column, parse};
use pantry_store::{Sighting, sql};

use crate::pipeline::Step;
use crate::pool::Pool;
use crate::row::{Columns, Result, legible};

sql! {
    // A machine without a document gives no row, and so is passed over.
    SEE = "INSERT INTO sightings (machine, at, address, version, incarnation) \
        SELECT d.id, $3, $4, $5, $6 FROM scopes s JOIN documents d ON d.scope = s.id \
        WHERE s.name = $1 AND d.kind = 'machine' AND d.name = $2 \
        ON CONFLICT (machine) DO UPDATE SET at = excluded.at, address = excluded.address, \
        version = excluded.version, incarnation = excluded.incarnation";
    OF_APPLICATION = "SELECT d.name, g.at, g.address, g.version, g.incarnation FROM scopes s \
        JOIN documents d ON d.scope = s.id AND d.kind = 'machine' \
        JOIN sightings g ON g.machine = d.id WHERE s.name = $1";
}

/// Writes down that machines were heard. May be done twice.
pub(crate) async fn see(pool: &Pool, sightings: &[Sighting]) -> Result<()> {
    let steps: Vec<Step<'_>> = sightings.iter().map(one).collect();
    pool.write(&steps).await.map(drop)
}

fn one(sighting: &Sighting) -> Step<'_> {
    Step::new(SEE)
        .with(sighting.machine.application.as_str())
        .with(sighting.machine.identity.as_str())
        .with(sighting.at.0)
        .with(legible(&sighting.address))
        .with(legible(&sighting.version))
        .with(incarnation_column(sighting.incarnation))
}

/// The last sighting of each machine of an application.
pub(crate) async fn list(
    pool: &Pool,
    of: &ApplicationName,
) -> Result<BTreeMap<Identity, Sighting>> {
    let rows = pool.rows(OF_APPLICATION, &[&of.as_str()]).await?;
    let sighting = |row: &tokio_postgres::Row| {
        let identity: Identity = parse(row.str(0)?)?;
        let machine = MachineId { application: of.clone(), identity: identity.clone() };
        let (at, incarnation) = (row.timestamp(1)?, incarnation(row.integer(4)?));
        let (address, version) = (row.text(2)?, row.text(3)?);
        Ok((identity, Sighting { machine, at, address, version, incarnation }))
    };
    rows.iter().map(sighting).collect()
}
