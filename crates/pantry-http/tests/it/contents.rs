//! Contents of files in tests: what they are known by, links made by hand, and something that holds
//! them.

use bytes::Bytes;
use pantry_model::{Content, Md5, Sha256, Timestamp};
use pantry_sign::SealKey;
use pantry_store::{Change, Kind, Scope, Write};
use serde_json::{Map, Value, json};

use crate::client::Reply;
use crate::house::{Ask, House, NOW};

/// A message of 128 bytes whose MD5 another one has: that of Wang, Feng, Lai and Yu, 2004.
const COLLIDING: &str = "\
    d131dd02c5e6eec4693d9a0698aff95c2fcab58712467eab4004583eb8fb7f89\
    55ad340609f4b30283e488832571415a085125e8f7cdc99fd91dbdf280373c5b\
    d8823e3156348f5bae6dacd436c919c6dd53e2b487da03fd02396306d248cda0\
    e99f33420f577ee8ce54b67080a80d1ec69821bcb6a8839396f9652b6ff72a70";

/// Two contents with one MD5.
pub(crate) fn colliding() -> [Vec<u8>; 2] {
    let byte = |at| u8::from_str_radix(&COLLIDING[at..at + 2], 16).unwrap();
    let one: Vec<u8> = (0..COLLIDING.len()).step_by(2).map(byte).collect();
    let mut other = one.clone();
    // The other differs in the highest bits of six bytes.
    [19, 45, 59, 83, 109, 123].into_iter().for_each(|at| other[at] ^= 0x80);
    [one, other]
}

/// A seal as the server makes it.
pub(crate) fn seal(parts: &[&[u8]], expires: i64) -> String {
    let expires = expires.to_be_bytes();
    let parts: Vec<&[u8]> = parts.iter().copied().chain([&expires[..]]).collect();
    SealKey::new(&[1; 32]).seal(&parts).to_string()
}

/// A link to read that works for a minute.
pub(crate) fn read_link(application: &str, sha256: &Sha256) -> String {
    let expires = NOW + 60;
    let seal = seal(&[b"GET", application.as_bytes(), &sha256.0], expires);
    format!("/organizations/{application}/files/{sha256}?expires={expires}&signature={seal}")
}

/// A link to upload, likewise.
pub(crate) fn upload_link(application: &str, sandbox: &str, md5: &Md5) -> String {
    let expires = NOW + 60;
    let seal = seal(&[b"PUT", application.as_bytes(), sandbox.as_bytes(), &md5.0], expires);
    format!(
        "/organizations/{application}/sandboxes/{sandbox}/{md5}?expires={expires}&signature={seal}"
    )
}

impl House {
    /// What bytes are known by.
    pub(crate) async fn content(&self, bytes: &[u8]) -> Content {
        let mut spool = self.contents.blobs.spool();
        spool.write(Bytes::copy_from_slice(bytes)).await.unwrap();
        *spool.finish().await.unwrap().content()
    }

    /// Asks an application for a sandbox for contents with these MD5s.
    pub(crate) async fn ask_for_sandbox(&self, application: &str, md5s: &[Md5]) -> Reply {
        let checksums: Map<_, _> = md5s.iter().map(|md5| (md5.to_string(), Value::Null)).collect();
        let body = json!({ "checksums": checksums }).to_string();
        let path = format!("/organizations/{application}/sandboxes");
        let ask = Ask::new("POST", &path).by("pivotal").header("Content-Type", "application/json");
        Box::pin(self.ask(ask.body(body.as_bytes()))).await
    }

    /// A sandbox, as it is answered.
    pub(crate) async fn sandbox(&self, application: &str, md5s: &[Md5]) -> Value {
        let reply = self.ask_for_sandbox(application, md5s).await;
        assert_eq!(reply.status, 201, "{}", reply.text());
        reply.json()
    }

    /// Says that all of a sandbox is uploaded.
    pub(crate) async fn commit(&self, application: &str, sandbox: &Value) -> Reply {
        let id = sandbox["sandbox_id"].as_str().unwrap();
        let path = format!("/organizations/{application}/sandboxes/{id}");
        let ask = Ask::new("PUT", &path).by("pivotal").header("Content-Type", "application/json");
        Box::pin(self.ask(ask.body(br#"{"is_completed":true}"#))).await
    }

    /// Uploads bytes to a link, or to the path of one.
    pub(crate) async fn upload(&self, link: &str, body: &[u8]) -> Reply {
        let path = link.trim_start_matches("http://pantry.example");
        Box::pin(self.ask(Ask::new("PUT", path).body(body))).await
    }

    /// Uploads one content to an application, through a sandbox of its own.
    pub(crate) async fn bring(&self, application: &str, bytes: &[u8]) -> Content {
        let content = self.content(bytes).await;
        let sandbox = self.sandbox(application, &[content.md5]).await;
        let link = sandbox["checksums"][content.md5.to_string()]["url"].as_str().unwrap();
        assert_eq!(self.upload(link, bytes).await.status, 204);
        assert_eq!(self.commit(application, &sandbox).await.status, 200);
        content
    }

    /// Makes a cookbook's version hold contents, and nothing else.
    pub(crate) async fn hold(&self, application: &str, version: &str, contents: &[Content]) {
        let scope = Scope::Application(application.parse().unwrap());
        let mut write = Write::new(None, Timestamp(0));
        let (kind, name) = (Kind::CookbookVersion, version.to_owned());
        write.changes = vec![
            Change::Put { scope: scope.clone(), kind, name: name.clone(), body: b"{}".to_vec() },
            Change::Release { scope: scope.clone(), kind, name: name.clone() },
            Change::Hold {
                scope,
                kind,
                name,
                contents: contents.to_vec(),
                taken_from: Some(Kind::Upload),
            },
        ];
        self.store.commit(write).await.unwrap();
    }

    /// How many files are kept.
    pub(crate) async fn kept(&self) -> usize {
        self.contents.blobs.list(None, 1000).await.unwrap().len()
    }
}
