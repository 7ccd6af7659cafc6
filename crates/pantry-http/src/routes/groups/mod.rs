//! Groups.

pub(super) mod create;
pub(super) mod delete;
pub(super) mod list;
pub(super) mod show;
pub(super) mod update;

use pantry_model::ApplicationName;
use pantry_usecases::GroupView;
use serde_json::{Value, json};

/// A group as it is told.
pub(super) fn document(organization: &ApplicationName, view: &GroupView) -> Value {
    let GroupView { name, members } = view;
    json!({
        "actors": members.actors().collect::<Vec<_>>(),
        "users": members.users,
        "clients": members.clients,
        "groups": members.groups,
        "orgname": organization,
        "name": name,
        "groupname": name,
    })
}
