//! The seam, method by method: each hands its family's function to the writer or a reader.

use std::collections::BTreeMap;
use std::path::Path;
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
use pantry_store::transfer::{Bounds, Key, Mark, Row, Table as Rows, Transfer};
use pantry_store::{
    ActorKey, Actors, Advance, Document, DocumentNumber, Generations, Holder, Index, IndexState,
    Kind, LedgerEnd, LedgerEntry, Object, OpenDelivery, OutputBatch, Place, RunsWanted, Scope,
    Sighting, Store, StoreError, Write,
};
use rusqlite::Connection;
use tokio::task::coop::consume_budget;

use crate::error::Error;
use crate::generations::Table;
use crate::open::{DATABASE_FILE, Lock, OpenError, open};
use crate::points::{FEW, Points};
use crate::readers::Readers;
use crate::writer::Writer;
use crate::{
    actor_keys, actors, commit, contents, deliveries, documents, generations, index, jobs, keys,
    ledger, members, objects, output, refusals, runs, search, sightings, transfer,
};

/// How many rows of what was dropped are deleted at once.
const AT_ONCE: i64 = 1000;

type Result<T> = std::result::Result<T, StoreError>;

/// A store in a directory, which no other process can open meanwhile.
///
/// Dropping it finishes what is queued, and blocks until that is on disk.
pub struct SqliteStore {
    // In this order: the writer is the last to close, which empties the journal into the
    // database, and only then another process may come.
    readers: Readers,
    points: Points,
    generations: Arc<Table>,
    writer: Writer,
    _lock: Lock,
}

impl SqliteStore {
    /// Opens the store in this directory; makes the directory, and the database at its newest
    /// schema, if they are not there. Blocks for the time of some file operations.
    pub fn open(directory: &Path) -> std::result::Result<Self, OpenError> {
        let mut opened = open(directory)?;
        let generations = Table::watch(&mut opened.writer)
            .map_err(|error| error.into_store(&directory.join(DATABASE_FILE).to_string_lossy()))?;
        let generations = Arc::new(generations);
        let known = Arc::clone(&generations);
        let readers = Readers::start(opened.readers).map_err(OpenError::Threads)?;
        let writer = Writer::start(opened.writer, move |c| known.take_in(c));
        let writer = writer.map_err(OpenError::Threads)?;
        let points = Points::new(opened.points);
        Ok(Self { readers, points, generations, writer, _lock: opened.lock })
    }

    /// Reads a few rows, here and now if a connection is free.
    async fn point<T, F>(&self, work: F) -> Result<T>
    where
        T: Send + 'static,
        F: FnOnce(&Connection) -> std::result::Result<T, Error> + Send + 'static,
    {
        // It has nothing to wait for, so a task that only reads would let no other one run.
        consume_budget().await;
        match self.points.run(work) {
            Ok(result) => result,
            Err(work) => self.readers.run(work).await,
        }
    }

    /// Looks so many things up, each by its name.
    async fn look_up<T, F>(&self, count: usize, work: F) -> Result<T>
    where
        T: Send + 'static,
        F: FnOnce(&Connection) -> std::result::Result<T, Error> + Send + 'static,
    {
        if count <= FEW { self.point(work).await } else { self.readers.run(work).await }
    }
}

#[async_trait]
impl Store for SqliteStore {
    async fn commit(&self, write: Write) -> Result<()> {
        self.writer.run(move |c| commit::commit(c, &write)).await
    }

    async fn document(&self, scope: &Scope, kind: Kind, name: &str) -> Result<Option<Document>> {
        let (scope, name) = (scope.clone(), name.to_owned());
        self.point(move |c| documents::get(c, &scope, kind, &name)).await
    }

    async fn documents(&self, scope: &Scope, kind: Kind) -> Result<Vec<Document>> {
        let scope = scope.clone();
        self.readers.run(move |c| documents::list(c, &scope, kind)).await
    }

    async fn count(&self, scope: &Scope, kind: Kind) -> Result<u64> {
        let scope = scope.clone();
        self.readers.run(move |c| documents::count(c, &scope, kind)).await
    }

    async fn names(&self, scope: &Scope, kind: Kind) -> Result<Vec<String>> {
        let scope = scope.clone();
        self.readers.run(move |c| documents::names(c, &scope, kind)).await
    }

    async fn names_under(&self, scope: &Scope, kind: Kind, parent: &str) -> Result<Vec<String>> {
        let (scope, parent) = (scope.clone(), parent.to_owned());
        self.readers.run(move |c| documents::names_under(c, &scope, kind, &parent)).await
    }

    async fn documents_under(
        &self,
        scope: &Scope,
        kind: Kind,
        parent: &str,
    ) -> Result<Vec<Document>> {
        let (scope, parent) = (scope.clone(), parent.to_owned());
        self.readers.run(move |c| documents::under(c, &scope, kind, &parent)).await
    }

    async fn documents_with_contents(
        &self,
        scope: &Scope,
        kind: Kind,
        names: &[String],
    ) -> Result<Vec<Option<Holder>>> {
        let (scope, names) = (scope.clone(), names.to_vec());
        self.look_up(names.len(), move |c| contents::with_documents(c, &scope, kind, &names)).await
    }

    async fn contents(&self, scope: &Scope, of: &[Md5]) -> Result<Vec<Option<Content>>> {
        let (scope, of) = (scope.clone(), of.to_vec());
        self.look_up(of.len(), move |c| contents::list(c, &scope, &of)).await
    }

    async fn contents_of(&self, scope: &Scope, kind: Kind, name: &str) -> Result<Vec<Content>> {
        let (scope, name) = (scope.clone(), name.to_owned());
        self.point(move |c| contents::of(c, &scope, kind, &name)).await
    }

    async fn content_size(
        &self,
        scope: &Scope,
        content: &Sha256,
        kinds: [Kind; 2],
    ) -> Result<Option<u64>> {
        let (scope, content) = (scope.clone(), *content);
        self.point(move |c| contents::size(c, &scope, &content, kinds)).await
    }

    async fn held_contents(&self, after: Option<Sha256>, limit: u32) -> Result<Vec<(Sha256, u64)>> {
        self.readers.run(move |c| contents::held(c, after, limit)).await
    }

    async fn unheld_contents(&self, limit: u32) -> Result<Vec<Sha256>> {
        self.readers.run(move |c| contents::unheld(c, limit)).await
    }

    async fn condemn_contents(&self, of: &[Sha256]) -> Result<Vec<Sha256>> {
        let of = of.to_vec();
        self.writer.run(move |c| contents::condemn(c, &of)).await
    }

    async fn forget_contents(&self, of: &[Sha256]) -> Result<()> {
        let of = of.to_vec();
        self.writer.run(move |c| contents::forget(c, &of)).await
    }

    async fn search(&self, index: &Index, plan: &Plan) -> Result<Vec<DocumentNumber>> {
        let (index, plan) = (index.clone(), plan.clone());
        self.readers.run(move |c| search::search(c, &index, &plan)).await
    }

    async fn found(&self, index: &Index, numbers: &[DocumentNumber]) -> Result<Vec<Document>> {
        let (index, numbers) = (index.clone(), numbers.to_vec());
        self.look_up(numbers.len(), move |c| search::found(c, &index, &numbers)).await
    }

    async fn found_names(&self, index: &Index, numbers: &[DocumentNumber]) -> Result<Vec<String>> {
        let (index, numbers) = (index.clone(), numbers.to_vec());
        self.look_up(numbers.len(), move |c| search::found_names(c, &index, &numbers)).await
    }

    async fn indexes(&self) -> Result<Vec<IndexState>> {
        self.readers.run(index::states).await
    }

    async fn tidy_indexes(&self) -> Result<bool> {
        self.writer.run(|c| index::tidy(c, AT_ONCE)).await
    }

    async fn object(&self, scope: &Scope, kind: Kind, name: &str) -> Result<Option<Object>> {
        let (scope, name) = (scope.clone(), name.to_owned());
        self.point(move |c| objects::get(c, &scope, kind, &name)).await
    }

    async fn objects(
        &self,
        scope: &Scope,
        kind: Kind,
        names: &[String],
    ) -> Result<Vec<Option<Object>>> {
        let (scope, names) = (scope.clone(), names.to_vec());
        self.look_up(names.len(), move |c| objects::list(c, &scope, kind, &names)).await
    }

    async fn ids(&self, places: &[Place]) -> Result<Vec<Option<ObjectId>>> {
        let places = places.to_vec();
        self.look_up(places.len(), move |c| objects::ids(c, &places)).await
    }

    async fn places(&self, ids: &[ObjectId]) -> Result<Vec<Option<Place>>> {
        let ids = ids.to_vec();
        self.look_up(ids.len(), move |c| objects::places(c, &ids)).await
    }

    async fn members(&self, of: ObjectId) -> Result<Vec<(ObjectId, Place)>> {
        self.readers.run(move |c| members::list(c, of)).await
    }

    async fn member_of(&self, member: ObjectId) -> Result<Vec<(ObjectId, Place)>> {
        self.readers.run(move |c| members::of(c, member)).await
    }

    async fn actors(&self, scope: &Scope, name: &str) -> Result<Actors> {
        let (scope, name) = (scope.clone(), name.to_owned());
        self.point(move |c| actors::find(c, &scope, &name)).await
    }

    async fn actor_keys(&self, owner: ObjectId) -> Result<Vec<ActorKey>> {
        self.point(move |c| actor_keys::list(c, owner)).await
    }

    async fn generations(&self, scopes: &[Scope]) -> Result<Vec<Option<Generations>>> {
        if let Some(known) = self.generations.get(scopes) {
            return Ok(known);
        }
        let scopes = scopes.to_vec();
        let read = move |c: &_| scopes.iter().map(|scope| generations::read(c, scope)).collect();
        self.readers.run(read).await
    }

    async fn curve_keys_of(&self, owner: &Principal) -> Result<Vec<CurvePublicKey>> {
        let owner = owner.clone();
        self.readers.run(move |c| keys::of(c, &owner)).await
    }

    async fn curve_keys(&self) -> Result<Vec<(CurvePublicKey, Principal)>> {
        self.readers.run(keys::list).await
    }

    async fn ledger(&self, scope: &Scope, after: u64, limit: u32) -> Result<Vec<LedgerEntry>> {
        let scope = scope.clone();
        self.readers.run(move |c| ledger::after(c, &scope, after, limit)).await
    }

    async fn ledger_position(&self, scope: &Scope) -> Result<u64> {
        let scope = scope.clone();
        self.readers.run(move |c| ledger::position(c, &scope)).await
    }

    async fn ledger_ends(&self) -> Result<Vec<LedgerEnd>> {
        self.readers.run(ledger::every_end).await
    }

    async fn entered_elsewhere(&self) {
        // No other process can open the directory.
        std::future::pending::<()>().await;
    }

    async fn answers(&self) -> Result<()> {
        self.point(|c| ledger::position(c, &Scope::Global)).await.map(drop)
    }

    async fn job(&self, job: JobId) -> Result<Option<Job>> {
        self.readers.run(move |c| jobs::get(c, job)).await
    }

    async fn job_payload(&self, job: JobId) -> Result<Vec<u8>> {
        self.readers.run(move |c| jobs::payload(c, job)).await
    }

    async fn jobs(&self, of: Option<&ApplicationName>, limit: u32) -> Result<Vec<JobSummary>> {
        let of = of.cloned();
        self.readers.run(move |c| jobs::newest(c, of.as_ref(), limit)).await
    }

    async fn deliveries(&self, job: JobId) -> Result<Vec<Delivery>> {
        self.readers.run(move |c| deliveries::of_job(c, job)).await
    }

    async fn delivery(&self, job: JobId, identity: &Identity) -> Result<Option<Delivery>> {
        let identity = identity.clone();
        self.readers.run(move |c| deliveries::get(c, job, &identity)).await
    }

    async fn open_deliveries(&self, machine: &MachineId) -> Result<Vec<OpenDelivery>> {
        let machine = machine.clone();
        self.readers.run(move |c| deliveries::open(c, &machine)).await
    }

    async fn overdue_deliveries(
        &self,
        now: Timestamp,
        limit: u32,
    ) -> Result<Vec<(MachineId, OpenDelivery)>> {
        self.readers.run(move |c| deliveries::overdue(c, now, limit)).await
    }

    async fn open_delivery_counts(&self) -> Result<BTreeMap<ApplicationName, u64>> {
        self.readers.run(deliveries::count_open).await
    }

    async fn advance(&self, steps: Vec<Advance>) -> Result<Vec<bool>> {
        let work = move |c: &_| steps.iter().map(|step| deliveries::advance(c, step)).collect();
        self.writer.run(work).await
    }

    async fn append_output(&self, batches: Vec<OutputBatch>) -> Result<Vec<Option<u64>>> {
        let work = move |c: &_| batches.iter().map(|batch| output::append(c, batch)).collect();
        self.writer.run(work).await
    }

    async fn output(
        &self,
        job: JobId,
        identity: &Identity,
        from: u64,
        max_bytes: usize,
    ) -> Result<Vec<Chunk>> {
        let identity = identity.clone();
        self.readers.run(move |c| output::read(c, job, &identity, from, max_bytes)).await
    }

    async fn see(&self, sightings: Vec<Sighting>) -> Result<()> {
        let work = move |c: &_| sightings.iter().try_for_each(|one| sightings::see(c, one));
        self.writer.run(work).await
    }

    async fn sightings(&self, of: &ApplicationName) -> Result<BTreeMap<Identity, Sighting>> {
        let of = of.clone();
        self.readers.run(move |c| sightings::list(c, &of)).await
    }

    async fn put_run(&self, scope: &Scope, run: RunReport, keep: u32) -> Result<bool> {
        let scope = scope.clone();
        self.writer.run(move |c| runs::put(c, &scope, &run, keep)).await
    }

    async fn runs(&self, scope: &Scope, wanted: &RunsWanted) -> Result<Vec<RunSummary>> {
        let (scope, wanted) = (scope.clone(), wanted.clone());
        self.readers.run(move |c| runs::list(c, &scope, &wanted)).await
    }

    async fn run(&self, scope: &Scope, id: RunId) -> Result<Option<RunReport>> {
        let scope = scope.clone();
        self.point(move |c| runs::get(c, &scope, id)).await
    }

    async fn log_refusals(&self, refusals: Vec<Refusal>) -> Result<()> {
        self.writer.run(move |c| refusals::log(c, &refusals)).await
    }

    async fn refusals(&self, limit: u32) -> Result<Vec<Refusal>> {
        self.readers.run(move |c| refusals::newest(c, limit)).await
    }
}

#[async_trait]
impl Transfer for SqliteStore {
    async fn rows(&self, table: Rows, after: &Key, bounds: Bounds) -> Result<Vec<Row>> {
        let after = after.clone();
        self.readers.run(move |c| transfer::rows(c, table, &after, bounds)).await
    }

    async fn row_count(&self, table: Rows) -> Result<u64> {
        self.readers.run(move |c| transfer::count(c, table)).await
    }

    async fn patch(&self, table: Rows, gone: Vec<Key>, put: Vec<Row>) -> Result<()> {
        self.writer.run(move |c| transfer::patch(c, table, &gone, &put)).await
    }

    async fn mark(&self, mark: Mark) -> Result<Option<String>> {
        self.readers.run(move |c| transfer::mark(c, mark)).await
    }

    async fn set_mark(&self, mark: Mark, text: Option<String>) -> Result<()> {
        self.writer.run(move |c| transfer::set_mark(c, mark, text.as_deref())).await
    }

    async fn others(&self) -> Result<u64> {
        // The directory is locked for one process.
        Ok(0)
    }
}
