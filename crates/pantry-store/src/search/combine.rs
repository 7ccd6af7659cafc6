//! What a plan's leaves found, put together.

use pantry_query::{Formula, Plan};

use super::DocumentNumber;

/// Whether a plan cannot be answered without the numbers of all documents of the index.
pub fn needs_all(plan: &Plan) -> bool {
    fn asks(formula: &Formula) -> bool {
        match formula {
            Formula::All | Formula::Not(_) => true,
            Formula::Leaf(_) => false,
            Formula::And(parts) if parts.is_empty() => true,
            Formula::And(parts) | Formula::Or(parts) => parts.iter().any(asks),
        }
    }
    asks(plan.formula())
}

/// The numbers that a plan finds, ascending: by what each of its leaves found, and all there are.
pub fn combine(
    plan: &Plan,
    found: &[Vec<DocumentNumber>],
    all: &[DocumentNumber],
) -> Vec<DocumentNumber> {
    fn one(
        formula: &Formula,
        found: &[Vec<DocumentNumber>],
        all: &[DocumentNumber],
    ) -> Vec<DocumentNumber> {
        match formula {
            Formula::All => all.to_vec(),
            Formula::Leaf(number) => found.get(*number).cloned().unwrap_or_default(),
            Formula::Not(inner) => {
                let inner = one(inner, found, all);
                all.iter().copied().filter(|number| inner.binary_search(number).is_err()).collect()
            }
            Formula::And(parts) => {
                let mut parts = parts.iter().map(|part| one(part, found, all));
                let Some(mut both) = parts.next() else { return all.to_vec() };
                for part in parts {
                    both.retain(|number| part.binary_search(number).is_ok());
                }
                both
            }
            Formula::Or(parts) => {
                let mut any: Vec<_> = parts.iter().flat_map(|part| one(part, found, all)).collect();
                any.sort_unstable();
                any.dedup();
                any
            }
        }
    }
    one(plan.formula(), found, all)
}
