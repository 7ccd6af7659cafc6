//! Two servers that delete contents which nothing holds: each only what the other one does not.

use pantry_model::{Content, Md5, Sha256};
use pantry_store::contract::Database as _;
use pantry_store::{Change, Kind, Store, StoreError, Write};
use tokio_postgres::NoTls;

use crate::contract::Fresh;
use crate::place::{open_app, scope, write};

const SHA256: Sha256 = Sha256([7; 32]);

fn hold(name: &str) -> Write {
    let (scope, kind, name) = (scope("shop"), Kind::Sandbox, name.to_owned());
    let mut write = write();
    let body = b"{}".to_vec();
    write.changes.push(Change::Put { scope: scope.clone(), kind, name: name.clone(), body });
    let contents = vec![Content { md5: Md5([7; 16]), sha256: SHA256, size: 7 }];
    write.changes.push(Change::Hold { scope, kind, name, contents, taken_from: None });
    write
}

#[tokio::test]
async fn what_one_server_deletes_another_one_leaves_alone() {
    let database = Fresh::new();
    let (one, other) = (database.open().await, database.open().await);
    open_app(&one, "shop").await;
    assert_eq!(one.condemn_contents(&[SHA256]).await.unwrap(), [SHA256]);
    assert_eq!(other.condemn_contents(&[SHA256]).await.unwrap(), []);
    other.forget_contents(&[SHA256]).await.unwrap();
    let refused = other.commit(hold("a")).await;
    assert!(matches!(refused, Err(StoreError::Unavailable(_))), "{refused:?}");
    assert_eq!(one.condemn_contents(&[SHA256]).await.unwrap(), [SHA256]);
    one.forget_contents(&[SHA256]).await.unwrap();
    other.commit(hold("a")).await.unwrap();
    assert_eq!(other.condemn_contents(&[SHA256]).await.unwrap(), []);
}

#[tokio::test]
async fn what_a_server_left_that_died_another_one_deletes_later() {
    let database = Fresh::new();
    let (one, other) = (database.open().await, database.open().await);
    one.condemn_contents(&[SHA256]).await.unwrap();
    let (client, connection) = tokio_postgres::connect(&database.0.url(), NoTls).await.unwrap();
    tokio::spawn(connection);
    let later = "UPDATE contents SET condemned_at = condemned_at - interval '1 hour'";
    client.batch_execute(later).await.unwrap();
    assert_eq!(other.unheld_contents(9).await.unwrap(), [SHA256]);
    assert_eq!(other.condemn_contents(&[SHA256]).await.unwrap(), [SHA256]);
    // It was not dead, and comes to its end after all.
    one.forget_contents(&[SHA256]).await.unwrap();
    assert_eq!(other.unheld_contents(9).await.unwrap(), [SHA256]);
    other.forget_contents(&[SHA256]).await.unwrap();
    assert_eq!(other.unheld_contents(9).await.unwrap(), []);
}
