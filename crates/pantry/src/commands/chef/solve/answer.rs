//! An answer of the solver, as people and as programs read it.

use std::sync::Arc;

use pantry_model::Version;
use pantry_solver::{Failure, Request, Solution, Universe, explain, solve};
use serde::ser::{Serialize, SerializeMap, Serializer};
use serde_json::{Value, json};

use crate::commands::Context;
use crate::errors::CliError;
use crate::print::table::table;

/// An answer with what it was the answer to.
pub(in crate::commands) struct Answer<'a> {
    universe: &'a Universe,
    request: &'a Request,
    answer: Result<Solution, Failure>,
}

impl<'a> Answer<'a> {
    /// The answer to a request.
    pub(in crate::commands) fn to(universe: &'a Universe, request: &'a Request) -> Self {
        Self { universe, request, answer: solve(universe, request) }
    }

    /// Whether something fits.
    pub(super) fn is_solution(&self) -> bool {
        self.answer.is_ok()
    }

    /// What fits, if something does.
    pub(in crate::commands) fn solution(&self) -> Option<&[(Arc<str>, Version)]> {
        self.answer.as_ref().ok().map(Solution::cookbooks)
    }

    /// `{"ok":true,"solution":{…}}`, or `{"ok":false,"error":{…}}` with the object that a Chef server
    /// answers.
    pub(in crate::commands) fn as_json(&self, with_explanation: bool) -> AsJson<'_> {
        let explanation = (with_explanation && self.answer.is_err())
            .then(|| explain(self.universe, self.request));
        AsJson { answer: &self.answer, explanation }
    }

    /// In one line, for one of many.
    pub(super) fn line(&self) -> String {
        match &self.answer {
            Ok(solution) => {
                let chosen = solution.cookbooks().iter();
                let chosen: Vec<String> =
                    chosen.map(|(name, version)| format!("{name} {version}")).collect();
                format!("ok: {}", chosen.join(", "))
            }
            Err(failure) => format!("nothing fits: {}", short(failure)),
        }
    }

    /// A table of cookbooks; or what stands in the way, and how that follows.
    pub(in crate::commands) fn print(&self, context: &mut Context) -> Result<(), CliError> {
        let print = &mut context.print;
        let failure = match &self.answer {
            Ok(solution) => {
                let rows = solution.cookbooks().iter().map(|(name, version)| {
                    let newest = self.universe.newest(name).filter(|newest| newest != version);
                    let newest = newest.map(|newest| newest.to_string()).unwrap_or_default();
                    [name.to_string(), version.to_string(), newest]
                });
                let rows: Vec<[String; 3]> = rows.collect();
                let older = rows.iter().filter(|[.., newest]| !newest.is_empty()).count();
                let text = if older == 0 {
                    let rows = rows.into_iter().map(|[name, version, _]| [name, version]);
                    table(["cookbook", "version"], rows)
                } else {
                    table(["cookbook", "version", "newest"], rows)
                };
                if !solution.cookbooks().is_empty() {
                    print.line(&text)?;
                }
                let many = |count: usize| if count == 1 { "cookbook" } else { "cookbooks" };
                let count = solution.cookbooks().len();
                let rest = if older == 0 {
                    String::new()
                } else {
                    format!(", {older} of them not the newest")
                };
                print.note(&format!("{count} {}{rest}", many(count)));
                return Ok(());
            }
            Err(failure) => failure,
        };
        print.line(&format!("nothing fits: {}", short(failure)))?;
        let derivation = explain(self.universe, self.request);
        if !derivation.is_empty() {
            print.line("")?;
        }
        for sentence in derivation {
            print.line(&format!("  {sentence}"))?;
        }
        Ok(())
    }
}

/// What a person wants to know first. The original's sentence can be very long.
fn short(failure: &Failure) -> String {
    let Failure::Unsatisfiable { item, non_existent, most_constrained, .. } = failure else {
        return failure.message();
    };
    let missing = match &non_existent[..] {
        [] => None,
        [only] => Some(format!("there is no cookbook {only}")),
        several => Some(format!("there are no cookbooks {}", several.join(", "))),
    };
    let names: Vec<&str> =
        most_constrained.iter().filter_map(|text| text.split(" = ").next()).collect();
    let constrained =
        (!names.is_empty()).then(|| format!("no version of {} will do", names.join(" and of ")));
    let item = match &item.version {
        Some(version) => format!("{} {version}", item.cookbook),
        None => item.cookbook.clone(),
    };
    let why: Vec<String> = missing.into_iter().chain(constrained).collect();
    format!("{item} cannot be met, since {}", why.join(" and "))
}

/// An answer for programs.
pub(in crate::commands) struct AsJson<'a> {
    answer: &'a Result<Solution, Failure>,
    explanation: Option<Vec<String>>,
}

impl Serialize for AsJson<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut document = serializer.serialize_map(Some(2))?;
        document.serialize_entry("ok", &self.answer.is_ok())?;
        match self.answer {
            Ok(solution) => document.serialize_entry("solution", &Chosen(solution))?,
            Err(failure) => match &self.explanation {
                None => document.serialize_entry("error", failure)?,
                Some(explanation) => {
                    let mut error = serde_json::to_value(failure).unwrap_or_default();
                    if let Value::Object(error) = &mut error {
                        error.insert("explanation".to_owned(), json!(explanation));
                    }
                    document.serialize_entry("error", &error)?;
                }
            },
        }
        document.end()
    }
}

/// Cookbooks with their versions, in the solution's order.
struct Chosen<'a>(&'a Solution);

impl Serialize for Chosen<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let cookbooks = self.0.cookbooks().iter();
        serializer.collect_map(cookbooks.map(|(name, version)| (&**name, version.to_string())))
    }
}
