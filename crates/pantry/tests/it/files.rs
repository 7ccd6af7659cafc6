//! Files to machines and from them: real ones, below a folder of the test's own.

use std::fs;
use std::os::unix::fs::{PermissionsExt as _, symlink};
use std::path::Path;
use std::process::Output;
use std::sync::mpsc::channel;
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, ensure};
use pantry_testkit::installation::Installation;
use pantry_testkit::process::{PATIENCE, Process};
use serde_json::Value;

use crate::whole::{installation, json_lines, summary};

/// A file that takes a moment to be carried.
const LARGE: usize = 96 * 1024 * 1024;

fn write(house: &Installation, path: &str, bytes: &[u8], mode: u32) -> Result<()> {
    let path = house.path(path);
    fs::create_dir_all(path.parent().context("no folder")?)?;
    fs::write(&path, bytes)?;
    Ok(fs::set_permissions(&path, fs::Permissions::from_mode(mode))?)
}

fn mode(path: &Path) -> Result<u32> {
    Ok(path.symlink_metadata()?.permissions().mode() & 0o7777)
}

/// Bytes that repeat nowhere soon.
fn noise(length: usize) -> Vec<u8> {
    let mut state = 0x9e37_79b9_7f4a_7c15_u64;
    let mut bytes = Vec::with_capacity(length + 8);
    while bytes.len() < length {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        bytes.extend(state.to_le_bytes());
    }
    bytes.truncate(length);
    bytes
}

/// All that is below a folder, with what files and links say.
fn below(folder: &Path) -> Result<Vec<String>> {
    let mut all = Vec::new();
    let mut folders = vec![folder.to_owned()];
    while let Some(next) = folders.pop() {
        for entry in fs::read_dir(&next).with_context(|| next.display().to_string())? {
            let path = entry?.path();
            let shown = path.strip_prefix(folder)?.display().to_string();
            let metadata = path.symlink_metadata()?;
            if metadata.is_dir() {
                folders.push(path);
            } else if metadata.is_symlink() {
                all.push(format!("{shown} -> {}", fs::read_link(&path)?.display()));
            } else {
                all.push(format!("{shown} {}", String::from_utf8_lossy(&fs::read(&path)?)));
            }
        }
    }
    all.sort();
    Ok(all)
}

fn said(output: &Output) -> String {
    let (out, err) = (&output.stdout, &output.stderr);
    format!("{}{}", String::from_utf8_lossy(out), String::from_utf8_lossy(err))
}

/// What a command said that ended with this code.
fn ends(house: &Installation, arguments: &[&str], code: i32) -> Result<String> {
    let output = house.run(arguments)?;
    let said = said(&output);
    ensure!(output.status.code() == Some(code), "{arguments:?}: {} {said}", output.status);
    Ok(said)
}

struct Shop {
    house: Installation,
    server: Process,
    clients: Vec<Process>,
}

/// A server with an application and clients, each with a role.
fn shop(clients: &[(&str, &str)]) -> Result<Shop> {
    let house = installation()?;
    let server = house.start_server()?;
    house.succeed(&["app", "create", "shop"])?;
    let mut running = Vec::new();
    for (identity, role) in clients {
        house.enrol("shop", identity, &["-r", role])?;
        running.push(house.start_client("shop", identity)?);
    }
    Ok(Shop { house, server, clients: running })
}

/// Has a client start anew with more settings.
fn start_with(house: &Installation, identity: &str, settings: &str) -> Result<Process> {
    house.enrol("shop", identity, &[])?;
    let path = house.path(&format!("shop-{identity}.yml"));
    let text = fs::read_to_string(&path)? + settings;
    fs::write(&path, text)?;
    house.start_client("shop", identity)
}

/// Waits until something is so.
fn until(what: &str, mut is_so: impl FnMut() -> Result<bool>) -> Result<()> {
    let deadline = Instant::now() + PATIENCE;
    let (_sender, nothing) = channel::<()>();
    while !is_so()? {
        ensure!(Instant::now() < deadline, "it is never so that {what}");
        let _nothing_comes = nothing.recv_timeout(Duration::from_millis(5));
    }
    Ok(())
}

/// How many bytes of a file have come to a client that is on its way to it.
fn arriving(house: &Installation, identity: &str) -> u64 {
    let pushes = fs::read_dir(house.path(&format!("shop-{identity}.data/pushes")));
    let folders = pushes.into_iter().flatten().flatten();
    let files = folders.filter_map(|it| fs::read_dir(it.path().join("contents/incoming")).ok());
    files.flatten().flatten().filter_map(|it| Some(it.metadata().ok()?.len())).sum()
}

#[test]
fn files_go_to_the_machines_that_are_meant_and_come_back() -> Result<()> {
    let shop = shop(&[("web1", "web"), ("web2", "web"), ("db1", "db")])?;
    let house = &shop.house;
    write(house, "site/index.html", b"hello", 0o644)?;
    write(house, "site/bin/run", b"run", 0o4750)?;
    symlink("../index.html", house.path("site/bin/index"))?;
    let to = house.path("srv");
    let to = to.display().to_string();
    // All machines of the test share one disk: by their names they would not.
    for (role, folder, count) in [("web", "web", 2), ("db", "db", 1)] {
        let remote = format!("{to}/{folder}/");
        let push = ["-a", "shop", "-r", role, "--json", "file", "push", "site", &remote];
        let lines = json_lines(&house.succeed(&push)?)?;
        let pushed: Vec<_> = lines.iter().filter(|line| line["event"] == "pushed").collect();
        assert_eq!(pushed.len(), count, "{lines:?}");
        assert_eq!(summary(&lines).len(), count);
        let site = ["bin/index -> ../index.html", "bin/run run", "index.html hello"];
        assert_eq!(below(&house.path(&format!("srv/{folder}/site")))?, site);
    }
    assert_eq!(mode(&house.path("srv/db/site/bin/run"))?, 0o750);

    // The colon, several files, and a mode.
    write(house, "a.conf", b"a", 0o600)?;
    write(house, "b.conf", b"b", 0o600)?;
    let conf = format!("{to}/conf");
    let db1 = ["-a", "shop", "-i", "db1"];
    let push = ["file:push", "a.conf", "b.conf", &conf, "--mode", "0640", "--group", "0"];
    let push: Vec<&str> = db1.iter().chain(&push).copied().collect();
    if rustix::process::geteuid().is_root() {
        let first = house.succeed(&push)?;
        assert_eq!(first, "db1 | 2 of 2 files written (2 B)\n");
        assert_eq!(house.succeed(&push)?, "db1 | all 2 files were there already\n");
    } else {
        house.succeed(push.split_last_chunk::<2>().context("short")?.0)?;
    }
    assert_eq!(mode(&house.path("srv/conf/a.conf"))?, 0o640);

    let list = ["-a", "shop", "-i", "db1", "file", "list", &conf, &format!("{to}/db/site/bin")];
    let listed = house.succeed(&list)?;
    let mut lines = listed.lines();
    let head = lines.next().unwrap_or_default();
    assert!(head.starts_with("CLIENT  MODE"), "{listed}");
    let words: Vec<Vec<&str>> = lines.map(|line| line.split_whitespace().collect()).collect();
    assert_eq!(words.len(), 4, "{listed}");
    assert_eq!(words[0][..2], ["db1", "-rw-r-----"]);
    assert_eq!(words[2][1], "lrwxrwxrwx");
    assert!(listed.contains("/bin/index -> ../index.html\n"), "{listed}");
    let json = house.succeed(&[&["--json"], &list[..]].concat())?;
    let listed = json_lines(&json)?;
    let paths: Vec<&Value> = listed.iter().filter(|it| it["event"] == "listed").collect();
    assert_eq!((paths.len(), &paths[0]["size"]), (4, &Value::from(1)), "{json}");

    let (conf_a, site) = (format!("{conf}/a.conf"), format!("{to}/web/site/"));
    let pull = ["-a", "shop", "file", "pull", &conf_a, &site, "found"];
    let pulled = house.succeed(&pull)?;
    assert_eq!(pulled.matches("3 files (9 B), 4 of them new").count(), 0, "{pulled}");
    for identity in ["web1", "web2", "db1"] {
        let found = ["a.conf a", "site/bin/index -> ../index.html", "site/bin/run run"];
        let all = below(&house.path(&format!("found/{identity}")))?;
        assert_eq!(all[..3], found, "{identity}");
    }
    let again = house.succeed(&pull)?;
    assert_eq!(again.matches("were there already").count(), 3, "{again}");
    fs::write(house.path("found/web1/a.conf"), "changed")?;
    let again = house.succeed(&pull)?;
    assert_eq!(again.matches("were there already").count(), 2, "{again}");
    assert_eq!(fs::read_to_string(house.path("found/web1/a.conf"))?, "a");
    let left: Vec<_> = fs::read_dir(house.path("found"))?.collect();
    assert_eq!(left.len(), 3, "nothing else is left: {left:?}");
    Ok(())
}

#[test]
fn what_cannot_be_sent_or_written_is_said() -> Result<()> {
    let shop = shop(&[("web1", "web")])?;
    let house = &shop.house;
    write(house, "site/good", b"good", 0o644)?;
    symlink("/etc/passwd", house.path("site/out"))?;
    let said = ends(house, &["-a", "shop", "file", "push", "site", "/x/"], 2)?;
    ensure!(said.contains("site/out is a link that leads out of what is sent"), "{said}");
    fs::remove_file(house.path("site/out"))?;
    let said = ends(house, &["-a", "shop", "file", "push", "no", "/x"], 3)?;
    ensure!(said.contains("there is no ") && said.contains("/no"), "{said}");
    let said = ends(house, &["-a", "shop", "file", "push", "site", "x"], 2)?;
    ensure!(said.contains("a path on clients begins with `/`"), "{said}");
    let said = ends(house, &["-a", "shop", "file", "push", "/x"], 2)?;
    ensure!(said.contains("REMOTE, where it goes on clients, is missing"), "{said}");
    let said = ends(house, &["-a", "shop", "file", "push", "site", "site/../site", "/x"], 2)?;
    ensure!(said.contains("would both be called site"), "{said}");
    let said = ends(house, &["-a", "shop", "-i", "db*", "file", "push", "site", "/x"], 9)?;
    ensure!(said.contains("no client"), "{said}");

    let to = house.path("to");
    fs::create_dir_all(to.join("site/good"))?;
    let remote = format!("{}/", to.display());
    let said = ends(house, &["-a", "shop", "file", "push", "site", &remote], 1)?;
    ensure!(said.contains("site/good is a folder, and no file or link can take"), "{said}");
    let push = ["-a", "shop", "file", "push", "site", "--owner", "no-such-user", &remote];
    let said = ends(house, &push, 1)?;
    ensure!(said.contains("there is no user `no-such-user`"), "{said}");
    // Nothing can be made there, whoever asks.
    let said = ends(house, &["-a", "shop", "file", "push", "site", "/proc/pantry/"], 1)?;
    ensure!(said.contains("cannot make the folder /proc/pantry"), "{said}");
    let said = ends(house, &["-a", "shop", "file", "pull", "/no/such", "found"], 1)?;
    ensure!(said.contains("there is no /no/such"), "{said}");
    let list = ["-a", "shop", "file", "list", "/no/such", &remote];
    let said = ends(house, &list, 1)?;
    ensure!(said.contains("there is no /no/such") && said.contains("to/site"), "{said}");
    Ok(())
}

#[test]
fn a_machine_has_the_last_word_on_its_files() -> Result<()> {
    let shop = shop(&[])?;
    let house = &shop.house;
    write(house, "file", b"file", 0o644)?;
    fs::create_dir(house.path("open"))?;
    fs::create_dir(house.path("shut"))?;
    symlink("../shut", house.path("open/out"))?;
    let open = house.path("open");
    let some = format!("commands:\n  files: [\"{}\"]\n", open.display());
    let _some = start_with(house, "some", &some)?;
    let _none = start_with(house, "none", "commands:\n  deny: [\"file:*\"]\n")?;
    let at = |path: &str| house.path(path).display().to_string();
    for command in [
        vec!["file", "push", "file", &at("open/file")],
        vec!["file", "pull", &at("open"), "found"],
        vec!["file", "list", &at("open")],
    ] {
        let with = |identity| [&["-a", "shop", "-i", identity], &command[..]].concat();
        ends(house, &with("some"), 0)?;
        let said = ends(house, &with("none"), 1)?;
        ensure!(said.contains("commands.deny in its client.yml forbids it"), "{said}");
    }
    assert_eq!(fs::read_to_string(house.path("found/some/open/file"))?, "file");
    for command in [
        vec!["file", "push", "file", &at("shut/file")],
        vec!["file", "push", "file", &at("open/out/file")],
        vec!["file", "push", "file", &at("open/../shut/file")],
        vec!["file", "pull", &at("shut"), "found"],
        vec!["file", "pull", &at("open/out"), "found"],
        vec!["file", "list", &at("open/..")],
    ] {
        let said = ends(house, &[&["-a", "shop", "-i", "some"], &command[..]].concat(), 1)?;
        ensure!(said.contains("is not below any of commands.files"), "{command:?}: {said}");
    }
    assert_eq!(fs::read_dir(house.path("shut"))?.count(), 0);
    Ok(())
}

#[test]
fn a_server_that_is_killed_in_the_middle_delays_a_file() -> Result<()> {
    let mut shop = shop(&[("web1", "web")])?;
    let large = noise(LARGE);
    write(&shop.house, "large", &large, 0o644)?;
    let to = shop.house.path("to").display().to_string();
    let house = &shop.house;
    let mut command = house.command(&["-a", "shop", "file", "push", "large", &to]);
    let mut push = Process::spawn("push", &mut command)?;
    let some = LARGE as u64 / 8;
    until("some of it has come", || Ok(arriving(house, "web1") > some))?;
    shop.server.kill()?;
    let before = arriving(house, "web1");
    ensure!(before > 0 && !Path::new(&to).exists(), "{before} bytes have come");
    shop.server = house.start_server()?;
    let status = push.wait()?;
    ensure!(status.success(), "{status}: {}", push.report());
    ensure!(fs::read(&to)? == large, "it is another file");
    until("nothing is left", || {
        Ok(fs::read_dir(house.path("shop-web1.data/pushes"))?.next().is_none())
    })
}

#[test]
fn a_client_that_is_killed_in_the_middle_leaves_nothing() -> Result<()> {
    let mut shop = shop(&[("web1", "web")])?;
    let house = &shop.house;
    write(house, "site/large", &noise(LARGE), 0o644)?;
    for number in 0..50 {
        write(house, &format!("site/{number}"), number.to_string().as_bytes(), 0o644)?;
    }
    fs::create_dir(house.path("to"))?;
    let to = house.path("to/site");
    let remote = to.display().to_string();
    let push = ["-a", "shop", "file", "push", "site", &remote, "--no-wait"];
    let job = house.succeed(&push)?;
    // The small ones wait beside their places, or will, while the large one arrives.
    until("it is on its way", || Ok(arriving(house, "web1") > 0))?;
    shop.clients[0].kill()?;
    shop.clients[0] = house.start_client("shop", "web1")?;
    let output = house.run(&["job", "watch", job.trim()])?;
    let said = said(&output);
    ensure!(output.status.code() == Some(1) && said.contains("interrupted"), "{said}");
    let waiting = below(&house.path("to"))?;
    ensure!(waiting.is_empty(), "{waiting:?}");
    let pushes = house.path("shop-web1.data/pushes");
    ensure!(fs::read_dir(&pushes)?.next().is_none(), "{}", pushes.display());
    house.succeed(&push[..push.len() - 1])?;
    assert_eq!(fs::read_dir(&to)?.count(), 51);
    Ok(())
}

#[test]
fn a_client_that_is_revoked_in_the_middle_gets_no_more() -> Result<()> {
    let mut shop = shop(&[("web1", "web"), ("web2", "web")])?;
    let house = &shop.house;
    write(house, "large", &noise(LARGE), 0o644)?;
    let to = house.path("to");
    let remote = to.display().to_string();
    let push = ["-a", "shop", "-i", "web1", "file", "push", "large", &remote, "--no-wait"];
    house.succeed(&push)?;
    until("some of it has come", || Ok(arriving(house, "web1") > 0))?;
    house.succeed(&["-a", "shop", "client", "delete", "web1", "--yes"])?;
    let mut web1 = shop.clients.remove(0);
    web1.wait_for("does not know this client's key")?;
    web1.terminate()?;
    ensure!(!to.exists(), "it was given to a client whose key was refused");
    // Others are none the worse.
    write(house, "small", b"small", 0o644)?;
    house.succeed(&["-a", "shop", "-i", "web2", "file", "push", "small", &remote])?;
    assert_eq!(fs::read_to_string(&to)?, "small");
    Ok(())
}
