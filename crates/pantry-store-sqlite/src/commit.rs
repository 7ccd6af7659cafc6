//! `Store::commit`: checks, changes, and then the ledgers, within the savepoint of its request.

use pantry_model::ApplicationName;
use pantry_store::{Change, LastEntry, Write};
use rusqlite::Connection;

use crate::error::Error;
use crate::{
    actor_keys, contents, documents, generations, index, jobs, keys, ledger, members, objects,
    runs, scopes,
};

/// Does all of a write; whoever calls this undoes what was begun if it fails.
pub(crate) fn commit(connection: &Connection, write: &Write) -> Result<(), Error> {
    write.generations.iter().try_for_each(|expect| generations::check(connection, expect))?;
    write.expects.iter().try_for_each(|expect| documents::check(connection, expect))?;
    write.contents.iter().try_for_each(|(scope, held)| contents::check(connection, scope, held))?;
    let mut closed = Vec::new();
    write.changes.iter().try_for_each(|change| apply(connection, change, &mut closed))?;
    ledger::append(connection, write, &closed)
}

fn apply(
    connection: &Connection,
    change: &Change,
    closed: &mut Vec<(ApplicationName, LastEntry)>,
) -> Result<(), Error> {
    match change {
        Change::OpenScope { application } => scopes::open(connection, application),
        Change::CloseScope { application } => {
            closed.push((application.clone(), scopes::close(connection, application)?));
            Ok(())
        }
        Change::Put { scope, kind, name, body } => {
            documents::put(connection, scope, *kind, name, body)
        }
        Change::Delete { scope, kind, name } => documents::delete(connection, scope, *kind, name),
        Change::DeleteUnder { scope, kind, parent } => {
            documents::delete_under(connection, scope, *kind, parent)
        }
        Change::Index { index, name, gone, new } => {
            index::change(connection, index, name, gone, new)
        }
        Change::DropIndex { index } => index::retire(connection, index),
        Change::BeginIndex { index } => index::begin(connection, index),
        Change::BuildIndex { index, name, terms } => index::build(connection, index, name, terms),
        Change::FinishIndex { index } => index::finish(connection, index),
        Change::Hold { scope, kind, name, contents: held, taken_from } => {
            contents::hold(connection, (scope, *kind, name), held, *taken_from)
        }
        Change::Release { scope, kind, name } => contents::release(connection, scope, *kind, name),
        Change::Secure { scope, kind, name, id, acl } => {
            objects::secure(connection, scope, *kind, name, *id, acl)
        }
        Change::Rename { scope, kind, name, to } => {
            documents::rename(connection, scope, *kind, name, to)
        }
        Change::SetAcl { object, acl } => objects::set_acl(connection, *object, acl),
        Change::AddMember { of, member } => members::add(connection, *of, *member),
        Change::RemoveMember { of, member } => members::remove(connection, *of, *member),
        Change::PutActorKey { owner, key } => actor_keys::put(connection, *owner, key),
        Change::DeleteActorKey { owner, name } => actor_keys::delete(connection, *owner, name),
        Change::AddKey { key, owner } => keys::add(connection, key, owner),
        Change::RemoveKeys { owner } => keys::remove(connection, owner),
        Change::AddJob { job, payload, deliveries } => {
            jobs::add(connection, job, payload, deliveries)
        }
        Change::ForgetRuns { scope, node } => runs::forget(connection, scope, node),
    }
}
