//! Every kind of leaf finds what it says, as a few lines of plain code find it.

use std::collections::BTreeMap;

use pantry_query::{Bound, Field, Formula, Leaf, Part, Pattern, Plan, Range, Sought, Term};
use proptest::prelude::*;
use proptest::strategy::ValueTree;
use proptest::test_runner::TestRunner;

use super::Database;
use super::samples::open_app;
use super::terms::{nodes, save, term};
use crate::Store;

/// How many documents there are, how often they change, and how often is asked in between.
const DOCUMENTS: usize = 12;
const CHANGES: usize = 60;
const QUESTIONS: usize = 12;

/// Few characters, so that much is equal, alike, or the beginning of something else.
fn word() -> impl Strategy<Value = String> {
    "[ab_%*?é]{0,4}"
}

fn any_term() -> impl Strategy<Value = Term> {
    (prop::sample::select(vec!["a", "a_b", "b", "c_b", "%", "*"]), word())
        .prop_map(|(path, value)| term(path, path.rsplit('_').next().unwrap(), &value))
}

fn pattern() -> impl Strategy<Value = Pattern> {
    let part = prop_oneof![Just(Part::Any), Just(Part::One), word().prop_map(Part::Text)];
    prop::collection::vec(part, 1..4)
        .prop_filter_map("it has no wildcard", |parts| Pattern::new(parts).ok())
}

fn bound() -> impl Strategy<Value = Bound> {
    prop_oneof![
        Just(Bound::Open),
        word().prop_map(Bound::Including),
        word().prop_map(Bound::Excluding)
    ]
}

fn leaf() -> impl Strategy<Value = Leaf> {
    let field = prop_oneof![
        1 => Just(Field::Any),
        3 => prop::sample::select(vec!["a", "a_b", "b", "%", "c"])
            .prop_map(|name| Field::Named(name.to_owned())),
        2 => pattern().prop_map(Field::Matching),
    ];
    let sought = prop_oneof![
        Just(Sought::Anything),
        word().prop_map(Sought::Exactly),
        pattern().prop_map(Sought::Matching),
        (bound(), bound()).prop_map(|(from, to)| Sought::Within(Range { from, to })),
        (word(), 0..3_u8).prop_map(|(text, edits)| Sought::Like(text, edits)),
    ];
    (field, sought).prop_map(|(field, sought)| Leaf { field, sought })
}

fn formula(leaves: usize) -> impl Strategy<Value = Formula> {
    let leaf = prop_oneof![4 => (0..leaves).prop_map(Formula::Leaf), 1 => Just(Formula::All)];
    leaf.prop_recursive(3, 12, 3, |inner| {
        let some = prop::collection::vec(inner.clone(), 0..3);
        prop_oneof![
            inner.prop_map(|it| Formula::Not(Box::new(it))),
            some.clone().prop_map(Formula::And),
            some.prop_map(Formula::Or),
        ]
    })
}

/// Whether a text matches, tried in every way.
fn matches(parts: &[Part], text: &[char]) -> bool {
    match (parts, text) {
        ([], _) => text.is_empty(),
        ([Part::Any, rest @ ..], _) => (0..=text.len()).any(|skip| matches(rest, &text[skip..])),
        ([Part::One, rest @ ..], [_, after @ ..]) => matches(rest, after),
        ([Part::One, ..], []) => false,
        ([Part::Text(wanted), rest @ ..], _) => {
            let wanted: Vec<char> = wanted.chars().collect();
            text.strip_prefix(wanted.as_slice()).is_some_and(|after| matches(rest, after))
        }
    }
}

/// How many edits it takes at least, none of what was edited before.
fn edits(a: &[char], b: &[char]) -> usize {
    let ([first_a, rest_a @ ..], [first_b, rest_b @ ..]) = (a, b) else {
        return a.len() + b.len();
    };
    let mut least = edits(rest_a, rest_b) + usize::from(first_a != first_b);
    least = least.min(edits(rest_a, b) + 1).min(edits(a, rest_b) + 1);
    if let ([x, y, after_a @ ..], [v, w, after_b @ ..]) = (a, b)
        && (x, y) == (w, v)
    {
        least = least.min(edits(after_a, after_b) + 1);
    }
    least
}

fn has(leaf: &Leaf, term: &Term) -> bool {
    let chars = |text: &str| text.chars().collect::<Vec<_>>();
    let is_meant = [&term.key.path, &term.key.leaf].into_iter().any(|name| match &leaf.field {
        Field::Any => true,
        Field::Named(wanted) => name == wanted,
        Field::Matching(pattern) => matches(pattern.parts(), &chars(name)),
    });
    let value = &term.value;
    is_meant
        && match &leaf.sought {
            Sought::Anything => true,
            Sought::Exactly(wanted) => value == wanted,
            Sought::Matching(pattern) => matches(pattern.parts(), &chars(value)),
            Sought::Within(Range { from, to }) => {
                let after = match from {
                    Bound::Open => true,
                    Bound::Including(text) => value >= text,
                    Bound::Excluding(text) => value > text,
                };
                let before = match to {
                    Bound::Open => true,
                    Bound::Including(text) => value <= text,
                    Bound::Excluding(text) => value < text,
                };
                after && before
            }
            Sought::Like(text, most) => edits(&chars(text), &chars(value)) <= usize::from(*most),
        }
}

fn holds(formula: &Formula, leaves: &[Leaf], terms: &[Term]) -> bool {
    match formula {
        Formula::All => true,
        Formula::Leaf(number) => terms.iter().any(|term| has(&leaves[*number], term)),
        Formula::Not(inner) => !holds(inner, leaves, terms),
        Formula::And(parts) => parts.iter().all(|part| holds(part, leaves, terms)),
        Formula::Or(parts) => parts.iter().any(|part| holds(part, leaves, terms)),
    }
}

/// After every change, whatever is asked.
pub async fn find_what_they_say(database: &impl Database) {
    let store = database.open().await;
    open_app(&store, "shop").await;
    let shop = nodes("shop");
    let mut runner = TestRunner::deterministic();
    let mut some = BTreeMap::<String, Vec<Term>>::new();
    for change in 0..CHANGES {
        let name = format!("n{:02}", change * 7 % DOCUMENTS);
        let mut new =
            prop::collection::vec(any_term(), 0..8).new_tree(&mut runner).unwrap().current();
        new.sort();
        new.dedup();
        let old = some.insert(name.clone(), new.clone()).unwrap_or_default();
        let gone: Vec<Term> = old.iter().filter(|term| !new.contains(term)).cloned().collect();
        new.retain(|term| !old.contains(term));
        store.commit(save(&shop, &name, &gone, &new)).await.unwrap();

        for _ in 0..QUESTIONS {
            let leaves =
                prop::collection::vec(leaf(), 1..4).new_tree(&mut runner).unwrap().current();
            let formula = formula(leaves.len()).new_tree(&mut runner).unwrap().current();
            let plan = Plan::new(leaves.clone(), formula.clone());
            let numbers = store.search(&shop, &plan).await.unwrap();
            let mut found = store.found_names(&shop, &numbers).await.unwrap();
            found.sort();
            let expected = some.iter().filter(|(_, terms)| holds(&formula, &leaves, terms));
            let expected: Vec<&String> = expected.map(|(name, _)| name).collect();
            assert!(found.iter().eq(expected.iter().copied()), "{plan:?}: {found:?} {expected:?}");
        }
    }
}
