//! Stores on either backend.

use pantry_model::Timestamp;
use pantry_store::{Kind, Scope, Write};
use pantry_testkit::backend::Backend;
use pantry_testkit::stores::{TestStore, open_on};

async fn names(of: &TestStore) -> Vec<String> {
    of.store.names(&Scope::Global, Kind::User).await.unwrap()
}

#[tokio::test]
async fn each_has_a_place_of_its_own() {
    for backend in [Backend::Sqlite, Backend::Postgres] {
        let (one, two) = (open_on(backend).await.unwrap(), open_on(backend).await.unwrap());
        let mut write = Write::new(None, Timestamp(1));
        write.create(&Scope::Global, Kind::User, "ada", b"{}".to_vec());
        one.store.commit(write).await.unwrap();
        assert_eq!((names(&one).await.len(), names(&two).await.len()), (1, 0), "{backend:?}");
    }
}

#[tokio::test]
async fn several_servers_share_one_where_that_can_be() {
    let shared = open_on(Backend::Postgres).await.unwrap();
    let other = shared.again().await.unwrap();
    let mut write = Write::new(None, Timestamp(1));
    write.create(&Scope::Global, Kind::User, "ada", b"{}".to_vec());
    other.commit(write).await.unwrap();
    assert_eq!(names(&shared).await, ["ada"]);

    let alone = open_on(Backend::Sqlite).await.unwrap();
    let error = alone.again().await.err().unwrap().to_string();
    assert!(error.contains("another server"), "{error}");
}
