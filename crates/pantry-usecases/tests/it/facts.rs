//! What a machine reports becomes its node, until Chef has run there; and targets search nodes.

use pantry_model::chef::{Facts, Node};
use pantry_model::{Error, ErrorCode, Target};
use pantry_store::Kind;
use serde_json::{Value, json};

use crate::chef::{node, said};
use crate::house::{House, machine, new_job};
use crate::people::staffed;
use crate::standing::{of, refusal};

async fn house() -> House {
    let house = staffed().await;
    house.enrol("shop", "web1", "test", &["given"], 1).await.unwrap();
    house
}

impl House {
    async fn reports(&self, name: &str, facts: &Value) -> Result<bool, Error> {
        let facts = Facts::read(facts.to_string().as_bytes()).unwrap();
        self.usecases.take_facts(&machine("shop", name), &facts).await
    }

    async fn stored(&self, name: &str) -> Value {
        let bob = self.calls("bob", "shop").await;
        said(&self.usecases.show_node(&bob, name).await.unwrap())
    }

    async fn found(&self, query: &str) -> Vec<String> {
        self.usecases.names_found(&of("shop"), Kind::Node, query).await.unwrap()
    }

    /// Whom a job goes to.
    async fn asked(&self, search: &str) -> Result<Vec<String>, Error> {
        let target = Target { search: Some(search.to_owned()), ..Target::default() };
        let started = self.usecases.start_job(&self.admin, new_job(target)).await?;
        let view = self.usecases.show_job(&self.admin, started[0].job).await?;
        assert_eq!(view.job.target.search.as_deref(), Some(search));
        Ok(view.deliveries.iter().map(|it| it.identity.to_string()).collect())
    }
}

#[tokio::test]
async fn a_machine_is_found_by_what_it_reports_at_once() {
    let house = house().await;
    assert_eq!(house.found("*:*").await, [""; 0]);
    let facts = json!({"platform": "debian", "kernel": {"machine": "x86_64"}, "recipes": ["x"]});
    assert!(house.reports("web1", &facts).await.unwrap());
    for query in [
        "platform:debian",
        "kernel_machine:x86*",
        "role:given",
        "roles:given AND chef_environment:test",
    ] {
        assert_eq!(house.found(query).await, ["web1"], "{query}");
    }
    assert_eq!(house.found("recipes:x").await, [""; 0]);
    assert!(house.reports("web1", &json!({"platform": "ubuntu"})).await.unwrap());
    assert_eq!(house.found("platform:debian OR kernel_machine:*").await, [""; 0]);
    assert_eq!(house.found("platform:ubuntu").await, ["web1"]);
    assert_eq!(
        house.lines_of(Kind::Node).await,
        ["a/shop/i/web1 create web1", "a/shop/i/web1 update web1"]
    );
}

#[tokio::test]
async fn what_says_nothing_new_is_not_written() {
    let house = house().await;
    let facts = json!({"platform": "debian"});
    assert!(house.reports("web1", &facts).await.unwrap());
    assert!(!house.reports("web1", &facts).await.unwrap());
    assert_eq!(house.lines_of(Kind::Node).await.len(), 1);
}

#[tokio::test]
async fn what_people_have_set_stays() {
    let house = house().await;
    let bob = house.calls("bob", "shop").await;
    house.reports("web1", &json!({"n": 1})).await.unwrap();
    house.usecases.update_node(&bob, &node("web1", "prod", &["role[web]"])).await.unwrap();
    house.reports("web1", &json!({"n": 2})).await.unwrap();
    let stored = house.stored("web1").await;
    assert_eq!(stored["chef_environment"], "prod");
    assert_eq!(stored["run_list"], json!(["role[web]"]));
    assert_eq!(
        stored["automatic"],
        json!({"n": 2, "role": ["given", "web"], "roles": ["given", "web"]})
    );
    assert_eq!(house.found("n:2 AND role:web").await, ["web1"]);
}

#[tokio::test]
async fn what_chef_has_saved_is_left_alone() {
    let house = house().await;
    house.reports("web1", &json!({"n": 1})).await.unwrap();
    let body = json!({"name": "web1", "automatic": {"recipes": [], "n": 5}}).to_string();
    let run = Node::read_new(body.as_bytes()).unwrap();
    let web1 = house.client_calls("web1", "shop").await;
    house.usecases.update_node(&web1, &run).await.unwrap();
    assert!(!house.reports("web1", &json!({"n": 2})).await.unwrap());
    assert_eq!(house.stored("web1").await["automatic"], json!({"recipes": [], "n": 5}));
}

#[tokio::test]
async fn a_machine_may_do_no_more_than_its_api_client() {
    let house = house().await;
    let bob = house.calls("bob", "shop").await;
    house.usecases.create_node(&bob, &node("web1", "prod", &[])).await.unwrap();
    let refused = refusal(house.reports("web1", &json!({"n": 1})).await);
    assert_eq!(refused.sentence, "missing update permission");
    assert_eq!(house.stored("web1").await["automatic"], json!({}));
    assert!(house.reports("web2", &json!({"n": 1})).await.is_err(), "it was never enrolled");
}

#[tokio::test]
async fn a_search_narrows_a_target() {
    let house = house().await;
    for (number, name) in [(2, "web2"), (3, "db1")] {
        house.enrol("shop", name, "prod", &[], number).await.unwrap();
    }
    house.reports("web1", &json!({"platform": "debian", "n": 1})).await.unwrap();
    house.reports("web2", &json!({"platform": "debian", "n": 2})).await.unwrap();
    // A node without a machine is nobody to ask.
    let bob = house.calls("bob", "shop").await;
    house.usecases.create_node(&bob, &node("other", "prod", &[])).await.unwrap();
    assert_eq!(house.asked("platform:debian").await.unwrap(), ["web1", "web2"]);
    assert_eq!(house.asked("*:* AND NOT n:1").await.unwrap(), ["web2"]);
    let error = house.asked("platform:none").await.unwrap_err();
    assert_eq!(error.to_string(), "no client of the application `shop` matches -s 'platform:none'");
    assert_eq!(error.code(), ErrorCode::NobodyMatches);
    let target = Target {
        identities: vec!["web*".parse().unwrap()],
        environment: Some("prod".parse().unwrap()),
        search: Some("platform:debian".to_owned()),
        ..Target::default()
    };
    let listed = house.usecases.list_machines(&house.admin, &crate::people::shop(), &target).await;
    let names: Vec<_> = listed.unwrap().iter().map(|it| it.machine.identity.to_string()).collect();
    assert_eq!(names, ["web2"]);
}

#[tokio::test]
async fn a_query_that_is_none_starts_nothing() {
    let house = house().await;
    let refused = refusal(house.asked("platform:(a OR").await);
    assert!(refused.sentence.contains("(at character "), "{}", refused.sentence);
    assert!(house.fleet.sent.lock().unwrap().is_empty());
}

#[tokio::test]
async fn without_an_application_each_is_searched_by_itself() {
    let house = house().await;
    house.create_application("blog").await.unwrap();
    house.enrol("blog", "web1", "prod", &[], 9).await.unwrap();
    house.reports("web1", &json!({"platform": "debian"})).await.unwrap();
    let search = Some("platform:debian".to_owned());
    let mut new = new_job(Target { search, ..Target::default() });
    new.application = None;
    let started = house.usecases.start_job(&house.admin, new).await.unwrap();
    let asked: Vec<_> = started.iter().map(|it| (it.application.as_str(), it.deliveries)).collect();
    assert_eq!(asked, [("shop", 1)]);
}
