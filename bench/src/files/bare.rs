//! What the wire carries by itself: messages of the file service's size, from a client to a server in
//! this process, over CURVE, hashed by nobody and written nowhere.

use std::sync::Arc;
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, bail};
use pantry_model::protocol::files::MAX_PIECES_BYTES;
use pantry_model::{CurvePublicKey, MachineId, Message, MessageType, Principal, Stream};
use pantry_wire::client::{self, Backoff, Network};
use pantry_wire::server::{self, Directory};
use tokio::time::timeout;

use super::rate;
use crate::figures::median;

const ROUNDS: usize = 5;
const PATIENCE: Duration = Duration::from_secs(60);

struct Everybody(Principal);

impl Directory for Everybody {
    fn owner(&self, _: &CurvePublicKey) -> Option<Principal> {
        Some(self.0.clone())
    }
}

/// Carries so many MiB a few times, prints how fast that was, and gives the median.
pub(super) async fn measure(mebibytes: usize) -> Result<Duration> {
    let machine = MachineId { application: "shop".parse()?, identity: "web1".parse()? };
    let principal = Principal::Machine(machine);
    let keys = pantry_wire::generate_key_pair();
    let config = server::Config {
        listen: "127.0.0.1".to_owned(),
        pub_sub_port: None,
        receive_port: 0,
        keys: keys.clone(),
        heartbeat: Duration::from_secs(5),
        limits: server::Limits::default(),
    };
    let (server, mut heard) = server::bind(config, Arc::new(Everybody(principal.clone())))?;
    let network = Network::start(1)?;
    let (client, mut events) = network.connect(client::Config {
        host: "127.0.0.1".to_owned(),
        pub_sub_port: None,
        receive_port: server.receive_port(),
        server_key: keys.public,
        keys: pantry_wire::generate_key_pair(),
        principal: principal.clone(),
        heartbeat: Duration::from_secs(5),
        backoff: Backoff::default(),
    })?;
    match timeout(PATIENCE, events.recv()).await? {
        Some(client::Event::Connected) => {}
        other => bail!("{other:?}"),
    }
    let messages = (mebibytes << 20) / MAX_PIECES_BYTES;
    let mut times = Vec::new();
    for _ in 0..ROUNDS {
        let start = Instant::now();
        let (client, principal) = (client.clone(), principal.clone());
        let sending = tokio::spawn(async move {
            for id in 0..messages {
                let message = Message::new(Stream::of_server(), id as u64, MessageType::Pieces);
                let message = message.from(principal.clone()).with(&());
                client.send(message.with_bytes(vec![7; MAX_PIECES_BYTES])).await?;
            }
            anyhow::Ok(())
        });
        let mut missing = messages;
        while missing > 0 {
            let event = timeout(PATIENCE, heard.recv()).await?.context("the server has ended")?;
            missing -= usize::from(matches!(event, server::Event::Message { .. }));
        }
        sending.await??;
        times.push(start.elapsed());
    }
    let time = median(&times);
    println!(
        "bare transport: {mebibytes} MiB over CURVE, both ends in one process  {:.0} MiB/s (median of {ROUNDS})",
        rate(mebibytes, time)
    );
    server.close().await;
    Ok(time)
}
