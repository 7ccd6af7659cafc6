//! A store as tables: read in pages, patched, marked, and moved into another one.

use pantry_model::commands::admin::Refusal;
use pantry_model::{DeliveryState, Timestamp};

use super::Database;
use super::deliveries::step;
use super::durability::{everything, fill};
use super::samples::{
    actor_key, create_app, delete_app, id, join, key, object, only, open_app, put, scope, send,
    user, whole_ledger,
};
use crate::transfer::{
    Bounds, Cell, CopyError, Filling, Key, Mark, Moved, Row, Table, Tally, Transfer, copy, finish,
    prepare, verify,
};
use crate::{Change, Kind, Scope, Store};

const ALL: Bounds = Bounds { rows: u32::MAX, bytes: usize::MAX };

/// A whole table, read in pages of this size.
async fn table(store: &impl Transfer, table: Table, bounds: Bounds) -> Vec<Row> {
    let (mut rows, mut after) = (Vec::<Row>::new(), Key::least(table));
    loop {
        let page = store.rows(table, &after, bounds).await.unwrap();
        let Some(last) = page.last() else { return rows };
        after = last.key();
        rows.extend(page);
    }
}

/// All that can be read of it, but for the scopes' numbers, which are each database's own.
async fn content(store: &impl Store) -> String {
    let all = everything(store).await;
    let parts = all.split("scope: ");
    parts.map(|part| part.trim_start_matches(|c: char| c.is_ascii_digit())).collect()
}

/// Copies and compares both ways.
async fn move_all(from: &impl Transfer, to: &impl Transfer) -> Vec<Tally> {
    let tallies = copy(from, to, |_| {}).await.unwrap();
    verify(from, to, |_| {}).await.unwrap();
    assert_eq!(content(to).await, content(from).await);
    tallies
}

fn written(tallies: &[Tally], of: Table) -> (u64, u64) {
    let tally = tallies.iter().find(|tally| tally.table == of).unwrap();
    (tally.written, tally.deleted)
}

/// What a server does next with such a store.
async fn go_on(store: &impl Store) {
    store.commit(create_app("gone")).await.unwrap();
    let job = send(store, "gone", 7, &["web1"]).await;
    let sent = step(&job, "web1", DeliveryState::Queued, DeliveryState::Sent, 8);
    assert_eq!(store.advance(vec![sent]).await.unwrap(), [true]);
    let (who, address, what) = ("nobody".to_owned(), String::new(), "again".to_owned());
    let refusal = Refusal { at: Timestamp(2), who, address, what, count: 1 };
    store.log_refusals(vec![refusal]).await.unwrap();
}

fn filling(server: &str) -> Filling {
    Filling { server: server.to_owned(), from: "an old store".to_owned() }
}

/// However large the pages are, in the order of the keys, and as many as are counted.
pub async fn rows_come_in_the_order_of_their_keys<D>(database: &D)
where
    D: Database<Store: Transfer>,
{
    let store = database.open().await;
    fill(&store).await;
    for name in ["9shop", "shop-2", "shop20"] {
        open_app(&store, name).await;
        super::samples::add_machine(&store, name, "web1").await;
    }
    let mut write = super::samples::write();
    for (number, name) in (1000..).zip(["a", "B", "é", "a/b", "a b", "aa"]) {
        write.changes.extend(object(&scope("shop"), Kind::Node, name, id(number)).changes);
    }
    store.commit(write).await.unwrap();
    for &of in Table::ALL {
        let whole = table(&store, of, ALL).await;
        assert!(!whole.is_empty(), "{of} is empty");
        assert_eq!(store.row_count(of).await.unwrap(), whole.len() as u64, "{of}");
        assert!(whole.is_sorted_by(|one, other| one.key() < other.key()), "{of}: {whole:?}");
        for rows in [1, 2, 3] {
            let bounds = Bounds { rows, bytes: usize::MAX };
            assert!(table(&store, of, bounds).await == whole, "{of} by {rows}");
        }
    }
}

/// With at least one row each.
pub async fn pages_are_bounded_in_bytes<D>(database: &D)
where
    D: Database<Store: Transfer>,
{
    let store = database.open().await;
    let mut write = super::samples::write();
    for name in ["a", "b", "c", "d"] {
        write.changes.push(put(&Scope::Global, Kind::User, name, &[7; 1000]));
    }
    store.commit(write).await.unwrap();
    let least = Key::least(Table::Documents);
    for (bytes, expected) in [(1, 1), (1500, 2), (2500, 3), (100_000, 4)] {
        let bounds = Bounds { rows: 100, bytes };
        let page = store.rows(Table::Documents, &least, bounds).await.unwrap();
        assert_eq!(page.len(), expected, "{bytes}");
    }
}

/// What is put twice is there once; what is not there can be deleted.
pub async fn patches_can_be_repeated<D>(database: &D)
where
    D: Database<Store: Transfer>,
{
    let store = database.open().await;
    fill(&store).await;
    for &of in Table::ALL.iter().rev() {
        let whole = table(&store, of, ALL).await;
        store.patch(of, Vec::new(), whole.clone()).await.unwrap();
        assert!(table(&store, of, ALL).await == whole, "{of}");
        let gone: Vec<Key> = whole.iter().map(Row::key).collect();
        if of != Table::Scopes {
            store.patch(of, gone.clone(), Vec::new()).await.unwrap();
            store.patch(of, gone, Vec::new()).await.unwrap();
            assert_eq!(store.row_count(of).await.unwrap(), 0, "{of}");
        }
    }
}

/// Or nothing of it.
pub async fn patches_that_refer_to_nothing_fail<D>(database: &D)
where
    D: Database<Store: Transfer>,
{
    let store = database.open().await;
    fill(&store).await;
    for &of in Table::ALL {
        let whole = table(&store, of, ALL).await;
        let gone = whole.iter().map(Row::key).collect();
        let foreign = whole.iter().map(|row| {
            let columns = of.columns().iter().zip(row.cells());
            let cells = columns.map(|(column, cell)| match (column.name, cell) {
                ("scope" | "job", _) => Cell::Text("elsewhere".to_owned()),
                ("of" | "owner", Cell::Bytes(_)) => Cell::Bytes(vec![77; 16]),
                (_, cell) => cell.clone(),
            });
            Row::new(of, cells.collect()).unwrap()
        });
        let foreign: Vec<Row> = foreign.collect();
        if foreign == whole {
            continue;
        }
        assert!(store.patch(of, gone, foreign).await.is_err(), "{of}");
        assert!(table(&store, of, ALL).await == whole, "{of}");
    }
}

/// Also after the store was opened again; and no table has them.
pub async fn marks_are_kept<D>(database: &D)
where
    D: Database<Store: Transfer>,
{
    let store = database.open().await;
    assert_eq!(store.mark(Mark::Filling).await.unwrap(), None);
    store.set_mark(Mark::Filling, Some("one".to_owned())).await.unwrap();
    store.set_mark(Mark::Filling, Some("other".to_owned())).await.unwrap();
    store.set_mark(Mark::Moved, Some("it".to_owned())).await.unwrap();
    store.set_mark(Mark::Moved, None).await.unwrap();
    store.set_mark(Mark::Moved, None).await.unwrap();
    drop(store);

    let store = database.open().await;
    assert_eq!(store.mark(Mark::Filling).await.unwrap().as_deref(), Some("other"));
    assert_eq!(store.mark(Mark::Moved).await.unwrap(), None);
    assert_eq!(store.others().await.unwrap(), 0);
}

/// Something of every table, and what was deleted stays so; the copy goes on where the original was.
pub async fn everything_arrives<S, T>(source: &S, target: &T)
where
    S: Database<Store: Transfer>,
    T: Database<Store: Transfer>,
{
    let (from, to) = (source.open().await, target.open().await);
    fill(&from).await;
    prepare(&to, &filling("k")).await.unwrap();
    let tallies = move_all(&from, &to).await;
    assert!(tallies.iter().all(|tally| tally.written > 0 || tally.table == Table::Scopes));
    finish(&from, &to, &Moved { to: "a new store".to_owned() }).await.unwrap();
    assert_eq!(Moved::of(&from).await.unwrap().unwrap().to, "a new store");
    assert_eq!(Filling::of(&to).await.unwrap(), None);
    drop(to);

    let to = target.open().await;
    assert_eq!(content(&to).await, content(&from).await);
    go_on(&from).await;
    go_on(&to).await;
    assert_eq!(content(&to).await, content(&from).await);
    let ledger = whole_ledger(&to, &Scope::Global).await;
    assert!(super::samples::is_gap_free(&ledger) && ledger.len() >= 4, "{ledger:?}");
}

/// More than a page has, and more than is written at once.
pub async fn many_arrive<S, T>(source: &S, target: &T)
where
    S: Database<Store: Transfer>,
    T: Database<Store: Transfer>,
{
    let (from, to) = (source.open().await, target.open().await);
    for application in ["one", "two"] {
        open_app(&from, application).await;
        let mut write = super::samples::write();
        for number in 0..1300 {
            write.create(&scope(application), Kind::Node, &format!("n{number}"), vec![1; 50]);
        }
        from.commit(write).await.unwrap();
    }
    let tallies = move_all(&from, &to).await;
    assert_eq!(written(&tallies, Table::Documents), (2602, 0));
    let again = move_all(&from, &to).await;
    assert!(again.iter().all(|tally| tally.written == 0 && tally.deleted == 0), "{again:?}");
}

/// A copy of what has changed since the last one writes only that.
pub async fn a_changed_source_is_followed<S, T>(source: &S, target: &T)
where
    S: Database<Store: Transfer>,
    T: Database<Store: Transfer>,
{
    let (from, to) = (source.open().await, target.open().await);
    fill(&from).await;
    open_app(&from, "aside").await;
    open_app(&from, "closed").await;
    move_all(&from, &to).await;

    // A name that moves to before and to behind its place, and to another object.
    for (number, name) in [(10, "m"), (11, "n"), (12, "o")] {
        from.commit(object(&scope("shop"), Kind::Group, name, id(number))).await.unwrap();
    }
    from.commit(only(join(id(10), id(12)))).await.unwrap();
    move_all(&from, &to).await;
    let rename = |name: &str, to: &str| Change::Rename {
        scope: scope("shop"),
        kind: Kind::Group,
        name: name.to_owned(),
        to: to.to_owned(),
    };
    let mut write = super::samples::write();
    write.changes = vec![rename("m", "z"), rename("n", "a"), rename("o", "m"), rename("a", "o")];
    write.changes.push(Change::PutActorKey { owner: id(1), key: actor_key("second") });
    write.changes.push(Change::AddKey { key: key(9), owner: user("bea") });
    from.commit(write).await.unwrap();
    from.commit(delete_app("closed")).await.unwrap();
    from.commit(delete_app("aside")).await.unwrap();
    from.commit(create_app("aside")).await.unwrap();
    let job = send(&from, "shop", 9, &["web1"]).await;
    let sent = step(&job, "web1", DeliveryState::Queued, DeliveryState::Sent, 10);
    from.advance(vec![sent]).await.unwrap();

    let tallies = move_all(&from, &to).await;
    assert_eq!(written(&tallies, Table::Jobs), (1, 0));
    assert_eq!(written(&tallies, Table::ActorKeys), (1, 0));
    assert_eq!(written(&tallies, Table::Output), (0, 0));
}

/// Whatever it is, before the copy is finished; and put right by the next attempt.
pub async fn what_was_tampered_with_is_found<S, T>(source: &S, target: &T)
where
    S: Database<Store: Transfer>,
    T: Database<Store: Transfer>,
{
    let (from, to) = (source.open().await, target.open().await);
    fill(&from).await;
    move_all(&from, &to).await;
    for &of in Table::ALL {
        let row = table(&to, of, ALL).await.pop().unwrap();
        let mut cells = row.cells().to_vec();
        let beside_key = cells.iter_mut().skip(of.key_columns());
        let changed = beside_key.rev().find_map(|cell| {
            match cell {
                Cell::Integer(number) => *number ^= 1,
                Cell::Bytes(bytes) => bytes.push(b' '),
                Cell::Text(_) | Cell::Null => return None,
            }
            Some(())
        });
        let put = changed.map(|()| Row::new(of, cells).unwrap());
        let gone = if put.is_none() { vec![row.key()] } else { vec![] };
        to.patch(of, gone, put.into_iter().collect()).await.unwrap();
        match verify(&from, &to, |_| {}).await {
            // What refers to the row may have gone with it, and comes later.
            Err(CopyError::Differs { table, .. }) => assert_eq!(table, of),
            other => panic!("{of}: {other:?}"),
        }
        move_all(&from, &to).await;
    }
}

/// Or one that was begun to be filled from the same source.
pub async fn only_an_empty_store_is_filled<S, T>(source: &S, target: &T)
where
    S: Database<Store: Transfer>,
    T: Database<Store: Transfer>,
{
    let (from, to) = (source.open().await, target.open().await);
    prepare(&to, &filling("k")).await.unwrap();
    fill(&from).await;
    assert!(matches!(prepare(&from, &filling("k")).await, Err(CopyError::Taken(_))));
    assert_eq!(Filling::of(&from).await.unwrap(), None);

    copy(&from, &to, |_| {}).await.unwrap();
    assert_eq!(Filling::of(&to).await.unwrap(), Some(filling("k")));
    prepare(&to, &filling("k")).await.unwrap();
    match prepare(&to, &filling("other")).await {
        Err(CopyError::Taken(text)) => assert!(text.contains("an old store"), "{text}"),
        other => panic!("{other:?}"),
    }
    finish(&from, &to, &Moved { to: "there".to_owned() }).await.unwrap();
    assert!(matches!(prepare(&to, &filling("k")).await, Err(CopyError::Taken(_))));

    assert!(Moved::of(&from).await.unwrap().is_some());
    Moved::forget(&from).await.unwrap();
    assert_eq!(Moved::of(&from).await.unwrap(), None);
}
