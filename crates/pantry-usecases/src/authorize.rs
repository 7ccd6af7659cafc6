//! Who may do what: the one place where it is decided.
//!
//! So far there is one user, the first start's administrator, who may do everything. The access
//! control lists of the Chef API will answer here, for the same actions.

use std::fmt;

use pantry_model::{ApplicationName, Error, Principal};

use crate::first_start::ADMINISTRATOR;

/// Something that needs permission.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Action<'a> {
    /// Make applications.
    CreateApplications,
    /// See an application and what it has.
    Read(&'a ApplicationName),
    /// Delete an application.
    Delete(&'a ApplicationName),
    /// Enrol and delete an application's clients.
    ManageClients(&'a ApplicationName),
    /// Send jobs to an application's machines, which is root on every one of them.
    CreateJobs(&'a ApplicationName),
    /// See what the server keeps about all applications.
    ReadServer,
}

impl fmt::Display for Action<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::CreateApplications => f.write_str("create applications"),
            Self::Read(application) => write!(f, "read the application `{application}`"),
            Self::Delete(application) => write!(f, "delete the application `{application}`"),
            Self::ManageClients(application) => {
                write!(f, "manage the clients of the application `{application}`")
            }
            Self::CreateJobs(application) => {
                write!(f, "create jobs in the application `{application}`")
            }
            Self::ReadServer => f.write_str("read the server's own records"),
        }
    }
}

/// Whether the actor may do this.
pub fn is_allowed(actor: &Principal, _action: &Action<'_>) -> bool {
    matches!(actor, Principal::User(user) if user.as_str() == ADMINISTRATOR)
}

/// Nothing if the actor may do this, else the error that says so.
pub fn authorize(actor: &Principal, action: &Action<'_>) -> Result<(), Error> {
    if is_allowed(actor, action) {
        Ok(())
    } else {
        Err(Error::Forbidden { actor: actor.clone(), action: action.to_string() })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_administrator_may() {
        let shop = "shop".parse().unwrap();
        for action in [Action::CreateApplications, Action::CreateJobs(&shop), Action::ReadServer] {
            assert_eq!(authorize(&"u/admin".parse().unwrap(), &action), Ok(()));
            for other in ["u/eve", "a/shop/i/admin", "a/shop/i/web1"] {
                assert!(authorize(&other.parse().unwrap(), &action).is_err(), "{other}");
            }
        }
        let error = authorize(&"u/eve".parse().unwrap(), &Action::CreateJobs(&shop)).unwrap_err();
        assert_eq!(error.to_string(), "u/eve may not create jobs in the application `shop`");
    }
}
