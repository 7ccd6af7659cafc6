//! The load: so many tasks that ask a store without a pause, each waiting for its answer.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, ensure};
use pantry_store::{ContentHash, Family, Kind, Scope, Store, Verb};

use super::contents::{self, APPLICATIONS, NODES};

/// What is asked.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Work {
    /// An object by its name, one after the other.
    Read,
    /// The generations that a request rests on, one after the other.
    Generations,
    /// The names of all nodes.
    List,
    /// A node's save, one after the other.
    Write,
    /// Saves of one application's nodes, side by side.
    WritesOfOne,
    /// Saves of the nodes of all applications, side by side.
    WritesOfAll,
    /// Nine reads for a save, 64 in flight.
    Mixed,
}

impl Work {
    /// All of it.
    pub(crate) const ALL: &[Self] = &[
        Self::Read,
        Self::Generations,
        Self::List,
        Self::Write,
        Self::WritesOfOne,
        Self::WritesOfAll,
        Self::Mixed,
    ];

    /// What people call it.
    pub(crate) fn title(self) -> String {
        match self {
            Self::Read => "point read, one in flight".to_owned(),
            Self::Generations => "generations of two scopes, one in flight".to_owned(),
            Self::List => format!("list of {NODES} names, one in flight"),
            Self::Write => "write, one in flight".to_owned(),
            Self::WritesOfOne => format!("writes of one application, {} in flight", self.tasks()),
            Self::WritesOfAll => {
                format!("writes of {APPLICATIONS} applications, {} in flight", self.tasks())
            }
            Self::Mixed => format!("nine reads for a write, {} in flight", self.tasks()),
        }
    }

    fn tasks(self) -> usize {
        match self {
            Self::Read | Self::Generations | Self::List | Self::Write => 1,
            Self::WritesOfOne | Self::WritesOfAll | Self::Mixed => 64,
        }
    }

    /// With how many clients pgbench does what is comparable.
    pub(crate) fn pgbench_clients(self) -> Option<usize> {
        match self {
            Self::Write | Self::WritesOfOne => Some(1),
            Self::WritesOfAll => Some(16),
            Self::Read | Self::Generations | Self::List | Self::Mixed => None,
        }
    }
}

/// A store that is asked.
pub(crate) struct Load {
    /// Its name.
    pub(crate) title: &'static str,
    store: Arc<dyn Store>,
    /// So that no two writes have the same content.
    next: Arc<AtomicU64>,
}

impl Load {
    /// Fills the store.
    pub(crate) async fn new(title: &'static str, store: Arc<dyn Store>) -> Result<Self> {
        contents::fill(store.as_ref()).await?;
        Ok(Self { title, store, next: Arc::new(AtomicU64::new(1)) })
    }

    /// How often a second the work is done.
    pub(crate) async fn rate(&self, work: Work, time: Duration) -> Result<f64> {
        let begun = Instant::now();
        let mut tasks = tokio::task::JoinSet::new();
        for task in 0..work.tasks() {
            let (store, next) = (Arc::clone(&self.store), Arc::clone(&self.next));
            tasks.spawn(async move { ask(store.as_ref(), &next, work, task, begun + time).await });
        }
        let mut done = 0u64;
        while let Some(one) = tasks.join_next().await {
            done += one??;
        }
        Ok(done as f64 / begun.elapsed().as_secs_f64())
    }
}

async fn ask(
    store: &dyn Store,
    next: &AtomicU64,
    work: Work,
    task: usize,
    until: Instant,
) -> Result<u64> {
    let first = contents::scope(0)?;
    let scopes = [Scope::Global, first.clone()];
    let own = if work == Work::WritesOfAll { task % APPLICATIONS } else { 0 };
    let mut writer = Writer::new(store, &contents::scope(own)?, task).await?;
    let mut done = 0;
    while Instant::now() < until {
        let at = usize::try_from(done)?.wrapping_mul(7919).wrapping_add(task * 131) % NODES;
        match work {
            Work::Generations => {
                ensure!(store.generations(&scopes).await?.iter().all(Option::is_some));
            }
            Work::List => {
                ensure!(store.names(&first, Kind::Node).await?.len() >= NODES);
            }
            Work::Write | Work::WritesOfOne | Work::WritesOfAll => writer.save(store, next).await?,
            Work::Mixed if done % 10 == 0 => writer.save(store, next).await?,
            Work::Read | Work::Mixed => {
                let found = store.object(&first, Kind::Node, &contents::node(at)).await?;
                ensure!(found.is_some());
            }
        }
        done += 1;
    }
    Ok(done)
}

/// Saves its own node, as a use case does: resting on what it was, and on who may.
struct Writer {
    scope: Scope,
    node: String,
    read: ContentHash,
    rests_on: Vec<(Scope, Family, Option<pantry_store::Generations>)>,
}

impl Writer {
    async fn new(store: &dyn Store, scope: &Scope, number: usize) -> Result<Self> {
        let node = contents::own_node(number);
        let found = store.document(scope, Kind::Node, &node).await?.context("no such node")?;
        let scopes = [Scope::Global, scope.clone()];
        let at = store.generations(&scopes).await?;
        let rests_on = scopes.into_iter().zip(at);
        let rests_on = rests_on.map(|(scope, at)| (scope, Family::Security, at)).collect();
        Ok(Self { scope: scope.clone(), node, read: found.hash, rests_on })
    }

    async fn save(&mut self, store: &dyn Store, next: &AtomicU64) -> Result<()> {
        let body = contents::body(next.fetch_add(1, Ordering::Relaxed));
        let hash = ContentHash::of(&body);
        let mut write = contents::write()?;
        write.expect(&self.scope, Kind::Node, &self.node, Some(self.read));
        write.generations.clone_from(&self.rests_on);
        write.enter(&self.scope, Verb::Update, Kind::Node, &self.node, Some(hash));
        let (scope, name) = (self.scope.clone(), self.node.clone());
        write.changes.push(pantry_store::Change::Put { scope, kind: Kind::Node, name, body });
        store.commit(write).await?;
        self.read = hash;
        Ok(())
    }
}
