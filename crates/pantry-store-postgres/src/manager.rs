//! What the pool makes its connections with, and what each is told before it is used.

use std::sync::Arc;

use deadpool::managed::{self, Metrics, RecycleError, RecycleResult};
use deadpool_postgres::ClientWrapper;

use crate::connect::{ConnectError, Connector};

/// What every connection is told before it is used.
///
/// The statements here are written for nested loops over indexes. Left to itself the planner would
/// walk through tables that were small when it looked, and go on so when they are large.
pub(crate) const SETTINGS: &str = "SET plan_cache_mode = force_generic_plan; SET jit = off; \
    SET enable_seqscan = off; SET enable_hashjoin = off; SET enable_mergejoin = off; \
    SET enable_bitmapscan = off; SET lock_timeout = '10s'; \
    SET idle_in_transaction_session_timeout = '15s'; \
    SELECT set_config('synchronous_commit', 'on', false) \
    WHERE current_setting('synchronous_commit') = 'off'";

/// Makes connections for the pool.
pub(crate) struct Manager(pub(crate) Arc<Connector>);

impl managed::Manager for Manager {
    /// With statements that are prepared once.
    type Type = ClientWrapper;
    type Error = ConnectError;

    async fn create(&self) -> Result<ClientWrapper, ConnectError> {
        // In a box: else every request would make room on its stack for all that goes into a
        // connection, some 60 kB without optimisation, and hardly any of them makes one.
        let (client, connection) = Box::pin(self.0.connect()).await?;
        let place = self.0.place().to_owned();
        let polled = tokio::spawn(async move {
            if let Err(error) = connection.await {
                tracing::debug!(%place, %error, "a connection to the database ended");
            }
        });
        let client = ClientWrapper::new(client, polled);
        Box::pin(self.0.prepare(client.batch_execute(SETTINGS))).await?;
        Ok(client)
    }

    async fn recycle(
        &self,
        client: &mut ClientWrapper,
        _: &Metrics,
    ) -> RecycleResult<ConnectError> {
        if client.is_closed() { Err(RecycleError::message("it was closed")) } else { Ok(()) }
    }
}
