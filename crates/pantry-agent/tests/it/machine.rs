//! A machine: a data directory with an agent on it, in this process or in one of its own.

use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::Duration;

use pantry_agent::{AgentError, AgentState, Config};
use pantry_model::{Clock, CurveKeyPair, MachineId, Timestamp};
use pantry_wire::client::Backoff;
use tempfile::TempDir;
use tokio::sync::{oneshot, watch};
use tokio::task::JoinHandle;

use crate::broker::{Broker, DEADLINE};

/// A clock that goes when it is told to.
pub(crate) struct TestClock(AtomicI64);

impl TestClock {
    pub(crate) fn forward(&self, by: Duration) {
        self.0.fetch_add(i64::try_from(by.as_millis()).unwrap(), Ordering::SeqCst);
    }
}

impl Clock for TestClock {
    fn now(&self) -> Timestamp {
        Timestamp(self.0.load(Ordering::SeqCst))
    }
}

pub(crate) fn web1() -> MachineId {
    MachineId { application: "shop".parse().unwrap(), identity: "web1".parse().unwrap() }
}

pub(crate) struct Machine {
    pub(crate) home: TempDir,
    pub(crate) keys: CurveKeyPair,
    pub(crate) clock: Arc<TestClock>,
    pub(crate) config: Config,
    pub(crate) state: watch::Receiver<AgentState>,
}

pub(crate) struct Running {
    stop: oneshot::Sender<()>,
    task: JoinHandle<Result<(), AgentError>>,
}

impl Running {
    /// Stops it as SIGTERM does.
    pub(crate) async fn stop(self) {
        let _ = self.stop.send(());
        tokio::time::timeout(DEADLINE, self.task).await.unwrap().unwrap().unwrap();
    }

    /// Waits until it ends by itself.
    pub(crate) async fn ends(self) -> Result<(), AgentError> {
        tokio::time::timeout(DEADLINE, self.task).await.unwrap().unwrap()
    }
}

/// A broker and a machine that it knows.
pub(crate) fn pair() -> (Broker, Machine) {
    let broker = Broker::start(&web1());
    let machine = Machine::of(&broker);
    broker.keys.admit(machine.keys.public, &web1());
    (broker, machine)
}

/// The same, and the machine's agent has been let in.
pub(crate) async fn ready_pair() -> (Broker, Machine, Running) {
    let (mut broker, machine) = pair();
    let agent = machine.start();
    broker.until(|broker| !broker.hellos.is_empty()).await;
    (broker, machine, agent)
}

impl Machine {
    pub(crate) fn of(broker: &Broker) -> Self {
        let home = tempfile::tempdir().unwrap();
        let keys = pantry_wire::generate_key_pair();
        let server = &broker.server;
        let address =
            ("127.0.0.1".to_owned(), server.pub_sub_port().unwrap(), server.receive_port(), 1);
        let data_dir = home.path().join("agent");
        let mut config = Config::new(address, broker.curve.public, keys.clone(), web1(), data_dir);
        let (sender, state) = watch::channel(AgentState::default());
        config.state = Some(sender);
        config.backoff =
            Backoff { first: Duration::from_millis(20), most: Duration::from_millis(200) };
        let clock = Arc::new(TestClock(AtomicI64::new(1_700_000_000_000)));
        Self { home, keys, clock, config, state }
    }

    pub(crate) fn start(&self) -> Running {
        let (stop, stopped) = oneshot::channel();
        let stopped = async {
            let _ = stopped.await;
        };
        let task =
            tokio::spawn(pantry_agent::run(self.config.clone(), self.clock.clone(), stopped));
        Running { stop, task }
    }

    pub(crate) async fn state(&mut self, wanted: AgentState) {
        let wait = self.state.wait_for(|state| *state == wanted);
        tokio::time::timeout(DEADLINE, wait).await.unwrap().unwrap();
    }

    /// Starts the agent in a process of its own, through a shell that first does `before`.
    pub(crate) fn start_process(&self, before: &str) -> Process {
        let config = &self.config;
        let program = std::env::current_exe().unwrap();
        let child = Command::new("sh")
            .args([
                "-c",
                &format!(
                    "{before}; exec \"$0\" machine::agent_process --exact --ignored --nocapture"
                ),
            ])
            .arg(program)
            .env("TEST_AGENT_PORTS", format!("{} {}", config.pub_sub_port, config.receive_port))
            .env("TEST_AGENT_SERVER_KEY", config.server_key.to_string())
            .env("TEST_AGENT_PUBLIC_KEY", config.keys.public.to_string())
            .env("TEST_AGENT_SECRET_KEY", config.keys.secret.expose_text())
            .env("TEST_AGENT_DATA_DIR", &config.data_dir)
            .stdout(Stdio::null())
            .spawn()
            .unwrap();
        Process(child)
    }
}

/// An agent in a process of its own; killed when dropped.
pub(crate) struct Process(Child);

impl Process {
    /// The most memory it ever had, in kB.
    pub(crate) fn peak_memory(&self) -> u64 {
        self.memory("VmHWM:")
    }

    /// The memory it has, in kB.
    pub(crate) fn memory(&self, line: &str) -> u64 {
        let status = std::fs::read_to_string(format!("/proc/{}/status", self.0.id())).unwrap();
        let line = status.lines().find_map(|text| text.strip_prefix(line)).unwrap();
        line.trim().trim_end_matches(" kB").parse().unwrap()
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        self.0.kill().unwrap();
        self.0.wait().unwrap();
    }
}

/// Not a test: what [`Machine::start_process`] runs. Without its settings there is nothing to do.
#[test]
#[ignore = "the body of a process that other tests start"]
fn agent_process() {
    let setting = |name: &str| std::env::var(format!("TEST_AGENT_{name}")).ok();
    let Some(ports) = setting("PORTS") else { return };
    let (pub_sub_port, receive_port) = ports.split_once(' ').unwrap();
    let address =
        ("127.0.0.1".to_owned(), pub_sub_port.parse().unwrap(), receive_port.parse().unwrap(), 1);
    let keys = CurveKeyPair {
        public: setting("PUBLIC_KEY").unwrap().parse().unwrap(),
        secret: setting("SECRET_KEY").unwrap().parse().unwrap(),
    };
    let server_key = setting("SERVER_KEY").unwrap().parse().unwrap();
    let data_dir = setting("DATA_DIR").unwrap();
    let config = Config::new(address, server_key, keys, web1(), Path::new(&data_dir).to_owned());
    let clock = Arc::new(TestClock(AtomicI64::new(1_700_000_000_000)));
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    runtime.block_on(pantry_agent::run(config, clock, std::future::pending())).unwrap();
}
