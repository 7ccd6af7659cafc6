//! What makes an API client, whoever asks for it: a request of the Chef API, or the enrolment of a
//! machine.

use pantry_model::{Error, Identity};
use pantry_store::{Kind, Scope, Write};

use super::ApiClientRecord;
use crate::UseCases;
use crate::callers::Caller;
use crate::fault::to_json;
use crate::objects::{Named, join};
use crate::search;

impl UseCases {
    /// Adds an API client to a write. Its list is that of the container `clients`; its creator and
    /// itself may do everything besides. A validator may do nothing to itself, and what a validator
    /// has made has no creator.
    pub(crate) async fn add_api_client(
        &self,
        write: &mut Write,
        scope: &Scope,
        name: &Identity,
        record: &ApiClientRecord,
        creator: Option<&Caller>,
    ) -> Result<Named, Error> {
        let (kind, id) = (Kind::ApiClient, self.new_id());
        let container = self.find(scope, Kind::Container, "clients").await?;
        let mut acl = container.map(|container| container.acl).unwrap_or_default();
        if let Some(creator) = creator.and_then(Caller::id) {
            acl.add_to_all(creator);
        }
        if !record.validator {
            acl.add_to_all(id);
        }
        search::create_object(write, (scope, kind, name.as_str()), id, to_json(record), acl)?;
        let client = Named::new(scope, kind, name.as_str(), id);
        if let Some(group) = self.find(scope, Kind::Group, "clients").await? {
            let group = Named::new(scope, Kind::Group, "clients", group.id);
            join(write, &group, &client);
        }
        Ok(client)
    }
}
