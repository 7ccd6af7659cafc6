//! Decisions and what they rest on: no permission can be withdrawn between the look at it and the
//! write, however many ask at once. The ledger tells, whose positions are the order of the commits.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use pantry_model::chef::clients::NewApiClient;
use pantry_model::chef::{AceActors, AceUpdate, GroupUpdate, NewGroup};
use pantry_model::refusals::request;
use pantry_model::{Error, Permission};
use pantry_store::{Kind, LedgerEntry, Verb};
use pantry_usecases::{AclKind, AclOf, Caller, UseCases};
use tokio::sync::watch;
use tokio::task::JoinSet;

use crate::house::House;
use crate::people::{shop, staffed};
use crate::standing::of;

/// How often the permission is given and taken.
const TURNS: usize = 40;
/// How many tasks make API clients meanwhile.
const CREATORS: usize = 6;
/// How long what must come is waited for.
const DEADLINE: Duration = Duration::from_secs(60);

/// By what Bob may make API clients, or may not.
#[derive(Clone, Copy, Debug)]
enum Means {
    /// The list of the container names him.
    List,
    /// He is in a group that it names.
    Group,
    /// He is in a group that is in one that it names.
    NestedGroup,
}

impl Means {
    /// Gives Bob the permission, or takes it.
    async fn turn(self, usecases: &UseCases, is_given: bool) -> Result<(), Error> {
        let pivotal = &pivotal(usecases).await;
        let these = |name: &str| Some(is_given.then(|| name.to_owned()).into_iter().collect());
        match self {
            Self::List => {
                let actors: &[&str] = if is_given { &["pivotal", "bob"] } else { &["pivotal"] };
                let update = ace(actors);
                let clients = AclOf::Object(AclKind::Container, "clients");
                usecases.update_ace(pivotal, clients, &update).await
            }
            Self::Group => {
                let update = GroupUpdate { users: these("bob"), ..Default::default() };
                usecases.update_group(pivotal, "makers", &update).await.map(drop)
            }
            Self::NestedGroup => {
                let update = GroupUpdate { groups: these("bobs"), ..Default::default() };
                usecases.update_group(pivotal, "makers", &update).await.map(drop)
            }
        }
    }

    /// Whether a line of the ledger is such a turn.
    fn is_turn(self, line: &LedgerEntry) -> bool {
        match self {
            Self::List => line.kind == Kind::Acl && line.name == "container/clients",
            Self::Group | Self::NestedGroup => {
                (line.verb, line.kind) == (Verb::Update, Kind::Group) && line.name == "makers"
            }
        }
    }
}

async fn pivotal(usecases: &UseCases) -> Caller {
    usecases.caller(&"u/pivotal".parse().unwrap(), Some(&shop())).await.unwrap()
}

/// These, and the group `makers`, may make API clients.
fn ace(actors: &[&str]) -> AceUpdate {
    AceUpdate {
        permission: Permission::Create,
        actors: AceActors::Either(actors.iter().map(ToString::to_string).collect()),
        groups: vec!["makers".to_owned()],
    }
}

/// An API client without a key: making one takes its time.
fn client(name: &str) -> NewApiClient {
    NewApiClient { name: name.parse().unwrap(), validator: false, key: None }
}

/// What has become of Bob's requests so far.
#[derive(Clone, Copy, Debug, Default)]
struct Outcomes {
    made: usize,
    refused: usize,
}

/// Makes API clients as Bob, one after the other, until it is over.
async fn create(
    usecases: UseCases,
    (number, has_rival): (usize, bool),
    outcomes: watch::Sender<Outcomes>,
    is_over: Arc<AtomicBool>,
) {
    let mut next = 0;
    while !is_over.load(Ordering::SeqCst) {
        next += 1;
        let bob = usecases.caller(&"u/bob".parse().unwrap(), Some(&shop())).await.unwrap();
        let made = usecases.create_api_client(&bob, &client(&format!("c{number}-{next}"))).await;
        outcomes.send_modify(|outcomes| match made {
            Ok(_) => outcomes.made += 1,
            Err(Error::Refused(refusal)) => {
                assert_eq!(refusal, request::missing_permission(Permission::Create));
                outcomes.refused += 1;
            }
            // Who competes with another server may have to ask again; nobody else may.
            Err(Error::Unavailable(_)) if has_rival => {}
            Err(error) => panic!("{error}"),
        });
    }
}

/// Gives and takes the permission while Bob makes API clients: all through the same use cases, or
/// half of him through others on the same store, which hear of nothing but from there.
async fn no_api_client_is_made_without_permission(means: Means, has_rival: bool) {
    let house = staffed().await;
    let usecases = &house.usecases;
    for group in ["makers", "bobs"] {
        let new = NewGroup { name: group.parse().unwrap() };
        usecases.create_group(&pivotal(usecases).await, &new).await.unwrap();
    }
    house.group("shop", "bobs", "bob", true).await;
    let clients = AclOf::Object(AclKind::Container, "clients");
    let caller = pivotal(usecases).await;
    usecases.update_ace(&caller, clients, &ace(&["pivotal"])).await.unwrap();
    let start = usecases.store().ledger_position(&of("shop")).await.unwrap();

    let (outcomes, mut seen) = watch::channel(Outcomes::default());
    let is_over = Arc::new(AtomicBool::new(false));
    let mut tasks = JoinSet::new();
    let other = if has_rival { house.beside() } else { usecases.clone() };
    for number in 0..CREATORS {
        let (usecases, is_over) = ([usecases, &other][number % 2].clone(), Arc::clone(&is_over));
        tasks.spawn(create(usecases, (number, has_rival), outcomes.clone(), is_over));
    }
    for turn in 0..TURNS {
        let is_given = turn % 2 == 0;
        loop {
            match means.turn(usecases, is_given).await {
                Err(Error::Unavailable(_)) if has_rival => {}
                done => break done.unwrap(),
            }
        }
        let before = *seen.borrow_and_update();
        let has_come = |now: &Outcomes| match is_given {
            true => now.made > before.made,
            false => now.refused > before.refused,
        };
        let wait = tokio::time::timeout(DEADLINE, seen.wait_for(has_come));
        drop(wait.await.expect("nothing has come of the permission").unwrap());
    }
    is_over.store(true, Ordering::SeqCst);
    while let Some(ended) = tasks.join_next().await {
        ended.unwrap();
    }

    let ledger = usecases.store().ledger(&of("shop"), start, 100_000).await.unwrap();
    let (mut turns, mut made) = (0, 0);
    for line in &ledger {
        if means.is_turn(line) {
            turns += 1;
        } else if (line.verb, line.kind) == (Verb::Create, Kind::ApiClient) {
            made += 1;
            assert_eq!(line.actor.as_ref().map(ToString::to_string).as_deref(), Some("u/bob"));
            assert_eq!(turns % 2, 1, "{means:?}: {} was made when it was taken", line.name);
        }
    }
    assert_eq!((turns, made), (TURNS, seen.borrow().made));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn whoever_is_taken_from_a_list_makes_nothing_from_then_on() {
    no_api_client_is_made_without_permission(Means::List, false).await;
    no_api_client_is_made_without_permission(Means::List, true).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn whoever_is_taken_from_a_group_makes_nothing_from_then_on() {
    no_api_client_is_made_without_permission(Means::Group, false).await;
    no_api_client_is_made_without_permission(Means::Group, true).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn whoever_is_in_a_group_that_is_taken_from_another_makes_nothing_from_then_on() {
    no_api_client_is_made_without_permission(Means::NestedGroup, false).await;
    no_api_client_is_made_without_permission(Means::NestedGroup, true).await;
}

/// How many tasks make something at once, and how many things each.
const MAKERS: usize = 8;
const EACH: usize = 100;

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn all_who_make_something_else_at_once_succeed_however_long_they_go_on() {
    let house = House::new().await;
    house.create_application("shop").await.unwrap();
    let pivotal = house.calls("pivotal", "shop").await;
    let mut tasks = JoinSet::new();
    for number in 0..MAKERS {
        let usecases = house.usecases.clone();
        tasks.spawn(async move {
            for one in 0..EACH {
                let new = client(&format!("web{number}-{one}"));
                let caller = usecases.caller(&"u/pivotal".parse().unwrap(), Some(&shop())).await;
                usecases.create_api_client(&caller.unwrap(), &new).await.unwrap();
            }
        });
    }
    while let Some(ended) = tasks.join_next().await {
        ended.unwrap();
    }
    // And the validator, which was there.
    let listed = house.usecases.list_api_clients(&pivotal).await.unwrap();
    assert_eq!(listed.len(), MAKERS * EACH + 1);
}
