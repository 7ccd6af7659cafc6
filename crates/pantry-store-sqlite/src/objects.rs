//! Objects: documents that have an id and an access control list.
//!
//! Both are columns of the document, so that reading an object is one row, and a put of the content
//! leaves them as they are.

use pantry_model::{Acl, ObjectId};
use pantry_store::{Kind, Object, Place, Scope, StoreError};
use rusqlite::{Connection, OptionalExtension, Row};

use crate::error::{Constraint, Error, violated};
use crate::{documents, scopes};
use pantry_store::columns::{broken, kind, scope};
use pantry_store::sql;

sql! {
    OBJECT = "SELECT d.name, d.body, d.hash, d.object_id, d.acl \
        FROM documents d JOIN scopes s ON s.id = d.scope \
        WHERE s.name = ?1 AND d.kind = ?2 AND d.name = ?3 AND d.object_id IS NOT NULL";
    ID = "SELECT d.object_id FROM documents d JOIN scopes s ON s.id = d.scope \
        WHERE s.name = ?1 AND d.kind = ?2 AND d.name = ?3";
    PLACE = "SELECT s.name, d.kind, d.name FROM documents d JOIN scopes s ON s.id = d.scope \
        WHERE d.object_id = ?1";
    EXISTS = "SELECT 1 FROM documents WHERE object_id = ?1";
    SECURE = "UPDATE documents SET object_id = ?4, acl = ?5 \
        WHERE scope = ?1 AND kind = ?2 AND name = ?3 AND object_id IS NULL";
    SET_ACL = "UPDATE documents SET acl = ?2 WHERE object_id = ?1";
}

/// An object from the columns name, body, hash, id and list.
pub(crate) fn object(row: &Row<'_>) -> Result<Object, Error> {
    let acl: Vec<u8> = row.get(4)?;
    Ok(Object {
        document: documents::document(row)?,
        id: ObjectId(row.get(3)?),
        acl: Acl::from_bytes(&acl).map_err(broken)?,
    })
}

/// A place from the columns from `first` on: scope, kind and name.
pub(crate) fn place(row: &Row<'_>, first: usize) -> Result<Place, Error> {
    Ok(Place {
        scope: scope(&row.get::<_, String>(first)?)?,
        kind: kind(&row.get::<_, String>(first + 1)?)?,
        name: row.get(first + 2)?,
    })
}

/// One object.
pub(crate) fn get(
    connection: &Connection,
    scope: &Scope,
    kind: Kind,
    name: &str,
) -> Result<Option<Object>, Error> {
    let mut statement = connection.prepare_cached(OBJECT)?;
    let mut rows = statement.query((scope.as_str(), kind.as_str(), name))?;
    rows.next()?.map(object).transpose()
}

/// The objects of these names.
pub(crate) fn list(
    connection: &Connection,
    scope: &Scope,
    kind: Kind,
    names: &[String],
) -> Result<Vec<Option<Object>>, Error> {
    names.iter().map(|name| get(connection, scope, kind, name)).collect()
}

/// The ids of the objects at these places.
pub(crate) fn ids(
    connection: &Connection,
    places: &[Place],
) -> Result<Vec<Option<ObjectId>>, Error> {
    let mut statement = connection.prepare_cached(ID)?;
    let ids = places.iter().map(|place| {
        let place = (place.scope.as_str(), place.kind.as_str(), &place.name);
        let id: Option<Option<_>> = statement.query_row(place, |row| row.get(0)).optional()?;
        Ok(id.flatten().map(ObjectId))
    });
    ids.collect()
}

/// Where the objects with these ids are.
pub(crate) fn places(
    connection: &Connection,
    ids: &[ObjectId],
) -> Result<Vec<Option<Place>>, Error> {
    let mut statement = connection.prepare_cached(PLACE)?;
    let places = ids.iter().map(|id| {
        let mut rows = statement.query([id.0])?;
        rows.next()?.map(|row| place(row, 0)).transpose()
    });
    places.collect()
}

/// An error if there is no such object.
pub(crate) fn require(connection: &Connection, id: ObjectId) -> Result<(), Error> {
    if connection.prepare_cached(EXISTS)?.exists([id.0])? {
        return Ok(());
    }
    Err(StoreError::NoSuchObject(id).into())
}

/// What an error of a statement means that refers to these objects: that one of them is not there,
/// if SQLite says so.
pub(crate) fn missing(connection: &Connection, error: rusqlite::Error, ids: &[ObjectId]) -> Error {
    if violated(&error) != Some(Constraint::Reference) {
        return error.into();
    }
    let found = ids.iter().try_for_each(|id| require(connection, *id));
    found.err().unwrap_or_else(|| error.into())
}

/// Makes a document an object.
pub(crate) fn secure(
    connection: &Connection,
    scope: &Scope,
    kind: Kind,
    name: &str,
    id: ObjectId,
    acl: &Acl,
) -> Result<(), Error> {
    let number = scopes::require(connection, scope)?;
    let mut statement = connection.prepare_cached(SECURE)?;
    match statement.execute((number, kind.as_str(), name, id.0, acl.to_bytes())) {
        Ok(0) => {
            if documents::get(connection, scope, kind, name)?.is_some() {
                let text = format!("{kind:?} `{name}` of {scope} has an id already");
                return Err(StoreError::Broken(text).into());
            }
            Err(documents::moved(scope, kind, name))
        }
        Ok(_) => Ok(()),
        Err(error) if violated(&error) == Some(Constraint::Unique) => {
            Err(StoreError::Broken(format!("another object has the id {id} already")).into())
        }
        Err(error) => Err(error.into()),
    }
}

/// Replaces an object's access control list.
pub(crate) fn set_acl(connection: &Connection, id: ObjectId, acl: &Acl) -> Result<(), Error> {
    match connection.prepare_cached(SET_ACL)?.execute((id.0, acl.to_bytes()))? {
        0 => Err(StoreError::NoSuchObject(id).into()),
        _ => Ok(()),
    }
}
