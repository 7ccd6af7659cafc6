//! Invitations, which the API calls association requests.

pub(super) mod count;
pub(super) mod create;
pub(super) mod delete;
pub(super) mod list;
pub(super) mod of_user;
pub(super) mod reply;

use pantry_usecases::InvitationView;
use serde_json::{Value, json};

/// An invitation as it is told. Older servers told more, and say so where it was.
fn document(view: &InvitationView) -> Value {
    json!({
        "id": view.id,
        "orgname": view.application,
        "username": view.user,
        "organization": { "deprecated": true, "name": view.application },
        "user": "deprecated",
        "organization_admin_actor_id": "deprecated",
    })
}
