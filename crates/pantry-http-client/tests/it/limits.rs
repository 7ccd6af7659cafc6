//! Answers that are slow, cut off, huge, packed, or none.

use std::io::Write as _;
use std::time::Duration;

use flate2::Compression;
use flate2::write::GzEncoder;
use pantry_http_client::{Answer, ChefError, HttpError, Method, Problem, Request, ServerUrl};
use serde_json::Value;

use crate::bad_server::{Act, BadServer, json};
use crate::clock::{ada, http, impatient};

async fn ask(server: &BadServer) -> Result<Answer, HttpError> {
    http(impatient()).send(&Request::new(Method::GET, server.url().join("/x"))).await
}

async fn problem(act: Act) -> Problem {
    let server = BadServer::doing(vec![act]).await;
    let error = ask(&server).await.unwrap_err();
    assert_eq!((error.method.as_str(), error.url), ("GET", server.url().join("/x").to_string()));
    error.problem
}

#[tokio::test]
async fn a_server_that_falls_silent_is_not_waited_for_for_ever() {
    for begun in
        ["", "HTTP/1.1 200 OK\r\nContent-Le", "HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nabc"]
    {
        let problem = problem(Act::SayAndHang(begun.to_owned())).await;
        assert!(matches!(problem, Problem::Silent(_)), "{begun:?}: {problem}");
    }
}

#[tokio::test]
async fn a_server_that_never_ends_is_not_listened_to_for_ever() {
    let mut config = impatient();
    config.limits.answer_within = Duration::from_millis(400);
    let trickle =
        Act::Trickle("HTTP/1.1 100 Continue\r\n\r\n".to_owned(), Duration::from_millis(50));
    let server = BadServer::doing(vec![trickle]).await;
    let request = Request::new(Method::GET, server.url());
    let problem = http(config).send(&request).await.unwrap_err().problem;
    assert!(matches!(problem, Problem::TooSlow(_) | Problem::Silent(_)), "{problem}");
    assert_eq!(server.heard().len(), if matches!(problem, Problem::TooSlow(_)) { 1 } else { 3 });
}

#[tokio::test]
async fn an_answer_that_is_cut_off_is_none() {
    for begun in [
        "",
        "HTTP/1.1 200 OK\r\n",
        "HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nabc",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n",
    ] {
        let problem = problem(Act::SayAndClose(begun.into())).await;
        assert!(matches!(problem, Problem::CutOff), "{begun:?}: {problem}");
    }
}

#[tokio::test]
async fn an_answer_has_a_limit_however_it_is_announced() {
    let filler = "x".repeat(10_001);
    let all = format!(
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2711\r\n{filler}\r\n0\r\n\r\n"
    );
    for act in [
        // It is refused before it is read.
        Act::SayAndHang("HTTP/1.1 200 OK\r\nContent-Length: 99999999999\r\n\r\n".to_owned()),
        Act::Say(all),
        Act::SayAndClose(format!("HTTP/1.1 200 OK\r\n\r\n{filler}").into()),
    ] {
        let problem = problem(act).await;
        assert!(matches!(problem, Problem::TooLarge { limit: 10_000 }), "{problem}");
    }
    let server = BadServer::doing(vec![json(200, &filler[1..])]).await;
    assert_eq!(ask(&server).await.unwrap().body.len(), 10_000);
}

fn packed(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::best());
    encoder.write_all(bytes).unwrap();
    encoder.finish().unwrap()
}

fn in_gzip(packed: &[u8]) -> Act {
    let head = format!(
        "HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: {}\r\n\r\n",
        packed.len()
    );
    Act::SayAndClose([head.as_bytes(), packed].concat())
}

#[tokio::test]
async fn a_packed_answer_is_unpacked_within_the_limit() {
    let server = BadServer::doing(vec![in_gzip(&packed(b"{\"a\":1}"))]).await;
    assert_eq!(ask(&server).await.unwrap().body, b"{\"a\":1}");
    assert_eq!(server.heard()[0].header("accept-encoding"), Some("gzip"));

    let bomb = packed(&vec![0; 5_000_000]);
    assert!(bomb.len() < 10_000);
    let found = problem(in_gzip(&bomb)).await;
    assert!(matches!(found, Problem::TooLarge { limit: 10_000 }), "{found}");
    for broken in [&b"not packed"[..], &packed(b"{}")[..12]] {
        let found = problem(in_gzip(broken)).await;
        assert!(matches!(found, Problem::Packing(_)), "{found}");
    }
}

#[tokio::test]
async fn what_speaks_no_http_is_told() {
    // The last is what a server that expects TLS says to plain HTTP.
    for said in [&b"SSH-2.0-OpenSSH_10.0\r\n"[..], b"\x15\x03\x01\x00\x02\x02\x46"] {
        let problem = problem(Act::SayAndClose(said.to_vec())).await;
        assert!(matches!(problem, Problem::NotHttp(_)), "{problem}");
    }
}

#[tokio::test]
async fn a_server_that_is_not_there_is_told() {
    let port = pantry_testkit::installation::free_port().unwrap();
    let of = async |host: &str| {
        let url = ServerUrl::new(false, host, port);
        http(impatient()).send(&Request::new(Method::POST, url)).await.unwrap_err().problem
    };
    let problem = of("127.0.0.1").await;
    assert!(matches!(problem, Problem::NobodyListens { .. }), "{problem}");
    // Both addresses of it are tried.
    let problem = of("localhost").await;
    assert!(matches!(problem, Problem::NobodyListens { .. }), "{problem}");
    let problem = of("no-such-host.invalid").await;
    assert!(matches!(problem, Problem::Unresolved { .. }), "{problem}");
}

#[tokio::test]
async fn an_answer_that_is_not_what_was_asked_for_is_told_with_its_place() {
    for body in ["", "{", "<html>", "[1,2]"] {
        let server = BadServer::doing(vec![json(200, body)]).await;
        let read =
            ada(&server, None).get_json::<serde_json::Map<String, Value>>("/nodes?a=b").await;
        let error = read.unwrap_err();
        let ChefError::NotUnderstood { url, .. } = &error else { panic!("{error}") };
        assert!(url.ends_with("/organizations/shop/nodes"), "{error}");
    }
}
