//! The trait that every backend implements.

use std::collections::BTreeMap;

use async_trait::async_trait;
use pantry_model::chef::runs::{RunId, RunReport, RunSummary};
use pantry_model::commands::admin::Refusal;
use pantry_model::commands::job::JobSummary;
use pantry_model::{
    ApplicationName, Chunk, Content, CurvePublicKey, Delivery, Identity, Job, JobId, MachineId,
    Md5, ObjectId, Principal, Sha256, Timestamp,
};
use pantry_query::Plan;

use crate::document::{Document, Holder, Kind, Scope};
use crate::error::StoreError;
use crate::generation::Generations;
use crate::ledger::{LedgerEnd, LedgerEntry};
use crate::object::{ActorKey, Actors, Object, Place};
use crate::rows::{Advance, OpenDelivery, OutputBatch, RunsWanted, Sighting};
use crate::search::{DocumentNumber, Index, IndexState};
use crate::write::Write;

/// A result of storage.
type Result<T> = std::result::Result<T, StoreError>;

/// Storage. Every method may be called at any time by any number of tasks.
#[async_trait]
pub trait Store: Send + Sync {
    /// Does all of a write, or nothing: checks what it expects, changes the objects, and appends to
    /// the ledgers (`_global` first, then by the scopes' age). It is on disk when this returns.
    ///
    /// Something that moved is [`StoreError::Moved`], a key that is taken [`StoreError::KeyTaken`],
    /// and an application that is not there, at that point of the write,
    /// [`StoreError::NoSuchApplication`]: also for an entry in the ledger of one that this write
    /// deletes.
    async fn commit(&self, write: Write) -> Result<()>;

    /// One document.
    async fn document(&self, scope: &Scope, kind: Kind, name: &str) -> Result<Option<Document>>;

    /// All documents of a kind in a scope, by name in byte order.
    async fn documents(&self, scope: &Scope, kind: Kind) -> Result<Vec<Document>>;

    /// How many documents of a kind there are in a scope.
    async fn count(&self, scope: &Scope, kind: Kind) -> Result<u64>;

    /// The names of all documents of a kind in a scope, in byte order.
    async fn names(&self, scope: &Scope, kind: Kind) -> Result<Vec<String>>;

    /// What stands under a parent in names of the form `PARENT/NAME`: those names, without the
    /// parent's, of a kind in a scope, in byte order.
    async fn names_under(&self, scope: &Scope, kind: Kind, parent: &str) -> Result<Vec<String>>;

    /// The documents under a parent in names of the form `PARENT/NAME`, by name in byte order.
    async fn documents_under(
        &self,
        scope: &Scope,
        kind: Kind,
        parent: &str,
    ) -> Result<Vec<Document>>;

    /// The documents of these names, in their order, each with what it holds, by MD5; all of one moment.
    async fn documents_with_contents(
        &self,
        scope: &Scope,
        kind: Kind,
        names: &[String],
    ) -> Result<Vec<Option<Holder>>>;

    /// What something in a scope holds under these MD5s, in their order.
    async fn contents(&self, scope: &Scope, of: &[Md5]) -> Result<Vec<Option<Content>>>;

    /// What a document holds, by MD5.
    async fn contents_of(&self, scope: &Scope, kind: Kind, name: &str) -> Result<Vec<Content>>;

    /// The length of a content, if something in a scope holds it that is of one of these kinds.
    async fn content_size(
        &self,
        scope: &Scope,
        content: &Sha256,
        kinds: [Kind; 2],
    ) -> Result<Option<u64>>;

    /// Contents that something holds, with their lengths, in their order after this one.
    async fn held_contents(&self, after: Option<Sha256>, limit: u32) -> Result<Vec<(Sha256, u64)>>;

    /// Contents that nothing holds any more and that were not said to be deleted
    /// ([`Store::forget_contents`]).
    async fn unheld_contents(&self, limit: u32) -> Result<Vec<Sha256>>;

    /// Says that contents are about to be deleted from where they are kept, known ones or not; answers
    /// which of them nothing holds, each once, and without those that another server is just deleting.
    /// From now on nothing can hold those until they are
    /// forgotten.
    async fn condemn_contents(&self, contents: &[Sha256]) -> Result<Vec<Sha256>>;

    /// Forgets contents that this server has condemned, and are deleted.
    async fn forget_contents(&self, contents: &[Sha256]) -> Result<()>;

    /// The numbers of the documents of an index that a plan finds, ascending, as they are at one
    /// moment.
    async fn search(&self, index: &Index, plan: &Plan) -> Result<Vec<DocumentNumber>>;

    /// The documents of an index with these numbers, in their order; one that is gone is passed over.
    async fn found(&self, index: &Index, numbers: &[DocumentNumber]) -> Result<Vec<Document>>;

    /// The names of the documents of an index with these numbers, likewise.
    async fn found_names(&self, index: &Index, numbers: &[DocumentNumber]) -> Result<Vec<String>>;

    /// How each index stands that there is, by scope, kind and parent.
    async fn indexes(&self) -> Result<Vec<IndexState>>;

    /// Deletes some of what is left of indexes that were dropped, or whose application was: little
    /// enough that nobody waits long for it. Answers whether there may be more.
    async fn tidy_indexes(&self) -> Result<bool>;

    /// One object: a document that [`crate::Change::Secure`] gave an id. A document without one is
    /// none.
    async fn object(&self, scope: &Scope, kind: Kind, name: &str) -> Result<Option<Object>>;

    /// The objects of these names, in their order.
    async fn objects(
        &self,
        scope: &Scope,
        kind: Kind,
        names: &[String],
    ) -> Result<Vec<Option<Object>>>;

    /// The ids of the objects at these places, in their order.
    async fn ids(&self, places: &[Place]) -> Result<Vec<Option<ObjectId>>>;

    /// Where the objects with these ids are, in their order.
    async fn places(&self, ids: &[ObjectId]) -> Result<Vec<Option<Place>>>;

    /// What an object has as direct members, by [`Place`]: by scope (`_global` first), kind (as in
    /// [`Kind::ALL`]) and name.
    async fn members(&self, of: ObjectId) -> Result<Vec<(ObjectId, Place)>>;

    /// What an object is a direct member of, by [`Place`] as well.
    async fn member_of(&self, member: ObjectId) -> Result<Vec<(ObjectId, Place)>>;

    /// Who a request within this scope may come from that gives this name: see [`Actors`]. All of
    /// it is of one moment.
    async fn actors(&self, scope: &Scope, name: &str) -> Result<Actors>;

    /// The keys of one actor, by name in byte order.
    async fn actor_keys(&self, owner: ObjectId) -> Result<Vec<ActorKey>>;

    /// Where the families of these scopes stand, in their order; `None` where there is no such
    /// application. At most one statement, whatever the number of scopes.
    async fn generations(&self, scopes: &[Scope]) -> Result<Vec<Option<Generations>>>;

    /// Every CURVE key and its owner.
    async fn curve_keys(&self) -> Result<Vec<(CurvePublicKey, Principal)>>;

    /// The CURVE keys of one owner.
    async fn curve_keys_of(&self, owner: &Principal) -> Result<Vec<CurvePublicKey>>;

    /// Entries of a scope's ledger after this position, oldest first.
    async fn ledger(&self, scope: &Scope, after: u64, limit: u32) -> Result<Vec<LedgerEntry>>;

    /// The last position of a scope's ledger; 0 if nothing was entered, or there is no such scope.
    async fn ledger_position(&self, scope: &Scope) -> Result<u64>;

    /// Where the ledgers of all scopes stand, at one moment and in no order. One statement.
    async fn ledger_ends(&self) -> Result<Vec<LedgerEnd>>;

    /// Returns when another server may have entered something of a kind that
    /// [is followed](Kind::is_followed) since this returned last: soon after it did, and, if that
    /// cannot be heard, about every second. Never returns if no other server can share the data. For
    /// one task to wait in: of several, only one may be woken.
    async fn entered_elsewhere(&self);

    /// Whether the data can be had now, told without waiting for those who use it. It may take as
    /// long as whatever holds the data up, so whoever asks sets a time limit.
    async fn answers(&self) -> Result<()>;

    /// A job.
    async fn job(&self, job: JobId) -> Result<Option<Job>>;

    /// What a job's command reads on stdin; empty if it reads nothing, or there is no such job.
    async fn job_payload(&self, job: JobId) -> Result<Vec<u8>>;

    /// The newest jobs, newest first, which is by id: of one application, or of all.
    async fn jobs(&self, of: Option<&ApplicationName>, limit: u32) -> Result<Vec<JobSummary>>;

    /// A job's deliveries, by identity in byte order.
    async fn deliveries(&self, job: JobId) -> Result<Vec<Delivery>>;

    /// One delivery.
    async fn delivery(&self, job: JobId, identity: &Identity) -> Result<Option<Delivery>>;

    /// A machine's deliveries that are not final, the oldest job first, which is by id.
    async fn open_deliveries(&self, machine: &MachineId) -> Result<Vec<OpenDelivery>>;

    /// Deliveries whose time is over at `now` (a time that ends at `now` is over): those queued or
    /// sent whose job's time to live has ended, and those accepted or running whose job's time to
    /// live and then its timeout have. At most `limit`, the longest overdue first.
    async fn overdue_deliveries(
        &self,
        now: Timestamp,
        limit: u32,
    ) -> Result<Vec<(MachineId, OpenDelivery)>>;

    /// How many deliveries are not final, by application; an application without any is absent.
    async fn open_delivery_counts(&self) -> Result<BTreeMap<ApplicationName, u64>>;

    /// Moves deliveries on, in this order. Answers for each whether it was still in its `from`;
    /// one that was not is left as it is.
    async fn advance(&self, steps: Vec<Advance>) -> Result<Vec<bool>>;

    /// Appends output. Chunks that are there already are passed over, and none is taken after a
    /// gap. Answers for each batch the next sequence number wanted; `None` if there is no such
    /// delivery.
    async fn append_output(&self, batches: Vec<OutputBatch>) -> Result<Vec<Option<u64>>>;

    /// Output of a delivery from this sequence number on, in order: as many chunks as fit into
    /// `max_bytes`, and at least one if there is one.
    async fn output(
        &self,
        job: JobId,
        identity: &Identity,
        from: u64,
        max_bytes: usize,
    ) -> Result<Vec<Chunk>>;

    /// Writes down that machines were heard. What is written later replaces what was written
    /// earlier, whatever their times say. A machine without a document ([`Kind::Machine`], named by
    /// its identity) is passed over, and a sighting goes when its machine's document is deleted.
    async fn see(&self, sightings: Vec<Sighting>) -> Result<()>;

    /// The last sighting of each machine of an application.
    async fn sightings(&self, of: &ApplicationName) -> Result<BTreeMap<Identity, Sighting>>;

    /// Writes a run down, in the place of what is known of it; when it was recorded stays as it was. Of
    /// the node's runs the newest `keep` are kept, and those before this one that have only begun will
    /// not be heard of any more. Answers whether it was written: it is not if the application has neither
    /// a node nor an API client of the run's node's name, or another node has a run with its id.
    async fn put_run(&self, scope: &Scope, run: RunReport, keep: u32) -> Result<bool>;

    /// Runs, newest first by when they were recorded and then by id.
    async fn runs(&self, scope: &Scope, wanted: &RunsWanted) -> Result<Vec<RunSummary>>;

    /// One run.
    async fn run(&self, scope: &Scope, id: RunId) -> Result<Option<RunReport>>;

    /// Adds to the log of refusals, which keeps the newest [`MAX_REFUSALS`] lines.
    async fn log_refusals(&self, refusals: Vec<Refusal>) -> Result<()>;

    /// The newest refusals, oldest of them first.
    async fn refusals(&self, limit: u32) -> Result<Vec<Refusal>>;
}

/// How many lines the log of refusals keeps.
pub const MAX_REFUSALS: u32 = 10_000;
