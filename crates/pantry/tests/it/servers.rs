//! Several servers on one database, and writers who ask any of them.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Condvar, Mutex};
use std::thread::{Scope, ScopedJoinHandle};
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, ensure};
use pantry_testkit::installation::Installation;
use pantry_testkit::postgres::Cluster;
use pantry_testkit::process::{PATIENCE, Process};

use crate::api::{Api, Signer};
use crate::whole::installation;

/// The applications that are written to.
const APPLICATIONS: [&str; 3] = ["alpha", "beta", "gamma"];

/// Servers on one database. The first has made its administrators, and all have their keys.
pub(crate) struct Servers {
    pub(crate) houses: Vec<Installation>,
    running: Vec<Mutex<Option<Process>>>,
    pub(crate) pivotal: Signer,
}

impl Servers {
    /// Starts so many.
    pub(crate) fn start(count: usize, cluster: &Cluster) -> Result<Self> {
        let houses = (0..count).map(|_| on(cluster)).collect::<Result<Vec<_>>>()?;
        let first = houses.first().context("no server")?;
        let mut running = vec![Mutex::new(Some(first.start_server()?))];
        let keys = first.path("server/keys");
        for house in houses.iter().skip(1) {
            std::fs::create_dir_all(house.path("server/keys"))?;
            for name in ["admin.yml", "admin.pem", "pivotal.pem", "webui.pem"] {
                std::fs::copy(keys.join(name), house.path("server/keys").join(name))?;
            }
            running.push(Mutex::new(Some(house.start_server()?)));
        }
        let pivotal = Signer::from_file("pivotal", &keys.join("pivotal.pem"))?;
        Ok(Self { houses, running, pivotal })
    }

    /// The API of one of them.
    pub(crate) fn api(&self, number: usize) -> Api {
        Api::new(self.houses[number % self.houses.len()].http_port())
    }

    /// Kills one of them as `kill -9` does.
    pub(crate) fn kill(&self, number: usize) -> Result<()> {
        let server = self.running[number].lock().unwrap().take();
        server.context("it does not run")?.kill()
    }

    /// Starts one of them again.
    pub(crate) fn start_again(&self, number: usize) -> Result<()> {
        let server = self.houses[number].start_server()?;
        *self.running[number].lock().unwrap() = Some(server);
        Ok(())
    }

    /// What one of them said last.
    pub(crate) fn report(&self, number: usize) -> String {
        let mut server = self.running[number].lock().unwrap();
        server.as_mut().map(Process::report).unwrap_or_default()
    }

    /// Whether one of them says that it can do its work, and how long it took to say so.
    pub(crate) fn status(&self, number: usize) -> Result<(bool, Duration)> {
        let begun = Instant::now();
        let reply = self.api(number).get("/_status")?;
        let word = reply.json()?["status"].as_str().map(str::to_owned);
        match (reply.status, word.as_deref()) {
            (200, Some("pong")) => Ok((true, begun.elapsed())),
            (500, Some("fail")) => Ok((false, begun.elapsed())),
            _ => anyhow::bail!("{reply:?}"),
        }
    }

    /// Waits until one of them says so.
    pub(crate) fn until_status(&self, number: usize, wanted: bool) -> Result<Duration> {
        let begun = Instant::now();
        while self.status(number)?.0 != wanted {
            ensure!(begun.elapsed() < PATIENCE, "{}", self.report(number));
        }
        Ok(begun.elapsed())
    }
}

/// An installation whose server uses the database `postgres` of this cluster.
fn on(cluster: &Cluster) -> Result<Installation> {
    let house = installation()?;
    let path = house.path("server.yml");
    let config = std::fs::read_to_string(&path)?;
    let lines = config.lines().filter(|line| !line.starts_with("store:"));
    let mut config: Vec<String> = lines.map(str::to_owned).collect();
    config.push(format!("store: {{url: '{}', pool: 6}}\n", cluster.url("postgres")));
    std::fs::write(path, config.join("\n"))?;
    Ok(house)
}

/// Writers, each of which asks a server after the other, and what they were answered.
#[derive(Default)]
pub(crate) struct Load {
    is_ended: AtomicBool,
    answered: Mutex<Vec<(&'static str, String, Answer)>>,
    /// Told of every answer.
    more: Condvar,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Answer {
    /// 201.
    Done,
    /// The server could not be reached, so it has not heard of it.
    Undone,
    /// 503, or no answer: it may have been done.
    Unknown,
}

/// What came of all of it.
#[derive(Debug, Default)]
pub(crate) struct Outcome {
    pub(crate) done: usize,
    pub(crate) undone: usize,
    pub(crate) unknown: usize,
}

impl Load {
    /// Makes the applications.
    pub(crate) fn prepare(servers: &Servers) -> Result<()> {
        for application in APPLICATIONS {
            servers.houses[0].succeed(&["app", "create", application])?;
        }
        Ok(())
    }

    /// Begins to write.
    pub(crate) fn begin<'s, 'e>(
        &'s self,
        servers: &'s Servers,
        scope: &'s Scope<'s, 'e>,
    ) -> Vec<ScopedJoinHandle<'s, Result<()>>> {
        let writers = APPLICATIONS.into_iter().flat_map(|it| [(it, 0), (it, 1)]).enumerate();
        let writer = |(first, (application, writer))| {
            scope.spawn(move || self.write(servers, first, application, writer))
        };
        writers.map(writer).collect()
    }

    fn write(
        &self,
        servers: &Servers,
        first: usize,
        application: &'static str,
        writer: usize,
    ) -> Result<()> {
        let count = servers.houses.len();
        let mut apis: Vec<Api> = (0..count).map(|number| servers.api(number)).collect();
        for number in 0.. {
            if self.is_ended.load(Ordering::SeqCst) {
                break;
            }
            let name = format!("n{writer}-{number}");
            let api = &mut apis[(first + number) % count];
            let body = format!(r#"{{"name":"{name}"}}"#);
            let path = format!("/organizations/{application}/nodes");
            let answer = match api.ask(&servers.pivotal, "POST", &path, &body) {
                Ok(reply) if reply.status == 201 => Answer::Done,
                Ok(reply) if reply.status == 503 => {
                    ensure!(reply.header("retry-after").is_some(), "{reply:?}");
                    Answer::Unknown
                }
                Ok(reply) => anyhow::bail!("{application} {name}: {reply:?}"),
                Err(error) => match error.downcast_ref::<std::io::Error>() {
                    Some(io) if io.kind() == std::io::ErrorKind::ConnectionRefused => {
                        Answer::Undone
                    }
                    _ => Answer::Unknown,
                },
            };
            self.answered.lock().unwrap().push((application, name, answer));
            self.more.notify_all();
        }
        Ok(())
    }

    /// Waits until so many more were done.
    pub(crate) fn goes_on(&self) -> Result<()> {
        let answered = self.answered.lock().unwrap();
        let since = answered.len();
        let done = |it: &[(&str, String, Answer)]| {
            it.iter().skip(since).filter(|(.., answer)| *answer == Answer::Done).count()
        };
        let waits = self.more.wait_timeout_while(answered, PATIENCE, |it| done(it) < 40);
        ensure!(!waits.unwrap().1.timed_out(), "no request is answered any more");
        Ok(())
    }

    /// Ends.
    pub(crate) fn end(&self, writers: Vec<ScopedJoinHandle<'_, Result<()>>>) -> Result<()> {
        self.is_ended.store(true, Ordering::SeqCst);
        writers.into_iter().try_for_each(|writer| writer.join().expect("a writer panics"))
    }

    /// Looks whether what was answered is so, on every server, and whether each ledger tells each
    /// change once and has no gaps.
    pub(crate) fn check(&self, servers: &Servers, cluster: &Cluster) -> Result<Outcome> {
        let mut there = BTreeMap::new();
        for application in APPLICATIONS {
            let path = format!("/organizations/{application}/nodes");
            let mut names = Vec::new();
            for number in 0..servers.houses.len() {
                let reply =
                    servers.api(number).expect(200, &servers.pivotal, ("GET", &path, ""))?;
                let list = reply.json()?.as_object().context("no list")?.clone();
                let found: Vec<String> = list.into_iter().map(|(name, _)| name).collect();
                ensure!(number == 0 || found == names, "the servers do not see the same");
                names = found;
            }
            let entered = cluster.sql(
                "postgres",
                &format!(
                    "SELECT l.name FROM ledger l JOIN scopes s ON s.id = l.scope \
                     WHERE s.name = '{application}' AND l.kind = 'node' ORDER BY l.name COLLATE \"C\""
                ),
            )?;
            let mut sorted: Vec<&str> = names.iter().map(String::as_str).collect();
            sorted.sort_unstable();
            ensure!(entered.lines().eq(sorted), "{application}: the ledger is not what is there");
            there.insert(application, names);
        }
        let gaps = "SELECT s.name FROM scopes s LEFT JOIN ledger l ON l.scope = s.id \
            GROUP BY s.id HAVING count(l.position) <> s.position \
            OR s.position > 0 AND (min(l.position) <> 1 OR max(l.position) <> s.position)";
        ensure!(cluster.sql("postgres", gaps)?.trim().is_empty(), "a ledger has gaps");
        let mut outcome = Outcome::default();
        for (application, name, answer) in self.answered.lock().unwrap().iter() {
            let is_there = there[application].contains(name);
            match answer {
                Answer::Done => {
                    ensure!(is_there, "{application} {name} was answered and is lost");
                    outcome.done += 1;
                }
                Answer::Undone => {
                    ensure!(!is_there, "{application} {name} was never asked for");
                    outcome.undone += 1;
                }
                Answer::Unknown => outcome.unknown += 1,
            }
        }
        println!("{outcome:?}");
        Ok(outcome)
    }
}
