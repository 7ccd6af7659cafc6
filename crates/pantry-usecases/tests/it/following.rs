//! A server follows what others enter on the same store: whose keys it knows, and whom it parts
//! with.

use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::{Duration, Instant};

use pantry_model::Principal;
use pantry_model::chef::users::UserUpdate;
use pantry_sign::PrivateKey;
use pantry_store::{Kind, Scope, Store, StoreError, Verb, Write};
use pantry_testkit::backend::Backend;
use pantry_testkit::stores;
use pantry_usecases::{Follower, KeyRing, NewCredentials, Random, UseCases};

use crate::actors::same_user;
use crate::counting::{Asked, Counting};
use crate::house::{House, NotedFleet, app, machine, public_key};
use crate::users::email;

/// Random numbers that the house's own do not meet.
struct Others(AtomicU32);

impl Random for Others {
    fn number(&self) -> u32 {
        self.0.fetch_add(1, Ordering::SeqCst)
    }
}

/// Another server on a house's store.
struct Neighbour {
    usecases: UseCases,
    keys: Arc<KeyRing>,
    fleet: Arc<NotedFleet>,
    follower: Follower,
}

impl Neighbour {
    async fn of(house: &House) -> Self {
        Self::on(house, house.usecases.store().clone()).await
    }

    /// One that has opened the same place by itself.
    async fn on(house: &House, store: Arc<dyn Store>) -> Self {
        let usecases = &house.usecases;
        let follower = Follower::begin(store.as_ref()).await.unwrap();
        let keys = Arc::new(KeyRing::load(store.as_ref()).await.unwrap());
        let fleet = Arc::new(NotedFleet::default());
        let (clock, workshop) = (usecases.clock().clone(), usecases.workshop().clone());
        let random = Arc::new(Others(AtomicU32::new(1 << 31)));
        let files = house.files.clone();
        let usecases =
            UseCases::new(store, clock, random, keys.clone(), fleet.clone(), workshop, files);
        Self { usecases, keys, fleet, follower }
    }

    /// Follows. Gives whom it has parted with.
    async fn follow(&mut self) -> Result<Vec<Principal>, StoreError> {
        self.follower.catch_up(&self.usecases).await?;
        Ok(std::mem::take(&mut *self.fleet.parted.lock().unwrap()))
    }

    fn knows(&self, key: u8) -> Option<String> {
        self.keys.owner(&public_key(key)).map(|owner| owner.to_string())
    }
}

fn principals(names: &[&str]) -> Vec<Principal> {
    names.iter().map(|name| name.parse().unwrap()).collect()
}

#[tokio::test]
async fn keys_of_machines_come_and_go() {
    let house = House::with_clients(&[("web1", "prod", &[])]).await;
    let mut other = Neighbour::of(&house).await;
    assert_eq!(other.knows(1).as_deref(), Some("a/shop/i/web1"));
    house.enrol("shop", "web2", "prod", &[], 2).await.unwrap();
    assert_eq!((other.knows(2), other.follow().await), (None, Ok(Vec::new())));
    assert_eq!(other.knows(2).as_deref(), Some("a/shop/i/web2"));

    house.usecases.delete_machine(&house.admin, &machine("shop", "web1")).await.unwrap();
    assert_eq!(other.follow().await, Ok(principals(&["a/shop/i/web1"])));
    assert_eq!((other.knows(1), other.follow().await), (None, Ok(Vec::new())));
}

#[tokio::test]
async fn what_this_server_did_itself_is_done_once() {
    let house = House::with_clients(&[("web1", "prod", &[])]).await;
    let mut own = Neighbour::of(&house).await;
    own.usecases.delete_machine(&house.admin, &machine("shop", "web1")).await.unwrap();
    assert_eq!(own.follow().await, Ok(principals(&["a/shop/i/web1"])));
    assert_eq!(own.follow().await, Ok(Vec::new()));
}

#[tokio::test]
async fn a_deleted_application_takes_its_machines_with_it() {
    let house = House::with_clients(&[("web1", "prod", &[])]).await;
    house.create_application("till").await.unwrap();
    house.enrol("till", "desk1", "prod", &[], 9).await.unwrap();
    let mut other = Neighbour::of(&house).await;
    let pivotal = house.acting("pivotal", None).await;
    house.usecases.delete_application(&pivotal, &app("shop")).await.unwrap();
    // Its namesake has as long a ledger again, in which the other must not begin in the middle.
    house.create_application("shop").await.unwrap();
    house.enrol("shop", "web1", "prod", &[], 3).await.unwrap();
    assert_eq!(other.follow().await, Ok(principals(&["a/shop/i/web1"])));
    assert_eq!((other.knows(1), other.knows(3)), (None, Some("a/shop/i/web1".to_owned())));
    assert_eq!(other.knows(9).as_deref(), Some("a/till/i/desk1"));
}

#[tokio::test]
async fn keys_of_users_are_replaced_change_hands_and_end() {
    let house = House::new().await;
    house.make_user("bob").await.unwrap();
    let mut other = Neighbour::of(&house).await;
    let bob = house.acting("bob", None).await;
    let pivotal = house.acting("pivotal", None).await;
    let rsa_key = PrivateKey::generate(2048).unwrap().public_key().clone();
    let name = "bob".parse().unwrap();
    let give = async |number| {
        let new = NewCredentials { curve_key: public_key(number), rsa_key: rsa_key.clone() };
        house.usecases.give_credentials(&pivotal, &name, &new, true).await.unwrap();
    };
    give(7).await;
    assert_eq!((other.follow().await, other.knows(7)), (Ok(Vec::new()), Some("u/bob".to_owned())));
    give(8).await;
    assert_eq!((other.follow().await, other.knows(7)), (Ok(principals(&["u/bob"])), None));
    let rename =
        UserUpdate { name: "abe".parse().unwrap(), email: email("a@b.zz"), ..same_user("bob") };
    house.usecases.update_user(&bob, "bob", &rename).await.unwrap();
    // Read again in the order of their names, which is not that in which the key changed hands.
    assert_eq!(other.follow().await, Ok(principals(&["u/bob"])));
    assert_eq!(other.knows(8).as_deref(), Some("u/abe"));
    house.usecases.delete_user(&pivotal, "abe").await.unwrap();
    assert_eq!((other.follow().await, other.knows(8)), (Ok(principals(&["u/abe"])), None));
}

#[tokio::test]
async fn nothing_is_lost_while_the_store_fails() {
    let asked = Asked::default();
    let house = House::over(|store| Arc::new(Counting::new(store, asked.clone()))).await;
    house.create_application("shop").await.unwrap();
    house.enrol("shop", "web1", "prod", &[], 1).await.unwrap();
    let mut other = Neighbour::of(&house).await;
    house.usecases.delete_machine(&house.admin, &machine("shop", "web1")).await.unwrap();
    for failing in ["ledger_ends", "ledger", "curve_keys_of"] {
        asked.fail(Some(failing));
        assert!(other.follow().await.is_err(), "{failing}");
        assert!(other.knows(1).is_some(), "{failing}");
    }
    asked.fail(None);
    assert_eq!((other.follow().await, other.knows(1)), (Ok(principals(&["a/shop/i/web1"])), None));
}

#[tokio::test]
async fn whoever_is_far_behind_reads_the_keys_and_not_the_ledger() {
    let asked = Asked::default();
    let house = House::over(|store| Arc::new(Counting::new(store, asked.clone()))).await;
    house.create_application("shop").await.unwrap();
    house.enrol("shop", "web1", "prod", &[], 1).await.unwrap();
    house.enrol("shop", "web2", "prod", &[], 2).await.unwrap();
    let mut other = Neighbour::of(&house).await;
    house.usecases.delete_machine(&house.admin, &machine("shop", "web1")).await.unwrap();
    for _ in 0..11 {
        let mut write = Write::new(None, house.usecases.clock().now());
        for _ in 0..1000 {
            write.enter(&Scope::Global, Verb::Update, Kind::Node, "n", None);
        }
        house.usecases.store().commit(write).await.unwrap();
    }
    asked.take();
    assert_eq!(other.follow().await, Ok(principals(&["a/shop/i/web1"])));
    assert_eq!(asked.take(), ["ledger_ends", "curve_keys", "jobs"]);
    assert_eq!((other.knows(1), other.knows(2)), (None, Some("a/shop/i/web2".to_owned())));
    // From there on it reads what is new.
    house.usecases.delete_machine(&house.admin, &machine("shop", "web2")).await.unwrap();
    assert_eq!((other.follow().await, other.knows(2)), (Ok(principals(&["a/shop/i/web2"])), None));
}

/// However the ledgers of the same store move: from the answer of one server until the key ring of
/// the other has changed.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn another_server_forgets_a_key_at_once() {
    let place = stores::open_on(Backend::Postgres).await.unwrap();
    let house = House::on(Arc::clone(&place.store)).await;
    let neighbour = Neighbour::on(&house, place.again().await.unwrap()).await;
    house.create_application("shop").await.unwrap();
    let running = tokio::spawn(neighbour.follower.run(neighbour.usecases));
    let ring = neighbour.keys;
    let until = async |wanted: bool| {
        let begun = Instant::now();
        while ring.owner(&public_key(1)).is_some() != wanted {
            assert!(begun.elapsed() < Duration::from_secs(10), "not followed");
            tokio::time::sleep(Duration::from_millis(1)).await;
        }
        begun.elapsed()
    };
    let mut took = Vec::new();
    for _ in 0..20 {
        house.enrol("shop", "web1", "prod", &[], 1).await.unwrap();
        until(true).await;
        house.usecases.delete_machine(&house.admin, &machine("shop", "web1")).await.unwrap();
        took.push(until(false).await);
    }
    // The last may be parted with just now.
    let parted = neighbour.fleet.parted.lock().unwrap().clone();
    assert!((19..=20).contains(&parted.len()), "{parted:?}");
    assert!(parted.iter().all(|it| *it == Principal::Machine(machine("shop", "web1"))));
    took.sort();
    println!("forgotten after {:?}, at most {:?}", took[10], took[19]);
    assert!(took[10] < Duration::from_millis(250), "{took:?}");
    running.abort();
}
