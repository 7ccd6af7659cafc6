//! The task that commits in groups.
//!
//! A commit costs one sync, whatever is in it, and a scope is locked until that is over. So writes
//! of one scope would follow each other as slowly as the disk syncs, and those of many scopes would
//! each keep a connection busy with it. Instead, whatever waits when a connection may be used is
//! one transaction, as far as its parts have nothing to do with each other ([`Group::admits`]).
//! While one group is being synced the next one gathers.
//!
//! If a group fails, each of its writes is done by itself, so one failure fails only itself.

#[cfg(test)]
mod tests;

use std::collections::{HashMap, HashSet, VecDeque};
use std::sync::Arc;

use pantry_store::{Change, Expect, Kind, Scope, StoreError, Write};
use tokio::sync::{mpsc, oneshot};
use tokio::task::{self, JoinSet};

use crate::commit::{locks, steps};
use crate::pool::Pool;
use crate::scopes::Locks;

/// How many writes may wait before those who ask have to.
const QUEUE: usize = 1024;

/// The most writes in one transaction, and the most bytes of documents; more would make the first
/// of them wait too long.
const GROUP: usize = 64;
const GROUP_BYTES: usize = 1 << 20;

/// How many transactions are under way at once: one is being synced, one is being sent, and a slow
/// one keeps neither waiting.
const LANES: usize = 4;

/// The handle of the task. What was handed to it is done even if nobody waits any more.
pub(crate) struct Committer(mpsc::Sender<Pending>);

struct Pending {
    write: Write,
    locks: Locks,
    reply: oneshot::Sender<Result<(), StoreError>>,
}

impl Pending {
    fn new(write: Write, reply: oneshot::Sender<Result<(), StoreError>>) -> Self {
        let locks = locks(&write);
        Self { write, locks, reply }
    }
}

impl Committer {
    /// Starts the task.
    pub(crate) fn start(pool: Arc<Pool>) -> Self {
        let (queue, writes) = mpsc::channel(QUEUE);
        tokio::spawn(serve(pool, writes));
        Self(queue)
    }

    /// Does all of a write, or nothing.
    pub(crate) async fn commit(&self, write: Write) -> Result<(), StoreError> {
        let (reply, answer) = oneshot::channel();
        let pending = Pending::new(write, reply);
        self.0.send(pending).await.map_err(|_| ended())?;
        answer.await.map_err(|_| ended())?
    }
}

fn ended() -> StoreError {
    StoreError::Broken("the task that writes to the database has ended".to_owned())
}

async fn serve(pool: Arc<Pool>, mut writes: mpsc::Receiver<Pending>) {
    let mut waiting = VecDeque::new();
    let mut lanes = JoinSet::new();
    let mut taken: HashMap<task::Id, Vec<i64>> = HashMap::new();
    let mut is_open = true;
    while is_open || !lanes.is_empty() {
        tokio::select! {
            next = writes.recv(), if is_open && waiting.len() < QUEUE => match next {
                Some(write) => {
                    waiting.push_back(write);
                    while let Ok(more) = writes.try_recv() {
                        waiting.push_back(more);
                    }
                }
                None => is_open = false,
            },
            Some(done) = lanes.join_next_with_id() => {
                taken.remove(&done.map_or_else(|error| error.id(), |(id, ())| id));
            }
        }
        while lanes.len() < LANES {
            let group = Group::gather(&mut waiting, taken.values().flatten().copied().collect());
            if group.is_empty() {
                break;
            }
            let alone = group.iter().flat_map(|one| one.locks.taken_alone()).collect();
            let pool = Arc::clone(&pool);
            let lane = lanes.spawn(async move { do_all(&pool, group).await });
            taken.insert(lane.id(), alone);
        }
    }
}

/// Does these writes and answers them.
async fn do_all(pool: &Pool, group: Vec<Pending>) {
    let outcome = do_together(pool, &group).await;
    let by_itself = group.len() > 1 && matches!(&outcome, Err(error) if is_of_one(error));
    for pending in group {
        let outcome = match by_itself {
            true => do_together(pool, std::slice::from_ref(&pending)).await,
            false => outcome.clone(),
        };
        // Whoever asked may have gone.
        let _ = pending.reply.send(outcome);
    }
}

async fn do_together(pool: &Pool, group: &[Pending]) -> Result<(), StoreError> {
    let writes: Vec<&Write> = group.iter().map(|one| &one.write).collect();
    let mut locks = Locks::default();
    group.iter().for_each(|one| locks.join(&one.locks));
    pool.write(&steps(&writes, &locks)?).await.map(drop)
}

/// Whether one of several writes failed, and not the database.
fn is_of_one(error: &StoreError) -> bool {
    *error == StoreError::being_deleted()
        || !matches!(error, StoreError::Unavailable(_) | StoreError::Interrupted(_))
}

/// Writes that become one transaction, and what they touch.
#[derive(Default)]
struct Group<'a> {
    changed: HashSet<(&'a Scope, Kind, &'a str)>,
    expected: HashSet<(&'a Scope, Kind, &'a str)>,
    count: usize,
    bytes: usize,
}

impl<'a> Group<'a> {
    /// Takes from those who wait what can be done now, in their order: nothing that changes what a
    /// transaction under way changes, nor what somebody before it in the queue does.
    fn gather(waiting: &mut VecDeque<Pending>, mut blocked: HashSet<i64>) -> Vec<Pending> {
        let mut group = Group::default();
        let mut chosen = Vec::new();
        for (number, pending) in waiting.iter().enumerate() {
            let is_free = pending.locks.taken_alone().all(|lock| !blocked.contains(&lock));
            if is_free && group.admits(&pending.write) {
                chosen.push(number);
                if group.is_full() {
                    break;
                }
            } else {
                blocked.extend(pending.locks.taken_alone());
            }
        }
        let mut gathered: Vec<Pending> =
            chosen.into_iter().rev().filter_map(|number| waiting.remove(number)).collect();
        gathered.reverse();
        gathered
    }

    fn is_full(&self) -> bool {
        self.count >= GROUP || self.bytes >= GROUP_BYTES
    }

    /// Whether a write can join those that are in it, and then takes it in. What it checks is
    /// checked before any of them changes anything, so none may change what another one checks:
    /// neither a document nor a family of objects.
    fn admits(&mut self, write: &'a Write) -> bool {
        let first = self.count == 0;
        let is_plain = write.changes.iter().all(is_plain)
            && write.entries.iter().all(|entry| entry.kind.family().is_none());
        if !first && (!is_plain || self.is_full()) {
            return false;
        }
        let changed: HashSet<_> = write.changes.iter().filter_map(document).collect();
        let expected: HashSet<_> = write.expects.iter().map(expected).collect();
        // What several only rest on, none of them changes.
        let is_touched = changed.iter().any(|one| self.expected.contains(one))
            || changed.union(&expected).any(|one| self.changed.contains(one));
        if is_touched {
            return false;
        }
        self.changed.extend(changed);
        self.expected.extend(expected);
        self.bytes += write.changes.iter().map(size).sum::<usize>();
        // Nothing joins one that is not plain.
        self.count += if is_plain { 1 } else { GROUP };
        true
    }
}

/// Whether a change is of one document, and touches nothing else that a write can check. What takes
/// contents from other documents is not; nothing is checked of the contents themselves, so any number
/// of writes may have one document hold some.
fn is_plain(change: &Change) -> bool {
    matches!(
        change,
        Change::Put { .. }
            | Change::Secure { .. }
            | Change::Index { .. }
            | Change::Hold { taken_from: None, .. }
            | Change::AddJob { .. }
    )
}

fn document(change: &Change) -> Option<(&Scope, Kind, &str)> {
    match change {
        Change::Put { scope, kind, name, .. } | Change::Secure { scope, kind, name, .. } => {
            Some((scope, *kind, name))
        }
        Change::Index { index, name, .. } => Some((&index.scope, index.kind, name)),
        _ => None,
    }
}

fn expected(expect: &Expect) -> (&Scope, Kind, &str) {
    (&expect.scope, expect.kind, &expect.name)
}

fn size(change: &Change) -> usize {
    match change {
        Change::Put { body, .. } => body.len(),
        Change::AddJob { payload, .. } => payload.len(),
        Change::Hold { contents, .. } => size_of_val(contents.as_slice()),
        Change::Index { gone, new, .. } => {
            let terms = gone.iter().chain(new);
            terms.map(|it| it.key.path.len() + it.key.leaf.len() + it.value.len()).sum()
        }
        _ => 0,
    }
}
