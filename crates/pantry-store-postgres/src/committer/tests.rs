use pantry_model::Timestamp;
use pantry_store::{Index, Verb};

use super::*;

fn scope(name: &str) -> Scope {
    Scope::Application(name.parse().unwrap())
}

/// A write that changes a document of an application, and says so in its ledger.
fn save(application: &str, kind: Kind, name: &str) -> Write {
    let mut write = Write::new(None, Timestamp(1));
    write.create(&scope(application), kind, name, name.as_bytes().to_vec());
    write
}

fn queue(writes: impl IntoIterator<Item = Write>) -> VecDeque<Pending> {
    writes.into_iter().map(|write| Pending::new(write, oneshot::channel().0)).collect()
}

/// The names that the first changes of these writes have.
fn names<'a>(pending: impl IntoIterator<Item = &'a Pending>) -> Vec<&'a str> {
    let name = |one: &'a Pending| document(one.write.changes.first().unwrap()).unwrap().2;
    pending.into_iter().map(name).collect()
}

fn gather(waiting: &mut VecDeque<Pending>) -> Vec<Pending> {
    Group::gather(waiting, HashSet::new())
}

#[test]
fn writes_of_different_documents_go_together() {
    let mut waiting = queue([
        save("a", Kind::Node, "one"),
        save("a", Kind::Node, "two"),
        save("b", Kind::Node, "one"),
        save("a", Kind::DataBag, "one"),
    ]);
    assert_eq!(names(&gather(&mut waiting)), ["one", "two", "one", "one"]);
    assert!(waiting.is_empty());
}

#[test]
fn writes_that_are_indexed_go_together() {
    let indexed = |name: &str| {
        let mut write = save("a", Kind::Node, name);
        let index = Index::of(&scope("a"), Kind::Node);
        let (name, gone, new) = (name.to_owned(), Vec::new(), Vec::new());
        write.changes.push(Change::Index { index, name, gone, new });
        write
    };
    let mut waiting = queue(["one", "two", "three"].map(indexed));
    let gathered = gather(&mut waiting);
    assert_eq!(names(&gathered), ["one", "two", "three"]);
    // Theirs are the statements of one.
    let writes: Vec<&Write> = gathered.iter().map(|one| &one.write).collect();
    let count = |writes: &[&Write]| steps(writes, &Locks::default()).unwrap().len();
    assert_eq!(count(&writes), count(&writes[..1]));
}

#[test]
fn what_one_changes_another_neither_changes_nor_checks() {
    let mut rests_on_it = save("a", Kind::Node, "other");
    rests_on_it.expect(&scope("a"), Kind::Node, "it", None);
    let mut is_rested_on = save("a", Kind::Node, "third");
    is_rested_on.expect(&scope("a"), Kind::Node, "fourth", None);
    for (first, second) in [
        (save("a", Kind::Node, "it"), save("a", Kind::Node, "it")),
        (save("a", Kind::Node, "it"), rests_on_it),
        (is_rested_on, save("a", Kind::Node, "fourth")),
    ] {
        let mut waiting = queue([first, second]);
        assert_eq!(gather(&mut waiting).len(), 1);
        assert_eq!(waiting.len(), 1);
    }
}

/// As many contents are uploaded to one sandbox.
#[test]
fn writes_by_which_one_document_holds_more_go_together() {
    let hold = |taken_from| {
        let (scope, kind, name) = (scope("a"), Kind::Sandbox, "one".to_owned());
        let mut write = Write::new(None, Timestamp(1));
        write.expect(&scope, kind, "one", None);
        write.changes.push(Change::Hold { scope, kind, name, contents: Vec::new(), taken_from });
        write
    };
    let mut waiting = queue([hold(None), hold(None), hold(Some(Kind::Upload)), hold(None)]);
    assert_eq!(gather(&mut waiting).len(), 2);
    assert_eq!(gather(&mut waiting).len(), 1);
    assert_eq!(gather(&mut waiting).len(), 1);
}

#[test]
fn what_moves_a_permission_goes_alone() {
    let writes = || [save("a", Kind::Node, "one"), save("b", Kind::Group, "two")];
    let mut waiting = queue(writes());
    assert_eq!(names(&gather(&mut waiting)), ["one"]);
    assert_eq!(names(&gather(&mut waiting)), ["two"]);
    let mut waiting = queue(writes().into_iter().rev());
    assert_eq!(names(&gather(&mut waiting)), ["two"]);
    assert_eq!(names(&gather(&mut waiting)), ["one"]);
}

#[test]
fn what_changes_more_than_documents_goes_alone() {
    let mut renames = save("a", Kind::Node, "one");
    let (name, to) = ("two".to_owned(), "three".to_owned());
    renames.changes.push(Change::Rename { scope: scope("a"), kind: Kind::Node, name, to });
    let mut waiting = queue([renames, save("b", Kind::Node, "four")]);
    assert_eq!(names(&gather(&mut waiting)), ["one"]);
    assert_eq!(names(&waiting), ["four"]);
}

#[test]
fn nobody_overtakes_in_one_scope() {
    // The second must wait for the first, and so must the fourth for the second.
    let mut waiting = queue([
        save("a", Kind::Node, "one"),
        save("a", Kind::Group, "two"),
        save("b", Kind::Node, "three"),
        save("a", Kind::Node, "four"),
    ]);
    assert_eq!(names(&gather(&mut waiting)), ["one", "three"]);
    assert_eq!(names(&gather(&mut waiting)), ["two"]);
    assert_eq!(names(&gather(&mut waiting)), ["four"]);
}

#[test]
fn a_scope_that_is_being_written_waits() {
    let mut waiting = queue([save("a", Kind::Node, "one"), save("b", Kind::Node, "two")]);
    let taken: HashSet<i64> = waiting[0].locks.taken_alone().collect();
    assert_eq!(names(&Group::gather(&mut waiting, taken)), ["two"]);
    assert_eq!(names(&gather(&mut waiting)), ["one"]);
}

#[test]
fn a_group_has_an_end() {
    let many = (0..GROUP + 1).map(|number| save("a", Kind::Node, &number.to_string()));
    let mut waiting = queue(many);
    assert_eq!((gather(&mut waiting).len(), waiting.len()), (GROUP, 1));

    let large = |name: &str| {
        let mut write = Write::new(None, Timestamp(1));
        write.enter(&scope("a"), Verb::Update, Kind::Node, name, None);
        let (scope, name, body) = (scope("a"), name.to_owned(), vec![0; GROUP_BYTES / 2]);
        write.changes.push(Change::Put { scope, kind: Kind::Node, name, body });
        write
    };
    let mut waiting = queue(["one", "two", "three"].map(large));
    assert_eq!(names(&gather(&mut waiting)), ["one", "two"]);
}
