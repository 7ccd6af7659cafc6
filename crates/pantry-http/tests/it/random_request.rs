//! What a random request is: its path, headers and body, and who has signed it.

use pantry_sign::{PrivateKey, Version};

use crate::dice::Dice;
use crate::house::{Ask, NOW};
use crate::people::{OTHER_KEY, OWN_KEY, Signer, WEB_KEY};
use crate::who_may_town::{ADMIN, CLIENT, MEMBER, ORGANIZATION, OUTSIDER, VALIDATOR};

const SUPERUSER: &str = "pivotal";
/// Who signs. The last of them is nobody that the server knows.
const ASKERS: &[&str] = &[SUPERUSER, ADMIN, MEMBER, OUTSIDER, CLIENT, VALIDATOR, "nobody-at-all"];

/// A request.
pub(crate) struct Request {
    pub(crate) method: String,
    pub(crate) path: String,
    pub(crate) headers: Vec<(&'static str, String)>,
    pub(crate) body: Vec<u8>,
    pub(crate) signer: Option<&'static str>,
    /// Whether the superuser has signed it, and said nothing else of the signature.
    pub(crate) is_proven: bool,
}

impl Request {
    /// As a person reads it, who wants to know what went wrong.
    pub(crate) fn text(&self) -> String {
        let Self { method, path, headers, body, signer, .. } = self;
        let short = |text: &str| text.chars().take(1500).collect::<String>();
        let body = short(&String::from_utf8_lossy(body));
        format!("{method} {} by {signer:?} with {headers:?}: {body:?}", short(path))
    }

    /// As it is sent.
    pub(crate) fn bytes(&self) -> Vec<u8> {
        let Self { method, path, headers, body, signer, .. } = self;
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
}

/// A request to this route: anything, or what is right with something changed in it.
pub(crate) fn request(
    dice: &mut Dice,
    route: (&str, &str),
    right: Option<(String, Vec<u8>)>,
) -> Request {
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
