//! What a query means: its plan.
//!
//! The original hands a query on to Lucene, whose classic parser knows no precedence. `AND` makes the
//! clauses on both of its sides required (but for those that are prohibited already) and `OR` does
//! nothing. What is required must be there, what is prohibited must not, and of the rest one is enough,
//! but only where nothing is required: `a OR b AND c` finds what `b AND c` finds. Where all clauses are
//! prohibited, everything else is found. Whoever wants it otherwise uses parentheses.

use std::collections::BTreeMap;

use crate::pattern::{Part, Pattern};
use crate::plan::{Bound, Field, Formula, Leaf, Plan, Range, Sought};
use crate::storable::{storable, without_zeros};
use crate::tree::{Clause, Expression, Joint, Node, Query, Sign, Wanted, Wording};

impl Query {
    /// What a store is asked to answer this query. Texts are in the form in which they are kept
    /// ([`storable`]).
    pub fn plan(&self) -> Plan {
        let mut planner = Planner::default();
        let formula = planner.clauses(&self.clauses, &Field::Any);
        let mut leaves: Vec<(Leaf, usize)> = planner.known.into_iter().collect();
        leaves.sort_unstable_by_key(|&(_, number)| number);
        Plan::new(leaves.into_iter().map(|(leaf, _)| leaf).collect(), formula)
    }
}

#[derive(Default)]
struct Planner {
    /// The number of each leaf.
    known: BTreeMap<Leaf, usize>,
}

impl Planner {
    fn clauses(&mut self, clauses: &[Clause], field: &Field) -> Formula {
        let (mut required, mut prohibited, mut others) = (Vec::new(), Vec::new(), Vec::new());
        for (number, clause) in clauses.iter().enumerate() {
            let next = clauses.get(number + 1);
            let is_joined =
                clause.joint == Joint::And || next.is_some_and(|c| c.joint == Joint::And);
            let list = match clause.sign {
                Sign::Prohibited => &mut prohibited,
                Sign::Required => &mut required,
                Sign::Plain if is_joined => &mut required,
                Sign::Plain => &mut others,
            };
            list.push(self.node(&clause.node, field));
        }
        if required.is_empty() && !others.is_empty() {
            required.push(any(others));
        }
        required.extend(prohibited.into_iter().map(|it| Formula::Not(Box::new(it))));
        match required.len() {
            1 => required.pop().unwrap_or(Formula::All),
            _ => Formula::And(required),
        }
    }

    fn node(&mut self, node: &Node, outer: &Field) -> Formula {
        match &node.expression {
            Expression::Group { field, clauses } => {
                let inner = field.as_ref().map(meant);
                self.clauses(clauses, inner.as_ref().unwrap_or(outer))
            }
            Expression::Term { field, wanted } => {
                let field = field.as_ref().map_or_else(|| outer.clone(), meant);
                let leaf = Leaf { field, sought: sought(wanted) };
                if leaf.field == Field::Any && leaf.sought == Sought::Anything {
                    return Formula::All;
                }
                let next = self.known.len();
                Formula::Leaf(*self.known.entry(leaf).or_insert(next))
            }
        }
    }
}

fn any(mut formulas: Vec<Formula>) -> Formula {
    match formulas.len() {
        1 => formulas.pop().unwrap_or(Formula::All),
        _ => Formula::Or(formulas),
    }
}

fn meant(name: &Wording) -> Field {
    match name {
        Wording::Exactly(name) => Field::Named(storable(name).into_owned()),
        Wording::Matching(pattern) if pattern.parts() == [Part::Any] => Field::Any,
        Wording::Matching(pattern) => Field::Matching(storable_pattern(pattern)),
    }
}

fn sought(wanted: &Wanted) -> Sought {
    match wanted {
        Wanted::Text(Wording::Exactly(text)) => Sought::Exactly(storable(text).into_owned()),
        Wanted::Text(Wording::Matching(pattern)) if pattern.parts() == [Part::Any] => {
            Sought::Anything
        }
        Wanted::Text(Wording::Matching(pattern)) => Sought::Matching(storable_pattern(pattern)),
        Wanted::Like(text, 0) => Sought::Exactly(storable(text).into_owned()),
        Wanted::Like(text, edits) => Sought::Like(storable(text).into_owned(), *edits),
        Wanted::Within(Range { from: Bound::Open, to: Bound::Open }) => Sought::Anything,
        Wanted::Within(Range { from, to }) => {
            Sought::Within(Range { from: storable_bound(from), to: storable_bound(to) })
        }
    }
}

fn storable_bound(bound: &Bound) -> Bound {
    match bound {
        Bound::Open => Bound::Open,
        Bound::Including(text) => Bound::Including(storable(text).into_owned()),
        Bound::Excluding(text) => Bound::Excluding(storable(text).into_owned()),
    }
}

fn storable_pattern(pattern: &Pattern) -> Pattern {
    let parts = pattern.parts().iter().map(|part| match part {
        Part::Text(text) => Part::Text(without_zeros(text).into_owned()),
        wildcard => wildcard.clone(),
    });
    // It has the wildcards that it had.
    Pattern::new(parts).unwrap_or_else(|_| pattern.clone())
}
