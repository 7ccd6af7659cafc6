//! The Chef API of a real server, and more clients than there is work for.

use std::io::{Read as _, Write as _};
use std::net::TcpStream;
use std::process::Command;
use std::time::Duration;

use anyhow::{Context as _, Result, ensure};
use pantry_testkit::installation::Installation;
use pantry_testkit::process::Process;
use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};

use crate::whole::{BINARY, installation};

/// How many clients idle, if the machine lets a process have so many open files.
const IDLE: usize = 10_000;

/// How many must, for the test to say anything.
const LEAST_IDLE: usize = 5_000;

/// `Authorization` of `statsuser` with the password `secret`.
const STATS: &str = "Authorization: Basic c3RhdHN1c2VyOnNlY3JldA==\r\n";

/// A connection to the API.
struct Api(TcpStream);

impl Api {
    fn of(house: &Installation) -> Result<Self> {
        let stream = TcpStream::connect(("127.0.0.1", house.http_port()))?;
        stream.set_read_timeout(Some(Duration::from_secs(30)))?;
        stream.set_nodelay(true)?;
        Ok(Self(stream))
    }

    /// The status and the body of a GET.
    fn get(&mut self, path: &str, headers: &str) -> Result<(u16, String)> {
        write!(self.0, "GET {path} HTTP/1.1\r\nHost: pantry.example\r\n{headers}\r\n")?;
        let mut read = Vec::new();
        let mut buffer = [0; 16_384];
        loop {
            let count = self.0.read(&mut buffer).context("no answer")?;
            ensure!(count > 0, "the connection ended: {}", String::from_utf8_lossy(&read));
            read.extend_from_slice(&buffer[..count]);
            let text = String::from_utf8_lossy(&read);
            let Some((head, body)) = text.split_once("\r\n\r\n") else { continue };
            let head = head.to_ascii_lowercase();
            let length = head.split("content-length: ").nth(1).context("no length")?;
            let length: usize = length.split("\r\n").next().unwrap_or_default().parse()?;
            if body.len() >= length {
                let status = head.split(' ').nth(1).context("no status")?;
                return Ok((status.parse()?, body.to_owned()));
            }
        }
    }
}

/// Adds to `http` in the server's configuration.
fn configure(house: &Installation, http: &str) -> Result<()> {
    let path = house.path("server.yml");
    let config = std::fs::read_to_string(&path)?;
    std::fs::write(&path, config.replace("http: {", &format!("http: {{{http}, ")))?;
    Ok(())
}

#[test]
fn thousands_who_idle_keep_nobody_from_being_served() -> Result<()> {
    let maximum = getrlimit(Resource::Nofile).maximum;
    setrlimit(Resource::Nofile, Rlimit { current: maximum, maximum })?;
    let may_open = maximum.map_or(usize::MAX, |files| usize::try_from(files).unwrap_or(usize::MAX));
    let idle = IDLE.min(may_open.saturating_sub(500));
    ensure!(idle >= LEAST_IDLE, "a process may open {may_open} files here: raise `ulimit -Hn`");

    let house = installation()?;
    configure(&house, "stats_password: secret, limits: {connections_per_address: 20000}")?;
    // From a shell that gives few open files, as most do: the server must take more itself.
    let mut server = Process::spawn(
        "server",
        Command::new("sh")
            .args(["-c", "ulimit -Sn 1024; exec \"$0\" server --config server.yml", BINARY])
            .current_dir(house.path("")),
    )?;
    server.wait_for("The Chef API is at http://127.0.0.1:")?;
    let mut idling = Vec::with_capacity(idle);
    for _ in 0..idle {
        let mut api = Api::of(&house)?;
        let (status, _) = api.get("/version", "")?;
        ensure!(status == 200, "{status}");
        idling.push(api);
    }
    let (status, metrics) = Api::of(&house)?.get("/_stats?format=text", STATS)?;
    ensure!(status == 200, "{status}: {metrics}");
    let open = metrics.lines().find_map(|line| line.strip_prefix("pantry_http_connections_open "));
    let open: usize = open.context("no such metric")?.parse()?;
    ensure!(open > idle, "only {open} connections are open");

    let mut api = Api::of(&house)?;
    for _ in 0..1000 {
        let (status, body) = api.get("/_status", "")?;
        ensure!(status == 200, "{status}: {body}");
    }
    // Those that idle are still there, and are served when they ask.
    for api in idling.iter_mut().step_by(100) {
        ensure!(api.get("/version", "")?.0 == 200);
    }
    ensure!(server.terminate()?.success(), "{}", server.report());
    Ok(())
}

#[test]
fn a_configuration_that_cannot_be_used_is_told_before_the_server_starts() -> Result<()> {
    let house = installation()?;
    configure(&house, "tls: {certificate: no.crt, key: no.key}")?;
    let check = || house.run(&["server", "--check"]);
    let output = check()?;
    let said = String::from_utf8(output.stderr)?;
    assert_eq!(output.status.code(), Some(3), "{said}");
    ensure!(said.contains("no.crt"), "{said}");
    for name in ["no.crt", "no.key"] {
        std::fs::write(house.path(name), "nothing\n")?;
    }
    let output = check()?;
    let said = String::from_utf8(output.stderr)?;
    assert_eq!(output.status.code(), Some(3), "{said}");
    ensure!(said.contains("the certificate is no PEM") && said.contains("http.tls"), "{said}");
    Ok(())
}

#[test]
fn an_address_that_is_taken_is_told() -> Result<()> {
    let (house, other) = (installation()?, installation()?);
    let _server = house.start_server()?;
    let taken = format!("'127.0.0.1:{}'", house.http_port());
    let config = std::fs::read_to_string(other.path("server.yml"))?;
    let own = format!("'127.0.0.1:{}'", other.http_port());
    std::fs::write(other.path("server.yml"), config.replace(&own, &taken))?;
    let output = other.run(&["server"])?;
    let said = String::from_utf8(output.stderr)?;
    assert_eq!(output.status.code(), Some(10), "{said}");
    ensure!(said.contains("cannot listen on 127.0.0.1") && said.contains("http.listen"), "{said}");
    Ok(())
}
