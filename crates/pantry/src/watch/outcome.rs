//! What came of the work on each client, in words, in a table and as an exit code.

use std::collections::BTreeMap;

use pantry_model::{Delivery, DeliveryState, MachineId, Timestamp};
use serde::Serialize;

use super::WatchedJob;
use crate::errors::exit;
use crate::print::table::table;
use crate::print::time;

/// What came of it, as it is counted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum Result {
    /// It ended well.
    Succeeded,
    /// It ended badly, or could not be taken.
    Failed,
    /// It ran out of time.
    TimedOut,
    /// It may have run; how it ended is not known.
    Interrupted,
    /// It was withdrawn before a client had it.
    Cancelled,
    /// The client has not taken it: it is away, or was until the time to live ended.
    Silent,
    /// It is not over, and nobody waits any more.
    Open,
}

impl Result {
    /// In words.
    pub(crate) fn label(self) -> &'static str {
        match self {
            Self::Succeeded => "succeeded",
            Self::Failed => "failed",
            Self::TimedOut => "timed out",
            Self::Interrupted => "interrupted",
            Self::Cancelled => "cancelled",
            Self::Silent => "silent",
            Self::Open => "not over",
        }
    }
}

/// What came of it on one client. Also its form in `--json`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub(crate) struct Outcome {
    /// The machine's application and identity.
    #[serde(flatten)]
    pub(crate) machine: MachineId,
    /// What came of it.
    pub(crate) result: Result,
    /// The delivery's state.
    pub(crate) state: DeliveryState,
    /// The exit status, if the program exited.
    pub(crate) exit_code: Option<i32>,
    /// The signal that ended it, if one did.
    pub(crate) signal: Option<i32>,
    /// What went wrong, if that is not said by the numbers.
    pub(crate) reason: Option<String>,
    #[serde(skip)]
    detail: String,
}

/// What came of the jobs on each of their clients.
pub(crate) fn outcomes(jobs: &[WatchedJob], now: Timestamp) -> Vec<Outcome> {
    let mut all = Vec::new();
    for job in jobs {
        let until = job.job.as_ref().map(|job| time::soon(job.expires_at, now));
        for (identity, client) in &job.clients {
            let delivery = &client.delivery;
            let result = match delivery.state {
                DeliveryState::Succeeded => Result::Succeeded,
                DeliveryState::Failed => Result::Failed,
                DeliveryState::TimedOut => Result::TimedOut,
                DeliveryState::Interrupted => Result::Interrupted,
                DeliveryState::Cancelled => Result::Cancelled,
                DeliveryState::Expired => Result::Silent,
                DeliveryState::Queued | DeliveryState::Sent if !client.online => Result::Silent,
                _ => Result::Open,
            };
            let detail = match (delivery.state, result, &until) {
                (DeliveryState::Queued | DeliveryState::Sent, Result::Silent, Some(until)) => {
                    format!("away; has until {until} to come back and run it")
                }
                _ => sentence(delivery),
            };
            let ending = &delivery.ending;
            all.push(Outcome {
                machine: job.machine(identity),
                result,
                state: delivery.state,
                exit_code: ending.exit_code,
                signal: ending.signal,
                reason: ending.reason.clone(),
                detail,
            });
        }
    }
    all
}

/// How a delivery ended, in a few words; nothing where its state says it all.
pub(crate) fn sentence(delivery: &Delivery) -> String {
    let ending = &delivery.ending;
    let mut parts = Vec::new();
    match delivery.state {
        DeliveryState::Expired => parts.push("has not run: its time to live ended".to_owned()),
        DeliveryState::Interrupted => {
            parts.push("may have run; how it ended is not known".to_owned());
        }
        _ => {}
    }
    match (ending.exit_code, ending.signal) {
        (Some(code), _) if code != 0 => parts.push(format!("exit code {code}")),
        (_, Some(signal)) => parts.push(format!("ended by signal {}", signal_name(signal))),
        _ => {}
    }
    parts.extend(ending.reason.clone());
    parts.join("; ")
}

fn signal_name(signal: i32) -> String {
    let name = match signal {
        1 => "HUP",
        2 => "INT",
        3 => "QUIT",
        4 => "ILL",
        6 => "ABRT",
        8 => "FPE",
        9 => "KILL",
        11 => "SEGV",
        13 => "PIPE",
        15 => "TERM",
        _ => return signal.to_string(),
    };
    format!("{signal} (SIG{name})")
}

impl Outcome {
    /// How it ended, in a few words.
    pub(crate) fn detail(&self) -> &str {
        &self.detail
    }
}

/// The exit code for all of them: a failure counts more than silence, and both more than success.
pub(crate) fn exit_code(outcomes: &[Outcome]) -> u8 {
    let any = |wanted: &[Result]| outcomes.iter().any(|outcome| wanted.contains(&outcome.result));
    let failed = [Result::Failed, Result::TimedOut, Result::Interrupted, Result::Cancelled];
    if any(&failed) {
        exit::FAILED
    } else if any(&[Result::Silent, Result::Open]) {
        exit::SILENT
    } else {
        exit::DONE
    }
}

/// As many clients are listed even if all is well with them.
const LIST_ALL_UP_TO: usize = 20;

/// The table at the end, and under it the numbers. `name` is how a client is called.
pub(crate) fn summary(outcomes: &[Outcome], name: impl Fn(&MachineId) -> String) -> String {
    let mut counts: BTreeMap<Result, usize> = BTreeMap::new();
    for outcome in outcomes {
        *counts.entry(outcome.result).or_default() += 1;
    }
    let all = outcomes.len() <= LIST_ALL_UP_TO;
    let rows: Vec<_> = outcomes
        .iter()
        .filter(|outcome| all || outcome.result != Result::Succeeded)
        .map(|outcome| {
            let result = outcome.result.label().to_owned();
            [name(&outcome.machine), result, outcome.detail().to_owned()]
        })
        .collect();
    let counts: Vec<_> =
        counts.iter().map(|(result, number)| format!("{number} {}", result.label())).collect();
    let counts = counts.join(", ");
    if rows.is_empty() {
        return counts;
    }
    format!("{}\n{counts}", table(["client", "result", "detail"], rows))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn outcome(identity: &str, result: Result, detail: &str) -> Outcome {
        let machine =
            MachineId { application: "shop".parse().unwrap(), identity: identity.parse().unwrap() };
        Outcome {
            machine,
            result,
            state: DeliveryState::Succeeded,
            exit_code: None,
            signal: None,
            reason: None,
            detail: detail.to_owned(),
        }
    }

    #[test]
    fn a_failure_counts_more_than_silence() {
        let ok = outcome("a", Result::Succeeded, "");
        let silent = outcome("b", Result::Silent, "");
        let lost = outcome("c", Result::Interrupted, "");
        assert_eq!(exit_code(&[]), 0);
        assert_eq!(exit_code(std::slice::from_ref(&ok)), 0);
        assert_eq!(exit_code(&[ok.clone(), silent.clone()]), 11);
        assert_eq!(exit_code(&[silent, lost, ok]), 1);
    }

    #[test]
    fn the_table_says_what_came_of_each() {
        let outcomes = [
            outcome("web1", Result::Succeeded, ""),
            outcome("web2", Result::Failed, "exit code 3"),
        ];
        let text = summary(&outcomes, |machine| machine.identity.to_string());
        assert_eq!(
            text,
            "CLIENT  RESULT     DETAIL\nweb1    succeeded\nweb2    failed     exit code 3\n1 succeeded, 1 failed"
        );
        let many: Vec<_> =
            (0..30).map(|n| outcome(&format!("w{n}"), Result::Succeeded, "")).collect();
        assert_eq!(summary(&many, |machine| machine.identity.to_string()), "30 succeeded");
    }
}
