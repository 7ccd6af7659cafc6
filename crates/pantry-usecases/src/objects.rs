//! What the use cases of all kinds of objects share: finding one, making one, and saying in the
//! ledgers whose standing a change touches.

use pantry_model::refusals::request;
use pantry_model::{Acl, ApplicationName, Error, ObjectId, Permission, Refusal};
use pantry_store::{Change, Kind, Object, Place, Scope, Verb, Write};

use crate::UseCases;
use crate::callers::Caller;
use crate::fault::to_error;
use crate::first_start::SUPERUSER;
use crate::usecases::Random;

/// An object as others name it: where it is, and its id.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Named {
    pub(crate) place: Place,
    pub(crate) id: ObjectId,
}

impl Named {
    pub(crate) fn new(scope: &Scope, kind: Kind, name: &str, id: ObjectId) -> Self {
        Self { place: Place { scope: scope.clone(), kind, name: name.to_owned() }, id }
    }
}

/// A new object's id.
pub(crate) fn new_id(random: &dyn Random) -> ObjectId {
    let mut id = [0; 16];
    for four in id.chunks_exact_mut(4) {
        four.copy_from_slice(&random.number().to_be_bytes());
    }
    ObjectId(id)
}

impl UseCases {
    /// A new object's id.
    pub(crate) fn new_id(&self) -> ObjectId {
        new_id(self.random.as_ref())
    }

    /// An object, or `None` if there is none of this name, whatever the name looks like. An actor who
    /// is in memory, as everyone is who has just signed a request, is taken from there.
    pub(crate) async fn find(
        &self,
        scope: &Scope,
        kind: Kind,
        name: &str,
    ) -> Result<Option<Object>, Error> {
        if let Kind::User | Kind::ApiClient = kind
            && let Some(known) = self.remembered(&(scope.clone(), name.to_owned())).await?
            && let Some(actor) = known.actors().find(|actor| actor.kind == kind)
        {
            return Ok(Some(actor.object()));
        }
        self.store.object(scope, kind, name).await.map_err(to_error)
    }

    /// An object on which the caller holds a permission. That there is none is told first.
    pub(crate) async fn permitted(
        &self,
        caller: &Caller,
        permission: Permission,
        (scope, kind, name): (&Scope, Kind, &str),
        missing: impl FnOnce() -> Refusal,
    ) -> Result<Object, Error> {
        let object = self.find(scope, kind, name).await?.ok_or_else(missing)?;
        caller.require(permission, &object)?;
        Ok(object)
    }

    /// The container of this name, on which the caller holds a permission: `create` to make
    /// something in it, `read` to list it.
    pub(crate) async fn container(
        &self,
        caller: &Caller,
        permission: Permission,
        scope: &Scope,
        name: &str,
    ) -> Result<Object, Error> {
        let found = self.find(scope, Kind::Container, name).await?;
        // Without its container nobody may do anything with a kind of objects.
        let container = found.ok_or_else(|| request::missing_permission(permission))?;
        caller.require(permission, &container)?;
        Ok(container)
    }

    /// The id of the superuser.
    pub(crate) async fn superuser(&self) -> Result<ObjectId, Error> {
        let superuser = self.find(&Scope::Global, Kind::User, SUPERUSER).await?;
        superuser
            .map(|user| user.id)
            .ok_or_else(|| Error::Internal(format!("there is no user `{SUPERUSER}`")))
    }

    /// The scope of the application that the request is about.
    pub(crate) fn scope_of(&self, caller: &Caller) -> Result<Scope, Error> {
        let named: Option<&ApplicationName> = caller.within();
        named
            .map(|application| Scope::Application(application.clone()))
            .ok_or_else(|| Error::Internal("a request about no application".to_owned()))
    }

    /// The ids of what stands at these places, for those that exist.
    pub(crate) async fn named(&self, places: Vec<Place>) -> Result<Vec<Option<Named>>, Error> {
        let ids = self.store.ids(&places).await.map_err(to_error)?;
        let named = |(place, id): (Place, Option<ObjectId>)| id.map(|id| Named { place, id });
        Ok(places.into_iter().zip(ids).map(named).collect())
    }
}

/// The list of a new object: its container's, and its creator may do everything.
pub(crate) fn inherited(container: &Object, creator: &Caller) -> Acl {
    let mut acl = container.acl.clone();
    if let Some(creator) = creator.id() {
        acl.add_to_all(creator);
    }
    acl
}

/// Says that an object's standing has changed, without its content.
fn touch(write: &mut Write, place: &Place) {
    write.enter(&place.scope, Verb::Update, place.kind, &place.name, None);
}

/// Makes one a member of another. Both their scopes' ledgers say so: what is kept of the member
/// rests on the generation of its own scope.
pub(crate) fn join(write: &mut Write, of: &Named, member: &Named) {
    write.changes.push(Change::AddMember { of: of.id, member: member.id });
    touch_both(write, &of.place, &member.place);
}

/// Ends a membership; both scopes' ledgers say so.
pub(crate) fn leave(write: &mut Write, of: &Named, member: &Named) {
    write.changes.push(Change::RemoveMember { of: of.id, member: member.id });
    touch_both(write, &of.place, &member.place);
}

fn touch_both(write: &mut Write, of: &Place, member: &Place) {
    touch(write, of);
    if of.scope != member.scope {
        touch(write, member);
    }
}

/// Changes who is in a group: the same as [`join`] and [`leave`] for each, but the group's own
/// ledger says it once.
pub(crate) fn regroup(write: &mut Write, of: &Named, joining: &[Named], leaving: &[Named]) {
    let (group, is_same) = (of.id, joining.is_empty() && leaving.is_empty());
    let changes = &mut write.changes;
    changes.extend(joining.iter().map(|one| Change::AddMember { of: group, member: one.id }));
    changes.extend(leaving.iter().map(|one| Change::RemoveMember { of: group, member: one.id }));
    if !is_same {
        touch(write, &of.place);
    }
    let elsewhere = joining.iter().chain(leaving).map(|one| &one.place);
    elsewhere.filter(|place| place.scope != of.place.scope).for_each(|place| touch(write, place));
}

/// Replaces who may do what to an object.
pub(crate) fn set_acl(write: &mut Write, of: &Named, acl: Acl) {
    write.changes.push(Change::SetAcl { object: of.id, acl });
    let name = format!("{}/{}", of.place.kind.as_str(), of.place.name);
    write.enter(&of.place.scope, Verb::Update, Kind::Acl, &name, None);
}
