//! Changing who is in a group, and what it is called.

use std::collections::BTreeMap;

use pantry_model::chef::GroupUpdate;
use pantry_model::refusals::groups;
use pantry_model::{Error, ObjectId, Permission};
use pantry_store::{Change, Kind, Place, Scope, Verb, Write};

use super::{NEEDED, Seen};
use crate::UseCases;
use crate::callers::Caller;
use crate::fault::to_error;
use crate::objects::{Named, regroup};

/// Who joins a group, and who leaves it.
#[derive(Default)]
struct Difference {
    joining: Vec<Named>,
    leaving: Vec<Named>,
}

impl UseCases {
    /// Gives a group the members and the name that the request says. Members that do not exist are
    /// passed over, as in the original, whose clients name users and API clients in one list. Gives
    /// the group's name if it is a new one.
    pub async fn update_group(
        &self,
        caller: &Caller,
        name: &str,
        update: &GroupUpdate,
    ) -> Result<Option<String>, Error> {
        self.decide_as(caller, |caller| async move {
            let seen = self.permitted_group(&caller, Permission::Update, name).await?;
            let difference = self.difference(&seen, update).await?;
            let new_name = update.name.as_ref().map(|new| new.as_str()).filter(|new| *new != name);
            let is_same = difference.joining.is_empty() && difference.leaving.is_empty();
            if seen.kind == Kind::Association && !(is_same && new_name.is_none()) {
                return Err(groups::is_association(name).into());
            }
            let mut write = self.write_as(&caller);
            let group = Named::new(&seen.scope, seen.kind, name, seen.object.id);
            regroup(&mut write, &group, &difference.joining, &difference.leaving);
            if let Some(to) = new_name {
                self.rename_group(&mut write, &seen, to).await?;
            }
            Ok((write, new_name.map(ToOwned::to_owned)))
        })
        .await
    }

    /// What the request changes of the group's members. A list that it does not name stays.
    async fn difference(&self, seen: &Seen, update: &GroupUpdate) -> Result<Difference, Error> {
        let scope = &seen.scope;
        let mut wanted = Vec::new();
        let mut replaced: Vec<Kind> = Vec::new();
        if let Some(names) = &update.users {
            wanted.extend(self.users_named(names).await?);
            replaced.push(Kind::User);
        }
        if let Some(names) = &update.clients {
            wanted.extend(self.clients_named(scope, names).await?);
            replaced.push(Kind::ApiClient);
        }
        if let Some(names) = &update.groups {
            wanted.extend(self.groups_named(scope, names).await?);
            replaced.extend([Kind::Group, Kind::Association]);
        }
        if replaced.is_empty() {
            return Ok(Difference::default());
        }
        let wanted: BTreeMap<ObjectId, Place> =
            wanted.into_iter().flatten().map(|named| (named.id, named.place)).collect();
        let members = self.store.members(seen.object.id).await.map_err(to_error)?;
        let members: BTreeMap<ObjectId, Place> =
            members.into_iter().filter(|(_, place)| replaced.contains(&place.kind)).collect();
        Ok(Difference { joining: beyond(&wanted, &members), leaving: beyond(&members, &wanted) })
    }

    /// Adds the group's new name to a write.
    async fn rename_group(&self, write: &mut Write, seen: &Seen, to: &str) -> Result<(), Error> {
        if NEEDED.contains(&seen.name()) {
            return Err(groups::needed(seen.name()).into());
        }
        if self.find_group(&seen.scope, to).await?.is_some() {
            return Err(groups::new_name_taken().into());
        }
        let (scope, kind, name): (&Scope, Kind, &str) = (&seen.scope, seen.kind, seen.name());
        let hash = seen.object.document.hash;
        write.changes.push(Change::Rename {
            scope: scope.clone(),
            kind,
            name: name.to_owned(),
            to: to.to_owned(),
        });
        write.enter(scope, Verb::Delete, kind, name, None);
        write.enter(scope, Verb::Create, kind, to, Some(hash));
        Ok(())
    }
}

/// What is in the one and not in the other.
fn beyond(one: &BTreeMap<ObjectId, Place>, other: &BTreeMap<ObjectId, Place>) -> Vec<Named> {
    one.iter()
        .filter(|(id, _)| !other.contains_key(id))
        .map(|(id, place)| Named { place: place.clone(), id: *id })
        .collect()
}
