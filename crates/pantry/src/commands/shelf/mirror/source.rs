//! Where cookbooks are mirrored from: what is read as a Supermarket, or a Chef server.

use pantry_http_client::{ChefClient, Supermarket};

use super::Options;
use crate::chef_server::{self, ChefServer};
use crate::commands::Context;
use crate::errors::CliError;

/// A place with cookbooks. Cloning it is cheap.
#[derive(Clone)]
pub(super) enum Source {
    Supermarket(Supermarket),
    ChefServer(ChefClient),
}

impl Source {
    /// All that there is.
    pub(super) async fn universe(&self) -> Result<Vec<u8>, CliError> {
        Ok(match self {
            Self::Supermarket(market) => market.universe().await?,
            Self::ChefServer(client) => client.get("/universe").await?,
        })
    }
}

/// The source that the options mean. An organization's URL is a Chef server's.
pub(super) fn open(
    options: &Options,
    server: &ChefServer,
    context: &mut Context,
) -> Result<Source, CliError> {
    let url = options.source.clone();
    let is_chef_server = url.organization().is_some();
    // Whoever reads a Supermarket does not say who that is, unless that is asked for.
    if !is_chef_server && options.source_user.is_none() {
        let http = chef_server::http(server, context);
        return Ok(Source::Supermarket(Supermarket::new(http, url)));
    }
    let reader = ChefServer {
        chef_user: options.source_user.clone(),
        chef_key: options.source_key.clone(),
        ..ChefServer::default()
    };
    let client = chef_server::reader(&reader.or(server.clone()), url, context)?;
    Ok(if is_chef_server {
        Source::ChefServer(client)
    } else {
        Source::Supermarket(Supermarket::signed(client))
    })
}
