//! Installations that differ in what an application does that others must not learn of.
//!
//! In each, the applications `ours` and `base`, a shelf that `ours` uses, are the same. What is called
//! `common-thing` is in both `ours` and `theirs`, with other contents; `base-thing` is on the shelf;
//! `ours-thing` and `zeta-thing` are what their application alone has.

use pantry_model::Content;
use serde_json::{Value, json};

use crate::client::Reply;
use crate::contents::colliding;
use crate::cookbooks::cookbook;
use crate::house::House;
use crate::people::OWN_KEY;

pub(crate) const OURS: &str = "ours";
pub(crate) const THEIRS: &str = "theirs";
pub(crate) const SHELF: &str = "base";

/// Who looks: an admin of `ours`, and an API client there.
pub(crate) const ADMIN: &str = "uma";
pub(crate) const CLIENT: &str = "cleo";

/// Whom things may be of, by what they are called.
pub(crate) const THINGS: [&str; 5] =
    ["ours-thing", "common-thing", "base-thing", "zeta-thing", "made-up-thing"];

/// What `theirs` alone writes into what it has.
const SECRET: &str = "zz-secret";

/// What the other application does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Others {
    /// It uses the same shelf, and has much of its own.
    Busy,
    /// It is there, with its people, and that is all.
    Quiet,
    /// There is none.
    None,
}

/// An installation.
pub(crate) struct Installed {
    pub(crate) house: House,
    pub(crate) others: Others,
    /// The other application's sandbox and its id, or what could be such.
    pub(crate) their_sandbox: String,
    pub(crate) their_id: String,
}

/// Contents, by whose they are.
pub(crate) struct Contents {
    pub(crate) ours: Content,
    pub(crate) both: Content,
    pub(crate) shelf: Content,
    pub(crate) theirs: Content,
    pub(crate) nobodys: Content,
    /// With one MD5: what `ours` has, and what `theirs` has.
    pub(crate) colliding: [Content; 2],
}

/// A run of ours, one that both have, and one of theirs.
pub(crate) const OUR_RUN: &str = "0a0a0a0a-0000-4000-8000-000000000001";
pub(crate) const COMMON_RUN: &str = "0a0a0a0a-0000-4000-8000-000000000002";
pub(crate) const THEIR_RUN: &str = "facade5a-0000-4000-8000-000000000003";

const OURS_ONLY: &[u8] = b"what ours alone has";
const BOTH: &[u8] = b"what both have";
const ON_SHELF: &[u8] = b"what the shelf has";
pub(crate) const THEIRS_ONLY: &[u8] = b"zz-secret: what theirs alone has";
pub(crate) const NOBODYS: &[u8] = b"what nobody has";

impl Installed {
    pub(crate) async fn new(others: Others) -> Self {
        let house = House::new().await;
        let mut installed = Self {
            house,
            others,
            their_sandbox: "76543210fedcba9876543210fedcba98".to_owned(),
            their_id: "fedcba9876543210fedcba9876543210".to_owned(),
        };
        Box::pin(installed.settle()).await;
        installed
    }

    pub(crate) async fn contents(&self) -> Contents {
        let [one, other] = colliding();
        Contents {
            ours: self.house.content(OURS_ONLY).await,
            both: self.house.content(BOTH).await,
            shelf: self.house.content(ON_SHELF).await,
            theirs: self.house.content(THEIRS_ONLY).await,
            nobodys: self.house.content(NOBODYS).await,
            colliding: [self.house.content(&one).await, self.house.content(&other).await],
        }
    }

    async fn settle(&mut self) {
        let is_there = self.others != Others::None;
        let [one, other] = colliding();
        // Users are of the whole installation; who belongs to what is not.
        for user in [ADMIN, "ours-thing", "common-thing", "zelda", "zeta-thing"] {
            self.makes("/users", new("users", user, "")).await;
        }
        self.found(SHELF, &[]).await;
        self.makes("/organizations/base/shelf", json!({})).await;
        self.fill_cookbooks(SHELF, ("base-thing", ON_SHELF), "3.0.0", "on the shelf").await;
        self.fill_cookbooks(SHELF, ("common-thing", ON_SHELF), "3.0.0", "on the shelf").await;
        self.found(OURS, &[ADMIN, "ours-thing", "common-thing"]).await;
        self.makes("/organizations/base/shelf/grants/ours", json!({})).await;
        self.makes("/organizations/ours/shelves", json!({ "name": SHELF })).await;
        self.makes("/organizations/ours/clients", new("clients", CLIENT, "")).await;
        self.fill(OURS, "ours-thing", OURS_ONLY, "ours").await;
        self.fill(OURS, "common-thing", BOTH, "ours").await;
        self.house.bring(OURS, &one).await;
        if is_there {
            self.found(THEIRS, &["zelda", "zeta-thing", "common-thing"]).await;
            let made = self.asks("GET", "/organizations/theirs", Value::Null).await;
            self.their_id = made.json()["guid"].as_str().unwrap().to_owned();
        }
        if self.others == Others::Busy {
            self.makes("/organizations/base/shelf/grants/theirs", json!({})).await;
            self.makes("/organizations/theirs/shelves", json!({ "name": SHELF })).await;
            self.fill(THEIRS, "zeta-thing", THEIRS_ONLY, SECRET).await;
            self.fill(THEIRS, "common-thing", BOTH, SECRET).await;
            self.fill_cookbooks(THEIRS, ("common-thing", THEIRS_ONLY), "2.0.0", SECRET).await;
            self.fill_cookbooks(THEIRS, ("base-thing", THEIRS_ONLY), "3.0.0", SECRET).await;
            self.house.bring(THEIRS, &other).await;
            let md5 = self.house.content(NOBODYS).await.md5;
            let sandbox = self.house.sandbox(THEIRS, &[md5]).await;
            self.their_sandbox = sandbox["sandbox_id"].as_str().unwrap().to_owned();
        }
    }

    /// The other application goes on with what it does.
    pub(crate) async fn churn(&self) {
        for number in 0..3 {
            let version = format!("4.0.{number}");
            let content = format!("zz-secret number {number}").into_bytes();
            self.fill_cookbooks(THEIRS, ("zeta-thing", &content), &version, SECRET).await;
            self.fill_cookbooks(THEIRS, ("common-thing", &content), &version, SECRET).await;
            let name = format!("zeta-{number}");
            let body = new("nodes", &name, SECRET);
            self.makes("/organizations/theirs/nodes", body).await;
            let path = format!("/organizations/theirs/cookbooks/zeta-thing/{version}");
            assert_eq!(self.asks("DELETE", &path, Value::Null).await.status, 200);
        }
    }

    async fn found(&self, name: &str, people: &[&str]) {
        let path = format!("/organizations/{name}");
        self.makes("/organizations", json!({ "name": name, "full_name": name })).await;
        for user in people {
            self.makes(&format!("{path}/users"), json!({ "username": user })).await;
        }
        let admins: Vec<&str> = ["pivotal"].into_iter().chain(people.first().copied()).collect();
        self.makes(&format!("{path}/groups/admins"), json!({ "actors": { "users": admins } }))
            .await;
    }

    /// Makes one of everything in an application.
    async fn fill(&self, organization: &str, name: &str, content: &[u8], says: &str) {
        let path = format!("/organizations/{organization}");
        for collection in
            ["clients", "containers", "data", "environments", "groups", "nodes", "roles"]
        {
            self.makes(&format!("{path}/{collection}"), new(collection, name, says)).await;
        }
        let runs = format!("{path}/reports/nodes/{name}/runs");
        let run = match (organization, name) {
            (_, "common-thing") => COMMON_RUN,
            (THEIRS, _) => THEIR_RUN,
            _ => OUR_RUN,
        };
        self.makes(&runs, json!({ "action": "start", "run_id": run })).await;
        let resource = json!({ "type": "file", "name": says });
        let told = json!({ "action": "end", "status": "success", "resources": [resource] });
        self.makes(&format!("{runs}/{run}"), told).await;
        let item = json!({ "id": name, "says": says });
        self.makes(&format!("{path}/data/{name}"), item).await;
        self.fill_cookbooks(organization, (name, content), "1.0.0", says).await;
        let follows = format!("{path}/policy_groups/{name}/policies/{name}");
        self.makes(&follows, revision(name, name, says)).await;
    }

    /// Makes a version of a cookbook and an artifact that hold a content.
    async fn fill_cookbooks(
        &self,
        organization: &str,
        (name, content): (&str, &[u8]),
        version: &str,
        says: &str,
    ) {
        let path = format!("/organizations/{organization}");
        let md5 = self.bring(organization, content).await;
        let cookbook = with_file(cookbook(name, version), says, &md5);
        self.makes(&format!("{path}/cookbooks/{name}/{version}"), cookbook).await;
        let identifier = identifier(organization, version);
        let artifact = json!({ "name": name, "identifier": identifier, "metadata": {} });
        let artifact = with_file(artifact, says, &md5);
        self.makes(&format!("{path}/cookbook_artifacts/{name}/{identifier}"), artifact).await;
    }

    /// Uploads a content that an application may have, and gives its MD5.
    async fn bring(&self, organization: &str, content: &[u8]) -> String {
        let md5 = self.house.content(content).await.md5;
        let sandbox = self.house.sandbox(organization, &[md5]).await;
        if let Some(link) = sandbox["checksums"][md5.to_string()]["url"].as_str() {
            assert_eq!(self.house.upload(link, content).await.status, 204);
        }
        assert_eq!(self.house.commit(organization, &sandbox).await.status, 200);
        md5.to_string()
    }

    /// Has the superuser make or change something.
    async fn makes(&self, path: &str, body: Value) {
        let is_put = ["/groups/admins", "/policies/", "/cookbooks/", "_artifacts/", "/shelf"];
        let method = if is_put.iter().any(|part| path.contains(part)) { "PUT" } else { "POST" };
        let reply = self.asks(method, path, body).await;
        assert!(reply.status < 300, "{method} {path}: {} {}", reply.status, reply.text());
    }

    async fn asks(&self, method: &str, path: &str, body: Value) -> Reply {
        Box::pin(self.house.asker("pivotal").asks(method, path, body)).await
    }
}

/// What an artifact is known by.
fn identifier(organization: &str, version: &str) -> String {
    let of = match organization {
        SHELF => "1a",
        THEIRS => "facade5a",
        _ => "7a",
    };
    of.to_owned() + &version.replace('.', "")
}

/// The same with one file, and saying this.
pub(crate) fn with_file(mut cookbook: Value, says: &str, md5: &str) -> Value {
    cookbook["metadata"]["description"] = says.into();
    cookbook["recipes"] = json!([{
        "name": "default.rb", "path": "recipes/default.rb", "checksum": md5,
        "specificity": "default",
    }]);
    cookbook
}

/// What makes something of this name in a collection.
pub(crate) fn new(collection: &str, name: &str, says: &str) -> Value {
    let public_key = OWN_KEY.public_key().to_pem();
    match collection {
        "users" => json!({
            "username": name, "display_name": name, "email": format!("{name}@example.com"),
            "external_authentication_uid": name, "public_key": public_key,
        }),
        "clients" => json!({ "name": name, "public_key": public_key }),
        "keys" => json!({ "name": name, "public_key": public_key, "expiration_date": "infinity" }),
        "containers" => json!({ "containername": name }),
        "groups" => json!({ "groupname": name }),
        "data" => json!({ "name": name }),
        "nodes" => json!({ "name": name, "normal": { "says": says } }),
        _ => json!({ "name": name, "description": says }),
    }
}

/// A revision of a policy.
pub(crate) fn revision(policy: &str, id: &str, says: &str) -> Value {
    json!({
        "revision_id": id, "name": policy, "run_list": [], "cookbook_locks": {}, "says": says,
    })
}
