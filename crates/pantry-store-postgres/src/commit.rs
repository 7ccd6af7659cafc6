//! `Store::commit` as statements: locks, checks, changes, and then the ledgers.
//!
//! Writes that have nothing to do with each other may be one transaction, which costs one lock, one
//! check and one sync for all of them ([`committer`](crate::committer)). Their statements are
//! gathered: documents that are put one after the other are one statement.

use std::collections::HashSet;

use pantry_model::{ApplicationName, Content};
use pantry_store::columns::scope_of_keys;
use pantry_store::{Change, Scope, StoreError, Write};

use crate::documents::{Key, Put};
use crate::holds;
use crate::index::{Gathered, Indexed};
use crate::objects::Secure;
use crate::pipeline::Step;
use crate::scopes::Locks;
use crate::{
    actor_keys, documents, generations, index, jobs, keys, ledger, members, objects, runs, scopes,
};

/// The statements that do all of these writes, which need these locks.
pub(crate) fn steps<'a>(writes: &[&'a Write], locks: &Locks) -> Result<Vec<Step<'a>>, StoreError> {
    let mut steps = vec![locks.step()];

    let mut rested_on: Vec<&generations::Expected> = Vec::new();
    for one in writes.iter().flat_map(|write| &write.generations) {
        if !rested_on.contains(&one) {
            rested_on.push(one);
        }
    }
    if !rested_on.is_empty() {
        steps.push(generations::check(&rested_on)?);
    }
    let expects: Vec<_> = writes.iter().flat_map(|write| &write.expects).collect();
    if !expects.is_empty() {
        steps.push(documents::check(&expects));
    }

    let contents: Vec<_> = writes.iter().flat_map(|write| &write.contents).collect();
    if !contents.is_empty() {
        steps.push(holds::check(&contents));
    }

    let changes = || writes.iter().flat_map(|write| &write.changes);
    steps.extend(holds::know(changes().filter_map(held).flatten())?);

    let mut gathered = Changes { steps, ..Changes::default() };
    let mut closed = Vec::new();
    for change in changes() {
        gathered.add(change)?;
        closed.extend(closes(change));
    }
    gathered.flush();
    let mut steps = gathered.steps;
    if writes.iter().any(|write| !write.entries.is_empty()) {
        steps.push(ledger::append(writes, &closed));
    }
    steps.extend(closed.into_iter().map(scopes::drop_closed));
    Ok(steps)
}

fn closes(change: &Change) -> Option<&ApplicationName> {
    match change {
        Change::CloseScope { application } => Some(application),
        _ => None,
    }
}

fn held(change: &Change) -> Option<&[Content]> {
    match change {
        Change::Hold { contents, .. } => Some(contents),
        _ => None,
    }
}

/// What a write changes it has alone, and what it rests on nobody may change meanwhile.
pub(crate) fn locks(write: &Write) -> Locks {
    let mut locks = Locks::default();
    write.generations.iter().for_each(|(scope, ..)| locks.shared(scope));
    write.expects.iter().for_each(|expect| locks.shared(&expect.scope));
    write.contents.iter().for_each(|(scope, _)| locks.shared(scope));
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
        | Change::Hold { scope, .. }
        | Change::Release { scope, .. }
        | Change::Secure { scope, .. }
        | Change::Rename { scope, .. }
        | Change::ForgetRuns { scope, .. } => Some(scope.clone()),
        Change::Index { index, .. }
        | Change::DropIndex { index }
        | Change::BeginIndex { index }
        | Change::BuildIndex { index, .. }
        | Change::FinishIndex { index } => Some(index.scope.clone()),
        Change::AddKey { owner, .. } | Change::RemoveKeys { owner } => Some(scope_of_keys(owner)),
        Change::AddJob { job, .. } => Some(Scope::Application(job.application.clone())),
        Change::SetAcl { .. }
        | Change::AddMember { .. }
        | Change::RemoveMember { .. }
        | Change::PutActorKey { .. }
        | Change::DeleteActorKey { .. } => None,
    }
}

/// Statements, and changes that are still gathered: first the documents, then what makes objects of
/// them, then what they hold, then by what they are found.
#[derive(Default)]
struct Changes<'a> {
    steps: Vec<Step<'a>>,
    puts: Vec<Put<'a>>,
    put: HashSet<Key<'a>>,
    secures: Vec<Secure<'a>>,
    secured: HashSet<Key<'a>>,
    holds: holds::Gathered<'a>,
    indexed: Gathered<'a>,
    built: Gathered<'a>,
}

impl<'a> Changes<'a> {
    fn add(&mut self, change: &'a Change) -> Result<(), StoreError> {
        match change {
            Change::Put { scope, kind, name, body } => {
                let place = (scope, *kind, name.as_str());
                // No statement writes a row twice, and nothing is put before what came before it was
                // done with it.
                if self.put.contains(&place)
                    || self.secured.contains(&place)
                    || self.holds.has(&place)
                {
                    self.flush();
                }
                self.put.insert(place);
                self.puts.push(Put { place, body });
            }
            Change::Secure { scope, kind, name, id, acl } => {
                let place = (scope, *kind, name.as_str());
                if !self.secured.insert(place) {
                    self.flush();
                    self.secured.insert(place);
                }
                self.secures.push(Secure { place, id: *id, acl });
            }
            Change::Hold { scope, kind, name, contents, taken_from } => {
                if self.holds.is_closed() {
                    self.flush();
                }
                self.holds.add((scope, *kind, name), contents, *taken_from)?;
            }
            Change::Index { index, name, gone, new } => {
                let document = Indexed { index, name, gone, new };
                if self.indexed.has(&document.place()) {
                    self.flush();
                }
                self.indexed.add(document);
            }
            Change::BuildIndex { index, name, terms } => {
                let document = Indexed { index, name, gone: &[], new: terms };
                if self.built.has(&document.place()) {
                    self.flush();
                }
                self.built.add(document);
            }
            other => {
                self.flush();
                apply(other, &mut self.steps)?;
            }
        }
        Ok(())
    }

    fn flush(&mut self) {
        if !self.puts.is_empty() {
            self.steps.push(documents::put(&self.puts));
        }
        if !self.secures.is_empty() {
            self.steps.push(objects::secure(&self.secures));
        }
        self.steps.extend(self.holds.steps());
        self.steps.extend(self.indexed.change());
        self.steps.extend(self.built.build());
        self.puts.clear();
        self.put.clear();
        self.secures.clear();
        self.secured.clear();
    }
}

fn apply<'a>(change: &'a Change, steps: &mut Vec<Step<'a>>) -> Result<(), StoreError> {
    match change {
        // Gathered.
        Change::Put { .. }
        | Change::Secure { .. }
        | Change::Hold { .. }
        | Change::Index { .. }
        | Change::BuildIndex { .. } => {}
        Change::DropIndex { index } => steps.push(index::retire(index)),
        Change::BeginIndex { index } => steps.extend(index::begin(index)),
        Change::FinishIndex { index } => steps.extend(index::finish(index)),
        Change::OpenScope { application } => steps.push(scopes::open(application)),
        Change::CloseScope { application } => steps.push(scopes::close(application)),
        Change::Delete { scope, kind, name } => steps.push(documents::delete(scope, *kind, name)),
        Change::DeleteUnder { scope, kind, parent } => {
            steps.push(documents::delete_under(scope, *kind, parent));
        }
        Change::Release { scope, kind, name } => steps.push(holds::release(scope, *kind, name)),
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
        Change::ForgetRuns { scope, node } => steps.push(runs::forget(scope, node)),
    }
    Ok(())
}
