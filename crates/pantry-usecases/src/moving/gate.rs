//! A store that can be closed to writers while readers go on.
//!
//! Who closes it waits until the last write that was begun has ended, and writers wait for that
//! moment, which is short. A write goes on to its end even if nobody waits for its answer any more,
//! so that none is done behind the back of whoever has closed.

use std::collections::BTreeMap;
use std::future::Future;
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
use pantry_store::{
    ActorKey, Actors, Advance, Document, DocumentNumber, Generations, Holder, Index, IndexState,
    Kind, LedgerEnd, LedgerEntry, Object, OpenDelivery, OutputBatch, Place, RunsWanted, Scope,
    Sighting, Store, StoreError, Write,
};
use tokio::sync::RwLock;

type Result<T> = std::result::Result<T, StoreError>;

/// A store, and whether it may be written.
pub struct Gate {
    store: Arc<dyn Store>,
    /// Why it is closed, if it is. Writers hold it for reading as long as they write.
    closed: Arc<RwLock<Option<String>>>,
}

impl Gate {
    /// An open one.
    pub fn new(store: Arc<dyn Store>) -> Self {
        Self { store, closed: Arc::default() }
    }

    /// Has every write from now on refused, with this sentence, and waits for those that were begun.
    pub async fn close(&self, why: String) {
        let mut closed = self.closed.write().await;
        if closed.as_ref() != Some(&why) {
            tracing::warn!(reason = %why, "nothing is written from now on");
        }
        *closed = Some(why);
    }

    /// Lets writers in again.
    pub async fn open(&self) {
        if self.closed.write().await.take().is_some() {
            tracing::warn!("writing goes on");
        }
    }

    async fn write<T: Send + 'static>(
        &self,
        work: impl Future<Output = Result<T>> + Send + 'static,
    ) -> Result<T> {
        let closed = Arc::clone(&self.closed).read_owned().await;
        if let Some(why) = &*closed {
            return Err(StoreError::ReadOnly(why.clone()));
        }
        let work = tokio::spawn(async move {
            let outcome = work.await;
            drop(closed);
            outcome
        });
        let ended = |error| StoreError::Broken(format!("a write did not come to its end: {error}"));
        work.await.map_err(ended)?
    }
}

#[async_trait]
impl Store for Gate {
    async fn commit(&self, write: Write) -> Result<()> {
        let store = Arc::clone(&self.store);
        self.write(async move { store.commit(write).await }).await
    }

    async fn advance(&self, steps: Vec<Advance>) -> Result<Vec<bool>> {
        let store = Arc::clone(&self.store);
        self.write(async move { store.advance(steps).await }).await
    }

    async fn append_output(&self, batches: Vec<OutputBatch>) -> Result<Vec<Option<u64>>> {
        let store = Arc::clone(&self.store);
        self.write(async move { store.append_output(batches).await }).await
    }

    async fn see(&self, sightings: Vec<Sighting>) -> Result<()> {
        let store = Arc::clone(&self.store);
        self.write(async move { store.see(sightings).await }).await
    }

    async fn log_refusals(&self, refusals: Vec<Refusal>) -> Result<()> {
        let store = Arc::clone(&self.store);
        self.write(async move { store.log_refusals(refusals).await }).await
    }

    async fn put_run(&self, scope: &Scope, run: RunReport, keep: u32) -> Result<bool> {
        let (store, scope) = (Arc::clone(&self.store), scope.clone());
        self.write(async move { store.put_run(&scope, run, keep).await }).await
    }

    async fn runs(&self, scope: &Scope, wanted: &RunsWanted) -> Result<Vec<RunSummary>> {
        self.store.runs(scope, wanted).await
    }

    async fn run(&self, scope: &Scope, id: RunId) -> Result<Option<RunReport>> {
        self.store.run(scope, id).await
    }

    async fn tidy_indexes(&self) -> Result<bool> {
        let store = Arc::clone(&self.store);
        self.write(async move { store.tidy_indexes().await }).await
    }

    async fn condemn_contents(&self, contents: &[Sha256]) -> Result<Vec<Sha256>> {
        let (store, contents) = (Arc::clone(&self.store), contents.to_vec());
        self.write(async move { store.condemn_contents(&contents).await }).await
    }

    async fn forget_contents(&self, contents: &[Sha256]) -> Result<()> {
        let (store, contents) = (Arc::clone(&self.store), contents.to_vec());
        self.write(async move { store.forget_contents(&contents).await }).await
    }

    async fn documents_under(
        &self,
        scope: &Scope,
        kind: Kind,
        parent: &str,
    ) -> Result<Vec<Document>> {
        self.store.documents_under(scope, kind, parent).await
    }

    async fn documents_with_contents(
        &self,
        scope: &Scope,
        kind: Kind,
        names: &[String],
    ) -> Result<Vec<Option<Holder>>> {
        self.store.documents_with_contents(scope, kind, names).await
    }

    async fn contents(&self, scope: &Scope, of: &[Md5]) -> Result<Vec<Option<Content>>> {
        self.store.contents(scope, of).await
    }

    async fn contents_of(&self, scope: &Scope, kind: Kind, name: &str) -> Result<Vec<Content>> {
        self.store.contents_of(scope, kind, name).await
    }

    async fn content_size(
        &self,
        scope: &Scope,
        content: &Sha256,
        kinds: [Kind; 2],
    ) -> Result<Option<u64>> {
        self.store.content_size(scope, content, kinds).await
    }

    async fn held_contents(&self, after: Option<Sha256>, limit: u32) -> Result<Vec<(Sha256, u64)>> {
        self.store.held_contents(after, limit).await
    }

    async fn unheld_contents(&self, limit: u32) -> Result<Vec<Sha256>> {
        self.store.unheld_contents(limit).await
    }

    async fn indexes(&self) -> Result<Vec<IndexState>> {
        self.store.indexes().await
    }

    async fn document(&self, scope: &Scope, kind: Kind, name: &str) -> Result<Option<Document>> {
        self.store.document(scope, kind, name).await
    }

    async fn documents(&self, scope: &Scope, kind: Kind) -> Result<Vec<Document>> {
        self.store.documents(scope, kind).await
    }

    async fn count(&self, scope: &Scope, kind: Kind) -> Result<u64> {
        self.store.count(scope, kind).await
    }

    async fn names(&self, scope: &Scope, kind: Kind) -> Result<Vec<String>> {
        self.store.names(scope, kind).await
    }

    async fn names_under(&self, scope: &Scope, kind: Kind, parent: &str) -> Result<Vec<String>> {
        self.store.names_under(scope, kind, parent).await
    }

    async fn search(&self, index: &Index, plan: &Plan) -> Result<Vec<DocumentNumber>> {
        self.store.search(index, plan).await
    }

    async fn found(&self, index: &Index, numbers: &[DocumentNumber]) -> Result<Vec<Document>> {
        self.store.found(index, numbers).await
    }

    async fn found_names(&self, index: &Index, numbers: &[DocumentNumber]) -> Result<Vec<String>> {
        self.store.found_names(index, numbers).await
    }

    async fn object(&self, scope: &Scope, kind: Kind, name: &str) -> Result<Option<Object>> {
        self.store.object(scope, kind, name).await
    }

    async fn objects(
        &self,
        scope: &Scope,
        kind: Kind,
        names: &[String],
    ) -> Result<Vec<Option<Object>>> {
        self.store.objects(scope, kind, names).await
    }

    async fn ids(&self, places: &[Place]) -> Result<Vec<Option<ObjectId>>> {
        self.store.ids(places).await
    }

    async fn places(&self, ids: &[ObjectId]) -> Result<Vec<Option<Place>>> {
        self.store.places(ids).await
    }

    async fn members(&self, of: ObjectId) -> Result<Vec<(ObjectId, Place)>> {
        self.store.members(of).await
    }

    async fn member_of(&self, member: ObjectId) -> Result<Vec<(ObjectId, Place)>> {
        self.store.member_of(member).await
    }

    async fn actors(&self, scope: &Scope, name: &str) -> Result<Actors> {
        self.store.actors(scope, name).await
    }

    async fn actor_keys(&self, owner: ObjectId) -> Result<Vec<ActorKey>> {
        self.store.actor_keys(owner).await
    }

    async fn generations(&self, scopes: &[Scope]) -> Result<Vec<Option<Generations>>> {
        self.store.generations(scopes).await
    }

    async fn curve_keys(&self) -> Result<Vec<(CurvePublicKey, Principal)>> {
        self.store.curve_keys().await
    }

    async fn curve_keys_of(&self, owner: &Principal) -> Result<Vec<CurvePublicKey>> {
        self.store.curve_keys_of(owner).await
    }

    async fn ledger(&self, scope: &Scope, after: u64, limit: u32) -> Result<Vec<LedgerEntry>> {
        self.store.ledger(scope, after, limit).await
    }

    async fn ledger_position(&self, scope: &Scope) -> Result<u64> {
        self.store.ledger_position(scope).await
    }

    async fn ledger_ends(&self) -> Result<Vec<LedgerEnd>> {
        self.store.ledger_ends().await
    }

    async fn entered_elsewhere(&self) {
        self.store.entered_elsewhere().await;
    }

    async fn answers(&self) -> Result<()> {
        self.store.answers().await
    }

    async fn job(&self, job: JobId) -> Result<Option<Job>> {
        self.store.job(job).await
    }

    async fn job_payload(&self, job: JobId) -> Result<Vec<u8>> {
        self.store.job_payload(job).await
    }

    async fn jobs(&self, of: Option<&ApplicationName>, limit: u32) -> Result<Vec<JobSummary>> {
        self.store.jobs(of, limit).await
    }

    async fn deliveries(&self, job: JobId) -> Result<Vec<Delivery>> {
        self.store.deliveries(job).await
    }

    async fn delivery(&self, job: JobId, identity: &Identity) -> Result<Option<Delivery>> {
        self.store.delivery(job, identity).await
    }

    async fn open_deliveries(&self, machine: &MachineId) -> Result<Vec<OpenDelivery>> {
        self.store.open_deliveries(machine).await
    }

    async fn overdue_deliveries(
        &self,
        now: Timestamp,
        limit: u32,
    ) -> Result<Vec<(MachineId, OpenDelivery)>> {
        self.store.overdue_deliveries(now, limit).await
    }

    async fn open_delivery_counts(&self) -> Result<BTreeMap<ApplicationName, u64>> {
        self.store.open_delivery_counts().await
    }

    async fn output(
        &self,
        job: JobId,
        identity: &Identity,
        from: u64,
        max_bytes: usize,
    ) -> Result<Vec<Chunk>> {
        self.store.output(job, identity, from, max_bytes).await
    }

    async fn sightings(&self, of: &ApplicationName) -> Result<BTreeMap<Identity, Sighting>> {
        self.store.sightings(of).await
    }

    async fn refusals(&self, limit: u32) -> Result<Vec<Refusal>> {
        self.store.refusals(limit).await
    }
}
