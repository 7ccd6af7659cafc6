//! What the server counts of itself, and how that is written.
//!
//! A few counters do not need a library: they are added to without a lock, and their names and two
//! formats are all that there is to it.

mod family;
mod write;

use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use hyper::{Method, StatusCode};

pub(crate) use family::{Family, Kind, Sample, Value};
pub(crate) use write::{as_json, as_text};

/// The methods that are told apart; the last is every other.
const METHODS: [&str; 6] = ["GET", "HEAD", "POST", "PUT", "DELETE", "other"];

const CLASSES: [&str; 5] = ["1xx", "2xx", "3xx", "4xx", "5xx"];

/// The upper bounds of the histogram of durations, in microseconds. It has one more, without bound.
const BOUNDS: [u64; 14] = [
    500, 1_000, 2_500, 5_000, 10_000, 25_000, 50_000, 100_000, 250_000, 500_000, 1_000_000,
    2_500_000, 5_000_000, 10_000_000,
];

/// Counters since the server started.
#[derive(Debug, Default)]
pub(crate) struct Metrics {
    requests: [[AtomicU64; CLASSES.len()]; METHODS.len()],
    durations: [AtomicU64; BOUNDS.len() + 1],
    duration_sum: AtomicU64,
    authentication_failures: AtomicU64,
    connections_refused: AtomicU64,
}

impl Metrics {
    /// A request was answered, after so long.
    pub(crate) fn answered(&self, method: &Method, status: StatusCode, took: Duration) {
        let method = METHODS.iter().position(|known| *known == method.as_str());
        let class = usize::from(status.as_u16() / 100).saturating_sub(1);
        let of_method = method.map_or_else(|| self.requests.last(), |at| self.requests.get(at));
        if let Some(counter) = of_method.and_then(|counters| counters.get(class)) {
            counter.fetch_add(1, Ordering::Relaxed);
        }
        let micros = u64::try_from(took.as_micros()).unwrap_or(u64::MAX);
        let bucket = BOUNDS.partition_point(|bound| *bound < micros);
        if let Some(counter) = self.durations.get(bucket) {
            counter.fetch_add(1, Ordering::Relaxed);
        }
        self.duration_sum.fetch_add(micros, Ordering::Relaxed);
        if status == StatusCode::UNAUTHORIZED {
            self.authentication_failures.fetch_add(1, Ordering::Relaxed);
        }
    }

    /// There was no room for a connection.
    pub(crate) fn refused_connection(&self) {
        self.connections_refused.fetch_add(1, Ordering::Relaxed);
    }

    /// All of it, with how many connections are open.
    pub(crate) fn families(&self, open_connections: usize) -> Vec<Family> {
        let read = |counter: &AtomicU64| counter.load(Ordering::Relaxed);
        let mut requests = Vec::new();
        for (method, counters) in METHODS.iter().zip(&self.requests) {
            for (class, counter) in CLASSES.iter().zip(counters) {
                let count = read(counter);
                // Who asks is a request too: so there always is one.
                if count > 0 {
                    let labels = vec![("method", *method), ("status", *class)];
                    requests.push(Sample { labels, value: Value::Whole(count) });
                }
            }
        }
        let durations = Value::Histogram {
            bounds: &BOUNDS,
            counts: self.durations.iter().map(read).collect(),
            sum_micros: read(&self.duration_sum),
        };
        vec![
            Family {
                name: "pantry_http_requests_total",
                kind: Kind::Counter,
                help: "Requests that were answered.",
                samples: requests,
            },
            Family::of_one(
                "pantry_http_request_duration_seconds",
                Kind::Histogram,
                "How long requests took, from their head to their answer.",
                durations,
            ),
            Family::of_one(
                "pantry_http_connections_open",
                Kind::Gauge,
                "Connections that are open.",
                Value::Whole(u64::try_from(open_connections).unwrap_or(u64::MAX)),
            ),
            Family::of_one(
                "pantry_http_connections_refused_total",
                Kind::Counter,
                "Connections that were closed at once, since a limit was reached.",
                Value::Whole(read(&self.connections_refused)),
            ),
            Family::of_one(
                "pantry_http_authentication_failures_total",
                Kind::Counter,
                "Requests that did not prove whose they are.",
                Value::Whole(read(&self.authentication_failures)),
            ),
        ]
    }
}
