//! What nodes, roles, environments and data bags have in common: a container that says who may make
//! and list them, and each its own access control list and a stored form that comes back as it is.

use pantry_model::{Error, Permission, Refusal};
use pantry_store::{Kind, Object, Scope, Write};

use crate::UseCases;
use crate::callers::Caller;
use crate::fault::to_error;
use crate::objects::inherited;
use crate::search;

/// All objects of a kind.
pub(crate) struct Collection {
    pub(crate) kind: Kind,
    /// The name of their container.
    pub(crate) container: &'static str,
    /// That there is none of a name.
    pub(crate) missing: fn(&str) -> Refusal,
    /// That there already is one of a name.
    pub(crate) taken: fn() -> Refusal,
}

impl UseCases {
    /// The names of all that there are, in byte order.
    pub(crate) async fn list_all(
        &self,
        caller: &Caller,
        all: &Collection,
    ) -> Result<Vec<String>, Error> {
        let scope = self.scope_of(caller)?;
        self.container(caller, Permission::Read, &scope, all.container).await?;
        self.store.names(&scope, all.kind).await.map_err(to_error)
    }

    /// One of them, on which the caller holds a permission.
    pub(crate) async fn one_of(
        &self,
        caller: &Caller,
        permission: Permission,
        all: &Collection,
        name: &str,
    ) -> Result<Object, Error> {
        let scope = self.scope_of(caller)?;
        let place = (&scope, all.kind, name);
        self.permitted(caller, permission, place, || (all.missing)(name)).await
    }

    /// Adds a new one to a write.
    pub(crate) async fn add_to(
        &self,
        write: &mut Write,
        caller: &Caller,
        all: &Collection,
        (name, body): (&str, Vec<u8>),
    ) -> Result<(), Error> {
        let scope = self.scope_of(caller)?;
        let container = self.container(caller, Permission::Create, &scope, all.container).await?;
        if self.find(&scope, all.kind, name).await?.is_some() {
            return Err((all.taken)().into());
        }
        let acl = inherited(&container, caller);
        search::create_object(write, (&scope, all.kind, name), self.new_id(), body, acl)
    }
}

/// Stores another content of an object, unless it is the same: then nothing was done, and no ledger
/// says that it was.
pub(crate) fn replace(
    write: &mut Write,
    of: (&Scope, Kind),
    object: &Object,
    body: Vec<u8>,
) -> Result<(), Error> {
    let was = &object.document;
    if was.body == body { Ok(()) } else { search::update(write, of, was, body) }
}
