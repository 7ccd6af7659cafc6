//! Who a request may come from, with all that decides what it may do.

use std::collections::BTreeSet;

use pantry_store::{Actor, Actors, Kind, Object, Scope};
use rusqlite::Connection;

use crate::error::Error;
use crate::{actor_keys, generations, members, objects};
use pantry_store::sql;

sql! {
    ACTOR = "SELECT name, body, hash, object_id, acl FROM documents \
        WHERE scope = ?1 AND kind = ?2 AND name = ?3 AND object_id IS NOT NULL";
    IS_ASSOCIATED = "SELECT 1 FROM documents \
        WHERE scope = ?1 AND kind = 'association' AND name = ?2";
}

/// The actors of this name; `connection` is within a read transaction.
pub(crate) fn find(connection: &Connection, scope: &Scope, name: &str) -> Result<Actors, Error> {
    let global = generations::read(connection, &Scope::Global)?;
    let mut generations = vec![(Scope::Global, global)];
    let application = match scope {
        Scope::Global => None,
        Scope::Application(_) => {
            let found = generations::read(connection, scope)?;
            generations.push((scope.clone(), found));
            found
        }
    };

    let (mut actors, mut scopes) = (Vec::new(), BTreeSet::new());
    let users = global.map(|at| (Kind::User, at.scope));
    let clients = application.map(|at| (Kind::ApiClient, at.scope));
    for (kind, number) in [users, clients].into_iter().flatten() {
        if let Some(object) = object(connection, number, kind, name)? {
            let Object { document, id, acl } = object;
            let keys = actor_keys::list(connection, id)?;
            let above = members::above(connection, id)?;
            scopes.extend(above.values().copied());
            let member_of = above.into_keys().collect();
            actors.push(Actor { kind, document, id, acl, keys, member_of });
        }
    }
    let user = actors.iter().find(|actor| actor.kind == Kind::User);
    let is_associated = match (user, application) {
        (Some(user), Some(at)) => {
            let association = (at.scope, user.id.to_string());
            connection.prepare_cached(IS_ASSOCIATED)?.exists(association)?
        }
        _ => false,
    };

    let known = [global, application].into_iter().flatten();
    known.for_each(|at| {
        scopes.remove(&at.scope);
    });
    let others = scopes.into_iter().map(|number| generations::numbered(connection, number));
    let mut others = others.filter_map(Result::transpose).collect::<Result<Vec<_>, Error>>()?;
    others.sort_unstable_by(|(one, _), (other, _)| one.cmp(other));
    generations.extend(others.into_iter().map(|(scope, at)| (scope, Some(at))));
    Ok(Actors { actors, is_associated, generations })
}

fn object(
    connection: &Connection,
    scope: i64,
    kind: Kind,
    name: &str,
) -> Result<Option<Object>, Error> {
    let mut statement = connection.prepare_cached(ACTOR)?;
    let mut rows = statement.query((scope, kind.as_str(), name))?;
    rows.next()?.map(objects::object).transpose()
}
