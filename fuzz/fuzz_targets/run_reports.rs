//! Reports of Chef runs: by the reporting protocol, as messages for a data collector, and as an agent
//! brings them.
//!
//! Whatever is taken is within its limits, comes back from its stored form as it was, and can be shown.
#![no_main]

use std::time::Duration;

use libfuzzer_sys::fuzz_target;
use pantry_model::Timestamp;
use pantry_model::chef::runs::limits::{MAX_RESOURCES, MAX_RESOURCES_BYTES};
use pantry_model::chef::runs::{Collected, KnownRun, RunDetail, RunReport, RunShown, RunSummary};
use pantry_model::commands::chef_run::Mode;

const ID: &str = "5dd25b0f-3e42-4ac6-9f3b-f1a57e9f36c1";

/// More than a report of the greatest strings that are kept takes, and less than what would hurt.
const MOST: usize = 4 * 1024 * 1024;

fn check(report: RunReport) {
    assert!(report.detail.resources.len() <= MAX_RESOURCES);
    let kept: usize = report.detail.resources.iter().map(|one| one.delta.len()).sum();
    assert!(kept <= MAX_RESOURCES_BYTES);
    let summary = serde_json::to_string(&report.summary).expect("it can be written");
    let detail = serde_json::to_string(&report.detail).expect("it can be written");
    assert!(summary.len() + detail.len() <= MOST && !detail.contains('\0'));
    let again = RunReport {
        summary: serde_json::from_str::<RunSummary>(&summary).expect("it can be read"),
        detail: serde_json::from_str::<RunDetail>(&detail).expect("it can be read"),
    };
    assert_eq!(again, report);
    let shown = serde_json::to_string(&RunShown::from(&report)).expect("it can be written");
    let shown: RunShown = serde_json::from_str(&shown).expect("it can be read");
    let _ = (shown.run_detail.took(), shown.run_detail.total(), shown.run_detail.exception());
    assert_eq!(report.clone().merge(report.clone()), report);
}

fuzz_target!(|body: &[u8]| {
    let node = || "web1".parse().expect("it is a name");
    let id = || ID.parse().expect("it is a UUID");
    RunReport::read_start(node(), body).into_iter().for_each(check);
    RunReport::read_end(node(), id(), body).into_iter().for_each(check);
    if let Ok(Collected::Run(run)) = Collected::read(body) {
        check(*run);
    }
    let known = KnownRun {
        id: id(),
        node: node(),
        job: "0123456789abcdef".parse().expect("it is a job's id"),
        mode: Mode::Zero,
        why_run: false,
        started_at: Timestamp(1),
        duration: Duration::from_secs(1),
        exit_code: None,
        reason: None,
    };
    let messages: Vec<&[u8]> = body.split(|byte| *byte == b'\n').take(4).collect();
    check(RunReport::from_messages(&known, messages));
    if let Ok(text) = std::str::from_utf8(body)
        && let Ok(shown) = serde_json::from_str::<RunShown>(text)
    {
        let _ = (shown.run_detail.took(), shown.run_detail.total(), shown.run_detail.exception());
    }
});
