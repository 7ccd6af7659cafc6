//! Whole runs, with the stand-in for Chef, from a provider that is a folder.

use std::collections::{BTreeMap, HashMap};
use std::fs;
use std::path::PathBuf;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use pantry_model::chef::{ChefServer, RunCookbook, RunDocument, RunTree};
use pantry_model::commands::chef_run::{
    ChefRun, ChefRunFinish, ChefRunPrepare, FinishedRun, Mode, PreparedRun,
};
use pantry_model::protocol::{Failure, Reported};
use pantry_model::tree::{Entry, Tree, What};
use pantry_model::{Clock, ErrorCode, JobId, MachineId, OutputStream, Sha256, Timestamp};
use pantry_wire::files::{Contents, FileError};
use serde_json::{Value, json};
use sha2::Digest as _;
use tempfile::TempDir;
use tokio::sync::mpsc;

use super::provider::{Answer, Provider};
use super::run::{Chef, Work};
use super::settings::{ChefConfig, WhenBusy};
use crate::data_dir::DataDir;
use crate::disk::Disk;
use crate::job::JobNews;
use crate::output::Output;
use crate::process::Outcome;

struct Fixed;

impl Clock for Fixed {
    fn now(&self) -> Timestamp {
        Timestamp(1_700_000_000_000)
    }
}

/// A server with one run to give.
#[derive(Default)]
struct Server {
    files: Mutex<BTreeMap<String, String>>,
    mode: Mode,
    node: Mutex<Value>,
    contents: Mutex<HashMap<Sha256, Vec<u8>>>,
    prepared: AtomicUsize,
    /// The contents that were sent.
    sent: Mutex<Vec<Sha256>>,
    /// What is gone when it is asked for, once for each entry.
    gone: AtomicUsize,
    refuses: Option<String>,
    is_away: AtomicBool,
    finished: Mutex<Vec<(ChefRunFinish, Value)>>,
    public_key: Mutex<Option<String>>,
}

fn refused(message: &str) -> FileError {
    FileError::Refused(Failure { code: ErrorCode::Invalid, message: message.to_owned() })
}

impl Server {
    fn keep(&self, bytes: Vec<u8>) -> (Sha256, u64) {
        let sha256 = Sha256(sha2::Sha256::digest(&bytes).into());
        let size = bytes.len() as u64;
        self.contents.lock().unwrap().insert(sha256, bytes);
        (sha256, size)
    }

    fn tree(&self) -> (Sha256, u64) {
        let mut cookbooks = BTreeMap::<String, Tree>::new();
        for (path, text) in self.files.lock().unwrap().iter() {
            let (cookbook, rest) = path.split_once('/').unwrap();
            let (sha256, size) = self.keep(text.clone().into_bytes());
            let what = What::File { sha256, size };
            let entry = Entry { path: rest.parse().unwrap(), mode: 0o644, what };
            cookbooks.entry(cookbook.to_owned()).or_default().entries.push(entry);
        }
        let mut run = RunTree {
            mode: self.mode,
            node: "web1".parse().unwrap(),
            environment: "_default".parse().unwrap(),
            run_list: vec!["recipe[web]".parse().unwrap()].into(),
            policy: None,
            server: None,
            cookbooks: Vec::new(),
            documents: Vec::new(),
        };
        if self.mode == Mode::Server {
            let application = "shop".parse().unwrap();
            run.server = Some(ChefServer { port: 4000, tls: false, application });
        } else {
            for (name, mut tree) in cookbooks {
                tree.sort();
                let (tree, size) = self.keep(tree.to_json());
                let folder = format!("cookbooks/{name}").parse().unwrap();
                run.cookbooks.push(RunCookbook { folder, tree, size });
            }
            let node = self.node.lock().unwrap().to_string();
            let (sha256, size) = self.keep(node.into_bytes());
            let path = "nodes/web1.json".parse().unwrap();
            run.documents.push(RunDocument { path, sha256, size });
        }
        self.keep(serde_json::to_vec(&run).unwrap())
    }
}

impl Provider for Arc<Server> {
    fn prepare<'a>(&'a self, ask: &'a ChefRunPrepare) -> Answer<'a, PreparedRun> {
        Box::pin(async move {
            if let Some(sentence) = &self.refuses {
                return Err(refused(sentence));
            }
            self.prepared.fetch_add(1, Ordering::SeqCst);
            *self.public_key.lock().unwrap() = ask.public_key.clone();
            let (tree, size) = self.tree();
            Ok(PreparedRun { tree, size })
        })
    }

    fn fetch<'a>(
        &'a self,
        _: &'a ChefRunPrepare,
        contents: &'a [(Sha256, u64)],
        cache: &'a Contents,
    ) -> Answer<'a, ()> {
        Box::pin(async move {
            for (sha256, _) in contents {
                let bytes = self.contents.lock().unwrap()[sha256].clone();
                let is_file = !bytes.starts_with(b"{\"") || bytes.starts_with(b"{\"name\"");
                if is_file && self.gone.load(Ordering::SeqCst) > 0 {
                    self.gone.fetch_sub(1, Ordering::SeqCst);
                    return Err(refused("there is no such content"));
                }
                let path = cache.path(sha256);
                fs::create_dir_all(path.parent().unwrap()).unwrap();
                fs::write(path, bytes).unwrap();
                self.sent.lock().unwrap().push(*sha256);
            }
            Ok(())
        })
    }

    fn finish<'a>(&'a self, ended: &'a ChefRunFinish, record: &'a [u8]) -> Answer<'a, FinishedRun> {
        Box::pin(async move {
            if self.is_away.load(Ordering::SeqCst) {
                let address = "pantry:23003".to_owned();
                return Err(FileError::Unreachable { address, reason: "nobody answers there" });
            }
            let record: Value = serde_json::from_slice(record).unwrap();
            if let Some(node) = record.get("node") {
                *self.node.lock().unwrap() = node.clone();
            }
            self.finished.lock().unwrap().push((ended.clone(), record));
            Ok(FinishedRun::default())
        })
    }
}

/// A machine with an agent's data directory.
struct House {
    home: TempDir,
    chef: Arc<Chef>,
    cache: Contents,
    disk: Disk,
    news: mpsc::Sender<JobNews>,
    _data_dir: DataDir,
}

/// How a run ended, and what it said.
struct Ended {
    outcome: Outcome,
    stdout: String,
    stderr: String,
}

impl House {
    fn new() -> Self {
        Self::with(|config| config.command = Some(pantry_testkit::chef::stand_in().unwrap()))
    }

    fn with(change: impl FnOnce(&mut ChefConfig)) -> Self {
        let home = tempfile::tempdir().unwrap();
        let clock: Arc<dyn Clock> = Arc::new(Fixed);
        let path = home.path().join("data");
        let (data_dir, journal, _) = DataDir::open(&path, clock.now(), 1).unwrap();
        let spools = crate::disk::prepare(&path, |_| true).unwrap();
        let (disk, _thread) = Disk::start(path.clone(), journal, spools, clock.clone()).unwrap();
        let mut config =
            ChefConfig { secret_file: home.path().join("secret"), ..ChefConfig::default() };
        change(&mut config);
        let mut chef = Chef::new(config, &path, clock);
        chef.finish_patience = Duration::from_millis(500);
        let chef = Arc::new(chef);
        let cache = Contents::open(path.join("contents")).unwrap();
        // Nobody hears the news; the channel being closed is fine.
        let (news, _) = mpsc::channel(1);
        Self { home, chef, cache, disk, news, _data_dir: data_dir }
    }

    fn path(&self, name: &str) -> PathBuf {
        self.home.path().join(name)
    }

    fn repository(&self, name: &str) -> PathBuf {
        self.path("data/chef/repository").join(name)
    }

    async fn run(&self, server: &Arc<Server>, asked: ChefRun) -> Ended {
        self.run_within(server, asked, Duration::from_secs(60), 16 * 1024 * 1024).await
    }

    async fn run_within(
        &self,
        server: &Arc<Server>,
        asked: ChefRun,
        timeout: Duration,
        limit: u64,
    ) -> Ended {
        static JOBS: AtomicUsize = AtomicUsize::new(1);
        let number = JOBS.fetch_add(1, Ordering::SeqCst);
        let job = JobId::new(Fixed.now(), u32::try_from(number).unwrap());
        let machine =
            MachineId { application: "shop".parse().unwrap(), identity: "web1".parse().unwrap() };
        let work = Work {
            machine,
            environment: None,
            job,
            timeout,
            grace: Duration::from_millis(200),
            server_host: "pantry".to_owned(),
        };
        let mut output = Output::new(job, self.disk.clone(), self.news.clone(), limit);
        let open = || Ok(Arc::clone(server));
        let outcome = self.chef.run(&asked, &work, &self.cache, open, &mut output).await;
        let written = output.finish().await;
        let mut pieces = Vec::new();
        while (pieces.len() as u64) < written.spooled {
            let more = self.disk.read(job, pieces.len() as u64, 1 << 20).await.unwrap();
            pieces.extend(more);
        }
        pieces.extend(written.tail);
        let text = |wanted: OutputStream| {
            let own = pieces.iter().filter(|(stream, _)| *stream == wanted);
            let bytes: Vec<u8> = own.flat_map(|(_, bytes)| bytes).copied().collect();
            String::from_utf8_lossy(&bytes).into_owned()
        };
        let (stdout, stderr) = (text(OutputStream::Stdout), text(OutputStream::Stderr));
        Ended { outcome, stdout, stderr }
    }
}

/// A server whose node `web1` runs the cookbook `web`, which needs `base`. The node asks the stand-in to
/// behave so.
fn server(stand_in: Value) -> Arc<Server> {
    Arc::new(server_in(Mode::Zero, stand_in))
}

fn server_in(mode: Mode, stand_in: Value) -> Server {
    let server = Server { mode, ..Server::default() };
    let metadata = |name: &str, needs: Value| {
        json!({ "name": name, "version": "1.0.0", "dependencies": needs }).to_string()
    };
    let files = [
        ("base/metadata.json", metadata("base", json!({}))),
        ("base/recipes/default.rb", "log 'base'".to_owned()),
        ("web/metadata.json", metadata("web", json!({ "base": ">= 0.0.0" }))),
        ("web/recipes/default.rb", "include_recipe 'base'".to_owned()),
        ("web/attributes/default.rb", "default['web'] = 1".to_owned()),
    ];
    *server.files.lock().unwrap() =
        files.into_iter().map(|(path, text)| (path.to_owned(), text)).collect();
    *server.node.lock().unwrap() = json!({
        "name": "web1", "chef_environment": "_default", "run_list": ["recipe[web]"],
        "normal": { "stand_in": stand_in }, "automatic": {}, "default": {}, "override": {},
    });
    server
}

fn sentence(ended: &Ended) -> &str {
    ended.outcome.reason.as_deref().unwrap_or_default()
}

#[tokio::test]
async fn a_run_converges_and_the_second_one_is_sent_nothing() {
    let (house, server) = (House::new(), server(json!({})));
    let first = house.run(&server, ChefRun::default()).await;
    assert_eq!(first.outcome.exit_code, Some(0), "{}", first.stderr);
    assert_eq!(first.outcome.what, Reported::Succeeded);
    assert!(first.stdout.ends_with("Converged 1 resources\n"), "{}", first.stdout);
    assert_eq!(first.stderr, "");
    // The run tree, two cookbooks' trees, their five files, the node.
    assert_eq!(std::mem::take(&mut *server.sent.lock().unwrap()).len(), 9);
    {
        let finished = server.finished.lock().unwrap();
        let (ended, record) = &finished[0];
        assert_eq!((ended.exit_code, ended.started_at), (Some(0), Fixed.now()));
        assert_eq!(record["node"]["automatic"]["platform"], "stand-in");
        assert_eq!(record["messages"][0]["message_type"], "run_start");
        assert_eq!(record["messages"][1]["status"], "success");
        assert!(record["messages"][1].get("node").is_none());
    }

    // The node has changed by the run, and nothing else.
    house.run(&server, ChefRun::default()).await;
    assert_eq!(std::mem::take(&mut *server.sent.lock().unwrap()).len(), 2);
    let third = house.run(&server, ChefRun::default()).await;
    assert_eq!(third.outcome.exit_code, Some(0), "{}", third.stderr);
    assert_eq!(*server.sent.lock().unwrap(), [], "nothing has changed");
}

#[tokio::test]
async fn how_chef_ends_is_how_the_delivery_ends() {
    let house = House::new();
    let failing = server(json!({ "fail": "file[/etc/motd]", "exit": 5 }));
    let ended = house.run(&failing, ChefRun::default()).await;
    assert_eq!((ended.outcome.what, ended.outcome.exit_code), (Reported::Failed, Some(5)));
    assert!(ended.stdout.contains("* file[/etc/motd] action create"), "{}", ended.stdout);
    {
        let finished = failing.finished.lock().unwrap();
        assert!(finished[0].1.get("node").is_none(), "Chef has not saved it");
        assert_eq!(finished[0].1["messages"][1]["error"]["class"], "StandInError");
    }
    // What is missing is found by Chef.
    let incomplete = server(json!({}));
    incomplete.files.lock().unwrap().retain(|path, _| !path.starts_with("base/"));
    let ended = house.run(&incomplete, ChefRun::default()).await;
    assert_eq!(ended.outcome.exit_code, Some(1));
    assert!(ended.stderr.contains("FATAL: base has no metadata"), "{}", ended.stderr);
    let why_run = ChefRun { why_run: true, ..ChefRun::default() };
    let server = server(json!({}));
    let ended = house.run(&server, why_run).await;
    assert!(ended.stdout.ends_with("Would have converged 1 resources\n"), "{}", ended.stdout);
    assert!(server.finished.lock().unwrap()[0].1.get("node").is_none());
}

#[tokio::test]
async fn a_recipe_that_writes_to_its_repository_harms_no_later_run() {
    let house = House::new();
    let spoiling = server(json!({ "spoil": "cookbooks/base/metadata.json" }));
    for _ in 0..2 {
        let ended = house.run(&spoiling, ChefRun::default()).await;
        assert_eq!(ended.outcome.exit_code, Some(0), "{}", ended.stderr);
        let spoilt = fs::read_to_string(house.repository("cookbooks/base/metadata.json")).unwrap();
        assert_eq!(spoilt, "spoilt");
    }
}

#[tokio::test]
async fn a_damaged_cache_is_mended() {
    let (house, server) = (House::new(), server(json!({})));
    house.run(&server, ChefRun::default()).await;
    // Every content is damaged, some with their length; and the repository is gone.
    let mut damaged = 0;
    for folder in fs::read_dir(house.path("data/contents")).unwrap() {
        for file in fs::read_dir(folder.unwrap().path()).unwrap() {
            let path = file.unwrap().path();
            let mut bytes = fs::read(&path).unwrap();
            match damaged % 2 {
                0 => bytes.reverse(),
                _ => bytes.truncate(1),
            }
            fs::write(&path, bytes).unwrap();
            damaged += 1;
        }
    }
    assert!(damaged >= 9);
    fs::remove_dir_all(house.repository("")).unwrap();
    let ended = house.run(&server, ChefRun::default()).await;
    assert_eq!(ended.outcome.exit_code, Some(0), "{}", sentence(&ended));
}

#[tokio::test]
async fn a_content_that_is_gone_means_asking_again() {
    let (house, server) = (House::new(), server(json!({})));
    server.gone.store(2, Ordering::SeqCst);
    let ended = house.run(&server, ChefRun::default()).await;
    assert_eq!(ended.outcome.exit_code, Some(0), "{}", sentence(&ended));
    assert_eq!(server.prepared.load(Ordering::SeqCst), 3);

    server.gone.store(usize::MAX, Ordering::SeqCst);
    server.files.lock().unwrap().insert("web/recipes/new.rb".to_owned(), "log 'new'".to_owned());
    let ended = house.run(&server, ChefRun::default()).await;
    assert_eq!(
        sentence(&ended),
        "web1 did not start Chef: what it needs could not be had from the server in 3 attempts: \
         there is no such content"
    );
    let finished = server.finished.lock().unwrap();
    assert_eq!(finished[1].0.reason.as_deref(), Some(sentence(&ended)), "the server is told");
}

#[tokio::test]
async fn what_the_server_refuses_is_said_in_its_words() {
    let server = Server { refuses: Some("no cookbook web".to_owned()), ..Server::default() };
    let (house, server) = (House::new(), Arc::new(server));
    let ended = house.run(&server, ChefRun::default()).await;
    assert_eq!(ended.outcome, Outcome::failed("no cookbook web"));
    assert!(server.finished.lock().unwrap().is_empty());
}

#[tokio::test]
async fn a_machine_without_chef_says_what_to_do() {
    let house = House::with(|config| config.command = Some("/opt/none/chef-client".into()));
    let ended = house.run(&server(json!({})), ChefRun::default()).await;
    assert_eq!(
        ended.outcome,
        Outcome::failed(
            "web1 has no program /opt/none/chef-client, which chef.command in its client.yml names"
        )
    );
}

#[tokio::test]
async fn a_chef_that_hangs_is_ended_and_one_that_prints_much_is_cut() {
    let house = House::new();
    let hanging = server(json!({ "hang": true }));
    let within = Duration::from_secs(2);
    let ended = house.run_within(&hanging, ChefRun::default(), within, 4096).await;
    assert_eq!(ended.outcome.what, Reported::TimedOut);
    assert_eq!(hanging.finished.lock().unwrap().len(), 1);

    // A GiB, of which a little is kept.
    let chatty = server(json!({ "print": 1_073_741_824 }));
    let within = Duration::from_secs(60);
    let ended = house.run_within(&chatty, ChefRun::default(), within, 4096).await;
    assert_eq!(ended.outcome.exit_code, Some(0), "{}", sentence(&ended));
    assert_eq!(ended.stdout.len(), 4096);
    assert!(ended.stderr.contains("output cut after 4096 bytes"), "{}", ended.stderr);
}

#[tokio::test]
async fn a_second_run_waits_for_its_turn_or_is_refused() {
    for when_busy in [WhenBusy::Wait, WhenBusy::Refuse] {
        let house = Arc::new(House::with(|config| {
            config.command = Some(pantry_testkit::chef::stand_in().unwrap());
            config.when_busy = when_busy;
        }));
        let gate = house.path("gate");
        let slow = server(json!({ "wait_for": gate }));
        let (first_house, first_server) = (Arc::clone(&house), Arc::clone(&slow));
        let first =
            tokio::spawn(async move { first_house.run(&first_server, ChefRun::default()).await });
        let waits = house.path("gate.waits");
        while !waits.exists() {
            tokio::task::yield_now().await;
        }
        let quick = server(json!({}));
        let second = house.run(&quick, ChefRun::default());
        let second = match when_busy {
            WhenBusy::Refuse => second.await,
            WhenBusy::Wait => {
                let mut second = std::pin::pin!(second);
                tokio::select! {
                    _ = &mut second => panic!("it did not wait"),
                    () = tokio::time::sleep(Duration::from_millis(100)) => {}
                }
                fs::write(&gate, "").unwrap();
                second.await
            }
        };
        fs::write(&gate, "").unwrap();
        assert_eq!(first.await.unwrap().outcome.exit_code, Some(0));
        match when_busy {
            WhenBusy::Refuse => {
                let told = sentence(&second);
                assert!(told.starts_with("web1 runs Chef already, and chef.when_busy"), "{told}");
            }
            WhenBusy::Wait => {
                assert_eq!(second.outcome.exit_code, Some(0));
                assert_eq!(second.stderr, "[pantry: waits for the end of another run]\n");
            }
        }
    }
}

#[tokio::test]
async fn a_run_that_outlived_its_agent_is_waited_for() {
    let house = House::new();
    let gate = house.path("gate");
    let slow = server(json!({ "wait_for": gate }));
    {
        // What a killed agent leaves: the program runs, and nobody waits for it.
        let mut run = std::pin::pin!(house.run(&slow, ChefRun::default()));
        let waits = house.path("gate.waits");
        tokio::select! {
            _ = &mut run => panic!("it did not wait"),
            () = async { while !waits.exists() { tokio::task::yield_now().await } } => {}
        }
        let process = fs::read_to_string(&waits).unwrap();
        let noted = fs::read_to_string(house.path("data/chef/running")).unwrap();
        assert!(noted.starts_with(&format!("{process} ")), "{noted}");
    }
    let ended = house.run(&server(json!({})), ChefRun::default()).await;
    assert_eq!(ended.outcome.exit_code, Some(0), "{}", sentence(&ended));
}

#[tokio::test]
async fn time_that_is_over_before_chef_starts_is_said() {
    let house = House::new();
    let held = fs::File::create(house.path("lock")).unwrap();
    fs::create_dir_all(house.path("data/chef/cache")).unwrap();
    fs::hard_link(house.path("lock"), house.path("data/chef/cache/chef-client-running.pid"))
        .unwrap();
    rustix::fs::flock(&held, rustix::fs::FlockOperation::LockExclusive).unwrap();
    let within = Duration::from_millis(300);
    let ended = house.run_within(&server(json!({})), ChefRun::default(), within, 4096).await;
    assert_eq!(ended.outcome.what, Reported::TimedOut);
    assert_eq!(
        sentence(&ended),
        "Chef was not started on web1: the time of 0.3 s was over before its turn came"
    );
    assert!(ended.stderr.contains("a Chef that was not started by Pantry"), "{}", ended.stderr);
}

#[tokio::test]
async fn a_server_that_is_gone_changes_nothing_in_how_a_run_ended() {
    let (house, server) = (House::new(), server(json!({})));
    server.is_away.store(true, Ordering::SeqCst);
    let ended = house.run(&server, ChefRun::default()).await;
    assert_eq!(ended.outcome.exit_code, Some(0), "{}", sentence(&ended));
    let expected = "[pantry: the server was not told how the run ended, and the node was not saved: \
                    the server's file service cannot be reached at pantry:23003";
    assert!(ended.stderr.starts_with(expected), "{}", ended.stderr);
}

#[tokio::test]
async fn the_other_modes_are_given_what_they_need() {
    let house = House::new();
    let solo = Arc::new(server_in(Mode::Solo, json!({})));
    let ended = house.run(&solo, ChefRun { mode: Mode::Solo, ..ChefRun::default() }).await;
    assert_eq!(ended.outcome.exit_code, Some(0), "{}{}", sentence(&ended), ended.stderr);
    assert!(solo.finished.lock().unwrap()[0].1.get("node").is_some());
    assert_eq!(*solo.public_key.lock().unwrap(), None);

    let server = Arc::new(server_in(Mode::Server, json!({})));
    let asked = ChefRun { mode: Mode::Server, ..ChefRun::default() };
    let ended = house.run(&server, asked.clone()).await;
    assert_eq!(ended.outcome.exit_code, Some(0), "{}{}", sentence(&ended), ended.stderr);
    assert!(
        ended.stdout.ends_with("Would ask http://pantry:4000/organizations/shop\n"),
        "{}",
        ended.stdout
    );
    let public = server.public_key.lock().unwrap().take().unwrap();
    assert!(public.starts_with("-----BEGIN PUBLIC KEY-----"), "{public}");
    assert_eq!(server.finished.lock().unwrap()[0].1, json!({}));
    // It is an answer for another run.
    let ended = house.run(&solo, asked).await;
    assert_eq!(sentence(&ended), "web1 did not start Chef: the server's answer is for another run");
}
