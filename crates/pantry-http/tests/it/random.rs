//! Random requests to every route: right ones, right ones with something wrong in them, and such as
//! nobody would make. None is answered with a fault of the server's own, or not at all.
//!
//! The normal run is short, and always the same. `PANTRY_RANDOM_SECONDS` makes it go on for so long
//! with a seed after the other, and `PANTRY_RANDOM_SEED` says with which it begins.

use std::time::{Duration, Instant};

use pantry_sign::{PrivateKey, Version};
use serde_json::Value;

use crate::client::Reply;
use crate::dice::Dice;
use crate::house::{Ask, House, NOW};
use crate::people::{OTHER_KEY, OWN_KEY, Signer, WEB_KEY};
use crate::who_may_town::{ADMIN, CLIENT, MEMBER, ORGANIZATION, OUTSIDER, Town, VALIDATOR};

/// How many requests are made of one server: after that, little may be left of what was there.
const REQUESTS: usize = 400;

/// How many seeds the normal run has.
const ROUNDS: u64 = 2;

/// Who asks, and how many of a hundred sign so.
const SUPERUSER: &str = "pivotal";
const ASKERS: &[&str] = &[SUPERUSER, ADMIN, MEMBER, OUTSIDER, CLIENT, VALIDATOR, "nobody-at-all"];

/// A request.
struct Request {
    method: String,
    path: String,
    headers: Vec<(&'static str, String)>,
    body: Vec<u8>,
    signer: Option<&'static str>,
    /// Whether the superuser has signed it, and said nothing else of the signature.
    is_proven: bool,
}

impl Request {
    /// As a person reads it, who wants to know what went wrong.
    fn text(&self) -> String {
        let Self { method, path, headers, body, signer, .. } = self;
        let short = |text: &str| text.chars().take(1500).collect::<String>();
        let body = short(&String::from_utf8_lossy(body));
        format!("{method} {} by {signer:?} with {headers:?}: {body:?}", short(path))
    }
}

fn setting(name: &str) -> Option<u64> {
    std::env::var(name).ok().map(|text| text.parse().expect("a number"))
}

#[tokio::test]
async fn no_request_that_can_be_made_is_too_much() {
    let first = setting("PANTRY_RANDOM_SEED").unwrap_or(1);
    let (started, time) = (Instant::now(), setting("PANTRY_RANDOM_SECONDS"));
    for seed in first.. {
        let is_over = match time {
            Some(seconds) => started.elapsed() >= Duration::from_secs(seconds),
            None => seed >= first + ROUNDS,
        };
        if is_over {
            break;
        }
        Box::pin(round(seed)).await;
    }
}

/// Everything that one seed makes.
async fn round(seed: u64) {
    let house = House::with(|config| {
        config.default_organization = Some(ORGANIZATION.parse().unwrap());
    });
    let house = house.await;
    let town = Box::pin(Town::settle(&house)).await;
    town.expect_anything();
    let routes: Vec<(&str, &str)> = pantry_http::routes().collect();
    let mut dice = Dice::new(seed);
    let mut connection = house.connect().await;
    for number in 0..REQUESTS {
        // What a right request needs is there, unless something that was random has removed it.
        let (method, form) = *dice.one_of(&routes);
        let right = match dice.chance(40) {
            true => Some(Box::pin(town.subject(method, form, MEMBER)).await),
            false => None,
        };
        let request = request(&mut dice, (method, form), right.map(|it| (it.path, it.body)));
        let asked = format!("seed {seed}, request {number}: {}", request.text());
        connection.send(bytes(&request)).await;
        let reply = tokio::spawn(async move {
            let method = request.method.clone();
            let reply = Box::pin(connection.reply_to(&method)).await;
            (connection, request, reply)
        });
        // Whatever goes wrong, it is said what was asked.
        let (after, request, reply) =
            reply.await.unwrap_or_else(|error| panic!("{asked}: {error}"));
        connection = after;
        check(&request, &reply).unwrap_or_else(|wrong| {
            let said = String::from_utf8_lossy(&reply.body);
            panic!("{asked}: {wrong}: {} {:?} {said}", reply.status, reply.headers)
        });
        if reply.header("connection") == Some("close") {
            connection = house.connect().await;
        }
    }
    assert_eq!(house.get("/_status").await.status, 200, "seed {seed}");
}

/// What is wrong with an answer.
fn check(request: &Request, reply: &Reply) -> Result<(), &'static str> {
    let Request { method, path, .. } = request;
    if reply.status >= 500 {
        return Err("a fault of the server's own");
    }
    // What is no URL is none of any route's.
    if reply.status == 400 && reply.body.is_empty() && path.contains(UNFIT) {
        return Ok(());
    }
    if reply.header("x-ops-server-api-version").is_none() {
        return Err("no API version");
    }
    let is_json = reply.header("content-type") == Some("application/json");
    if method != "HEAD" && is_json && serde_json::from_slice::<Value>(&reply.body).is_err() {
        return Err("no JSON");
    }
    let is_text = ["/version", "/_stats"].iter().any(|one| path.contains(one));
    if !(is_json || is_text && reply.status == 200) {
        return Err("not said to be JSON");
    }
    if reply.status == 401 && request.is_proven && reply.text().contains("signature") {
        return Err("a right signature was refused");
    }
    Ok(())
}

/// What may not be in a URL.
const UNFIT: &[char] = &['"', '<', '>', '\\', '^', '`', '{', '|', '}', ' ', '\u{7f}', '#'];

fn request(dice: &mut Dice, route: (&str, &str), right: Option<(String, Vec<u8>)>) -> Request {
    let (mut method, form) = route;
    if dice.chance(8) {
        method = dice.one_of::<&str>(&["GET", "HEAD", "POST", "PUT", "DELETE", "PATCH", "BREW"]);
    }
    let (mut path, mut body) = match right {
        Some(right) => right,
        None => (any_path(dice, form), any_body(dice)),
    };
    // What is the default organization's is found without its name as well.
    if dice.chance(10)
        && let Some(rest) = path.strip_prefix(&format!("/organizations/{ORGANIZATION}/"))
    {
        path = format!("/{rest}");
    }
    if dice.chance(15) {
        path = changed_path(dice, &path);
    }
    if dice.chance(40) {
        body = changed_body(dice, body);
    }
    if dice.chance(30) {
        path = format!("{path}?{}", any_query(dice));
    }
    let (headers, is_same) = any_headers(dice);
    let signer = dice.chance(90).then(|| match dice.chance(60) {
        true => SUPERUSER,
        false => *dice.one_of(ASKERS),
    });
    // What asks who signed a request is signed as that request.
    let is_proven = is_same && signer == Some(SUPERUSER) && !path.contains("validate");
    Request { method: method.to_owned(), path, headers, body, signer, is_proven }
}

/// A path of this form, about anything.
fn any_path(dice: &mut Dice, form: &str) -> String {
    let segments = form.split('/').skip(1).map(|segment| match segment {
        "{organization}" if dice.chance(90) => ORGANIZATION.to_owned(),
        "{permission}" if dice.chance(70) => "read".to_owned(),
        literal if !literal.starts_with('{') => literal.to_owned(),
        _ => escaped(dice),
    });
    segments.flat_map(|segment| ["/".to_owned(), segment]).collect()
}

/// A text as a part of a path: escaped as is due, or wholly, or wrongly.
fn escaped(dice: &mut Dice) -> String {
    if dice.chance(5) {
        return "x".repeat(20_000);
    }
    let mut bytes = dice.text().into_bytes();
    if dice.chance(10) {
        bytes = dice.bytes(6);
    }
    if dice.chance(5) {
        return ["%", "%2", "%zz", "%%", "%2F%2e%2e%2F", "%00", "%ff%fe", "é", "^", "{}"]
            [dice.below(10)]
        .to_owned();
    }
    let all = dice.chance(30);
    let escape = |byte: &u8| match *byte {
        plain if !all && (plain.is_ascii_alphanumeric() || b"-._~:@".contains(&plain)) => {
            char::from(plain).to_string()
        }
        other => format!("%{other:02X}"),
    };
    bytes.iter().map(escape).collect()
}

/// The same path with something else in it, or more of it, or less.
fn changed_path(dice: &mut Dice, path: &str) -> String {
    let mut segments: Vec<String> = path.split('/').map(str::to_owned).collect();
    let at = 1 + dice.below(segments.len() - 1);
    match dice.below(5) {
        0 => segments[at] = escaped(dice),
        1 => segments.insert(at, String::new()),
        2 => segments.push(escaped(dice)),
        3 => segments.push(String::new()),
        _ => drop(segments.remove(at)),
    }
    let path = segments.join("/");
    if path.starts_with('/') { path } else { format!("/{path}") }
}

fn any_query(dice: &mut Dice) -> String {
    let names = ["email", "external_authentication_uid", "verbose", "detail", "format", "q"];
    let length = dice.below(3);
    let pairs: Vec<_> = (0..length)
        .map(|_| {
            let value = match dice.below(4) {
                0 => "true".to_owned(),
                1 => "granular".to_owned(),
                2 => "text".to_owned(),
                _ => escaped(dice),
            };
            format!("{}={}", dice.one_of(&names), value.chars().take(2000).collect::<String>())
        })
        .collect();
    pairs.join("&")
}

fn any_body(dice: &mut Dice) -> Vec<u8> {
    match dice.below(12) {
        0 => Vec::new(),
        1 => dice.bytes(60),
        2 => {
            let (open, depth) = (["[", "{\"a\":", "[{\"name\":"], [100, 130, 10_000, 300_000]);
            open[dice.below(3)].repeat(depth[dice.below(4)]).into_bytes()
        }
        3 => {
            let depth = [100, 126, 127, 128, 5000][dice.below(5)];
            let (open, close) = ("[".repeat(depth), "]".repeat(depth));
            format!("{{\"name\":\"x1\",\"normal\":{{\"a\":{open}{close}}}}}").into_bytes()
        }
        4 => dice.json(3).into_bytes(),
        5 if dice.chance(10) => {
            let long = "x".repeat([1_999_988, 1_999_989, 1_999_990, 3_000_000][dice.below(4)]);
            format!("{{\"name\":\"{long}\"}}").into_bytes()
        }
        _ => dice.object(4).into_bytes(),
    }
}

/// The same body, broken, or with more in it.
fn changed_body(dice: &mut Dice, mut body: Vec<u8>) -> Vec<u8> {
    let at = dice.below(body.len() + 1);
    match dice.below(5) {
        0 => body.truncate(at),
        1 if at < body.len() => body[at] = dice.bytes(1).pop().unwrap_or(0xff),
        2 => body.extend(dice.bytes(4)),
        // Another field, first or last, or one that is there already.
        _ if body.first() == Some(&b'{') && body.len() > 2 => {
            let more = dice.object(3);
            let more = more.trim_start_matches('{').trim_end_matches('}');
            if !more.is_empty() {
                let at = [1, body.len() - 1][dice.below(2)];
                let more = if at == 1 { format!("{more},") } else { format!(",{more}") };
                body.splice(at..at, more.into_bytes());
            }
        }
        _ => {}
    }
    body
}

/// Headers that are read, and some of what may be in them.
const HEADERS: &[(&str, &[&str])] = &[
    ("Accept", &["*/*", "text/html", "application/json;q=0", "\u{e9}"]),
    ("X-Chef-Version", &["9.0", "18.1.2", "x"]),
    ("X-Request-Id", &["1", "a b", "\u{e9}"]),
    ("X-Forwarded-Proto", &["https", "https, http", "x"]),
    ("X-Forwarded-Host", &["a:443,b", "\u{e9}", "[::1]"]),
    ("X-Forwarded-For", &["127.0.0.1", "10.0.0.1, 127.0.0.1", "x"]),
    ("If-None-Match", &["*"]),
    ("Range", &["bytes=0-1"]),
    ("X-Ops-WebKey-Tag", &["default", "x"]),
    ("X-Ops-Request-Source", &["web", "Web"]),
    ("X-Ops-Sign", &["version=1.0", "version=1.3", "version=9", "=;="]),
    ("X-Ops-Timestamp", &["2026-11-21T07:00:00Z", "x", "9999-99-99T99:99:99Z"]),
    ("X-Ops-UserId", &["max", "\u{e9}", " "]),
    ("X-Ops-Content-Hash", &["x"]),
    ("X-Ops-Authorization-1", &["x", "AAAA"]),
];

/// Headers, and whether they say nothing of the signature.
fn any_headers(dice: &mut Dice) -> (Vec<(&'static str, String)>, bool) {
    let mut headers = Vec::new();
    if dice.chance(90) {
        headers.push(("Content-Type", "application/json".to_owned()));
    }
    if dice.chance(70) {
        let version = match dice.chance(95) {
            true => ["0", "1", "2"][dice.below(3)],
            false => ["3", "-1", "x"][dice.below(3)],
        };
        headers.push(("X-Ops-Server-API-Version", version.to_owned()));
    }
    let mut is_same = true;
    while dice.chance(25) {
        let (name, values) = *dice.one_of(HEADERS);
        is_same &= !name.starts_with("X-Ops");
        headers.push((name, (*dice.one_of(values)).to_owned()));
    }
    (headers, is_same)
}

fn bytes(request: &Request) -> Vec<u8> {
    let Request { method, path, headers, body, signer, .. } = request;
    let signed = path.split_once('?').map_or(path.as_str(), |(path, _)| path);
    let mut ask = Ask::new(method, path).body(body).signing(signed);
    for (name, value) in headers {
        ask = ask.header(name, value);
    }
    let is_web = headers.contains(&("X-Ops-Request-Source", "web".to_owned()));
    if let Some(name) = *signer {
        let key: &PrivateKey = match (is_web, name) {
            (true, _) => &WEB_KEY,
            (_, "nobody-at-all") => &OTHER_KEY,
            _ => &OWN_KEY,
        };
        ask = ask.signed(Signer { name, key, version: Version::V1_3, at: NOW });
    }
    ask.bytes()
}
