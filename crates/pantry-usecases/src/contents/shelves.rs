//! Whether what is kept of shelves is whole.
//!
//! That an application has a shelf on its list which is gone, or is not granted to it any more, is no
//! fault: shelves end without asking who uses them, and their users are not told of each other. That
//! a shelf is granted to a name that nobody has is none either.

use std::collections::BTreeSet;

use pantry_model::commands::check::Problem;
use pantry_store::{Document, Kind, Scope, Store, StoreError};

use super::references::problem;
use crate::shelves::{Attachment, ShelfRecord};

/// What is broken of an application that uses shelves, or is one.
pub(super) async fn look(
    store: &dyn Store,
    scope: &Scope,
) -> Result<BTreeSet<Problem>, StoreError> {
    let lists = store.documents(scope, Kind::Shelves).await?;
    let is_unreadable =
        |list: &&Document| serde_json::from_slice::<Vec<Attachment>>(&list.body).is_err();
    let unreadable = lists.iter().filter(is_unreadable);
    let mut problems: BTreeSet<Problem> = unreadable
        .map(|list| problem(scope, Kind::Shelves, &list.name, "it cannot be read"))
        .collect();
    let grants = store.names(scope, Kind::ShelfGrant).await?;
    let shelf = store.document(&Scope::Global, Kind::Shelf, scope.as_str()).await?;
    if let Some(shelf) = shelf {
        let application =
            store.object(&Scope::Global, Kind::Application, scope.as_str()).await?.map(|it| it.id);
        let what = match ShelfRecord::read(&shelf) {
            Err(_) => Some("it cannot be read"),
            Ok(record) if Some(record.id) != application => Some("it is another application's"),
            Ok(_) => None,
        };
        problems.extend(what.map(|what| problem(scope, Kind::Shelf, scope.as_str(), what)));
    } else {
        let orphaned =
            |name: &String| problem(scope, Kind::ShelfGrant, name, "its shelf is missing");
        problems.extend(grants.iter().map(orphaned));
    }
    Ok(problems)
}

/// The shelves whose applications are missing.
pub(super) async fn without_applications(store: &dyn Store) -> Result<Vec<Problem>, StoreError> {
    let mut problems = Vec::new();
    for name in store.names(&Scope::Global, Kind::Shelf).await? {
        let is_there = store.object(&Scope::Global, Kind::Application, &name).await?.is_some();
        // Both may have been deleted meanwhile.
        if !is_there && store.document(&Scope::Global, Kind::Shelf, &name).await?.is_some() {
            let what = "its application is missing";
            problems.push(problem(&Scope::Global, Kind::Shelf, &name, what));
        }
    }
    Ok(problems)
}
