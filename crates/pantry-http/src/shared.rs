//! What all connections of a server share.

use std::sync::Arc;

use pantry_model::ApplicationName;
use pantry_sign::PublicKey;
use pantry_usecases::UseCases;

use crate::config::{Config, StatsPassword};
use crate::crowd::Crowd;
use crate::limits::Limits;
use crate::metrics::Metrics;
use crate::request_id::RequestIds;
use crate::route::Table;
use crate::universe::{Tells, Universes};

/// What all connections of a server share.
pub(crate) struct Shared {
    pub(crate) usecases: UseCases,
    pub(crate) table: Table,
    pub(crate) universes: Universes,
    /// Those of shelves, as Supermarkets tell them.
    pub(crate) markets: Universes,
    pub(crate) web_key: Option<PublicKey>,
    pub(crate) default_organization: Option<ApplicationName>,
    pub(crate) stats_password: Option<StatsPassword>,
    pub(crate) limits: Limits,
    pub(crate) crowd: Arc<Crowd>,
    pub(crate) metrics: Metrics,
    pub(crate) request_ids: RequestIds,
    /// Whether the server itself speaks TLS.
    pub(crate) speaks_tls: bool,
}

impl Shared {
    pub(crate) fn new(config: Config, usecases: UseCases) -> Result<Self, matchit::InsertError> {
        let now = usecases.clock().now();
        Ok(Self {
            table: Table::new(config.default_organization.is_some())?,
            universes: Universes::new(Tells::ChefServer),
            markets: Universes::new(Tells::Supermarket),
            web_key: config.web_key,
            default_organization: config.default_organization,
            stats_password: config.stats_password,
            crowd: Arc::new(Crowd::new(&config.limits)),
            limits: config.limits,
            metrics: Metrics::default(),
            request_ids: RequestIds::since(now),
            speaks_tls: config.tls.is_some(),
            usecases,
        })
    }
}
