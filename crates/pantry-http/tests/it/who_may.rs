//! Who may ask for what: the table in `who_may.txt`, asked line by line of a real server.
//!
//! What a request is about is made by the superuser, and serves one persona after the other until
//! one has changed it: so whoever is refused has changed nothing, or the next would not find it.

use std::collections::BTreeSet;

use pantry_sign::Version;

use crate::house::{Ask, House, NOW};
use crate::people::{OTHER_KEY, OWN_KEY, Signer, WEB_KEY};
use crate::who_may_town::{ADMIN, CLIENT, MEMBER, OUTSIDER, Subject, Town, VALIDATOR};

const TABLE: &str = include_str!("who_may.txt");

/// The path of an organization, as routes write it.
const ORGANIZATION: &str = "/organizations/{organization}";

/// In the order of the table's columns.
const PERSONAS: [Persona; 9] = [
    Persona("superuser", "pivotal", Signs::Itself),
    Persona("admin", ADMIN, Signs::Itself),
    Persona("member", MEMBER, Signs::Itself),
    Persona("outsider", OUTSIDER, Signs::Itself),
    Persona("API client", CLIENT, Signs::Itself),
    Persona("validator", VALIDATOR, Signs::Itself),
    Persona("front end", MEMBER, Signs::FrontEnd),
    Persona("nobody", MEMBER, Signs::Nobody),
    Persona("unknown", MEMBER, Signs::Stranger),
];

/// Who asks: what it is called here, by which name it asks, and how it signs.
struct Persona(&'static str, &'static str, Signs);

enum Signs {
    /// With its own key.
    Itself,
    /// With the web key, which speaks for it.
    FrontEnd,
    /// Not at all.
    Nobody,
    /// With a key that nobody has.
    Stranger,
}

impl Persona {
    async fn asks(&self, house: &House, method: &str, subject: &Subject) -> u16 {
        let Self(_, name, signs) = self;
        let mut ask = Ask::new(method, &subject.path)
            .header("Content-Type", "application/json")
            .body(&subject.body);
        // Whoever asks who has signed a request signs the path of that.
        if let Some((_, path)) = subject.path.split_once("/validate") {
            ask = ask.signing(path);
        }
        let (key, is_web) = match signs {
            Signs::Itself => (Some(&*OWN_KEY), false),
            Signs::FrontEnd => (Some(&*WEB_KEY), true),
            Signs::Nobody => (None, false),
            Signs::Stranger => (Some(&*OTHER_KEY), false),
        };
        if is_web {
            ask = ask.header("X-Ops-Request-Source", "web");
        }
        if let Some(key) = key {
            ask = ask.signed(Signer { name, key, version: Version::V1_3, at: NOW });
        }
        Box::pin(house.ask(ask)).await.status
    }
}

/// A line of the table.
struct Line {
    method: &'static str,
    /// As routes write it, or with `{self}`.
    path: String,
    statuses: Vec<u16>,
}

fn lines() -> Vec<Line> {
    let lines = TABLE.lines().filter(|line| !line.starts_with('#') && !line.is_empty());
    let line = |line: &'static str| {
        let mut words = line.split_whitespace();
        let (method, path) = (words.next().unwrap(), words.next().unwrap());
        let path = match path.strip_prefix("ORG") {
            Some(rest) => format!("{ORGANIZATION}{rest}"),
            None => path.to_owned(),
        };
        let statuses: Vec<u16> = words.map(|status| status.parse().unwrap()).collect();
        assert_eq!(statuses.len(), PERSONAS.len(), "{line}");
        Line { method, path, statuses }
    };
    lines.map(line).collect()
}

#[test]
fn the_table_has_every_route_and_no_other() {
    let lines = lines();
    let of_others = lines.iter().filter(|line| !line.path.contains("{self}"));
    let listed: Vec<_> = of_others.map(|line| (line.method, line.path.as_str())).collect();
    let table: BTreeSet<_> = listed.iter().copied().collect();
    assert_eq!(table.len(), listed.len(), "a route is listed twice");
    let routes: BTreeSet<_> = pantry_http::routes().collect();
    let lacking: Vec<_> = routes.difference(&table).collect();
    assert!(lacking.is_empty(), "the table lacks {lacking:?}");
    let gone: Vec<_> = table.difference(&routes).collect();
    assert!(gone.is_empty(), "there is no {gone:?}");
}

#[tokio::test]
async fn everyone_gets_the_status_that_the_table_says() {
    let house = House::new().await;
    let town = Box::pin(Town::settle(&house)).await;
    let mut wrong = Vec::new();
    for Line { method, path, statuses } in lines() {
        let mut subject = None;
        for (persona, expected) in PERSONAS.iter().zip(statuses) {
            let Persona(called, name, _) = persona;
            let about = match subject.take() {
                Some(subject) => subject,
                None => Box::pin(town.subject(method, &path, name)).await,
            };
            let status = persona.asks(&house, method, &about).await;
            if status != expected {
                wrong.push(format!("{method} {path} as {called}: {status} and not {expected}"));
            }
            let is_used = status < 300 && !matches!(method, "GET" | "HEAD");
            if !is_used && !path.contains("{self}") {
                subject = Some(about);
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}
