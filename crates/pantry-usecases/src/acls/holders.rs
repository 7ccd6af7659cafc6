//! Whom an access control list is to name: the ids behind the names of a request, or the refusal
//! that says which of them mean nobody, or two.

use pantry_model::chef::{AceActors, ScopedName};
use pantry_model::commands::acl::Holder;
use pantry_model::refusals::acls;
use pantry_model::{Error, ObjectId, Refusal};
use pantry_store::{Kind, Place, Scope};

use crate::UseCases;
use crate::fault::to_error;
use crate::objects::Named;
use crate::users::belongs_to_the_server;

/// Makes the refusal that names those who mean nobody.
type Unknown = fn(&[&str]) -> Refusal;

impl UseCases {
    /// The users and API clients of these names.
    pub(super) async fn actor_ids(
        &self,
        within: &Scope,
        actors: &AceActors,
    ) -> Result<Vec<ObjectId>, Error> {
        let is_global = *within == Scope::Global;
        match actors {
            AceActors::Told { users, clients } => {
                let unknown: Unknown =
                    if is_global { acls::unknown_global_users } else { acls::unknown_users };
                let mut ids = all_of(users, self.users_named(users).await?, unknown)?;
                if is_global && !clients.is_empty() {
                    return Err(acls::global_clients().into());
                }
                let found = self.clients_named(within, clients).await?;
                ids.extend(all_of(clients, found, acls::unknown_clients)?);
                Ok(ids)
            }
            AceActors::Either(names) => {
                let users = self.users_named(names).await?;
                if is_global {
                    no_scopes(names)?;
                    return Ok(all_of(names, users, acls::unknown_global_actors)?);
                }
                let users = self.members_among(within, users).await?;
                let clients = self.clients_named(within, names).await?;
                Ok(either(names, users, clients)?)
            }
        }
    }

    /// Of these users those that an application's lists may name without saying that they are
    /// users: its own, and the superusers, whom its lists name from its first moment.
    async fn members_among(
        &self,
        within: &Scope,
        users: Vec<Option<Named>>,
    ) -> Result<Vec<Option<Named>>, Error> {
        // Who is not there gets a place that nothing stands at, so that the order is kept.
        let place = |user: &Option<Named>| Place {
            scope: within.clone(),
            kind: Kind::Association,
            name: user.as_ref().map(|user| user.id.to_string()).unwrap_or_default(),
        };
        let places: Vec<Place> = users.iter().map(place).collect();
        let associations = self.store.ids(&places).await.map_err(to_error)?;
        let may = |(user, association): (Option<Named>, Option<ObjectId>)| {
            user.filter(|user| association.is_some() || belongs_to_the_server(&user.place.name))
        };
        Ok(users.into_iter().zip(associations).map(may).collect())
    }

    /// The id of one holder.
    pub(super) async fn holder_id(
        &self,
        within: &Scope,
        holder: &Holder,
    ) -> Result<ObjectId, Error> {
        let names = |name: &String| [name.clone()];
        let (found, refusal) = match holder {
            Holder::User(name) => {
                (self.users_named(&names(name)).await?, acls::unknown_users(&[name]))
            }
            Holder::Client(name) => {
                (self.clients_named(within, &names(name)).await?, acls::unknown_clients(&[name]))
            }
            Holder::Group(name) => {
                (self.groups_named(within, &names(name)).await?, acls::unknown_groups(&[name]))
            }
        };
        let found = found.into_iter().flatten().next();
        found.map(|named| named.id).ok_or_else(|| refusal.into())
    }
}

/// The ids of these groups, all of which must be there.
pub(super) fn group_ids(
    names: &[String],
    found: Vec<Option<Named>>,
) -> Result<Vec<ObjectId>, Refusal> {
    all_of(names, found, acls::unknown_groups)
}

fn all_of(
    names: &[String],
    found: Vec<Option<Named>>,
    unknown: Unknown,
) -> Result<Vec<ObjectId>, Refusal> {
    let missing: Vec<&str> = names
        .iter()
        .zip(&found)
        .filter(|(_, found)| found.is_none())
        .map(|(name, _)| name.as_str())
        .collect();
    if missing.is_empty() {
        Ok(found.into_iter().flatten().map(|named| named.id).collect())
    } else {
        Err(unknown(&missing))
    }
}

/// The ids of names that are each a user's or an API client's.
fn either(
    names: &[String],
    users: Vec<Option<Named>>,
    clients: Vec<Option<Named>>,
) -> Result<Vec<ObjectId>, Refusal> {
    let both = names.iter().zip(users.iter().zip(&clients));
    let ambiguous: Vec<&str> = both
        .filter(|(_, (user, client))| user.is_some() && client.is_some())
        .map(|(name, _)| name.as_str())
        .collect();
    if !ambiguous.is_empty() {
        return Err(acls::ambiguous_actors(&ambiguous));
    }
    no_scopes(names)?;
    let found = users.into_iter().zip(clients).map(|(user, client)| user.or(client)).collect();
    all_of(names, found, acls::unknown_actors)
}

/// Nothing if none of these names has an organization before it.
fn no_scopes(names: &[String]) -> Result<(), Refusal> {
    let is_scoped = |name: &&str| {
        matches!(ScopedName::read(name), Some(ScopedName::Global(_) | ScopedName::Of(..)))
    };
    let scoped: Vec<&str> = names.iter().map(String::as_str).filter(is_scoped).collect();
    if scoped.is_empty() { Ok(()) } else { Err(acls::scoped_actors(&scoped)) }
}
