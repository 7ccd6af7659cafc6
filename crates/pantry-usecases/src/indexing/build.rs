//! Building one index.

use pantry_model::Timestamp;
use pantry_model::commands::reindex::IndexProgress;
use pantry_query::Term;
use pantry_store::{Change, ContentHash, Document, Index, Kind, Scope, Store, StoreError, Write};

use crate::search::{index_name, indexes_of_kinds, terms_of};

/// How many terms are written at once. Other writers wait for that long: some hundredths of a second.
const TERMS: usize = 4000;

/// How far building an index is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Built {
    /// How many objects there are.
    pub(crate) of: u64,
    /// How many of them are in it.
    pub(crate) done: u64,
    /// How many cannot be read, and so are in no index.
    pub(crate) unreadable: u64,
}

/// How far building an index is, as it is told.
pub(crate) fn progress(index: &Index, built: Built, is_built: bool) -> IndexProgress {
    let name = index_name(index).to_owned();
    let Built { of, done, unreadable } = built;
    let application = index.scope.as_str().to_owned();
    IndexProgress { application, index: name, objects: of, done, unreadable, is_built }
}

/// Builds all indexes of a store that nobody else uses yet, and whose indexes are worth nothing.
pub(crate) async fn build_all(
    store: &dyn Store,
    mut report: impl FnMut(IndexProgress) + Send,
) -> Result<(), StoreError> {
    for state in store.indexes().await? {
        store.commit(only(Change::DropIndex { index: state.index })).await?;
    }
    for index in of_all(store).await? {
        build(store, &index, |built| report(progress(&index, built, false))).await?;
    }
    while store.tidy_indexes().await? {}
    Ok(())
}

/// The indexes that an application's objects are in.
pub(crate) async fn of_scope(store: &dyn Store, scope: &Scope) -> Result<Vec<Index>, StoreError> {
    let bags = store.names(scope, Kind::DataBag).await?;
    let bags = bags.iter().map(|bag| Index::under(scope, Kind::DataBagItem, bag));
    Ok(indexes_of_kinds(scope).chain(bags).collect())
}

/// The indexes that there are to be in a store.
pub(crate) async fn of_all(store: &dyn Store) -> Result<Vec<Index>, StoreError> {
    let mut all = Vec::new();
    for end in store.ledger_ends().await? {
        if end.scope != Scope::Global {
            all.extend(of_scope(store, &end.scope).await?);
        }
    }
    all.sort();
    Ok(all)
}

/// Builds an index, and puts it in the place of the one that is searched. Nothing happens if its
/// application is not there any more.
pub(crate) async fn build(
    store: &dyn Store,
    index: &Index,
    mut report: impl FnMut(Built) + Send,
) -> Result<Built, StoreError> {
    let mut built = Built::default();
    let outcome = run(store, index, &mut built, &mut report).await;
    report(built);
    match outcome {
        Ok(()) | Err(StoreError::NoSuchApplication(_)) => Ok(built),
        Err(error) => Err(error),
    }
}

async fn run(
    store: &dyn Store,
    index: &Index,
    built: &mut Built,
    report: &mut (impl FnMut(Built) + Send),
) -> Result<(), StoreError> {
    store.commit(only(Change::BeginIndex { index: index.clone() })).await?;
    let names = names(store, index).await?;
    built.of = names.len() as u64;
    let mut batch = Batch::default();
    for name in names {
        if let Some(document) = store.document(&index.scope, index.kind, &name).await? {
            batch.add(index, document, built);
        }
        batch.count += 1;
        if batch.terms >= TERMS {
            batch.write(store, index, built).await?;
            report(*built);
        }
    }
    batch.write(store, index, built).await?;
    store.commit(only(Change::FinishIndex { index: index.clone() })).await
}

/// The names of what is to be found in an index.
async fn names(store: &dyn Store, index: &Index) -> Result<Vec<String>, StoreError> {
    let Some(parent) = &index.parent else { return store.names(&index.scope, index.kind).await };
    let names = store.names_under(&index.scope, index.kind, parent).await?;
    Ok(names.into_iter().map(|name| format!("{parent}/{name}")).collect())
}

/// A write of the server's own. What it changes is in no ledger, so it has no time.
fn only(change: Change) -> Write {
    let mut write = Write::new(None, Timestamp(0));
    write.changes.push(change);
    write
}

/// Objects that are to be written together.
#[derive(Default)]
struct Batch {
    objects: Vec<(String, ContentHash, Vec<Term>)>,
    terms: usize,
    /// How many of all objects it stands for.
    count: u64,
}

impl Batch {
    fn add(&mut self, index: &Index, document: Document, built: &mut Built) {
        match terms_of(&index.scope, index.kind, &document.name, &document.body) {
            Ok(terms) => {
                let terms = terms.into_vec();
                self.terms += terms.len();
                self.objects.push((document.name, document.hash, terms));
            }
            Err(error) => {
                built.unreadable += 1;
                tracing::error!(%index, name = %document.name, %error, "it cannot be searched for");
            }
        }
    }

    /// Writes them, as they are by now.
    async fn write(
        &mut self,
        store: &dyn Store,
        index: &Index,
        built: &mut Built,
    ) -> Result<(), StoreError> {
        let Self { objects, count, .. } = std::mem::take(self);
        built.done += count;
        if objects.is_empty() {
            return Ok(());
        }
        let mut write = Write::new(None, Timestamp(0));
        for (name, hash, terms) in &objects {
            add(&mut write, index, name, *hash, terms);
        }
        match store.commit(write).await {
            Err(error) if error.is_stale() => {
                for (name, ..) in objects {
                    alone(store, index, &name).await?;
                }
            }
            outcome => outcome?,
        }
        Ok(())
    }
}

fn add(write: &mut Write, index: &Index, name: &str, hash: ContentHash, terms: &[Term]) {
    write.expect(&index.scope, index.kind, name, Some(hash));
    let (index, name, terms) = (index.clone(), name.to_owned(), terms.to_vec());
    write.changes.push(Change::BuildIndex { index, name, terms });
}

/// Adds one that may change all the time. Each round is lost only if another writer won.
async fn alone(store: &dyn Store, index: &Index, name: &str) -> Result<(), StoreError> {
    while let Some(document) = store.document(&index.scope, index.kind, name).await? {
        let terms = terms_of(&index.scope, index.kind, name, &document.body);
        let Ok(terms) = terms else { return Ok(()) };
        let mut write = Write::new(None, Timestamp(0));
        add(&mut write, index, name, document.hash, &terms.into_vec());
        match store.commit(write).await {
            Err(error) if error.is_stale() => {}
            outcome => return outcome,
        }
    }
    Ok(())
}
