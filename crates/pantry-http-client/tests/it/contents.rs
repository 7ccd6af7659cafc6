//! Contents of files on their way to a server and back, and servers that do not mean well.

use std::os::unix::fs::symlink;
use std::path::{Path, PathBuf};
use std::time::Duration;

use pantry_http_client::{
    ChefError, HttpError, LocalContent, Method, Payload, Problem, RemoteContent, Request,
    ServerUrl, Uploaded, download_contents, upload_contents,
};
use pantry_model::Md5;
use serde_json::{Value, json as value};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpListener;

use crate::bad_server::{Act, BadServer, Heard, json, with_headers};
use crate::clock::{ada, asking, http, impatient};

/// Of `one`, `two` and nothing.
const ONE: &str = "f97c5d29941bfb1b2fdab0874906ab82";
const TWO: &str = "b8a9f715dbb64fd5c56e7783c6820a61";
const EMPTY: &str = "d41d8cd98f00b204e9800998ecf8427e";

fn md5(text: &str) -> Md5 {
    text.parse().unwrap()
}

struct Folder(tempfile::TempDir);

impl Folder {
    fn new() -> Self {
        Self(tempfile::tempdir().unwrap())
    }

    fn path(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }

    fn content(&self, name: &str, sum: &str, text: &str) -> LocalContent {
        let path = self.path(name);
        std::fs::write(&path, text).unwrap();
        LocalContent { md5: md5(sum), path, size: text.len() as u64 }
    }
}

/// A server that wants these contents, by links on itself that do what `link` says.
async fn sandboxes(
    wanted: &'static [&'static str],
    link: impl Fn(&Heard, usize) -> Act + Send + Sync + 'static,
) -> BadServer {
    BadServer::by(move |heard, number| {
        if heard.line.starts_with("POST ") {
            let asked: Value = serde_json::from_str(&heard.body).unwrap();
            let host = heard.header("host").unwrap();
            let state = |sum: &String| match wanted.contains(&sum.as_str()) {
                true => {
                    value!({"needs_upload": true, "url": format!("http://{host}/store/{sum}?s=1")})
                }
                false => value!({"needs_upload": false}),
            };
            let sums = asked["checksums"].as_object().unwrap().keys();
            let states: serde_json::Map<_, _> = sums.map(|it| (it.clone(), state(it))).collect();
            return json(201, &value!({"sandbox_id": "5a", "checksums": states}).to_string());
        }
        if heard.line.contains("/store/") { link(heard, number) } else { json(200, "{}") }
    })
    .await
}

#[tokio::test]
async fn only_what_is_missing_is_sent_and_nobody_signs_it() {
    let folder = Folder::new();
    let server = sandboxes(&[ONE, EMPTY], |_, _| json(200, "")).await;
    let contents = [
        folder.content("a", ONE, "one"),
        folder.content("b", TWO, "two"),
        folder.content("c", EMPTY, ""),
        folder.content("d", ONE, "one"),
    ];
    let mut steps = Vec::new();
    let mut told = |so_far: Uploaded| steps.push((so_far.contents, so_far.sent));
    let uploaded = upload_contents(&ada(&server, None), &contents, &mut told).await.unwrap();
    assert_eq!(uploaded, Uploaded { contents: 3, sent: 2, bytes_sent: 3 });
    assert_eq!(steps, [(1, 0), (2, 1), (3, 2)]);

    let heard = server.heard();
    let asked: Value = serde_json::from_str(&heard[0].body).unwrap();
    assert_eq!(asked, value!({"checksums": {ONE: null, TWO: null, EMPTY: null}}));
    let sent = heard.iter().find(|it| it.line.contains(ONE)).unwrap();
    assert_eq!(sent.line, format!("PUT /store/{ONE}?s=1 HTTP/1.1"));
    assert_eq!(sent.body, "one");
    assert_eq!(sent.header("content-md5"), Some("+XxdKZQb+xsv2rCHSQargg=="));
    assert_eq!(sent.header("content-type"), Some("application/x-binary"));
    assert!(!sent.headers.iter().any(|(name, _)| name.starts_with("x-ops-")), "{sent:?}");
    let empty = heard.iter().find(|it| it.line.contains(EMPTY)).unwrap();
    assert_eq!(empty.header("content-length"), Some("0"));
    let last = heard.last().unwrap();
    assert!(last.line.starts_with("PUT /organizations/shop/sandboxes/5a "), "{last:?}");
    assert_eq!(last.body, r#"{"is_completed":true}"#);
    assert!(heard.iter().all(|it| !it.body.contains("two")));
}

#[tokio::test]
async fn a_store_that_stumbles_is_asked_again_and_one_that_refuses_is_told() {
    let folder = Folder::new();
    let contents = [folder.content("a", ONE, "one")];
    let server = sandboxes(&[ONE], |_, number| json(if number < 3 { 503 } else { 200 }, "")).await;
    let sent = upload_contents(&ada(&server, None), &contents, &mut |_| ()).await.unwrap();
    assert_eq!((sent.sent, server.heard().len()), (1, 5));

    let server = sandboxes(&[ONE], |_, _| json(403, "<Error>Expired</Error>")).await;
    let error = upload_contents(&ada(&server, None), &contents, &mut |_| ()).await.unwrap_err();
    assert!(matches!(&error, ChefError::LinkRefused(it) if it.status == 403), "{error}");
    // The link's query is a secret for a while.
    assert!(error.to_string().contains("/store/") && !error.to_string().contains("s=1"), "{error}");
    assert!(!server.heard().iter().any(|it| it.body.contains("is_completed")));
}

#[tokio::test]
async fn a_sandbox_that_makes_no_sense_is_told() {
    let folder = Folder::new();
    let contents = [folder.content("a", ONE, "one")];
    for (answer, said) in [
        (value!({}), "not understood"),
        (value!({"sandbox_id": "5a", "checksums": {}}), "where the content f97c5d29"),
        (
            value!({"sandbox_id": "5a", "checksums": {ONE: {"needs_upload": true}}}),
            "where the content f97c5d29",
        ),
        (
            value!({"sandbox_id": "5a", "checksums": {ONE: {"needs_upload": true, "url": "/x?s=1"}}}),
            "cannot be followed: `/x` is not the URL",
        ),
        (
            value!({"sandbox_id": "5a", "checksums": {ONE: {"needs_upload": true, "url": "file:///x"}}}),
            "cannot be followed",
        ),
    ] {
        let server = BadServer::doing(vec![json(201, &answer.to_string())]).await;
        let uploaded = upload_contents(&ada(&server, None), &contents, &mut |_| ()).await;
        let error = uploaded.unwrap_err().to_string();
        assert!(error.contains(said), "{answer}: {error}");
        assert_eq!(server.heard().len(), 1);
    }
}

async fn put(url: ServerUrl, path: &Path, size: u64) -> Result<(), HttpError> {
    let request = Request {
        body: Payload::File { path: path.to_owned(), size },
        ..Request::new(Method::PUT, url.join("/x"))
    };
    http(impatient()).send(&request).await.map(drop)
}

#[tokio::test]
async fn a_large_file_is_sent_whole_and_again_from_its_beginning() {
    let folder = Folder::new();
    let text = "0123456789".repeat(20_000);
    std::fs::write(folder.path("a"), &text).unwrap();
    let server = BadServer::doing(vec![json(503, ""), json(200, "")]).await;
    put(server.url(), &folder.path("a"), text.len() as u64).await.unwrap();
    let heard = server.heard();
    assert_eq!(heard.len(), 2);
    assert!(heard.iter().all(|it| it.body == text));
    // More of it is not sent than was said.
    put(server.url(), &folder.path("a"), 100_000).await.unwrap();
    assert!(server.heard().last().unwrap().body == text[..100_000]);
}

#[tokio::test]
async fn a_file_that_is_not_what_it_was_is_told() {
    let folder = Folder::new();
    std::fs::write(folder.path("a"), "x".repeat(100_000)).unwrap();
    let server = BadServer::doing(vec![json(200, "")]).await;
    for (name, size, said) in [
        ("none", 1, "none cannot be read: No such file"),
        ("a", 100_001, "a cannot be read: it is shorter than it was a moment ago"),
    ] {
        let error = put(server.url(), &folder.path(name), size).await.unwrap_err();
        assert!(error.to_string().contains(said), "{error}");
    }
    std::fs::write(folder.path("b"), "x").unwrap();
    let error = put(server.url(), &folder.path("b"), 2).await.unwrap_err();
    assert!(matches!(error.problem, Problem::Unreadable { .. }), "{error}");
    assert!(server.heard().is_empty());
}

#[tokio::test]
async fn a_slow_line_is_no_silent_server() {
    const SIZE: usize = 24 * 1024 * 1024;
    let folder = Folder::new();
    std::fs::write(folder.path("a"), vec![b'x'; SIZE]).unwrap();
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    tokio::spawn(async move {
        let (mut stream, _) = listener.accept().await.unwrap();
        let (mut buffer, mut read) = (vec![0; 1024 * 1024], 0);
        // It takes some time longer in all than a silent server is waited for.
        while read < SIZE {
            read += stream.read(&mut buffer).await.unwrap();
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        stream.write_all(b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n").await.unwrap();
        std::future::pending::<()>().await;
    });
    let url = ServerUrl::new(false, "127.0.0.1", port);
    put(url, &folder.path("a"), SIZE as u64).await.unwrap();
}

/// Downloads what a link of this server's points to, as the content with this MD5.
async fn download(server: &BadServer, folder: &Folder, sum: &str) -> Result<(), ChefError> {
    let link = format!("{}/x?s=1", server.url());
    let content = RemoteContent { md5: md5(sum), link, path: folder.path("x") };
    let client = asking("ada", &server.url(), None);
    download_contents(&client, vec![content], 1000, &mut |_| ()).await
}

#[tokio::test]
async fn what_comes_is_verified() {
    let folder = Folder::new();
    let server = BadServer::doing(vec![json(200, "one")]).await;
    download(&server, &folder, ONE).await.unwrap();
    assert_eq!(std::fs::read(folder.path("x")).unwrap(), b"one");
    let heard = server.heard();
    assert_eq!(heard[0].line, "GET /x?s=1 HTTP/1.1");
    assert_eq!(heard[0].header("accept-encoding"), Some("identity"));
    assert!(!heard[0].headers.iter().any(|(name, _)| name.starts_with("x-ops-")));

    let error = download(&server, &Folder::new(), TWO).await.unwrap_err();
    assert!(matches!(error, ChefError::OtherContent { .. }), "{error}");
    let server = BadServer::doing(vec![json(404, "gone")]).await;
    let error = download(&server, &Folder::new(), ONE).await.unwrap_err();
    assert!(matches!(&error, ChefError::LinkRefused(it) if it.status == 404), "{error}");
}

#[tokio::test]
async fn what_comes_has_a_limit_and_what_is_cut_off_comes_again() {
    let long = "x".repeat(1001);
    let endless =
        format!("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3e9\r\n{long}\r\n0\r\n\r\n");
    for act in [
        Act::SayAndHang("HTTP/1.1 200 OK\r\nContent-Length: 99999999999\r\n\r\n".to_owned()),
        Act::Say(endless),
    ] {
        let server = BadServer::doing(vec![act]).await;
        let error = download(&server, &Folder::new(), ONE).await.unwrap_err();
        let ChefError::Http(HttpError { problem, .. }) = &error else { panic!("{error}") };
        assert!(matches!(problem, Problem::TooLarge { limit: 1000 }), "{error}");
    }
    let half = Act::SayAndClose(b"HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\non".to_vec());
    let server = BadServer::doing(vec![half, json(200, "one")]).await;
    let folder = Folder::new();
    download(&server, &folder, ONE).await.unwrap();
    assert_eq!(std::fs::read(folder.path("x")).unwrap(), b"one");
    let server = BadServer::doing(vec![with_headers(200, "Content-Encoding: gzip\r\n", "x")]).await;
    let error = download(&server, &Folder::new(), ONE).await.unwrap_err();
    assert!(error.to_string().contains("packed with gzip"), "{error}");
}

#[tokio::test]
async fn nothing_that_is_there_is_written_over_or_through() {
    let server = BadServer::doing(vec![json(200, "one")]).await;
    let folder = Folder::new();
    std::fs::write(folder.path("x"), "mine").unwrap();
    let error = download(&server, &folder, ONE).await.unwrap_err();
    assert!(error.to_string().contains("cannot be written"), "{error}");
    assert_eq!(std::fs::read(folder.path("x")).unwrap(), b"mine");
    let folder = Folder::new();
    symlink(folder.path("elsewhere"), folder.path("x")).unwrap();
    assert!(download(&server, &folder, ONE).await.is_err());
    assert!(!folder.path("elsewhere").exists());
}
