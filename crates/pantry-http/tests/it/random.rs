//! Random requests to every route: right ones, right ones with something wrong in them, and such as
//! nobody would make. None is answered with a fault of the server's own, or not at all.
//!
//! The normal run is short, and always the same. `PANTRY_RANDOM_SECONDS` makes it go on for so long
//! with a seed after the other, and `PANTRY_RANDOM_SEED` says with which it begins.

use std::time::{Duration, Instant};

use serde_json::Value;

use crate::client::Reply;
use crate::dice::Dice;
use crate::house::House;
use crate::random_request::{Request, request};
use crate::who_may_town::{MEMBER, ORGANIZATION, Town};

/// How many requests are made of one server: after that, little may be left of what was there.
const REQUESTS: usize = 400;

/// How many seeds the normal run has.
const ROUNDS: u64 = 2;

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
        connection.send(request.bytes()).await;
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
    // Text, and what a file holds.
    let is_other = ["/version", "/_stats", "/files/"].iter().any(|one| path.contains(one));
    let is_nothing = reply.status == 204 && reply.body.is_empty();
    if !(is_json || is_nothing || is_other && [200, 206].contains(&reply.status)) {
        return Err("not said to be JSON");
    }
    if reply.status == 401 && request.is_proven && reply.text().contains("signature") {
        return Err("a right signature was refused");
    }
    Ok(())
}

/// What may not be in a URL.
const UNFIT: &[char] = &['"', '<', '>', '\\', '^', '`', '{', '|', '}', ' ', '\u{7f}', '#'];
