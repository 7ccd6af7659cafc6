//! Who there is: everyone that a test speaks as, with their keys.

use std::borrow::Cow;
use std::sync::LazyLock;

use pantry_model::{Acl, ObjectId, Timestamp};
use pantry_sign::{PrivateKey, Request, SigningTime, Version, sign};
use pantry_store::{ActorKey, Change, Kind, Scope, Store, Write};

macro_rules! key {
    ($name:literal) => {
        LazyLock::new(|| {
            let pem = include_str!(concat!("../../../pantry-sign/tests/it/keys/", $name));
            PrivateKey::from_pem(pem).unwrap()
        })
    };
}

/// Everyone's own key, but for those who have another.
pub(crate) static OWN_KEY: LazyLock<PrivateKey> = key!("2048.pem");
/// A key that is nobody's first. It is too short for protocols 1.0 and 1.1.
pub(crate) static OTHER_KEY: LazyLock<PrivateKey> = key!("1024.pem");
/// That of the web front end.
pub(crate) static WEB_KEY: LazyLock<PrivateKey> = key!("4096.pem");

/// Someone who signs.
#[derive(Clone, Copy)]
pub(crate) struct Signer<'a> {
    pub(crate) name: &'a str,
    pub(crate) key: &'a PrivateKey,
    pub(crate) version: Version,
    /// Unix seconds.
    pub(crate) at: i64,
}

/// What is signed.
#[derive(Clone, Copy)]
pub(crate) struct Signed<'a> {
    pub(crate) method: &'a str,
    pub(crate) path: &'a str,
    pub(crate) body: &'a [u8],
    pub(crate) api_version: u32,
}

impl Signer<'_> {
    /// The headers, as pairs.
    pub(crate) fn headers(&self, signed: Signed<'_>) -> Vec<(Cow<'static, str>, String)> {
        let Signed { method, path, body, api_version: server_api_version } = signed;
        let request = Request { method, path, body, server_api_version };
        let time = SigningTime::from_unix(self.at).unwrap();
        sign(self.version, self.name, time, &request, self.key).unwrap()
    }
}

/// Writes these down, as if they had been made through the API: `ann`, a user of `shop`; `bob`, a
/// user of nothing; `web1`, an API client of `shop`; and `both`, which is a user of `shop` and a
/// client of it, with different keys.
pub(crate) async fn move_in(store: &dyn Store) {
    let mut write = Write::new(None, Timestamp(0));
    let shop = Scope::Application("shop".parse().unwrap());
    let mut next = 1;
    let mut id = || {
        next += 1;
        ObjectId([next; 16])
    };
    let mut put = |write: &mut Write, scope: &Scope, kind, name: &str, key: &PrivateKey| {
        let owner = id();
        let body = match kind {
            Kind::User => br#"{"created_at":0}"#.to_vec(),
            _ => br#"{"validator":false}"#.to_vec(),
        };
        write.create_object(scope, kind, name, owner, body, Acl::default());
        let public_key = key.public_key().to_pem();
        let key = ActorKey { name: "default".to_owned(), public_key, expires_at: None };
        write.changes.push(Change::PutActorKey { owner, key });
        owner
    };
    let ann = put(&mut write, &Scope::Global, Kind::User, "ann", &OWN_KEY);
    put(&mut write, &Scope::Global, Kind::User, "bob", &OWN_KEY);
    put(&mut write, &shop, Kind::ApiClient, "web1", &OWN_KEY);
    let both = put(&mut write, &Scope::Global, Kind::User, "both", &OWN_KEY);
    put(&mut write, &shop, Kind::ApiClient, "both", &OTHER_KEY);
    for user in [ann, both] {
        let association = ObjectId(user.0.map(|byte| byte | 0x80));
        let (kind, name) = (Kind::Association, user.to_string());
        write.create_object(&shop, kind, &name, association, b"{}".to_vec(), Acl::default());
        write.changes.push(Change::AddMember { of: association, member: user });
    }
    store.commit(write).await.unwrap();
}

/// Gives a user another key, beside the first.
pub(crate) async fn add_key(
    store: &dyn Store,
    user: &str,
    key: &PrivateKey,
    ends: Option<Timestamp>,
) {
    let owner = store.object(&Scope::Global, Kind::User, user).await.unwrap().unwrap().id;
    let public_key = key.public_key().to_pem();
    let key = ActorKey { name: "another".to_owned(), public_key, expires_at: ends };
    let mut write = Write::new(None, Timestamp(0));
    write.changes.push(Change::PutActorKey { owner, key });
    write.enter(&Scope::Global, pantry_store::Verb::Create, Kind::ActorKey, user, None);
    store.commit(write).await.unwrap();
}
