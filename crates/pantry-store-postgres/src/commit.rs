//! `Store::commit`: locks, checks, changes, and then the ledgers, as one transaction that is sent
//! in one go.

use pantry_model::ApplicationName;
use pantry_store::columns::scope_of_keys;
use pantry_store::{Change, Scope, StoreError, Write};

use crate::pipeline::Step;
use crate::pool::Pool;
use crate::scopes::Locks;
use crate::{actor_keys, documents, generations, jobs, keys, ledger, members, objects, scopes};

/// Does all of a write, or nothing.
pub(crate) async fn commit(pool: &Pool, write: &Write) -> Result<(), StoreError> {
    pool.write(&steps(write)?).await.map(drop)
}

/// The statements of a write.
fn steps(write: &Write) -> Result<Vec<Step<'_>>, StoreError> {
    let mut steps = Vec::with_capacity(write.changes.len() + 4);
    steps.push(locks(write).step());
    if !write.generations.is_empty() {
        steps.push(generations::check(&write.generations)?);
    }
    if !write.expects.is_empty() {
        steps.push(documents::check(&write.expects));
    }
    for change in &write.changes {
        apply(change, &mut steps)?;
    }
    let closed: Vec<&ApplicationName> = write.changes.iter().filter_map(closes).collect();
    steps.extend(ledger::append(write, &closed));
    steps.extend(closed.into_iter().map(scopes::drop_closed));
    Ok(steps)
}

fn closes(change: &Change) -> Option<&ApplicationName> {
    match change {
        Change::CloseScope { application } => Some(application),
        _ => None,
    }
}

/// What a write changes it has alone, and what it rests on nobody may change meanwhile.
fn locks(write: &Write) -> Locks {
    let mut locks = Locks::default();
    write.generations.iter().for_each(|(scope, ..)| locks.shared(scope));
    write.expects.iter().for_each(|expect| locks.shared(&expect.scope));
    write.changes.iter().filter_map(changed).for_each(|scope| locks.alone(&scope));
    write.entries.iter().for_each(|entry| locks.alone(&entry.scope));
    locks
}

/// The scope that a change is in, if it says so. One that names an object by its id does not; the
/// entry that goes with it does.
fn changed(change: &Change) -> Option<Scope> {
    match change {
        Change::OpenScope { application } | Change::CloseScope { application } => {
            Some(Scope::Application(application.clone()))
        }
        Change::Put { scope, .. }
        | Change::Delete { scope, .. }
        | Change::DeleteUnder { scope, .. }
        | Change::Secure { scope, .. }
        | Change::Rename { scope, .. } => Some(scope.clone()),
        Change::AddKey { owner, .. } | Change::RemoveKeys { owner } => Some(scope_of_keys(owner)),
        Change::AddJob { job, .. } => Some(Scope::Application(job.application.clone())),
        Change::SetAcl { .. }
        | Change::AddMember { .. }
        | Change::RemoveMember { .. }
        | Change::PutActorKey { .. }
        | Change::DeleteActorKey { .. } => None,
    }
}

fn apply<'a>(change: &'a Change, steps: &mut Vec<Step<'a>>) -> Result<(), StoreError> {
    match change {
        Change::OpenScope { application } => steps.push(scopes::open(application)),
        Change::CloseScope { application } => steps.push(scopes::close(application)),
        Change::Put { scope, kind, name, body } => {
            steps.push(documents::put(scope, *kind, name, body));
        }
        Change::Delete { scope, kind, name } => steps.push(documents::delete(scope, *kind, name)),
        Change::DeleteUnder { scope, kind, parent } => {
            steps.push(documents::delete_under(scope, *kind, parent));
        }
        Change::Secure { scope, kind, name, id, acl } => {
            steps.push(objects::secure(scope, *kind, name, *id, acl));
        }
        Change::Rename { scope, kind, name, to } => {
            steps.push(documents::rename(scope, *kind, name, to));
        }
        Change::SetAcl { object, acl } => steps.push(objects::set_acl(*object, acl)),
        Change::AddMember { of, member } => steps.push(members::add(*of, *member)),
        Change::RemoveMember { of, member } => steps.extend(members::remove(*of, *member)),
        Change::PutActorKey { owner, key } => steps.push(actor_keys::put(*owner, key)),
        Change::DeleteActorKey { owner, name } => steps.extend(actor_keys::delete(*owner, name)),
        Change::AddKey { key, owner } => steps.push(keys::add(key, owner)),
        Change::RemoveKeys { owner } => steps.push(keys::remove(owner)),
        Change::AddJob { job, payload, deliveries } => {
            steps.extend(jobs::add(job, payload, deliveries)?);
        }
    }
    Ok(())
}
