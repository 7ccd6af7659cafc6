//! What the solver answers, as it is kept and told.

use std::sync::Arc;

use pantry_model::refusals::solving;
use pantry_model::{Detail, Refusal, Version};
use pantry_solver::{Failure, Item, Request, Universe, explain, solve};

/// Versions of cookbooks in order, or the refusal that says why there are none.
pub(crate) type Chosen = Result<Vec<(Arc<str>, Version)>, Refusal>;

/// An answer.
#[derive(Debug)]
pub(crate) struct Answer(pub(crate) Chosen);

impl Answer {
    /// About how many bytes it takes.
    pub(super) fn size(&self) -> usize {
        match &self.0 {
            Ok(chosen) => chosen.len() * 48,
            Err(refusal) => refusal.sentence.len() + 512,
        }
    }
}

/// Solves; and explains, if that is asked for and nothing fits.
pub(crate) fn answer(universe: &Universe, request: &Request, with_explanation: bool) -> Answer {
    Answer(match solve(universe, request) {
        Ok(solution) => Ok(solution.cookbooks().to_vec()),
        Err(failure) => {
            let mut details = details(&failure);
            let explanation =
                if with_explanation { explain(universe, request) } else { Vec::new() };
            if !explanation.is_empty() {
                details.push(("explanation", Detail::List(explanation)));
            }
            Err(solving::nothing_fits(failure.message(), details))
        }
    })
}

/// What the original says beside its sentence, under its names.
fn details(failure: &Failure) -> Vec<(&'static str, Detail)> {
    let list = |texts: &[String]| Detail::List(texts.to_vec());
    match failure {
        Failure::NoSuchCookbooks(names) => {
            vec![("non_existent_cookbooks", list(names)), ("cookbooks_with_no_versions", list(&[]))]
        }
        Failure::NoVersions(items) => {
            let items = items.iter().map(Item::to_string).collect();
            vec![
                ("non_existent_cookbooks", list(&[])),
                ("cookbooks_with_no_versions", Detail::List(items)),
            ]
        }
        Failure::Unsatisfiable { item, non_existent, most_constrained, .. } => vec![
            ("unsatisfiable_run_list_item", Detail::Text(item.to_string())),
            ("non_existent_cookbooks", list(non_existent)),
            ("most_constrained_cookbooks", list(most_constrained)),
        ],
        Failure::TooHard => {
            vec![("non_existent_cookbooks", list(&[])), ("most_constrained_cookbooks", list(&[]))]
        }
    }
}
