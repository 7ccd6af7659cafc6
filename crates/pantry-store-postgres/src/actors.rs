//! Who a request may come from, with all that decides what it may do.
//!
//! Everything is found by the name that was given, and not by what an earlier statement answered,
//! so that all statements go out together; and they see one moment.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use pantry_model::ObjectId;
use pantry_store::columns::kind;
use pantry_store::{Actor, ActorKey, Actors, Generations, Kind, Scope, sql};

use crate::actor_keys;
use crate::generations::generations;
use crate::objects::object;
use crate::pool::Pool;
use crate::row::{Columns, Result, wanted};

/// The actors that `$1`, an application's name, and `$2`, theirs, may mean.
macro_rules! actors {
    () => {
        "(SELECT d.name, d.body, d.hash, d.object_id, d.acl, d.kind FROM scopes s \
            JOIN documents d ON d.scope = s.id WHERE d.name = $2 AND d.object_id IS NOT NULL \
            AND ((s.name = '_global' AND d.kind = 'user') \
                OR (s.name = $1 AND d.kind = 'api-client')))"
    };
}

/// Everything above them: what they are members of, and who.
macro_rules! above {
    () => {
        concat!(
            "RECURSIVE above (actor, id) AS (\
                SELECT a.object_id, m.of FROM ",
            actors!(),
            " a JOIN members m ON m.member = a.object_id \
                UNION SELECT above.actor, m.of FROM above JOIN members m ON m.member = above.id)"
        )
    };
}

sql! {
    ACTORS = concat!("SELECT * FROM ", actors!(), " a");
    KEYS = concat!("SELECT a.object_id, k.name, k.public_key, k.expires_at FROM ", actors!(), " a \
        JOIN actor_keys k ON k.owner = a.object_id ORDER BY k.name");
    // UNION and not UNION ALL: what was found before leads no further, so that circles end.
    ABOVE = concat!("WITH ", above!(), " SELECT actor, id FROM above");
    // The scopes that the actors' names are in, and those of all that they are members of.
    SCOPES = concat!("WITH ", above!(), " SELECT s.name, s.id, s.security, s.environments, \
        s.cookbooks FROM scopes s WHERE s.name IN ('_global', $1) UNION SELECT s.name, s.id, s.security, \
        s.environments, s.cookbooks FROM above JOIN documents d ON d.object_id = above.id \
        JOIN scopes s ON s.id = d.scope");
    ASSOCIATION = concat!("SELECT 1 FROM ", actors!(), " a JOIN scopes s ON s.name = $1 \
        JOIN documents d ON d.scope = s.id AND d.kind = 'association' \
            AND d.name = encode(a.object_id, 'hex') WHERE a.kind = 'user'");
}

/// The actors of this name.
pub(crate) async fn find(pool: &Pool, scope: &Scope, name: &str) -> Result<Actors> {
    let statements = [ACTORS, KEYS, ABOVE, SCOPES, ASSOCIATION];
    let [found, keys, above, scopes, association] =
        pool.snapshot(statements, &[&scope.as_str(), &wanted(name)]).await?;

    let mut keys_of: HashMap<ObjectId, Vec<ActorKey>> = HashMap::new();
    for row in &keys {
        keys_of.entry(row.object_id(0)?).or_default().push(actor_keys::key(row, 1)?);
    }
    let mut above_of: HashMap<ObjectId, BTreeSet<ObjectId>> = HashMap::new();
    for row in &above {
        above_of.entry(row.object_id(0)?).or_default().insert(row.object_id(1)?);
    }
    let mut actors = Vec::with_capacity(found.len());
    for row in &found {
        let object = object(row)?;
        let id = object.id;
        actors.push(Actor {
            kind: kind(row.str(5)?)?,
            document: object.document,
            id,
            acl: object.acl,
            keys: keys_of.remove(&id).unwrap_or_default(),
            member_of: above_of.remove(&id).unwrap_or_default().into_iter().collect(),
        });
    }
    actors.sort_unstable_by_key(|actor| actor.kind != Kind::User);

    let rest = scopes.iter().map(|row| generations(row, 0));
    let mut rest = rest.collect::<Result<BTreeMap<Scope, Generations>>>()?;
    let mut generations = vec![(Scope::Global, rest.remove(&Scope::Global))];
    if *scope != Scope::Global {
        generations.push((scope.clone(), rest.remove(scope)));
    }
    generations.extend(rest.into_iter().map(|(scope, at)| (scope, Some(at))));
    Ok(Actors { actors, is_associated: !association.is_empty(), generations })
}
