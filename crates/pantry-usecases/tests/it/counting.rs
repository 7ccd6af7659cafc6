//! A store that counts what it is asked, and fails where a test says so.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};

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

/// What was asked, in order: the names of the store's functions.
#[derive(Clone, Default)]
pub(crate) struct Asked(Arc<Mutex<Vec<&'static str>>>, Arc<Mutex<Option<&'static str>>>);

impl Asked {
    /// Has this function of the store fail from now on, or none.
    pub(crate) fn fail(&self, name: Option<&'static str>) {
        *self.1.lock().unwrap() = name;
    }

    fn note(&self, name: &'static str) -> Result<(), StoreError> {
        self.0.lock().unwrap().push(name);
        match *self.1.lock().unwrap() {
            Some(failing) if failing == name => Err(StoreError::Unavailable("away".to_owned())),
            _ => Ok(()),
        }
    }

    /// What was asked since this was called last.
    pub(crate) fn take(&self) -> Vec<&'static str> {
        std::mem::take(&mut *self.0.lock().unwrap())
    }
}

/// A real store, around which is noted what it is asked.
pub(crate) struct Counting {
    store: Arc<dyn Store>,
    asked: Asked,
}

impl Counting {
    pub(crate) fn new(store: Arc<dyn Store>, asked: Asked) -> Self {
        Self { store, asked }
    }
}

macro_rules! counted {
    ($($name:ident($($argument:ident: $of:ty),*) -> $answer:ty;)*) => {
        #[async_trait]
        impl Store for Counting {
            $(async fn $name(&self $(, $argument: $of)*) -> Result<$answer, StoreError> {
                self.asked.note(stringify!($name))?;
                self.store.$name($($argument),*).await
            })*

            async fn entered_elsewhere(&self) {
                self.store.entered_elsewhere().await;
            }
        }
    };
}

counted! {
    commit(write: Write) -> ();
    document(scope: &Scope, kind: Kind, name: &str) -> Option<Document>;
    documents(scope: &Scope, kind: Kind) -> Vec<Document>;
    count(scope: &Scope, kind: Kind) -> u64;
    names(scope: &Scope, kind: Kind) -> Vec<String>;
    names_under(scope: &Scope, kind: Kind, parent: &str) -> Vec<String>;
    documents_under(scope: &Scope, kind: Kind, parent: &str) -> Vec<Document>;
    documents_with_contents(scope: &Scope, kind: Kind, names: &[String])
        -> Vec<Option<Holder>>;
    contents(scope: &Scope, of: &[Md5]) -> Vec<Option<Content>>;
    contents_of(scope: &Scope, kind: Kind, name: &str) -> Vec<Content>;
    content_size(scope: &Scope, content: &Sha256, kinds: [Kind; 2]) -> Option<u64>;
    held_contents(after: Option<Sha256>, limit: u32) -> Vec<(Sha256, u64)>;
    unheld_contents(limit: u32) -> Vec<Sha256>;
    condemn_contents(contents: &[Sha256]) -> Vec<Sha256>;
    forget_contents(contents: &[Sha256]) -> ();
    search(index: &Index, plan: &Plan) -> Vec<DocumentNumber>;
    found(index: &Index, numbers: &[DocumentNumber]) -> Vec<Document>;
    found_names(index: &Index, numbers: &[DocumentNumber]) -> Vec<String>;
    indexes() -> Vec<IndexState>;
    tidy_indexes() -> bool;
    object(scope: &Scope, kind: Kind, name: &str) -> Option<Object>;
    objects(scope: &Scope, kind: Kind, names: &[String]) -> Vec<Option<Object>>;
    ids(places: &[Place]) -> Vec<Option<ObjectId>>;
    places(ids: &[ObjectId]) -> Vec<Option<Place>>;
    members(of: ObjectId) -> Vec<(ObjectId, Place)>;
    member_of(member: ObjectId) -> Vec<(ObjectId, Place)>;
    actors(scope: &Scope, name: &str) -> Actors;
    actor_keys(owner: ObjectId) -> Vec<ActorKey>;
    generations(scopes: &[Scope]) -> Vec<Option<Generations>>;
    curve_keys() -> Vec<(CurvePublicKey, Principal)>;
    curve_keys_of(owner: &Principal) -> Vec<CurvePublicKey>;
    ledger(scope: &Scope, after: u64, limit: u32) -> Vec<LedgerEntry>;
    ledger_position(scope: &Scope) -> u64;
    ledger_ends() -> Vec<LedgerEnd>;
    answers() -> ();
    job(job: JobId) -> Option<Job>;
    job_payload(job: JobId) -> Vec<u8>;
    jobs(of: Option<&ApplicationName>, limit: u32) -> Vec<JobSummary>;
    deliveries(job: JobId) -> Vec<Delivery>;
    delivery(job: JobId, identity: &Identity) -> Option<Delivery>;
    open_deliveries(machine: &MachineId) -> Vec<OpenDelivery>;
    overdue_deliveries(now: Timestamp, limit: u32) -> Vec<(MachineId, OpenDelivery)>;
    open_delivery_counts() -> BTreeMap<ApplicationName, u64>;
    advance(steps: Vec<Advance>) -> Vec<bool>;
    append_output(batches: Vec<OutputBatch>) -> Vec<Option<u64>>;
    output(job: JobId, identity: &Identity, from: u64, max_bytes: usize) -> Vec<Chunk>;
    see(sightings: Vec<Sighting>) -> ();
    sightings(of: &ApplicationName) -> BTreeMap<Identity, Sighting>;
    put_run(scope: &Scope, run: RunReport, keep: u32) -> bool;
    runs(scope: &Scope, wanted: &RunsWanted) -> Vec<RunSummary>;
    run(scope: &Scope, id: RunId) -> Option<RunReport>;
    log_refusals(refusals: Vec<Refusal>) -> ();
    refusals(limit: u32) -> Vec<Refusal>;
}
