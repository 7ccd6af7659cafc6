//! Two applications on one shelf learn nothing of each other.
//!
//! An admin of one asks every route, in all ways, and follows every link. What it is answered is
//! looked through for anything that only the other one has, and compared with what it is answered in
//! installations where the other one does nothing, or where there is none: it must be the same to the
//! byte, but for ids and dates. What is not the same is a leak.

use std::collections::BTreeSet;

use serde_json::Value;

use crate::client::Reply;
use crate::contents;
use crate::cookbooks::cookbook;
use crate::house::Ask;
use crate::isolation_houses::{
    ADMIN, CLIENT, Contents, Installed, NOBODYS, OURS, Others, THEIRS_ONLY, with_file,
};
use crate::isolation_probes::{Probe, THEIR_ID, THEIR_SANDBOX, probes};

/// Headers that say which request it was, and when.
const OF_THE_REQUEST: [&str; 2] = ["date", "x-request-id"];

/// Whoever names an application and an API client there is told its public key, as the original's
/// conformance suite demands, which asks as somebody unknown.
const FOR_EVERYBODY: &str = "/organizations/theirs/principals/";

/// An answer, and what is compared of it.
struct Answered {
    reply: Reply,
    compared: String,
}

impl Installed {
    async fn answers(&self, who: &str, probe: &Probe) -> Answered {
        let replace = |text: &str| {
            text.replace(THEIR_SANDBOX, &self.their_sandbox).replace(THEIR_ID, &self.their_id)
        };
        let (path, body) = (replace(&probe.path), replace(&probe.body));
        let is_link = path.contains("signature=");
        let reply = if is_link {
            Box::pin(self.house.ask(Ask::new(probe.method, &path).body(body.as_bytes()))).await
        } else {
            let signed = path.split_once('?').map_or(&*path, |(path, _)| path);
            let ask = Ask::new(probe.method, &path)
                .header("Content-Type", "application/json")
                // Whoever asks is not on the server's own machine.
                .header("X-Forwarded-For", "192.0.2.1")
                .signing(signed)
                .body(body.as_bytes());
            Box::pin(self.house.ask(ask.by(who))).await
        };
        let compared = self.compared(&reply);
        Answered { reply, compared }
    }

    /// An answer without what differs between any two.
    fn compared(&self, reply: &Reply) -> String {
        let headers: String =
            told_headers(reply).map(|(name, value)| format!("{name}: {value}\n")).collect();
        let body = String::from_utf8_lossy(&reply.body);
        let text = format!("{}\n{headers}\n{body}", reply.status);
        let text = text.replace(&self.their_sandbox, THEIR_SANDBOX);
        without_ids(&text.replace(&self.their_id, THEIR_ID))
    }
}

fn told_headers(reply: &Reply) -> impl Iterator<Item = &(String, String)> {
    reply.headers.iter().filter(|(name, _)| !OF_THE_REQUEST.contains(&&**name))
}

/// A text in which what was rolled by dice is left out: ids that are made here, what is signed of them,
/// and key material.
fn without_ids(text: &str) -> String {
    let mut out = String::new();
    let mut left = text;
    const BEGIN_KEY: &str = "-----BEGIN";
    const BEFORE: [&str; 8] = [
        BEGIN_KEY,
        "/sandboxes/",
        "\"sandbox_id\":\"",
        "\"guid\":\"",
        "\"name\":\"",
        "\"id\":\"",
        "/association_requests/",
        "_id\":\"",
    ];
    loop {
        let next = BEFORE.iter().filter_map(|before| Some((left.find(before)?, before)));
        let Some((at, before)) = next.min_by_key(|(at, _)| *at) else { break };
        let (head, tail) = left.split_at(at + before.len());
        out.push_str(head);
        let id = tail.find(|one: char| !one.is_ascii_hexdigit()).unwrap_or(tail.len());
        left = match tail.find("-----END").filter(|_| *before == BEGIN_KEY) {
            Some(end) => &tail[end..],
            None if id == 32 => {
                out.push_str("ID");
                &tail[id..]
            }
            None => tail,
        };
        // Links to a sandbox are signed with its id.
        if *before == "/sandboxes/"
            && let Some(end) = left.find(['"', '\n'])
            && let Some(signature) = left[..end].find("signature=")
        {
            out.push_str(&left[..signature]);
            left = &left[end..];
        }
    }
    out + left
}

/// Of two texts that differ, what stands before and after the first difference.
fn differing(one: &str, other: &str) -> (String, String) {
    let same = one.chars().zip(other.chars()).take_while(|(one, other)| one == other).count();
    let part = |text: &str| text.chars().skip(same.saturating_sub(200)).take(600).collect();
    (part(one), part(other))
}

/// What only the other application has, in any of the forms in which it could be told.
struct Traces(Vec<String>);

impl Traces {
    fn of(installed: &Installed, contents: &Contents) -> Self {
        let mut all: Vec<String> =
            ["zeta", "theirs", "zelda", "zz-", "facade5a"].map(ToOwned::to_owned).into();
        let [_, colliding] = contents.colliding;
        all.extend([contents.theirs.md5.to_string(), contents.theirs.sha256.to_string()]);
        all.extend([colliding.sha256.to_string()]);
        all.extend([installed.their_sandbox.clone(), installed.their_id.clone()]);
        Self(all)
    }

    /// Those in an answer that were not in its request.
    fn found(&self, probe: &Probe, answered: &Answered) -> Vec<&String> {
        let reply = &answered.reply;
        let headers = told_headers(reply).map(|(name, value)| format!("{name}: {value}"));
        let told = headers.collect::<Vec<_>>().join("\n") + &String::from_utf8_lossy(&reply.body);
        let said = format!("{}{}", probe.path, probe.body);
        let is_found = |trace: &&String| {
            let stands_for = [THEIR_SANDBOX, THEIR_ID].iter().any(|it| said.contains(it));
            told.contains(trace.as_str()) && !said.contains(trace.as_str()) && !stands_for
        };
        self.0.iter().filter(is_found).collect()
    }
}

/// The three installations, and what was seen of them.
struct Walk {
    busy: Installed,
    quiet: Installed,
    alone: Installed,
    traces: Traces,
    leaks: Vec<String>,
    links: BTreeSet<String>,
    asked: usize,
    statuses: BTreeSet<u16>,
}

impl Walk {
    async fn new() -> (Self, Contents) {
        let busy = Box::pin(Installed::new(Others::Busy));
        let quiet = Box::pin(Installed::new(Others::Quiet));
        let alone = Box::pin(Installed::new(Others::None));
        let (busy, quiet, alone) = tokio::join!(busy, quiet, alone);
        let contents = busy.contents().await;
        let traces = Traces::of(&busy, &contents);
        let (leaks, links, statuses) = (Vec::new(), BTreeSet::new(), BTreeSet::new());
        (Self { busy, quiet, alone, traces, leaks, links, asked: 0, statuses }, contents)
    }

    /// Asks the same in all of them.
    async fn ask(&mut self, who: &str, probe: &Probe) -> String {
        let busy = self.busy.answers(who, probe);
        let (quiet, alone) = (self.quiet.answers(who, probe), self.alone.answers(who, probe));
        let (busy, quiet, alone) = tokio::join!(busy, quiet, alone);
        self.asked += 1;
        self.statuses.insert(busy.reply.status);
        let told = format!("{who}: {} {} {}", probe.method, probe.path, probe.body);
        for trace in self.traces.found(probe, &busy) {
            let text = &busy.compared;
            self.leaks.push(format!("{told}\n  tells of {trace}: {text}"));
        }
        for (other, of) in [(&quiet, Others::Quiet), (&alone, Others::None)] {
            let is_comparable = of == Others::Quiet || !probe.is_about_others();
            if is_comparable
                && !probe.path.starts_with(FOR_EVERYBODY)
                && busy.compared != other.compared
            {
                let (seen, expected) = differing(&busy.compared, &other.compared);
                self.leaks.push(format!("{told}\n  {seen}\n  where it is {of:?}: {expected}"));
            }
        }
        let text = String::from_utf8_lossy(&busy.reply.body).into_owned();
        for link in text.split('"').filter_map(|it| it.strip_prefix("http://pantry.example")) {
            // A sandbox's link is another one in each installation.
            if !link.contains("/sandboxes/") {
                self.links.insert(link.to_owned());
            }
        }
        busy.compared
    }

    fn end(self, least: usize) {
        assert!(self.leaks.is_empty(), "{} leaks:\n{}", self.leaks.len(), shown(&self.leaks));
        assert!(self.asked >= least, "{} requests were made", self.asked);
    }
}

fn shown(leaks: &[String]) -> String {
    let short = |leak: &String| leak.chars().take(3000).collect::<String>();
    leaks.iter().take(30).map(short).collect::<Vec<_>>().join("\n\n")
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_one_reads_tells_nothing_of_another() {
    let (mut walk, contents) = Box::pin(Walk::new()).await;
    let all = probes(&["GET", "HEAD"], &contents);
    let mut before = Vec::new();
    for who in [ADMIN, CLIENT] {
        for probe in &all {
            before.push(walk.ask(who, probe).await);
        }
    }
    assert!(walk.links.iter().any(|link| link.contains("/files/")), "no file was seen");
    for path in walk.links.clone() {
        let probe = Probe { method: "GET", path, body: String::new() };
        walk.ask(ADMIN, &probe).await;
    }
    // While the other goes on, nothing changes.
    walk.busy.churn().await;
    for (who, answers) in [ADMIN, CLIENT].iter().zip(before.chunks(all.len())) {
        for (probe, before) in all.iter().zip(answers) {
            let now = walk.busy.answers(who, probe).await.compared;
            if now != *before {
                walk.leaks.push(format!("{who}: {probe:?}\n  was {before}\n  and is {now}"));
            }
        }
    }
    walk.end(500);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_one_does_tells_nothing_of_another() {
    let (mut walk, contents) = Box::pin(Walk::new()).await;
    // Names that the other has are given to things of one's own.
    walk.traces.0.retain(|trace| !["zeta", "facade5a"].contains(&&**trace));
    for method in ["POST", "PUT"] {
        for probe in probes(&[method], &contents) {
            walk.ask(ADMIN, &probe).await;
        }
    }
    // What is there now has the names that the other has.
    for probe in probes(&["GET"], &contents) {
        walk.ask(ADMIN, &probe).await;
    }
    for probe in probes(&["DELETE"], &contents) {
        walk.ask(ADMIN, &probe).await;
    }
    let statuses = walk.statuses.clone();
    assert!([200, 201, 400, 403, 404, 409].iter().all(|it| statuses.contains(it)), "{statuses:?}");
    walk.end(500);
}

/// Uploads contents, makes a cookbook of each, and reads it: what is answered to each step.
async fn uploads(installed: &Installed) -> Vec<String> {
    let house = &installed.house;
    let [_, colliding] = contents::colliding();
    let mut steps = Vec::new();
    for (number, bytes) in [THEIRS_ONLY, NOBODYS, &colliding].into_iter().enumerate() {
        let md5 = house.content(bytes).await.md5;
        let asked = house.ask_for_sandbox(OURS, &[md5]).await;
        steps.push(installed.compared(&asked));
        let sandbox = asked.json();
        if let Some(link) = sandbox["checksums"][md5.to_string()]["url"].as_str() {
            steps.push(installed.compared(&house.upload(link, b"something else").await));
            steps.push(installed.compared(&house.upload(link, bytes).await));
        }
        steps.push(installed.compared(&house.commit(OURS, &sandbox).await));
        let path = format!("/organizations/ours/cookbooks/uploaded/{number}.0.0");
        let body = with_file(cookbook("uploaded", &format!("{number}.0.0")), "", &md5.to_string());
        let put = house.asker(ADMIN).asks("PUT", &path, body).await;
        steps.push(installed.compared(&put));
        let shown = house.asker(ADMIN).gets(&path).await;
        steps.push(installed.compared(&shown));
        let shown = shown.json();
        let link = shown["recipes"][0]["url"].as_str().unwrap_or_default();
        let link = link.trim_start_matches("http://pantry.example").to_owned();
        assert!(link.contains("/organizations/ours/files/"), "{shown}");
        steps.push(installed.compared(&house.get(&link).await));
        // When it is deleted, the link ends, whoever else has the same.
        house.asker(ADMIN).asks("DELETE", &path, Value::Null).await;
        steps.push(installed.compared(&house.get(&link).await));
    }
    steps
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn uploading_what_another_has_is_as_uploading_what_nobody_has() {
    let busy = Box::pin(Installed::new(Others::Busy)).await;
    let seen = Box::pin(uploads(&busy)).await;
    for others in [Others::Quiet, Others::None] {
        let other = Box::pin(Installed::new(others)).await;
        assert_eq!(seen, Box::pin(uploads(&other)).await, "{others:?}");
    }
    assert!(seen.iter().any(|step| step.contains("zz-secret")), "what was uploaded is read");
}

#[tokio::test]
async fn the_installations_are_what_they_are_to_be() {
    let busy = Box::pin(Installed::new(Others::Busy)).await;
    let zelda = busy.house.asker("zelda");
    let uma = busy.house.asker(ADMIN);
    let names = |reply: Reply| match reply.json() {
        Value::Object(all) => all.keys().cloned().collect::<Vec<_>>(),
        _ => panic!("{reply:?}"),
    };
    let theirs = names(zelda.gets("/organizations/theirs/cookbooks").await);
    assert_eq!(theirs, ["base-thing", "common-thing", "zeta-thing"]);
    let ours = names(uma.gets(&format!("/organizations/{OURS}/cookbooks")).await);
    assert_eq!(ours, ["base-thing", "common-thing", "ours-thing"]);
    let shown = zelda.gets("/organizations/theirs/nodes/common-thing").await;
    assert!(shown.text().contains("zz-secret"));
}
