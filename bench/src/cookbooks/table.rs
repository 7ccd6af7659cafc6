//! What was measured of a server, row by row: printed as it comes, and kept to be put beside another's.

use std::time::Duration;

use crate::figures::percentile;

/// Rows of a server.
#[derive(Default)]
pub(crate) struct Table(Vec<(String, Duration)>);

impl Table {
    /// Says what stands in which column.
    pub(crate) fn head() {
        println!("  {:50} {:>6} {:>11} {:>11} {:>11}", "", "times", "p50", "p99", "max");
    }

    /// Prints a row, with a remark.
    pub(crate) fn show(&mut self, title: &str, mut times: Vec<Duration>, remark: &str) {
        times.sort_unstable();
        let [half, nearly, all] = [50, 99, 100].map(|percent| percentile(&times, percent));
        let [p50, p99, max] = [half, nearly, all].map(shown);
        let remark = if remark.is_empty() { String::new() } else { format!("  {remark}") };
        println!("  {title:50} {:>6} {p50:>11} {p99:>11} {max:>11}{remark}", times.len());
        self.0.push((title.to_owned(), half));
    }

    /// Prints how the medians of two servers compare, of each row that both have.
    pub(crate) fn compare(&self, other: &Self) {
        for (title, ours) in &self.0 {
            let theirs = other.0.iter().find(|(known, _)| known == title);
            let Some((_, theirs)) = theirs else { continue };
            let ratio = theirs.as_secs_f64() / ours.as_secs_f64();
            let digits = if ratio < 1.0 { 2 } else { 1 };
            println!(
                "  {title:50} {:>11} {:>11}  1 : {ratio:.digits$}",
                shown(*ours),
                shown(*theirs)
            );
        }
    }
}

/// Milliseconds, with two digits behind the point.
pub(crate) fn shown(time: Duration) -> String {
    format!("{:.2} ms", time.as_secs_f64() * 1000.0)
}
