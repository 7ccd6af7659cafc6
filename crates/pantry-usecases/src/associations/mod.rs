//! Who belongs to an application.
//!
//! An association is an object in the application's scope, named by the user's id, with the user as
//! its one member; it is itself a member of the group `users`. So it gives the user what that group
//! may do, and is what the original calls the user's USAG: a group with a hexadecimal name. That it
//! exists lets the user in at all. Beside it the user's own object has an entry by which the
//! application's members may read each other.

mod add;
mod associate;
mod list;
mod of_user;
mod remove;
mod show;

pub(crate) use associate::named_user;
