//! Queries, and what objects are found by.
//!
//! Whatever is a query must be printed as one that reads as the same tree, and what it means must be
//! the same to whoever looks at each object alone and to whoever puts lists together. Whatever is none
//! must be refused at a place that is in it.
#![no_main]

use libfuzzer_sys::fuzz_target;
use pantry_model::Json;
use pantry_model::chef::search::NodeLevels;
use pantry_query::{Clause, Expression, Formula, Leaf, Query, Term, Terms};

fn forget_spans(clauses: &mut [Clause], text: &str) {
    for clause in clauses {
        assert!(text.get(clause.node.span.clone()).is_some_and(|node| !node.is_empty()));
        clause.node.span = 0..0;
        if let Expression::Group { clauses, .. } = &mut clause.node.expression {
            forget_spans(clauses, text);
        }
    }
}

fn holds(formula: &Formula, leaves: &[Leaf], terms: &[Term]) -> bool {
    match formula {
        Formula::All => true,
        Formula::Leaf(leaf) => terms.iter().any(|term| leaves[*leaf].finds(term)),
        Formula::Not(inner) => !holds(inner, leaves, terms),
        Formula::And(inner) => inner.iter().all(|it| holds(it, leaves, terms)),
        Formula::Or(inner) => inner.iter().any(|it| holds(it, leaves, terms)),
    }
}

/// The terms of an object, which must be sorted and distinct, and be reached from nothing and back.
fn terms(object: &str) -> Vec<Term> {
    let Some(whole) = Json::read(object) else { return Vec::new() };
    let whole = Terms::of(&whole);
    let levels = NodeLevels::of(object);
    let merged = levels.as_ref().and_then(NodeLevels::merged);
    let merged = merged.as_ref().map(Terms::of).unwrap_or_default();
    let (there, back) = (merged.since(&whole), whole.since(&merged));
    assert_eq!((&there.new, &there.gone), (&back.gone, &back.new));
    let terms = whole.into_vec();
    assert!(terms.is_sorted() && terms.windows(2).all(|two| two[0] != two[1]));
    terms
}

// A query, a line break, and an object.
fuzz_target!(|text: &str| {
    let (query, object) = text.split_once('\n').unwrap_or((text, ""));
    let terms = terms(object);
    match Query::parse(query) {
        Ok(mut read) => {
            let printed = read.to_string();
            let plan = read.plan();
            let leaves = plan.leaves();
            let found: Vec<Vec<u64>> = leaves
                .iter()
                .map(|leaf| terms.iter().any(|it| leaf.finds(it)).then_some(7).into_iter().collect())
                .collect();
            let is_found = !plan.evaluate(&found, &[7]).is_empty();
            assert_eq!(is_found, holds(plan.formula(), leaves, &terms));
            let mut again = Query::parse(&printed).expect("what is printed is a query");
            forget_spans(&mut read.clauses, query);
            forget_spans(&mut again.clauses, &printed);
            assert_eq!(again, read);
        }
        Err(error) => {
            assert!(query.is_char_boundary(error.offset()));
            assert!(!error.to_string().is_empty());
        }
    }
});
