//! Counts tests in what the two test runners print about themselves.
//!
//! A count is only worth something if it is true: whatever cannot be read makes it unknown, and
//! then none is printed.

use std::ops::Add;

/// How many tests passed and failed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Tally {
    /// Tests that passed.
    pub(crate) passed: u64,
    /// Tests that did not, for whatever reason.
    pub(crate) failed: u64,
}

impl Add for Tally {
    type Output = Self;
    fn add(self, other: Self) -> Self {
        Self { passed: self.passed + other.passed, failed: self.failed + other.failed }
    }
}

/// From Cargo's own runner: one `test result:` line for each test binary. None if there is none.
pub(crate) fn of_cargo_test(output: &str) -> Option<Tally> {
    output
        .lines()
        .filter_map(|line| line.strip_prefix("test result: "))
        .map(|line| {
            Some(Tally { passed: before(line, " passed")?, failed: before(line, " failed")? })
        })
        .reduce(|all, one| Some(all? + one?))?
}

/// From cargo-nextest: its summary. All that it ran and that did not pass has failed, be it by a
/// timeout or because it could not be started.
pub(crate) fn of_nextest(output: &str) -> Option<Tally> {
    let line = output.lines().rfind(|line| line.trim_start().starts_with("Summary ["))?;
    let (_, counts) = line.split_once(']')?;
    let (run, results) = counts.split_once(" tests run:").or(counts.split_once(" test run:"))?;
    // `7/9` says that it was cut short: the two others were not run.
    let all: u64 = run.trim().rsplit('/').next()?.parse().ok()?;
    let passed = before(results, " passed")?;
    Some(Tally { passed, failed: all.checked_sub(passed)? })
}

/// The number that stands right before a word.
fn before(line: &str, word: &str) -> Option<u64> {
    let (text, _) = line.split_once(word)?;
    text.rsplit(|letter: char| !letter.is_ascii_digit()).next()?.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cargos_results_are_added() {
        let output = "running 2 tests\n\
            test result: ok. 2 passed; 0 failed; 0 ignored; 0 measured; 0 filtered out\n\
            test result: FAILED. 12 passed; 1 failed; 3 ignored; 0 measured; 0 filtered out\n";
        assert_eq!(of_cargo_test(output), Some(Tally { passed: 14, failed: 1 }));
        assert_eq!(of_cargo_test("error: could not compile"), None);
        assert_eq!(of_cargo_test("test result: ok. all of them"), None);
    }

    #[test]
    fn nextests_summary_is_read() {
        for (summary, passed, failed) in [
            ("     Summary [   0.017s] 40 tests run: 40 passed, 0 skipped", 40, 0),
            ("     Summary [  31.2s] 9 tests run: 7 passed (1 slow), 1 failed, 1 timed out", 7, 2),
            ("     Summary [   1.0s] 1 test run: 1 passed, 3 skipped", 1, 0),
            ("     Summary [   1.0s] 3/9 tests run: 2 passed, 1 failed, 0 skipped", 2, 7),
        ] {
            assert_eq!(of_nextest(summary), Some(Tally { passed, failed }), "{summary}");
        }
        assert_eq!(of_nextest("     Summary [   0.0s] 5 tests run: 5 failed"), None);
        assert_eq!(of_nextest("error: no tests to run"), None);
    }
}
