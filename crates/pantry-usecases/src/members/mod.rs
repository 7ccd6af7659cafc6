//! An application's members as its own tools speak of them: users that belong to it, some of whom are
//! its admins.
//!
//! The Chef API keeps the two apart, as associations and the group `admins`; here they are changed
//! together, in one write.

mod add;
mod list;
mod remove;

use pantry_model::{ApplicationName, Error};

use crate::callers::Caller;

/// The application that the caller asks about.
fn within(caller: &Caller) -> Result<&ApplicationName, Error> {
    let none = || Error::Internal("a request about no application".to_owned());
    caller.within().ok_or_else(none)
}
