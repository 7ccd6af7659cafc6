//! Groups and whatever else has members: any object of any scope, and circles do no harm.

use pantry_model::ObjectId;

use super::Database;
use super::samples::{
    body, delete_app, id, join, leave, object, only, open_app, place, put, scope, write,
};
use crate::{Change, Kind, Place, Scope, Store, StoreError, Write};

const GLOBAL: Scope = Scope::Global;

/// Groups of `_global` with these numbers, and `ada` as number 0.
async fn make_groups(store: &impl Store, numbers: std::ops::RangeInclusive<u16>) {
    let mut write = object(&GLOBAL, Kind::User, "ada", id(0));
    for number in numbers {
        let group = object(&GLOBAL, Kind::Group, &format!("g{number}"), id(number));
        write.changes.extend(group.changes);
    }
    store.commit(write).await.unwrap();
}

/// The first of each pair gets the second as a member.
fn joining(pairs: &[(u16, u16)]) -> Write {
    let mut write = write();
    write.changes = pairs.iter().map(|(of, member)| join(id(*of), id(*member))).collect();
    write
}

/// Everything that `ada` is a member of.
async fn above_ada(store: &impl Store) -> Vec<ObjectId> {
    let mut found = store.actors(&GLOBAL, "ada").await.unwrap();
    assert_eq!(found.actors.len(), 1);
    found.actors.remove(0).member_of
}

/// `_global` before applications, even those whose names begin with a digit; then by kind and name.
pub async fn are_listed_by_place(database: &impl Database) {
    let store = database.open().await;
    open_app(&store, "shop").await;
    open_app(&store, "9lives").await;
    let places = [
        place(&GLOBAL, Kind::User, "B"),
        place(&GLOBAL, Kind::User, "a"),
        place(&GLOBAL, Kind::Group, "A"),
        place(&scope("9lives"), Kind::ApiClient, "a"),
        place(&scope("9lives"), Kind::Group, "a"),
        place(&scope("shop"), Kind::Group, "a"),
        place(&scope("shop"), Kind::Group, "b"),
    ];
    // The other way round by id, and made the other way round.
    let numbered: Vec<(ObjectId, Place)> = (0..50).rev().map(id).zip(places).collect();
    let mut write = object(&scope("shop"), Kind::Group, "middle", id(100));
    for (number, Place { scope, kind, name }) in numbered.iter().rev() {
        write.changes.extend(object(scope, *kind, name, *number).changes);
        write.changes.push(join(id(100), *number));
        write.changes.push(join(*number, id(100)));
    }
    store.commit(write).await.unwrap();
    assert_eq!(store.members(id(100)).await.unwrap(), numbered);
    assert_eq!(store.member_of(id(100)).await.unwrap(), numbered);
    let middle = place(&scope("shop"), Kind::Group, "middle");
    assert_eq!(store.members(id(49)).await.unwrap(), [(id(100), middle)]);
}

/// Adding one that is in, or ending what is not, is no error.
pub async fn are_members_once(database: &impl Database) {
    let store = database.open().await;
    make_groups(&store, 1..=2).await;
    for _ in 0..2 {
        store.commit(joining(&[(1, 0), (2, 0), (1, 0)])).await.unwrap();
        assert_eq!(store.members(id(1)).await.unwrap().len(), 1);
    }
    for _ in 0..2 {
        store.commit(only(leave(id(1), id(0)))).await.unwrap();
        assert_eq!(store.members(id(1)).await.unwrap(), []);
        assert_eq!(above_ada(&store).await, [id(2)]);
    }
}

/// The error names the one that is not; nothing else of such a write happens.
pub async fn must_be_there_with_what_they_are_members_of(database: &impl Database) {
    let store = database.open().await;
    make_groups(&store, 1..=1).await;
    for change in [join(id(1), id(9)), join(id(9), id(0)), leave(id(1), id(9)), leave(id(9), id(0))]
    {
        let shown = format!("{change:?}");
        let mut write = joining(&[(1, 0)]);
        write.changes.push(put(&GLOBAL, Kind::User, "bob", b""));
        write.changes.push(change);
        let outcome = store.commit(write).await;
        assert_eq!(outcome, Err(StoreError::NoSuchObject(id(9))), "{shown}");
    }
    assert_eq!(store.members(id(1)).await.unwrap(), []);
    assert_eq!(body(&store, &GLOBAL, "bob").await, None);
}

/// Upwards through every group, and never down again.
pub async fn reach_through_groups(database: &impl Database) {
    let store = database.open().await;
    make_groups(&store, 1..=6).await;
    // ada < 3 < 1 < 2; 4 is beside her in 3, 5 is above 4 only, and nobody is in 6.
    store.commit(joining(&[(3, 0), (1, 3), (2, 1), (3, 4), (5, 4)])).await.unwrap();
    assert_eq!(above_ada(&store).await, [id(1), id(2), id(3)]);
    let direct = store.member_of(id(0)).await.unwrap();
    assert_eq!(direct, [(id(3), place(&GLOBAL, Kind::Group, "g3"))]);
    // What is ended in the middle is ended for all above.
    store.commit(only(leave(id(1), id(3)))).await.unwrap();
    assert_eq!(above_ada(&store).await, [id(3)]);
}

/// From an application into `_global`, and into another application.
pub async fn reach_across_scopes(database: &impl Database) {
    let store = database.open().await;
    open_app(&store, "shop").await;
    open_app(&store, "shop2").await;
    make_groups(&store, 1..=1).await;
    store.commit(object(&scope("shop"), Kind::Group, "users", id(2))).await.unwrap();
    store.commit(object(&scope("shop2"), Kind::Group, "users", id(3))).await.unwrap();
    store.commit(joining(&[(2, 0), (1, 2), (3, 1)])).await.unwrap();
    assert_eq!(above_ada(&store).await, [id(1), id(2), id(3)]);
}

/// Of a thousand groups, and of one.
pub async fn may_go_in_circles(database: &impl Database) {
    let store = database.open().await;
    make_groups(&store, 1..=1000).await;
    let mut pairs: Vec<(u16, u16)> = (2..=1000).map(|number| (number, number - 1)).collect();
    pairs.extend([(1, 1000), (500, 500), (7, 0)]);
    store.commit(joining(&pairs)).await.unwrap();
    assert_eq!(above_ada(&store).await, (1..=1000).map(id).collect::<Vec<_>>());
}

/// However many ways lead there: each level doubles them.
pub async fn count_once_in_a_diamond(database: &impl Database) {
    let store = database.open().await;
    const LEVELS: u16 = 40;
    make_groups(&store, 1..=2 * LEVELS).await;
    let mut pairs = vec![(1, 0), (2, 0)];
    for level in 1..LEVELS {
        let (left, right) = (2 * level - 1, 2 * level);
        let above = [left + 2, right + 2];
        pairs.extend(above.iter().flat_map(|of| [(*of, left), (*of, right)]));
    }
    store.commit(joining(&pairs)).await.unwrap();
    assert_eq!(above_ada(&store).await, (1..=2 * LEVELS).map(id).collect::<Vec<_>>());
}

/// The member or the group, wherever in the chain it is.
pub async fn end_with_either_side(database: &impl Database) {
    let store = database.open().await;
    make_groups(&store, 1..=3).await;
    store.commit(joining(&[(1, 0), (2, 1), (3, 2), (3, 0)])).await.unwrap();
    let delete =
        |kind, name: &str| only(Change::Delete { scope: GLOBAL, kind, name: name.to_owned() });
    store.commit(delete(Kind::Group, "g2")).await.unwrap();
    assert_eq!(above_ada(&store).await, [id(1), id(3)]);
    assert_eq!(store.member_of(id(1)).await.unwrap(), []);
    store.commit(delete(Kind::User, "ada")).await.unwrap();
    assert_eq!(store.members(id(1)).await.unwrap(), []);
    assert_eq!(store.members(id(3)).await.unwrap(), []);
}

/// Its groups' members elsewhere, and its members of groups elsewhere.
pub async fn end_with_an_application(database: &impl Database) {
    let store = database.open().await;
    open_app(&store, "shop").await;
    open_app(&store, "shop2").await;
    make_groups(&store, 1..=1).await;
    store.commit(object(&scope("shop"), Kind::Group, "users", id(2))).await.unwrap();
    store.commit(object(&scope("shop"), Kind::ApiClient, "web1", id(3))).await.unwrap();
    store.commit(object(&scope("shop2"), Kind::Group, "users", id(4))).await.unwrap();
    store.commit(joining(&[(2, 0), (1, 2), (1, 3), (4, 3), (4, 0), (1, 4)])).await.unwrap();

    store.commit(delete_app("shop")).await.unwrap();
    assert_eq!(above_ada(&store).await, [id(1), id(4)]);
    assert_eq!(store.places(&[id(2), id(3)]).await.unwrap(), [None, None]);
    let (ada, users) = (place(&GLOBAL, Kind::User, "ada"), scope("shop2"));
    assert_eq!(store.members(id(4)).await.unwrap(), [(id(0), ada)]);
    let users = place(&users, Kind::Group, "users");
    assert_eq!(store.members(id(1)).await.unwrap(), [(id(4), users)]);
}
