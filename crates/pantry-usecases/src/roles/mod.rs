//! Roles: what machines are for.

mod create;
mod delete;
mod list;
mod run_lists;
mod show;
mod update;

use pantry_model::refusals::roles;
use pantry_store::Kind;

use crate::collection::Collection;

pub(crate) use run_lists::read as read_run_lists;

pub(crate) const ROLES: Collection = Collection {
    kind: Kind::Role,
    container: "roles",
    missing: roles::not_found,
    taken: roles::taken,
};
