//! Environments. Every application has one called `_default`, which stays as it is.

mod create;
mod delete;
mod list;
mod show;
mod update;

use pantry_model::refusals::environments;
use pantry_store::Kind;

use crate::collection::Collection;

pub(crate) const ENVIRONMENTS: Collection = Collection {
    kind: Kind::Environment,
    container: "environments",
    missing: environments::not_found,
    taken: environments::taken,
};
