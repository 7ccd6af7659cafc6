//! Who may do what of Pantry's own: machines, jobs, ledgers.
//!
//! It is decided by the access control lists of the Chef API: each action needs a permission on a
//! container, or on the application itself. A superuser may do all of it. What the Chef API itself
//! lets its callers do is asked of the object in question, where a superuser is an actor like any
//! other ([`Caller::require`]).

use std::fmt;

use pantry_model::{ApplicationName, CurvePublicKey, Error, Permission, Principal};
use pantry_store::{Kind, Scope};

use crate::UseCases;
use crate::applications::furnish::JOBS;
use crate::callers::Caller;
use crate::fault::to_error;

/// Something that needs permission.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Action<'a> {
    /// See an application and what it has.
    Read(&'a ApplicationName),
    /// Enrol and delete an application's clients.
    ManageClients(&'a ApplicationName),
    /// Send jobs to an application's machines, which is root on every one of them.
    CreateJobs(&'a ApplicationName),
    /// See what the server keeps about all applications.
    ReadServer,
    /// Move all that the server keeps to another store.
    MoveStore,
    /// Have the indexes of searches built anew.
    Reindex,
    /// Have all looked at that the server keeps.
    Check,
    /// Have deleted what nobody needs any more.
    Collect,
}

impl fmt::Display for Action<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Read(application) => write!(f, "read the application `{application}`"),
            Self::ManageClients(application) => {
                write!(f, "manage the clients of the application `{application}`")
            }
            Self::CreateJobs(application) => {
                write!(f, "create jobs in the application `{application}`")
            }
            Self::ReadServer => f.write_str("read the server's own records"),
            Self::MoveStore => f.write_str("move the server's store"),
            Self::Reindex => f.write_str("have indexes built anew"),
            Self::Check => f.write_str("have all looked at that the server keeps"),
            Self::Collect => f.write_str("have deleted what nobody needs any more"),
        }
    }
}

impl Action<'_> {
    /// The application that it is about.
    fn application(&self) -> Option<&ApplicationName> {
        match self {
            Self::Read(application)
            | Self::ManageClients(application)
            | Self::CreateJobs(application) => Some(application),
            Self::ReadServer | Self::MoveStore | Self::Reindex | Self::Check | Self::Collect => {
                None
            }
        }
    }

    /// The permission that it needs, and on what; what is for superusers alone needs none.
    fn needs(&self) -> Option<(Permission, Scope, Kind, &str)> {
        let application = self.application()?;
        let own = Scope::Application(application.clone());
        let name = application.as_str();
        match self {
            Self::Read(_) => Some((Permission::Read, Scope::Global, Kind::Application, name)),
            Self::ManageClients(_) => Some((Permission::Create, own, Kind::Container, "clients")),
            Self::CreateJobs(_) => Some((Permission::Create, own, Kind::Container, JOBS)),
            Self::ReadServer | Self::MoveStore | Self::Reindex | Self::Check | Self::Collect => {
                None
            }
        }
    }
}

impl UseCases {
    /// Whether this is a key of the principal's, as the store says and not the key ring, which
    /// another server's changes reach a moment later.
    pub async fn has_key(&self, owner: &Principal, key: &CurvePublicKey) -> Result<bool, Error> {
        Ok(self.store.curve_keys_of(owner).await.map_err(to_error)?.contains(key))
    }

    /// The actor as a caller, if it may do this; else the error that says so. That there is no such
    /// application is told to superusers only.
    pub(crate) async fn authorize(
        &self,
        actor: &Principal,
        action: &Action<'_>,
    ) -> Result<Caller, Error> {
        let forbidden = || Error::Forbidden { actor: actor.clone(), action: action.to_string() };
        let caller = match self.caller(actor, action.application()).await {
            Err(Error::Refused(_)) => return Err(forbidden()),
            caller => caller?,
        };
        if caller.is_superuser() {
            if let Some(application) = action.application() {
                self.application(application).await?;
            }
            return Ok(caller);
        }
        if !caller.belongs() {
            return Err(forbidden());
        }
        let Some((permission, scope, kind, name)) = action.needs() else {
            return Err(forbidden());
        };
        let object = self.find(&scope, kind, name).await?;
        match object {
            Some(object) if caller.holds(permission, &object.acl) => Ok(caller),
            _ => Err(forbidden()),
        }
    }

    /// Whether the actor may do this.
    pub(crate) async fn is_allowed(
        &self,
        actor: &Principal,
        action: &Action<'_>,
    ) -> Result<bool, Error> {
        match self.authorize(actor, action).await {
            Ok(_) => Ok(true),
            Err(Error::Forbidden { .. } | Error::UnknownApplication(_)) => Ok(false),
            Err(error) => Err(error),
        }
    }
}
