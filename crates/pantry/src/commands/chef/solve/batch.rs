//! Many questions over one universe: a line of JSON each, and a line of the answer for each.

use std::collections::BTreeMap;

use pantry_model::Constraint;
use pantry_solver::{Item, Request, Universe};
use serde::Deserialize;
use serde_json::json;

use super::answer::Answer;
use super::{item, universe};
use crate::commands::Context;
use crate::errors::{CliError, exit};

/// A question.
#[derive(Deserialize)]
struct Question {
    run_list: Vec<String>,
    #[serde(default)]
    constraints: BTreeMap<String, String>,
}

/// Answers each line. That nothing fits is an answer; a line that is no question is told in its place,
/// and then the command ends with 2.
pub(super) fn run(
    universe: &Universe,
    questions: &str,
    constraints: &[(String, Constraint)],
    with_explanation: bool,
    context: &mut Context,
) -> Result<u8, CliError> {
    let mut ended = exit::DONE;
    for (number, line) in (1..).zip(questions.lines()) {
        if line.trim().is_empty() {
            continue;
        }
        match request(line, constraints) {
            Ok(request) => {
                let answer = Answer::to(universe, &request);
                if context.print.is_json() {
                    context.print.json(&answer.as_json(with_explanation))?;
                } else {
                    context.print.line(&format!("{number}: {}", answer.line()))?;
                }
            }
            Err(why) => {
                ended = exit::USAGE;
                let message = format!("line {number}: {why}");
                if context.print.is_json() {
                    let error = json!({ "message": message });
                    context.print.json(&json!({ "ok": false, "error": error }))?;
                } else {
                    context.print.line(&format!("{number}: not understood: {why}"))?;
                }
            }
        }
    }
    Ok(ended)
}

fn request(line: &str, constraints: &[(String, Constraint)]) -> Result<Request, String> {
    let question: Question = serde_json::from_str(line).map_err(|error| error.to_string())?;
    let items = question
        .run_list
        .iter()
        .map(|text| item(text).ok_or_else(|| format!("`{text}` is nothing that can be solved")));
    let items: Vec<Item> = items.collect::<Result<_, _>>()?;
    let own = question.constraints.iter().map(|(name, text)| {
        let constraint = universe::lenient(text);
        let constraint =
            constraint.ok_or_else(|| format!("`{text}` of {name} is no constraint"))?;
        Ok((name.clone(), constraint))
    });
    let own: Vec<(String, Constraint)> = own.collect::<Result<_, String>>()?;
    Ok(Request::new(items, own.into_iter().chain(constraints.iter().cloned())))
}
