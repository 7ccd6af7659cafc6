//! Making an environment.

use pantry_model::Error;
use pantry_model::chef::Environment;

use super::ENVIRONMENTS;
use crate::UseCases;
use crate::callers::Caller;

impl UseCases {
    /// Makes an environment.
    pub async fn create_environment(
        &self,
        caller: &Caller,
        environment: &Environment,
    ) -> Result<(), Error> {
        self.decide_as(caller, |caller| async move {
            let mut write = self.write_as(&caller);
            let new = (environment.name().as_str(), environment.object().to_json());
            self.add_to(&mut write, &caller, &ENVIRONMENTS, new).await?;
            Ok((write, ()))
        })
        .await
    }
}
