//! Connections that are kept, and requests that are sent again or must not be.

use pantry_http_client::{Method, Request};

use crate::bad_server::{Act, BadServer, json, with_headers};
use crate::clock::{ada, http, impatient};

fn close() -> Act {
    Act::SayAndClose(Vec::new())
}

#[tokio::test]
async fn a_connection_is_kept() {
    let server = BadServer::doing(vec![json(200, "{}"), json(404, "{}"), json(200, "{}")]).await;
    let (client, request) = (http(impatient()), Request::new(Method::GET, server.url()));
    for status in [200, 404, 200, 200] {
        assert_eq!(client.send(&request).await.unwrap().status, status);
    }
    assert!(server.heard().iter().all(|heard| heard.connection == 0));
    assert_eq!(server.heard()[0].line, "GET / HTTP/1.1");
}

#[tokio::test]
async fn a_connection_that_the_server_closes_is_not_used_again() {
    let last = "HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 2\r\n\r\n{}";
    let server = BadServer::doing(vec![Act::SayAndClose(last.into())]).await;
    let client = ada(&server, None);
    for _ in 0..5 {
        client.post("/nodes", b"{}".to_vec()).await.unwrap();
    }
    let connections: Vec<_> = server.heard().iter().map(|heard| heard.connection).collect();
    assert_eq!(connections, [0, 1, 2, 3, 4]);
}

#[tokio::test]
async fn a_server_that_fails_for_a_moment_is_asked_again() {
    for first in [json(503, "{}"), json(500, "{}"), json(502, "<html>"), close()] {
        let server = BadServer::doing(vec![first, json(200, "{\"a\":1}")]).await;
        assert_eq!(ada(&server, None).get("/nodes/web1").await.unwrap(), b"{\"a\":1}");
        assert_eq!(server.heard().len(), 2);
    }
    let server = BadServer::doing(vec![json(500, "{\"error\":[\"internal\"]}")]).await;
    let error = ada(&server, None).put("/nodes/web1", b"{}".to_vec()).await.unwrap_err();
    assert!(error.to_string().ends_with("internal (500 Internal Server Error)"), "{error}");
    assert_eq!(server.heard().len(), 3);
}

#[tokio::test]
async fn what_may_have_been_done_is_not_asked_for_again() {
    for act in [close(), json(500, "{}"), json(503, "{}")] {
        let server = BadServer::doing(vec![act, json(201, "{}")]).await;
        let client = ada(&server, None);
        client.post("/nodes", b"{}".to_vec()).await.unwrap_err();
        assert_eq!(server.heard().len(), 1);
        client.delete("/nodes/web1").await.unwrap();
        assert_eq!(server.heard().len(), 2);
    }
}

#[tokio::test]
async fn a_server_that_says_when_to_come_again_is_obeyed() {
    let busy = |seconds: u32| with_headers(503, &format!("Retry-After: {seconds}\r\n"), "{}");
    let server = BadServer::doing(vec![busy(1), json(201, "{}")]).await;
    let before = tokio::time::Instant::now();
    ada(&server, None).post("/nodes", b"{}".to_vec()).await.unwrap();
    assert!(before.elapsed().as_millis() >= 1000);
    assert_eq!(server.heard().len(), 2);

    let server = BadServer::doing(vec![busy(3600), json(200, "{}")]).await;
    let error = ada(&server, None).get("/nodes").await.unwrap_err();
    assert!(error.to_string().contains("503"), "{error}");
    assert_eq!(server.heard().len(), 1);
}
