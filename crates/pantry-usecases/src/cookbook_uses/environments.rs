//! The environments that let their nodes use a cookbook.

use pantry_model::chef::Environment;
use pantry_model::{Error, Version};
use pantry_store::{Kind, Scope};

use super::Asked;
use crate::UseCases;

impl UseCases {
    /// The environments that allow one of these versions, by name. All allow what they do not name.
    pub(super) async fn environments_with(
        &self,
        scope: &Scope,
        asked: &Asked,
        versions: &[Version],
    ) -> Result<Vec<String>, Error> {
        let mut names = Vec::new();
        if versions.is_empty() {
            return Ok(names);
        }
        self.each_document(scope, Kind::Environment, |document| {
            let unreadable = || Error::Internal(format!("the environment `{}`", document.name));
            let by = Environment::constraints(&document.body).ok_or_else(unreadable)?;
            let by = by.get(asked.name.as_str());
            if by.is_none_or(|by| versions.iter().any(|version| by.allows(*version))) {
                names.push(document.name.clone());
            }
            Ok(())
        })
        .await?;
        names.sort_unstable();
        Ok(names)
    }
}
