//! Writes of what is searched: the document, and in the same write what becomes of its terms.
//!
//! A document must be there when its terms change, so they come after what makes it and before what
//! deletes it.

use pantry_model::refusals::search;
use pantry_model::{Acl, Error, ObjectId};
use pantry_query::{Difference, MAX_TERMS_BYTES, Terms};
use pantry_store::{Change, Document, Index, Kind, Scope, Write};

use super::{index_of, terms_of};

/// Where a document is: its scope, its kind and its stored name.
type Place<'a> = (&'a Scope, Kind, &'a str);

/// Makes a document that must not be there yet.
pub(crate) fn create(write: &mut Write, place: Place<'_>, body: Vec<u8>) -> Result<(), Error> {
    let (scope, kind, name) = place;
    let terms = change(place, &Terms::default(), &terms_of(scope, kind, name, &body)?)?;
    write.create(scope, kind, name, body);
    write.changes.extend(terms);
    Ok(())
}

/// Makes an object that must not be there yet, with its id and who may do what to it.
pub(crate) fn create_object(
    write: &mut Write,
    place: Place<'_>,
    id: ObjectId,
    body: Vec<u8>,
    acl: Acl,
) -> Result<(), Error> {
    let (scope, kind, name) = place;
    let terms = change(place, &Terms::default(), &terms_of(scope, kind, name, &body)?)?;
    write.create_object(scope, kind, name, id, body, acl);
    write.changes.extend(terms);
    Ok(())
}

/// Changes the content of a document, which must still be what was read.
pub(crate) fn update(
    write: &mut Write,
    (scope, kind): (&Scope, Kind),
    was: &Document,
    body: Vec<u8>,
) -> Result<(), Error> {
    let name = was.name.as_str();
    let before = terms_of(scope, kind, name, &was.body)?;
    let terms = change((scope, kind, name), &before, &terms_of(scope, kind, name, &body)?)?;
    write.update(scope, kind, name, was.hash, body);
    write.changes.extend(terms);
    Ok(())
}

/// Deletes a document, which must still be what was read.
pub(crate) fn delete(
    write: &mut Write,
    (scope, kind): (&Scope, Kind),
    was: &Document,
) -> Result<(), Error> {
    let name = was.name.as_str();
    let before = terms_of(scope, kind, name, &was.body)?;
    write.changes.extend(change((scope, kind, name), &before, &Terms::default())?);
    write.delete(scope, kind, name, was.hash);
    Ok(())
}

/// What becomes of the terms of an object that was given another name, to be said after that.
pub(crate) fn rename(
    write: &mut Write,
    (scope, kind): (&Scope, Kind),
    was: &Document,
    (name, after): (&str, &[u8]),
) -> Result<(), Error> {
    let before = terms_of(scope, kind, &was.name, &was.body)?;
    let after = terms_of(scope, kind, name, after)?;
    write.changes.extend(change((scope, kind, name), &before, &after)?);
    Ok(())
}

/// Forgets the index of a data bag, which goes with all its items.
pub(crate) fn forget(write: &mut Write, scope: &Scope, bag: &str) {
    write.changes.push(Change::DropIndex { index: Index::under(scope, Kind::DataBagItem, bag) });
}

fn change(
    (scope, kind, name): Place<'_>,
    before: &Terms,
    after: &Terms,
) -> Result<Option<Change>, Error> {
    if after.is_cut() {
        return Err(search::too_many_terms(MAX_TERMS_BYTES).into());
    }
    let Difference { gone, new } = after.since(before);
    let (index, name) = (index_of(scope, kind, name), name.to_owned());
    let is_same = gone.is_empty() && new.is_empty();
    Ok((!is_same).then_some(Change::Index { index, name, gone, new }))
}
