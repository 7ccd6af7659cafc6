//! Applications, machines and jobs for the cases, in as few words as possible.

use std::time::Duration;

use pantry_model::{
    Acl, ApplicationName, CurvePublicKey, Delivery, Identity, Incarnation, Job, JobId, MachineId,
    ObjectId, Order, Principal, Target, Timestamp,
};

use crate::{
    ActorKey, Change, Document, Generations, Kind, LedgerEntry, Place, Scope, Sighting, Store,
    Verb, Write,
};

/// How long sample jobs live, and how long their command may run after that.
pub(super) const TIME_TO_LIVE: i64 = 1_000;
pub(super) const TIMEOUT: i64 = 300;

pub(super) fn app(name: &str) -> ApplicationName {
    name.parse().unwrap()
}

pub(super) fn scope(name: &str) -> Scope {
    Scope::Application(app(name))
}

pub(super) fn identity(name: &str) -> Identity {
    name.parse().unwrap()
}

pub(super) fn machine(application: &str, name: &str) -> MachineId {
    MachineId { application: app(application), identity: identity(name) }
}

pub(super) fn user(name: &str) -> Principal {
    Principal::User(name.parse().unwrap())
}

pub(super) fn key(number: u8) -> CurvePublicKey {
    CurvePublicKey::from_bytes([number; 32])
}

/// An empty write.
pub(super) fn write() -> Write {
    Write::new(Some(user("admin")), Timestamp(7))
}

/// A write of one change without a ledger entry.
pub(super) fn only(change: Change) -> Write {
    let mut write = write();
    write.changes.push(change);
    write
}

pub(super) fn put(scope: &Scope, kind: Kind, name: &str, body: &[u8]) -> Change {
    Change::Put { scope: scope.clone(), kind, name: name.to_owned(), body: body.to_vec() }
}

/// The id with this number; ids sort as their numbers do.
pub(super) fn id(number: u16) -> ObjectId {
    ObjectId(u128::from(number).to_be_bytes())
}

pub(super) fn place(scope: &Scope, kind: Kind, name: &str) -> Place {
    Place { scope: scope.clone(), kind, name: name.to_owned() }
}

/// Makes an object of this id, whose content is its name, and which it alone may do everything to.
pub(super) fn object(scope: &Scope, kind: Kind, name: &str, id: ObjectId) -> Write {
    let mut write = write();
    write.create_object(scope, kind, name, id, name.into(), Acl::of_creator(id));
    write
}

/// Makes a document an object of this id, which it alone may do everything to.
pub(super) fn secure(scope: &Scope, kind: Kind, name: &str, id: ObjectId) -> Change {
    let (scope, name) = (scope.clone(), name.to_owned());
    Change::Secure { scope, kind, name, id, acl: Acl::of_creator(id) }
}

pub(super) fn join(of: ObjectId, member: ObjectId) -> Change {
    Change::AddMember { of, member }
}

pub(super) fn leave(of: ObjectId, member: ObjectId) -> Change {
    Change::RemoveMember { of, member }
}

/// A key that does not end.
pub(super) fn actor_key(name: &str) -> ActorKey {
    let public_key = format!("the public half of {name}");
    ActorKey { name: name.to_owned(), public_key, expires_at: None }
}

/// Where the families of a scope stand that is there.
pub(super) async fn generation(store: &impl Store, scope: &Scope) -> Generations {
    store.generations(std::slice::from_ref(scope)).await.unwrap()[0].unwrap()
}

/// Makes an application as the server does.
pub(super) fn create_app(name: &str) -> Write {
    let mut write = write();
    write.create(&Scope::Global, Kind::Application, name, b"{}".to_vec());
    write.changes.push(Change::OpenScope { application: app(name) });
    write
}

/// Deletes an application as the server does.
pub(super) fn delete_app(name: &str) -> Write {
    let mut write = write();
    write.changes.push(Change::CloseScope { application: app(name) });
    write.changes.push(Change::Delete {
        scope: Scope::Global,
        kind: Kind::Application,
        name: name.to_owned(),
    });
    write.enter(&Scope::Global, Verb::Delete, Kind::Application, name, None);
    write
}

pub(super) async fn open_app(store: &impl Store, name: &str) {
    store.commit(create_app(name)).await.unwrap();
}

pub(super) async fn add_machine(store: &impl Store, application: &str, name: &str) {
    let mut write = write();
    write.create(&scope(application), Kind::Machine, name, b"{}".to_vec());
    store.commit(write).await.unwrap();
}

/// A job made at this time.
pub(super) fn job(application: &str, at: i64) -> Job {
    Job {
        id: JobId::new(Timestamp(at), 1),
        application: app(application),
        actor: user("admin"),
        target: Target::default(),
        order: Order {
            command: "echo".to_owned(),
            arguments: serde_json::json!({"text": "hi"}),
            timeout: Duration::from_millis(TIMEOUT.unsigned_abs()),
        },
        created_at: Timestamp(at),
        expires_at: Timestamp(at + TIME_TO_LIVE),
    }
}

/// The write of a job with queued deliveries.
pub(super) fn add_job(job: &Job, to: &[&str]) -> Write {
    let deliveries =
        to.iter().map(|name| Delivery::new(identity(name), None, job.created_at)).collect();
    let mut write = write();
    write.enter(
        &scope(job.application.as_str()),
        Verb::Create,
        Kind::Job,
        &job.id.to_string(),
        None,
    );
    write.changes.push(Change::AddJob {
        job: Box::new(job.clone()),
        payload: Vec::new(),
        deliveries,
    });
    write
}

/// Writes down a job made at this time.
pub(super) async fn send(store: &impl Store, application: &str, at: i64, to: &[&str]) -> Job {
    let job = job(application, at);
    store.commit(add_job(&job, to)).await.unwrap();
    job
}

pub(super) fn sighting(application: &str, name: &str, at: i64) -> Sighting {
    Sighting {
        machine: machine(application, name),
        at: Timestamp(at),
        address: "192.0.2.1:4711".to_owned(),
        version: "0.1.0".to_owned(),
        incarnation: Incarnation(u64::MAX),
    }
}

pub(super) async fn body(store: &impl Store, scope: &Scope, name: &str) -> Option<Vec<u8>> {
    let found = store.document(scope, Kind::User, name).await.unwrap();
    found.map(|document| document.body)
}

pub(super) fn names(documents: &[Document]) -> Vec<&str> {
    documents.iter().map(|document| document.name.as_str()).collect()
}

/// A whole ledger.
pub(super) async fn whole_ledger(store: &impl Store, scope: &Scope) -> Vec<LedgerEntry> {
    store.ledger(scope, 0, u32::MAX).await.unwrap()
}

/// Whether a ledger counts from 1 without gaps.
pub(super) fn is_gap_free(ledger: &[LedgerEntry]) -> bool {
    (1..).zip(ledger).all(|(position, entry)| entry.position == position)
}
