//! An organization with everyone in it, and with whatever a request may be about.

use std::cell::Cell;

use serde_json::{Value, json};

use crate::client::Reply;
use crate::contents;
use crate::cookbooks::cookbook;
use crate::house::House;
use crate::people::OWN_KEY;

pub(crate) const ADMIN: &str = "alice";
pub(crate) const MEMBER: &str = "max";
pub(crate) const OUTSIDER: &str = "otto";
pub(crate) const CLIENT: &str = "cleo";
pub(crate) const VALIDATOR: &str = "acme-validator";

/// The organization.
pub(crate) const ORGANIZATION: &str = "acme";
/// What has cookbooks to be promoted.
const STAGING: &str = "staging";
/// Another one, which invites users.
const OTHER: &str = "other";
/// Someone with a password.
const PASSWORD_OWNER: &str = "paula";
const PASSWORD: &str = "foobar";

/// A file of a cookbook of the organization's.
const CONTENT: &[u8] = b"file";

/// What a request is about.
pub(crate) struct Subject {
    pub(crate) path: String,
    pub(crate) body: Vec<u8>,
}

pub(crate) struct Town<'a> {
    house: &'a House,
    made: Cell<u32>,
    is_strict: Cell<bool>,
}

impl<'a> Town<'a> {
    pub(crate) async fn settle(house: &'a House) -> Self {
        let town = Self { house, made: Cell::new(0), is_strict: Cell::new(true) };
        for user in [ADMIN, MEMBER, OUTSIDER] {
            town.make("/users", "users", user).await;
        }
        let mut owner = new("users", PASSWORD_OWNER);
        owner["password"] = json!(PASSWORD);
        owner["recovery_authentication_enabled"] = json!(true);
        town.expect("POST", "/users", owner).await;
        town.found(ORGANIZATION).await;
        town.found(STAGING).await;
        town.make("/organizations", "organizations", OTHER).await;
        town.expect("PUT", &format!("/organizations/{ORGANIZATION}/shelf"), json!({})).await;
        let content = house.bring(ORGANIZATION, CONTENT).await;
        house.hold(ORGANIZATION, "base/1.0.0", &[content]).await;
        town
    }

    /// Makes an organization, with its people.
    async fn found(&self, name: &str) {
        let path = format!("/organizations/{name}");
        self.make("/organizations", "organizations", name).await;
        for user in [ADMIN, MEMBER] {
            self.expect("POST", &format!("{path}/users"), json!({ "username": user })).await;
        }
        let admins = json!({ "actors": { "users": ["pivotal", ADMIN] } });
        self.expect("PUT", &format!("{path}/groups/admins"), admins).await;
        let clients = format!("{path}/clients");
        self.make(&clients, "clients", CLIENT).await;
        // The first organization has the validator that it was made with.
        let public_key = OWN_KEY.public_key().to_pem();
        if name == ORGANIZATION {
            let own_key = json!({ "public_key": public_key });
            self.expect("PUT", &format!("{clients}/{VALIDATOR}"), own_key).await;
        } else {
            let new = json!({ "name": VALIDATOR, "validator": true, "public_key": public_key });
            self.expect("POST", &clients, new).await;
        }
    }

    /// Something for a request with this method at a path of this form. What the path names, is
    /// there; what is to be made, is not.
    pub(crate) async fn subject(&self, method: &str, form: &str, own_name: &str) -> Subject {
        let fresh = self.fresh();
        let (mut path, mut collection, mut name) = (String::new(), "", String::new());
        for segment in form.split('/').skip(1) {
            name = match segment {
                "{organization}"
                    if (method, form) == ("DELETE", "/organizations/{organization}") =>
                {
                    self.found(&fresh).await;
                    fresh.clone()
                }
                "{organization}" => ORGANIZATION.to_owned(),
                "{self}" => {
                    self.bring_back().await;
                    own_name.to_owned()
                }
                "{permission}" => "create".to_owned(),
                "{kind}" => {
                    collection = "nodes";
                    collection.to_owned()
                }
                "{index}" => "node".to_owned(),
                "{md5}" => {
                    let md5 = self.house.content(CONTENT).await.md5;
                    path = contents::upload_link(ORGANIZATION, &name, &md5);
                    return Subject { path, body: CONTENT.to_vec() };
                }
                "{sha256}" => {
                    let sha256 = self.house.content(CONTENT).await.sha256;
                    path = contents::read_link(ORGANIZATION, &sha256);
                    return Subject { path, body: Vec::new() };
                }
                "{version}" => "1.0.0".to_owned(),
                "{identifier}" if method == "PUT" => fresh.clone(),
                "{identifier}" => IDENTIFIER.to_owned(),
                // The organization is itself a shelf.
                "{shelf}" if path == "/shelves" => ORGANIZATION.to_owned(),
                "{*path}" => format!("organizations/{ORGANIZATION}/nodes"),
                "{name}" | "{user}" | "{client}" | "{role}" | "{environment}" | "{bag}"
                | "{item}" | "{key}" | "{id}" | "{policy}" | "{group}" | "{revision}"
                | "{cookbook}" | "{artifact}" | "{application}" | "{shelf}" | "{run}" => {
                    self.make_at(&path, collection).await
                }
                literal => {
                    collection = literal;
                    literal.to_owned()
                }
            };
            path = format!("{path}/{name}");
        }
        let body = match (method, collection) {
            ("POST", "users") if form.starts_with("/organizations/") => {
                json!({ "username": self.make_at("/users", "strangers").await })
            }
            ("POST", "association_requests") => {
                json!({ "user": self.make_at("/users", "strangers").await })
            }
            ("POST", "sandboxes") => self.new_sandbox().await,
            ("POST", "cookbook_artifacts") => {
                json!({ self.make_at(&path, collection).await: IDENTIFIER })
            }
            ("POST", "shelves") => self.new_shelf().await,
            ("PUT", "shelves") => {
                let attached = self.asks("GET", &path, Value::Null).await.json();
                let names = attached["shelves"].as_array().into_iter().flatten();
                json!({ "shelves": names.map(|one| &one["name"]).collect::<Vec<_>>() })
            }
            ("PUT", "shelf") => json!({ "published": false }),
            ("POST", "promotions") => {
                let at = format!("/organizations/{STAGING}/cookbooks/{fresh}/1.0.0");
                self.expect("PUT", &at, cookbook(&fresh, "1.0.0")).await;
                json!({ "from": STAGING, "cookbooks": { fresh.as_str(): ["1.0.0"] } })
            }
            ("POST", "adoptions") => {
                self.found(&fresh).await;
                json!({ "applications": [STAGING, fresh], "dry_run": true })
            }
            ("POST", "search") => json!({ "name": ["name"] }),
            ("POST", "runs") if form.ends_with("{run}") => run("end", &name),
            ("POST", "runs") => run("start", &self.fresh_run()),
            ("POST", "data-collector") => {
                let at = format!("/organizations/{ORGANIZATION}/nodes");
                let node = self.make_at(&at, "nodes").await;
                json!({
                    "message_type": "run_start", "run_id": self.fresh_run(), "node_name": node,
                })
            }
            ("POST", "data") if form.ends_with("{bag}") => new("items", &fresh),
            ("POST", "revisions") => revision(path.split('/').nth(4).unwrap_or_default(), &fresh),
            ("POST", collection) => new(collection, &fresh),
            ("PUT", "_acl") => acl(form, own_name),
            ("PUT", "data") => json!({ "id": name }),
            ("PUT", "policies") => revision(&name, &name),
            ("PUT", "cookbooks") => cookbook(path.split('/').nth(4).unwrap_or_default(), &name),
            ("PUT", "cookbook_artifacts") => {
                artifact(path.split('/').nth(4).unwrap_or_default(), &name)
            }
            ("PUT", collection) => same(collection, &name),
            _ => Value::Null,
        };
        let body = if body.is_null() { Vec::new() } else { body.to_string().into_bytes() };
        Subject { path, body }
    }

    /// Makes something for a path that goes on from here; gives its name.
    async fn make_at(&self, path: &str, collection: &str) -> String {
        let fresh = self.fresh();
        let organization = format!("/organizations/{ORGANIZATION}");
        match (collection, path.starts_with("/users/")) {
            ("strangers", _) => drop(self.make("/users", "users", &fresh).await),
            ("users", _) => {
                self.make("/users", "users", &fresh).await;
                let member = json!({ "username": fresh });
                self.expect("POST", &format!("{organization}/users"), member).await;
            }
            ("association_requests", is_users) => {
                let (by, user) = match path.split('/').nth(2) {
                    Some(user) if is_users => (OTHER, user.to_owned()),
                    _ => (ORGANIZATION, Box::pin(self.make_at("/users", "strangers")).await),
                };
                let path = format!("/organizations/{by}/association_requests");
                let sent = self.asks("POST", &path, json!({ "user": user })).await;
                // Who is no user cannot be invited.
                let uri = sent.json()["uri"].as_str().map(ToOwned::to_owned).unwrap_or_default();
                return uri
                    .rsplit('/')
                    .next()
                    .filter(|id| !id.is_empty())
                    .unwrap_or("0")
                    .to_owned();
            }
            ("keys", _) => {
                let at = path.replace(&format!("{organization}/users/"), "/users/");
                let made = self.asks("POST", &at, new("keys", &fresh)).await;
                assert!(
                    [201, 404].contains(&made.status) || !self.is_strict.get(),
                    "{at}: {made:?}"
                );
            }
            ("data", _) if path != format!("{organization}/data") => {
                self.expect("POST", path, new("items", &fresh)).await;
            }
            ("sandboxes", _) => {
                let new = self.new_sandbox().await;
                let made = self.expect("POST", path, new).await.json();
                return made["sandbox_id"].as_str().unwrap_or("0").to_owned();
            }
            ("policies", _) if path.contains("/policy_groups/") => {
                self.expect("PUT", &format!("{path}/{fresh}"), revision(&fresh, &fresh)).await;
            }
            ("policies", _) => {
                let revisions = format!("{path}/{fresh}/revisions");
                self.expect("POST", &revisions, revision(&fresh, &fresh)).await;
            }
            ("revisions", _) => {
                let policy = path.split('/').nth(4).unwrap_or_default();
                self.expect("POST", path, revision(policy, &fresh)).await;
            }
            ("policy_groups", _) => {
                let follows = format!("{path}/{fresh}/policies/{fresh}");
                self.expect("PUT", &follows, revision(&fresh, &fresh)).await;
            }
            ("cookbooks" | "cookbook_uses", _) => {
                let at = format!("{organization}/cookbooks/{fresh}/1.0.0");
                self.expect("PUT", &at, cookbook(&fresh, "1.0.0")).await;
            }
            ("cookbook_artifacts", _) => {
                let at = format!("{path}/{fresh}/{IDENTIFIER}");
                self.expect("PUT", &at, artifact(&fresh, IDENTIFIER)).await;
            }
            ("grants", _) => {
                self.expect("PUT", &format!("{path}/{fresh}"), json!({})).await;
            }
            ("shelves", _) => {
                self.expect("POST", path, self.new_shelf().await).await;
                let attached = self.asks("GET", path, Value::Null).await.json();
                let last = attached["shelves"].as_array().and_then(|all| all.last()?.get("name"));
                return last.and_then(Value::as_str).unwrap_or("none").to_owned();
            }
            ("runs", _) => {
                let run_id = self.fresh_run();
                let mut runs = path.to_owned();
                if path.contains("/org/") {
                    let node = Box::pin(self.make_at(&organization, "nodes")).await;
                    runs = format!("{organization}/reports/nodes/{node}/runs");
                }
                self.expect("POST", &runs, run("start", &run_id)).await;
                return run_id;
            }
            ("principals", _) => {
                self.make(&format!("{organization}/clients"), "clients", &fresh).await;
            }
            (collection, _) => {
                self.make(&format!("{organization}/{collection}"), collection, &fresh).await;
            }
        }
        fresh
    }

    /// A shelf that the organization may use.
    async fn new_shelf(&self) -> Value {
        let fresh = self.fresh();
        self.make("/organizations", "organizations", &fresh).await;
        let path = format!("/organizations/{fresh}/shelf");
        self.expect("PUT", &path, json!({})).await;
        self.expect("PUT", &path, json!({ "granted_to_all": true })).await;
        json!({ "name": fresh })
    }

    /// A sandbox of what is there.
    async fn new_sandbox(&self) -> Value {
        let md5 = self.house.content(CONTENT).await.md5;
        json!({ "checksums": { md5.to_string(): null } })
    }

    /// Undoes what a persona may have done to itself.
    async fn bring_back(&self) {
        let path = format!("/organizations/{ORGANIZATION}");
        self.asks("POST", &format!("{path}/clients"), new("clients", CLIENT)).await;
        self.asks("POST", &format!("{path}/users"), json!({ "username": MEMBER })).await;
    }

    /// From now on, nothing that the town does needs to succeed.
    pub(crate) fn expect_anything(&self) {
        self.is_strict.set(false);
    }

    fn fresh(&self) -> String {
        self.made.set(self.made.get() + 1);
        format!("x{}", self.made.get())
    }

    /// The id of a new run.
    fn fresh_run(&self) -> String {
        let fresh = self.fresh();
        format!("00000000-0000-4000-8000-{:0>12}", fresh.trim_start_matches('x'))
    }

    /// Makes something in a collection.
    async fn make(&self, path: &str, collection: &str, name: &str) -> Reply {
        self.expect("POST", path, new(collection, name)).await
    }

    /// Does what must succeed.
    async fn expect(&self, method: &str, path: &str, body: Value) -> Reply {
        let reply = self.asks(method, path, body).await;
        assert!(reply.status < 300 || !self.is_strict.get(), "{method} {path}: {reply:?}");
        reply
    }

    async fn asks(&self, method: &str, path: &str, body: Value) -> Reply {
        self.house.asker("pivotal").asks(method, path, body).await
    }
}

/// What makes something of this name in a collection.
fn new(collection: &str, name: &str) -> Value {
    let public_key = OWN_KEY.public_key().to_pem();
    match collection {
        "users" => json!({
            "username": name, "display_name": name, "email": format!("{name}@example.com"),
            "external_authentication_uid": name, "public_key": public_key,
        }),
        "organizations" => json!({ "name": name, "full_name": name }),
        "clients" => json!({ "name": name, "public_key": public_key }),
        "keys" => json!({
            "name": name, "public_key": public_key, "expiration_date": "infinity",
        }),
        "groups" => json!({ "groupname": name }),
        "containers" => json!({ "containername": name }),
        "items" => json!({ "id": name }),
        "authenticate_user" | "system_recovery" => {
            json!({ "username": PASSWORD_OWNER, "password": PASSWORD })
        }
        _ => json!({ "name": name }),
    }
}

/// What an artifact is known by that is there.
const IDENTIFIER: &str = "1a";

/// A cookbook artifact.
fn artifact(name: &str, identifier: &str) -> Value {
    json!({ "name": name, "identifier": identifier, "metadata": {} })
}

/// A revision of a policy.
fn revision(policy: &str, id: &str) -> Value {
    json!({ "revision_id": id, "name": policy, "run_list": [], "cookbook_locks": {} })
}

/// What a node tells of a run.
fn run(action: &str, id: &str) -> Value {
    json!({ "action": action, "run_id": id, "status": "success", "resources": [] })
}

/// What changes nothing of something with this name.
fn same(collection: &str, name: &str) -> Value {
    match collection {
        "users" => json!({
            "username": name, "display_name": name, "email": format!("{name}@example.com"),
        }),
        "sandboxes" => json!({ "is_completed": true }),
        "association_requests" => json!({ "response": "reject" }),
        "keys" => json!({ "expiration_date": "infinity" }),
        "groups" => json!({ "groupname": name, "actors": {} }),
        "clients" => json!({}),
        "organizations" => json!({ "name": name, "full_name": name }),
        _ => json!({ "name": name }),
    }
}

/// A permission for the superuser, and for whom it is the own list of.
fn acl(form: &str, own_name: &str) -> Value {
    let own = form.contains("{self}").then_some(own_name).filter(|name| *name != "pivotal");
    let actors: Vec<&str> = ["pivotal"].into_iter().chain(own).collect();
    json!({ "create": { "actors": actors, "groups": [] } })
}
