//! Between names and objects, for groups and access control lists: whom a request means by a name,
//! and what an id is called in an answer.
//!
//! What a name means depends on where it is used. In a request about an application, `admins` is
//! that application's group; in one about none (a user's access control list) it is one of
//! `_global`, and is shown as `::admins`.

use pantry_model::chef::ScopedName;
use pantry_model::{Error, ObjectId};
use pantry_store::{Kind, Object, Place, Scope};

use crate::UseCases;
use crate::objects::Named;

/// The names of some users, API clients and groups, each list in byte order.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Names {
    /// Users.
    pub users: Vec<String>,
    /// API clients.
    pub clients: Vec<String>,
    /// Groups, as they are called where they are shown.
    pub groups: Vec<String>,
}

impl Names {
    /// The names of what stands at these places, as they are shown within this scope.
    pub(crate) fn of<'a>(within: &Scope, places: impl IntoIterator<Item = &'a Place>) -> Self {
        let mut names = Self::default();
        for place in places {
            match place.kind {
                Kind::User => names.users.push(place.name.clone()),
                Kind::ApiClient => names.clients.push(place.name.clone()),
                Kind::Group | Kind::Association => names.groups.push(group_name(within, place)),
                _ => {}
            }
        }
        for list in [&mut names.users, &mut names.clients, &mut names.groups] {
            list.sort_unstable();
        }
        names
    }

    /// The names of all users and API clients: API clients first, as the Chef API lists them.
    pub fn actors(&self) -> impl Iterator<Item = &str> {
        self.clients.iter().chain(&self.users).map(String::as_str)
    }
}

/// What a group is called within a scope.
fn group_name(within: &Scope, place: &Place) -> String {
    match &place.scope {
        Scope::Global => format!("::{}", place.name),
        own if own == within => place.name.clone(),
        Scope::Application(other) => format!("{other}::{}", place.name),
    }
}

/// The kinds of objects that a group of this name may be, the likeliest first: what stands for one
/// user of an application is called by the user's id.
fn group_kinds(name: &str) -> &'static [Kind] {
    if name.parse::<ObjectId>().is_ok() {
        &[Kind::Association, Kind::Group]
    } else {
        &[Kind::Group]
    }
}

/// Where a group may be that is called so within a scope.
fn group_places(within: &Scope, name: &str) -> Vec<Place> {
    let (scope, name) = match ScopedName::read(name) {
        None => return Vec::new(),
        Some(ScopedName::Here(name)) => (within.clone(), name),
        Some(ScopedName::Global(name)) => (Scope::Global, name),
        Some(ScopedName::Of(application, name)) => match application.parse() {
            Ok(application) => (Scope::Application(application), name),
            Err(_) => return Vec::new(),
        },
    };
    let place = |&kind| Place { scope: scope.clone(), kind, name: name.to_owned() };
    group_kinds(name).iter().map(place).collect()
}

impl UseCases {
    /// A group of a scope; what stands for one user is one too, of another kind.
    pub(crate) async fn find_group(
        &self,
        scope: &Scope,
        name: &str,
    ) -> Result<Option<(Kind, Object)>, Error> {
        for &kind in group_kinds(name) {
            if let Some(object) = self.find(scope, kind, name).await? {
                return Ok(Some((kind, object)));
            }
        }
        Ok(None)
    }

    /// The groups that are called so within a scope, in the order of the names.
    pub(crate) async fn groups_named(
        &self,
        within: &Scope,
        names: &[String],
    ) -> Result<Vec<Option<Named>>, Error> {
        let places: Vec<_> = names.iter().map(|name| group_places(within, name)).collect();
        let found = self.named(places.iter().flatten().cloned().collect()).await?;
        let mut found = found.into_iter();
        // All of a name's places are taken before the first that exists is chosen, so that the next
        // name begins at its own.
        let mut first = |places: &Vec<Place>| {
            let here: Vec<_> = found.by_ref().take(places.len()).collect();
            here.into_iter().flatten().next()
        };
        Ok(places.iter().map(&mut first).collect())
    }

    /// The users of these names, wherever they belong.
    pub(crate) async fn users_named(&self, names: &[String]) -> Result<Vec<Option<Named>>, Error> {
        self.actors_named(&Scope::Global, Kind::User, names).await
    }

    /// The API clients of these names in a scope; no application is `_global`, so it has none.
    pub(crate) async fn clients_named(
        &self,
        scope: &Scope,
        names: &[String],
    ) -> Result<Vec<Option<Named>>, Error> {
        self.actors_named(scope, Kind::ApiClient, names).await
    }

    async fn actors_named(
        &self,
        scope: &Scope,
        kind: Kind,
        names: &[String],
    ) -> Result<Vec<Option<Named>>, Error> {
        let place = |name: &String| Place { scope: scope.clone(), kind, name: name.clone() };
        self.named(names.iter().map(place).collect()).await
    }
}
