//! The seam, method by method: each is its family's function on the pool.

use std::collections::BTreeMap;
use std::sync::Arc;

use async_trait::async_trait;
use pantry_model::chef::runs::{RunId, RunReport, RunSummary};
use pantry_model::commands::admin::Refusal;
use pantry_model::commands::job::JobSummary;
use pantry_model::{
    ApplicationName, Chunk, Content, CurvePublicKey, Delivery, Identity, Job, JobId, MachineId,
    Md5, ObjectId, Principal, Sha256, Timestamp,
};
use pantry_query::Plan;
use pantry_store::transfer::{Bounds, Key, Mark, Row, Table, Transfer};
use pantry_store::{
    ActorKey, Actors, Advance, Document, DocumentNumber, Generations, Holder, Index, IndexState,
    Kind, LedgerEnd, LedgerEntry, Object, OpenDelivery, OutputBatch, Place, RunsWanted, Scope,
    Sighting, Store, StoreError, Write,
};
use tokio::sync::OnceCell;

use crate::committer::Committer;
use crate::config::Config;
use crate::notice::Notices;
use crate::open::{OpenError, open};
use crate::pool::Pool;
use crate::row::{Columns, Result};
use crate::{
    actor_keys, actors, contents, deliveries, documents, generations, index, jobs, keys, ledger,
    members, objects, output, refusals, runs, search, sightings, transfer,
};

/// How many rows of what was dropped are deleted at once.
const AT_ONCE: i64 = 5000;

/// A store in a PostgreSQL database, which other servers may use as well.
pub struct PostgresStore {
    pool: Arc<Pool>,
    committer: Committer,
    notices: Notices,
    /// Its number among those who delete contents, once it has deleted any.
    collector: OnceCell<i64>,
}

impl PostgresStore {
    /// Opens the store in this database, and brings its schema to the newest that this program
    /// knows.
    pub async fn open(config: &Config) -> std::result::Result<Self, OpenError> {
        let (pool, connector) = open(config).await?;
        let pool = Arc::new(pool);
        let committer = Committer::start(Arc::clone(&pool));
        let (notices, collector) = (Notices::start(connector), OnceCell::new());
        Ok(Self { pool, committer, notices, collector })
    }
}

impl PostgresStore {
    async fn collector(&self) -> Result<i64> {
        self.collector.get_or_try_init(|| contents::collector(&self.pool)).await.copied()
    }
}

#[async_trait]
impl Store for PostgresStore {
    async fn commit(&self, write: Write) -> Result<()> {
        let is_followed = write.entries.iter().any(|entry| entry.kind.is_followed());
        let done = self.committer.commit(write).await;
        // An interrupted one may have been done as well.
        if is_followed && matches!(done, Ok(()) | Err(StoreError::Interrupted(_))) {
            self.notices.entered();
        }
        done
    }

    async fn document(&self, scope: &Scope, kind: Kind, name: &str) -> Result<Option<Document>> {
        documents::get(&self.pool, scope, kind, name).await
    }

    async fn documents(&self, scope: &Scope, kind: Kind) -> Result<Vec<Document>> {
        documents::list(&self.pool, scope, kind).await
    }

    async fn count(&self, scope: &Scope, kind: Kind) -> Result<u64> {
        documents::count(&self.pool, scope, kind).await
    }

    async fn names(&self, scope: &Scope, kind: Kind) -> Result<Vec<String>> {
        documents::names(&self.pool, scope, kind).await
    }

    async fn names_under(&self, scope: &Scope, kind: Kind, parent: &str) -> Result<Vec<String>> {
        documents::names_under(&self.pool, scope, kind, parent).await
    }

    async fn documents_under(
        &self,
        scope: &Scope,
        kind: Kind,
        parent: &str,
    ) -> Result<Vec<Document>> {
        documents::under(&self.pool, scope, kind, parent).await
    }

    async fn documents_with_contents(
        &self,
        scope: &Scope,
        kind: Kind,
        names: &[String],
    ) -> Result<Vec<Option<Holder>>> {
        contents::with_documents(&self.pool, scope, kind, names).await
    }

    async fn contents(&self, scope: &Scope, of: &[Md5]) -> Result<Vec<Option<Content>>> {
        contents::list(&self.pool, scope, of).await
    }

    async fn contents_of(&self, scope: &Scope, kind: Kind, name: &str) -> Result<Vec<Content>> {
        contents::of(&self.pool, scope, kind, name).await
    }

    async fn content_size(
        &self,
        scope: &Scope,
        content: &Sha256,
        kinds: [Kind; 2],
    ) -> Result<Option<u64>> {
        contents::size(&self.pool, scope, content, kinds).await
    }

    async fn held_contents(&self, after: Option<Sha256>, limit: u32) -> Result<Vec<(Sha256, u64)>> {
        contents::held(&self.pool, after, limit).await
    }

    async fn unheld_contents(&self, limit: u32) -> Result<Vec<Sha256>> {
        contents::unheld(&self.pool, limit).await
    }

    async fn condemn_contents(&self, of: &[Sha256]) -> Result<Vec<Sha256>> {
        contents::condemn(&self.pool, of, self.collector().await?).await
    }

    async fn forget_contents(&self, of: &[Sha256]) -> Result<()> {
        contents::forget(&self.pool, of, self.collector().await?).await
    }

    async fn search(&self, index: &Index, plan: &Plan) -> Result<Vec<DocumentNumber>> {
        search::search(&self.pool, index, plan).await
    }

    async fn found(&self, index: &Index, numbers: &[DocumentNumber]) -> Result<Vec<Document>> {
        search::found(&self.pool, index, numbers).await
    }

    async fn found_names(&self, index: &Index, numbers: &[DocumentNumber]) -> Result<Vec<String>> {
        search::found_names(&self.pool, index, numbers).await
    }

    async fn indexes(&self) -> Result<Vec<IndexState>> {
        index::states(&self.pool).await
    }

    async fn tidy_indexes(&self) -> Result<bool> {
        let rows = self.pool.write(&[index::drop_some(AT_ONCE)]).await?;
        let dropped = rows.first().and_then(|rows| rows.first());
        dropped.map_or(Ok(false), |row| Ok(row.integer(0)? > 0))
    }

    async fn object(&self, scope: &Scope, kind: Kind, name: &str) -> Result<Option<Object>> {
        objects::get(&self.pool, scope, kind, name).await
    }

    async fn objects(
        &self,
        scope: &Scope,
        kind: Kind,
        names: &[String],
    ) -> Result<Vec<Option<Object>>> {
        objects::list(&self.pool, scope, kind, names).await
    }

    async fn ids(&self, places: &[Place]) -> Result<Vec<Option<ObjectId>>> {
        objects::ids(&self.pool, places).await
    }

    async fn places(&self, ids: &[ObjectId]) -> Result<Vec<Option<Place>>> {
        objects::places(&self.pool, ids).await
    }

    async fn members(&self, of: ObjectId) -> Result<Vec<(ObjectId, Place)>> {
        members::list(&self.pool, of).await
    }

    async fn member_of(&self, member: ObjectId) -> Result<Vec<(ObjectId, Place)>> {
        members::of(&self.pool, member).await
    }

    async fn actors(&self, scope: &Scope, name: &str) -> Result<Actors> {
        actors::find(&self.pool, scope, name).await
    }

    async fn actor_keys(&self, owner: ObjectId) -> Result<Vec<ActorKey>> {
        actor_keys::list(&self.pool, owner).await
    }

    async fn generations(&self, scopes: &[Scope]) -> Result<Vec<Option<Generations>>> {
        generations::list(&self.pool, scopes).await
    }

    async fn curve_keys_of(&self, owner: &Principal) -> Result<Vec<CurvePublicKey>> {
        keys::of(&self.pool, owner).await
    }

    async fn curve_keys(&self) -> Result<Vec<(CurvePublicKey, Principal)>> {
        keys::list(&self.pool).await
    }

    async fn ledger(&self, scope: &Scope, after: u64, limit: u32) -> Result<Vec<LedgerEntry>> {
        ledger::after(&self.pool, scope, after, limit).await
    }

    async fn ledger_position(&self, scope: &Scope) -> Result<u64> {
        ledger::position(&self.pool, scope).await
    }

    async fn ledger_ends(&self) -> Result<Vec<LedgerEnd>> {
        ledger::every_end(&self.pool).await
    }

    async fn entered_elsewhere(&self) {
        self.notices.entered_elsewhere().await;
    }

    async fn answers(&self) -> Result<()> {
        match self.notices.probe().await {
            Some(Ok(())) => self.pool.is_open().await,
            Some(Err(error)) if !error.is_lost() => Err(self.pool.seen(error)),
            // Its connection is gone, which need not mean that the database is.
            _ => ledger::position(&self.pool, &Scope::Global).await.map(drop),
        }
    }

    async fn job(&self, job: JobId) -> Result<Option<Job>> {
        jobs::get(&self.pool, job).await
    }

    async fn job_payload(&self, job: JobId) -> Result<Vec<u8>> {
        jobs::payload(&self.pool, job).await
    }

    async fn jobs(&self, of: Option<&ApplicationName>, limit: u32) -> Result<Vec<JobSummary>> {
        jobs::newest(&self.pool, of, limit).await
    }

    async fn deliveries(&self, job: JobId) -> Result<Vec<Delivery>> {
        deliveries::of_job(&self.pool, job).await
    }

    async fn delivery(&self, job: JobId, identity: &Identity) -> Result<Option<Delivery>> {
        deliveries::get(&self.pool, job, identity).await
    }

    async fn open_deliveries(&self, machine: &MachineId) -> Result<Vec<OpenDelivery>> {
        deliveries::open(&self.pool, machine).await
    }

    async fn overdue_deliveries(
        &self,
        now: Timestamp,
        limit: u32,
    ) -> Result<Vec<(MachineId, OpenDelivery)>> {
        deliveries::overdue(&self.pool, now, limit).await
    }

    async fn open_delivery_counts(&self) -> Result<BTreeMap<ApplicationName, u64>> {
        deliveries::count_open(&self.pool).await
    }

    async fn advance(&self, steps: Vec<Advance>) -> Result<Vec<bool>> {
        deliveries::advance(&self.pool, &steps).await
    }

    async fn append_output(&self, batches: Vec<OutputBatch>) -> Result<Vec<Option<u64>>> {
        output::append(&self.pool, &batches).await
    }

    async fn output(
        &self,
        job: JobId,
        identity: &Identity,
        from: u64,
        max_bytes: usize,
    ) -> Result<Vec<Chunk>> {
        output::read(&self.pool, job, identity, from, max_bytes).await
    }

    async fn see(&self, sightings: Vec<Sighting>) -> Result<()> {
        sightings::see(&self.pool, &sightings).await
    }

    async fn sightings(&self, of: &ApplicationName) -> Result<BTreeMap<Identity, Sighting>> {
        sightings::list(&self.pool, of).await
    }

    async fn put_run(&self, scope: &Scope, run: RunReport, keep: u32) -> Result<bool> {
        runs::put(&self.pool, scope, &run, keep).await
    }

    async fn runs(&self, scope: &Scope, wanted: &RunsWanted) -> Result<Vec<RunSummary>> {
        runs::list(&self.pool, scope, wanted).await
    }

    async fn run(&self, scope: &Scope, id: RunId) -> Result<Option<RunReport>> {
        runs::get(&self.pool, scope, id).await
    }

    async fn log_refusals(&self, refusals: Vec<Refusal>) -> Result<()> {
        refusals::log(&self.pool, &refusals).await
    }

    async fn refusals(&self, limit: u32) -> Result<Vec<Refusal>> {
        refusals::newest(&self.pool, limit).await
    }
}

#[async_trait]
impl Transfer for PostgresStore {
    async fn rows(&self, table: Table, after: &Key, bounds: Bounds) -> Result<Vec<Row>> {
        transfer::rows(&self.pool, table, after, bounds).await
    }

    async fn row_count(&self, table: Table) -> Result<u64> {
        transfer::count(&self.pool, table).await
    }

    async fn patch(&self, table: Table, gone: Vec<Key>, put: Vec<Row>) -> Result<()> {
        transfer::patch(&self.pool, table, &gone, &put).await
    }

    async fn mark(&self, mark: Mark) -> Result<Option<String>> {
        transfer::mark(&self.pool, mark).await
    }

    async fn set_mark(&self, mark: Mark, text: Option<String>) -> Result<()> {
        transfer::set_mark(&self.pool, mark, text.as_deref()).await
    }

    async fn others(&self) -> Result<u64> {
        transfer::others(&self.pool, || self.notices.own_process()).await
    }
}
