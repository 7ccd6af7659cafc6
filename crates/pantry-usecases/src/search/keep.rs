//! Keeping the index true: what a write changes in it.

use pantry_model::Error;
use pantry_model::refusals::search;
use pantry_query::{Difference, MAX_TERMS_BYTES, Terms};
use pantry_store::{Change, Index, Kind, Scope, Write};

use super::{index_of, terms_of};

/// Adds to a write what becomes of the terms of an object, whose content was one and will be another;
/// `None` where it is not there. Of an object that is put this comes after that, of one that is
/// deleted before.
pub(crate) fn keep(
    write: &mut Write,
    (scope, kind, name): (&Scope, Kind, &str),
    before: Option<&[u8]>,
    after: Option<&[u8]>,
) -> Result<(), Error> {
    let read = |body: Option<&[u8]>| match body {
        Some(body) => terms_of(scope, kind, name, body),
        None => Ok(Terms::default()),
    };
    change(write, (scope, kind, name), &read(before)?, &read(after)?)
}

/// The same for an object that was given another name, after that.
pub(crate) fn rename(
    write: &mut Write,
    (scope, kind): (&Scope, Kind),
    (was, before): (&str, &[u8]),
    (name, after): (&str, &[u8]),
) -> Result<(), Error> {
    let before = terms_of(scope, kind, was, before)?;
    let after = terms_of(scope, kind, name, after)?;
    change(write, (scope, kind, name), &before, &after)
}

fn change(
    write: &mut Write,
    (scope, kind, name): (&Scope, Kind, &str),
    before: &Terms,
    after: &Terms,
) -> Result<(), Error> {
    if after.is_cut() {
        return Err(search::too_many_terms(MAX_TERMS_BYTES).into());
    }
    let Difference { gone, new } = after.since(before);
    if !(gone.is_empty() && new.is_empty()) {
        let (index, name) = (index_of(scope, kind, name), name.to_owned());
        write.changes.push(Change::Index { index, name, gone, new });
    }
    Ok(())
}

/// Forgets the index of a data bag, which goes with all its items.
pub(crate) fn forget(write: &mut Write, scope: &Scope, bag: &str) {
    write.changes.push(Change::DropIndex { index: Index::under(scope, Kind::DataBagItem, bag) });
}
