//! Kill -9 of the server at random points of uploads and deletions of cookbooks. What was answered is
//! there, with all of its files, and `admin check` finds nothing broken.

use std::collections::BTreeMap;
use std::hash::{BuildHasher as _, RandomState};
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::mpsc::channel;
use std::thread;
use std::time::Duration;

use anyhow::{Context as _, Result, bail, ensure};
use md5::{Digest as _, Md5};
use pantry_testkit::installation::Installation;
use serde_json::{Value, json};

use crate::api::{Api, Reply, Signer};
use crate::whole::installation;

const KILLS: usize = 40;
const UPLOADERS: usize = 3;

/// How many contents all cookbooks have some of.
const SHARED: usize = 6;

/// The files of a version, by the names of its recipes.
type Files = BTreeMap<String, String>;

/// What became of a version.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Fate {
    /// It was answered that it is there.
    There,
    /// It was answered that it is not, or nothing was ever sent.
    Gone,
    /// No answer came.
    Unknown,
}

/// Someone who uploads versions of a cookbook of his own.
struct Uploader<'a> {
    api: Api,
    /// How many versions were answered to be there, of all uploaders.
    answered: &'a AtomicUsize,
    signer: &'a Signer,
    cookbook: String,
    versions: Vec<(String, Files, Fate)>,
    /// How many requests were not answered.
    interrupted: usize,
}

impl Uploader<'_> {
    fn run(&mut self, is_ended: &AtomicBool) -> Result<()> {
        for round in 0.. {
            while !is_ended.load(Ordering::SeqCst) && self.api.get("/version").is_err() {
                // It is being started again.
                wait(5);
            }
            if is_ended.load(Ordering::SeqCst) {
                break;
            }
            let (version, files) = (format!("{round}.0.0"), self.files(round));
            let fate = self.upload(&version, &files);
            self.note(fate, (version, files))?;
            if round % 2 == 1 {
                self.delete(round / 2)?;
            }
        }
        Ok(())
    }

    fn files(&self, round: usize) -> Files {
        let mut files = Files::new();
        let own = format!("# {} {round}\n", self.cookbook);
        files.insert("default".to_owned(), own.clone());
        // More than is kept in memory while it arrives.
        files.insert("large".to_owned(), own.repeat(6000));
        for number in 0..2 {
            let shared = (round + number) % SHARED;
            files.insert(format!("shared{shared}"), format!("# shared {shared}\n"));
        }
        files
    }

    fn note(&mut self, fate: Result<Fate>, (version, files): (String, Files)) -> Result<()> {
        let fate = match fate {
            Ok(fate) => fate,
            Err(error) if error.is::<Wrong>() => return Err(error),
            Err(_) => {
                self.interrupted += 1;
                Fate::Unknown
            }
        };
        self.versions.push((version, files, fate));
        Ok(())
    }

    /// An error is that no answer came, or [`Wrong`] that one came which never should.
    fn upload(&mut self, version: &str, files: &Files) -> Result<Fate> {
        let by_md5: BTreeMap<String, &String> =
            files.values().map(|text| (md5(text), text)).collect();
        let checksums: BTreeMap<_, _> = by_md5.keys().map(|md5| (md5, Value::Null)).collect();
        let body = json!({"checksums": checksums}).to_string();
        let made = self.ask("POST", "sandboxes", &body)?;
        let Some(sandbox) = accepted(&made, 201)? else { return Ok(Fate::Gone) };
        for (md5, state) in sandbox["checksums"].as_object().context("no checksums")? {
            if state["needs_upload"] == true {
                let url = state["url"].as_str().context("no url")?;
                let text = by_md5.get(md5).context("another checksum")?;
                let put = self.api.put_file(path_of(url)?, text)?;
                if !matches!(put.status, 200 | 204) {
                    return refused(&put);
                }
            }
        }
        let id = sandbox["sandbox_id"].as_str().context("no id")?;
        let committed = self.ask("PUT", &format!("sandboxes/{id}"), r#"{"is_completed":true}"#)?;
        if accepted(&committed, 200)?.is_none() {
            return Ok(Fate::Gone);
        }
        let path = format!("cookbooks/{}/{version}", self.cookbook);
        let put = self.ask("PUT", &path, &self.manifest(version, files))?;
        if accepted(&put, 201)?.is_none() {
            return Ok(Fate::Gone);
        }
        self.answered.fetch_add(1, Ordering::SeqCst);
        Ok(Fate::There)
    }

    fn manifest(&self, version: &str, files: &Files) -> String {
        let recipes: Vec<Value> = files
            .iter()
            .map(|(name, text)| {
                let name = format!("{name}.rb");
                let path = format!("recipes/{name}");
                json!({"name": name, "path": path, "checksum": md5(text), "specificity": "default"})
            })
            .collect();
        let name = &self.cookbook;
        json!({
            "name": format!("{name}-{version}"), "cookbook_name": name, "version": version,
            "json_class": "Chef::CookbookVersion", "chef_type": "cookbook_version",
            "frozen?": false, "metadata": {"name": name, "version": version}, "recipes": recipes,
        })
        .to_string()
    }

    fn delete(&mut self, number: usize) -> Result<()> {
        let Some((version, _, fate)) = self.versions.get(number) else { return Ok(()) };
        if *fate == Fate::Gone {
            return Ok(());
        }
        let path = format!("cookbooks/{}/{version}", self.cookbook);
        let fate = match self.ask("DELETE", &path, "") {
            Ok(reply) if matches!(reply.status, 200 | 404) => Fate::Gone,
            Ok(reply) if reply.status == 503 => return Ok(()),
            Ok(reply) => bail!("{reply:?}"),
            Err(_) => {
                self.interrupted += 1;
                Fate::Unknown
            }
        };
        if let Some(known) = self.versions.get_mut(number) {
            known.2 = fate;
        }
        Ok(())
    }

    fn ask(&mut self, method: &str, path: &str, body: &str) -> Result<Reply> {
        self.api.ask(self.signer, method, &format!("/organizations/shop/{path}"), body)
    }

    /// Looks whether all is there that was answered to be, and whole.
    fn judge(&mut self) -> Result<()> {
        for (version, files, fate) in std::mem::take(&mut self.versions) {
            let reply = self.ask("GET", &format!("cookbooks/{}/{version}", self.cookbook), "")?;
            let is_there = reply.status == 200;
            let known = fate == Fate::Unknown || is_there == (fate == Fate::There);
            ensure!(known, "{} {version} was {fate:?}, and now: {reply:?}", self.cookbook);
            if !is_there {
                continue;
            }
            let found = reply.json()?;
            let recipes = found["recipes"].as_array().context("no recipes")?;
            ensure!(recipes.len() == files.len(), "{reply:?}");
            for recipe in recipes {
                let name = recipe["name"].as_str().context("no name")?.trim_end_matches(".rb");
                let url = recipe["url"].as_str().context("no url")?;
                let file = self.api.get(path_of(url)?)?;
                let is_whole = file.status == 200 && files.get(name) == Some(&file.body);
                ensure!(is_whole, "{} {version} {name}: {}", self.cookbook, file.status);
            }
        }
        Ok(())
    }
}

/// An answer that never should come.
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
struct Wrong(String);

fn accepted(reply: &Reply, status: u16) -> Result<Option<Value>> {
    if reply.status == status {
        return Ok(Some(reply.json()?));
    }
    refused(reply).map(|_| None)
}

/// That it was refused: the server cannot do it now, or somebody else deleted what was shared.
fn refused(reply: &Reply) -> Result<Fate> {
    match reply.status {
        400 if reply.body.contains("checksum") || reply.body.contains("not uploaded") => {
            Ok(Fate::Gone)
        }
        503 => Ok(Fate::Gone),
        _ => Err(Wrong(format!("{reply:?}")).into()),
    }
}

fn md5(text: &str) -> String {
    Md5::digest(text.as_bytes()).iter().map(|byte| format!("{byte:02x}")).collect()
}

/// The path and the query of a URL.
fn path_of(url: &str) -> Result<&str> {
    let (_, rest) = url.split_once("://").context("no URL")?;
    rest.find('/').and_then(|at| rest.get(at..)).context("no path")
}

fn wait(millis: u64) {
    let (_held, nothing) = channel::<()>();
    let _nothing_comes = nothing.recv_timeout(Duration::from_millis(millis));
}

/// Waits until one more version was answered to be there, so that a slow machine also gets somewhere
/// between two kills. It gives up after a while, since an uploader that failed answers for nothing more.
fn wait_for_another(answered: &AtomicUsize) {
    let before = answered.load(Ordering::SeqCst);
    for _ in 0..2000 {
        if answered.load(Ordering::SeqCst) > before {
            return;
        }
        wait(10);
    }
}

fn check(house: &Installation) -> Result<Value> {
    let output = house.succeed(&["--json", "admin", "check", "--read"])?;
    let last = output.lines().last().context("nothing was said")?;
    Ok(serde_json::from_str(last)?)
}

#[test]
fn whatever_is_killed_what_was_answered_is_there_and_nothing_is_broken() -> Result<()> {
    let house = installation()?;
    let mut server = house.start_server()?;
    house.succeed(&["app", "create", "shop"])?;
    let signer = Signer::from_file("admin", &house.path("server/keys/admin.pem"))?;
    let is_ended = AtomicBool::new(false);
    let answered = AtomicUsize::new(0);
    let mut uploaders: Vec<Uploader<'_>> = (0..UPLOADERS)
        .map(|number| Uploader {
            api: Api::new(house.http_port()),
            answered: &answered,
            signer: &signer,
            cookbook: format!("cookbook{number}"),
            versions: Vec::new(),
            interrupted: 0,
        })
        .collect();

    thread::scope(|scope| {
        let running: Vec<_> =
            uploaders.iter_mut().map(|uploader| scope.spawn(|| uploader.run(&is_ended))).collect();
        let killing = (0..KILLS).try_for_each(|round| {
            if round % 2 == 0 {
                wait_for_another(&answered);
            }
            wait(RandomState::new().hash_one(round) % 400);
            server.kill()?;
            server = house.start_server()?;
            anyhow::Ok(())
        });
        is_ended.store(true, Ordering::SeqCst);
        for uploader in running {
            uploader.join().map_err(|_| anyhow::anyhow!("an uploader panicked"))??;
        }
        killing
    })?;

    let found = check(&house)?;
    ensure!(found["found"] == 0 && found["error"].is_null(), "{found:#}");
    let count = |fate| {
        let versions = uploaders.iter().flat_map(|uploader| &uploader.versions);
        versions.filter(|version| version.2 == fate).count()
    };
    let (there, unknown) = (count(Fate::There), count(Fate::Unknown));
    let interrupted: usize = uploaders.iter().map(|uploader| uploader.interrupted).sum();
    println!("{there} there, {unknown} unknown, {} gone; {found}", count(Fate::Gone));
    // A test in which hardly anything was uploaded, or interrupted, would show nothing.
    ensure!(
        there > KILLS / 4 && interrupted > KILLS / 4,
        "{there} versions, {interrupted} cut off"
    );
    uploaders.iter_mut().try_for_each(Uploader::judge)?;

    house.succeed(&["admin", "gc"])?;
    let found = check(&house)?;
    ensure!(found["found"] == 0, "{found:#}");
    Ok(())
}
