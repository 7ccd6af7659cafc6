//! `clients`: 1,000 simulated clients connect to one server process and answer an `echo`.

use std::sync::Arc;
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, ensure};
use pantry_model::commands::Command as _;
use pantry_model::commands::client::ClientCreate;
use pantry_model::protocol::{Failure, Request};
use pantry_model::{
    CurveKeyPair, CurvePublicKey, CurveSecretKey, EnvironmentName, MachineId, Message, MessageType,
    Placement, Principal, Stream,
};
use pantry_testkit::installation::Installation;
use pantry_testkit::process::Process;
use pantry_testkit::simulated::{self, News, Server};
use pantry_wire::client::{Backoff, Config, Event, Network};
use serde::Deserialize;
use tokio::sync::mpsc;
use tokio::time::timeout;

use crate::Binaries;
use crate::figures::{median, megabytes, millis};

pub(crate) const CLIENTS: usize = 1_000;
const ROUNDS: usize = 11;
const PATIENCE: Duration = Duration::from_secs(120);

/// The administrator's credentials, as the server's first start writes them.
#[derive(Deserialize)]
pub(crate) struct Keys {
    user: String,
    server: ServerKey,
    curve: Pair,
}

#[derive(Deserialize)]
struct ServerKey {
    public_key: CurvePublicKey,
}

#[derive(Deserialize)]
struct Pair {
    public_key: CurvePublicKey,
    secret_key: String,
}

/// Measures.
pub(crate) fn run(binaries: &Binaries) -> Result<()> {
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
    runtime.block_on(measure(binaries))
}

async fn measure(binaries: &Binaries) -> Result<()> {
    let house = binaries.installation()?;
    let server = house.start_server()?;
    house.succeed(&["app", "create", "shop"])?;
    let (keys, address) = reach(&house)?;
    let network = Arc::new(Network::start(CLIENTS + 8)?);
    let start = Instant::now();
    let machines = enrol(&network, &address, &keys).await?;
    println!("{CLIENTS} clients on one server, all on this machine");
    println!(
        "  enrolled               {:.0} a second",
        CLIENTS as f64 / start.elapsed().as_secs_f64()
    );
    let (memory_before, cpu_before) = (server.memory_kib()?.0, server.cpu_time()?);

    let (sender, mut news) = mpsc::unbounded_channel();
    let start = Instant::now();
    for (machine, keys) in machines {
        simulated::start(&network, &address, machine, keys, sender.clone())?;
    }
    wait_for(&mut news, News::Ready).await?;
    let connected = start.elapsed();
    let cpu = server.cpu_time()? - cpu_before;
    let handshakes = 2.0 * CLIENTS as f64;
    println!(
        "  all ready after        {}: {:.0} handshakes a second, both sides on the same cores; the server used {}",
        millis(connected),
        handshakes / connected.as_secs_f64(),
        millis(cpu),
    );

    let mut rounds = Vec::new();
    let mut commands = Vec::new();
    for _ in 0..ROUNDS {
        let start = Instant::now();
        let mut command = house.command(&["-a", "shop", "echo", "hi"]);
        command.stdout(std::process::Stdio::null()).stderr(std::process::Stdio::null());
        let mut echo = command.spawn()?;
        wait_for(&mut news, News::Answered).await?;
        rounds.push(start.elapsed());
        let status = tokio::task::block_in_place(|| echo.wait())?;
        commands.push(start.elapsed());
        ensure!(status.success(), "echo ended with {status}");
    }
    println!("  echo: all have answered  median {}", millis(median(&rounds)));
    println!(
        "  echo: whole command    median {}, every delivery and its output on disk",
        millis(median(&commands))
    );
    let memory = server.memory_kib()?.0;
    println!(
        "  server memory          {} in all, {:.0} KiB for each client",
        megabytes(memory),
        memory.saturating_sub(memory_before) as f64 / CLIENTS as f64
    );
    stop(server)
}

/// The administrator's credentials, and where the server is.
pub(crate) fn reach(house: &Installation) -> Result<(Keys, Server)> {
    let keys = std::fs::read_to_string(house.path("server/keys/admin.yml"))?;
    let keys: Keys = serde_saphyr::from_str(&keys).context("the administrator's credentials")?;
    let [pub_sub_port, receive_port, file_service_port] = house.ports();
    let host = "127.0.0.1".to_owned();
    let key = keys.server.public_key;
    Ok((keys, Server { host, pub_sub_port, receive_port, file_service_port, key }))
}

fn stop(mut server: Process) -> Result<()> {
    ensure!(server.is_running()?, "the server has ended\n{}", server.report());
    server.kill()
}

/// Waits until every client has said this.
pub(crate) async fn wait_for(news: &mut mpsc::UnboundedReceiver<News>, wanted: News) -> Result<()> {
    let mut missing = CLIENTS;
    while missing > 0 {
        let next = timeout(PATIENCE, news.recv()).await;
        let next = next.with_context(|| format!("{missing} clients are not {wanted:?}"))?;
        missing -= usize::from(next.context("the clients have ended")? == wanted);
    }
    Ok(())
}

/// Enrols all clients over one connection of the administrator's.
pub(crate) async fn enrol(
    network: &Network,
    server: &Server,
    keys: &Keys,
) -> Result<Vec<(MachineId, CurveKeyPair)>> {
    let principal = Principal::User(keys.user.parse()?);
    let secret: CurveSecretKey = keys.curve.secret_key.parse()?;
    let (client, mut events) = network.connect(Config {
        host: server.host.clone(),
        pub_sub_port: None,
        receive_port: server.receive_port,
        server_key: server.key,
        keys: CurveKeyPair { public: keys.curve.public_key, secret },
        principal: principal.clone(),
        heartbeat: Duration::from_secs(10),
        backoff: Backoff::default(),
    })?;
    let mut machines = Vec::with_capacity(CLIENTS);
    for number in 0..CLIENTS {
        let machine =
            MachineId { application: "shop".parse()?, identity: format!("c{number:04}").parse()? };
        machines.push((machine, pantry_wire::generate_key_pair()));
    }
    // All are asked for before the first answer is read: the server puts them into few commits.
    let mut waiting = 0;
    let mut next = machines.iter().enumerate();
    loop {
        let event = timeout(PATIENCE, events.recv()).await?.context("the connection has ended")?;
        match event {
            Event::Connected => {}
            Event::Message(message) if message.metadata.kind == MessageType::Reply => waiting -= 1,
            Event::Message(message) => {
                let failure: Failure = message.document()?;
                anyhow::bail!("a client could not be enrolled: {}", failure.message);
            }
            other => anyhow::bail!("{other:?}"),
        }
        while waiting < 100
            && let Some((id, (machine, keys))) = next.next()
        {
            let create = ClientCreate {
                machine: machine.clone(),
                placement: Placement {
                    environment: EnvironmentName::default_name(),
                    roles: Default::default(),
                },
                key: keys.public,
            };
            let request = Request {
                command: ClientCreate::NAME.to_owned(),
                arguments: serde_json::to_value(create)?,
            };
            let message = Message::new(Stream::of_server(), id as u64, MessageType::Request)
                .with(&request)
                .from(principal.clone());
            client.send(message).await?;
            waiting += 1;
        }
        if waiting == 0 {
            return Ok(machines);
        }
    }
}
