//! Metrics as text in the format of Prometheus, and as the JSON that the original has for them.

use std::fmt::Write as _;

use serde_json::{Map, Value as Json, json};

use super::family::{Family, Sample, Value};

/// The text format of Prometheus, version 0.0.4.
pub(crate) fn as_text(families: &[Family]) -> String {
    let mut text = String::new();
    for family in families {
        let Family { name, kind, help, samples } = family;
        // Writing to a text cannot fail.
        let _ = writeln!(text, "# TYPE {name} {}\n# HELP {name} {help}", kind.as_str());
        for Sample { labels, value } in samples {
            match value {
                Value::Whole(number) => {
                    let _ = writeln!(text, "{name}{} {number}", braced(labels, None));
                }
                Value::Histogram { sum_micros, .. } => {
                    let mut total = 0;
                    for (bound, count) in buckets(value) {
                        let labels = braced(labels, Some(&bound));
                        let _ = writeln!(text, "{name}_bucket{labels} {count}");
                        total = count;
                    }
                    let labels = braced(labels, None);
                    let _ = writeln!(text, "{name}_count{labels} {total}");
                    let _ = writeln!(text, "{name}_sum{labels} {}", seconds(*sum_micros));
                }
            }
        }
    }
    text
}

/// The JSON of the original's endpoint: a list of metrics, in which numbers are texts.
pub(crate) fn as_json(families: &[Family]) -> Json {
    let families = families.iter().map(|Family { name, kind, help, samples }| {
        let metrics: Vec<Json> = samples.iter().map(sample).collect();
        let kind = kind.as_str().to_ascii_uppercase();
        json!({ "name": name, "type": kind, "help": help, "metrics": metrics })
    });
    families.collect()
}

fn sample(Sample { labels, value }: &Sample) -> Json {
    let mut written = Map::new();
    if !labels.is_empty() {
        let labels = labels.iter().map(|(name, value)| ((*name).to_owned(), json!(value)));
        written.insert("labels".to_owned(), Json::Object(labels.collect()));
    }
    match value {
        Value::Whole(number) => drop(written.insert("value".to_owned(), json!(number.to_string()))),
        Value::Histogram { sum_micros, .. } => {
            let buckets: Vec<_> = buckets(value).collect();
            let total = buckets.last().map_or(0, |(_, count)| *count);
            let buckets = buckets.iter().map(|(bound, count)| {
                json!({ "cumulative_count": count.to_string(), "upper_bound": bound })
            });
            written.insert("sample_sum".to_owned(), json!(seconds(*sum_micros).to_string()));
            written.insert("sample_count".to_owned(), json!(total.to_string()));
            written.insert("bucket".to_owned(), buckets.collect());
        }
    }
    Json::Object(written)
}

/// The bounds of a histogram in seconds, each with how many were up to it.
fn buckets(value: &Value) -> impl Iterator<Item = (String, u64)> {
    let (bounds, counts) = match value {
        Value::Histogram { bounds, counts, .. } => (*bounds, counts.as_slice()),
        Value::Whole(_) => (&[][..], &[][..]),
    };
    let bounds = bounds.iter().map(|bound| seconds(*bound).to_string());
    let bounds = bounds.chain(["+Inf".to_owned()]);
    let sums = counts.iter().scan(0, |sum: &mut u64, count| {
        *sum += count;
        Some(*sum)
    });
    bounds.zip(sums)
}

#[expect(clippy::cast_precision_loss, reason = "a metric needs no more than 15 digits")]
fn seconds(micros: u64) -> f64 {
    micros as f64 / 1e6
}

fn braced(labels: &[(&str, &str)], bound: Option<&str>) -> String {
    let labels = labels.iter().copied().chain(bound.map(|bound| ("le", bound)));
    let labels: Vec<_> = labels.map(|(name, value)| format!("{name}=\"{value}\"")).collect();
    if labels.is_empty() { String::new() } else { format!("{{{}}}", labels.join(",")) }
}

#[cfg(test)]
mod tests {
    use super::super::Kind;
    use super::*;

    fn families() -> Vec<Family> {
        let labels = vec![("method", "GET"), ("status", "2xx")];
        let counter = Family {
            name: "requests_total",
            kind: Kind::Counter,
            help: "Requests.",
            samples: vec![Sample { labels, value: Value::Whole(3) }],
        };
        let bounds: &[u64] = &[500, 1_000_000];
        let value = Value::Histogram { bounds, counts: vec![2, 0, 1], sum_micros: 2_000_800 };
        vec![counter, Family::of_one("took_seconds", Kind::Histogram, "Durations.", value)]
    }

    #[test]
    fn text_is_what_prometheus_reads() {
        let expected = "\
# TYPE requests_total counter
# HELP requests_total Requests.
requests_total{method=\"GET\",status=\"2xx\"} 3
# TYPE took_seconds histogram
# HELP took_seconds Durations.
took_seconds_bucket{le=\"0.0005\"} 2
took_seconds_bucket{le=\"1\"} 2
took_seconds_bucket{le=\"+Inf\"} 3
took_seconds_count 3
took_seconds_sum 2.0008
";
        assert_eq!(as_text(&families()), expected);
    }

    #[test]
    fn json_is_what_the_original_writes() {
        let expected = json!([
            {
                "name": "requests_total", "type": "COUNTER", "help": "Requests.",
                "metrics": [{ "labels": { "method": "GET", "status": "2xx" }, "value": "3" }],
            },
            {
                "name": "took_seconds", "type": "HISTOGRAM", "help": "Durations.",
                "metrics": [{
                    "sample_sum": "2.0008",
                    "sample_count": "3",
                    "bucket": [
                        { "cumulative_count": "2", "upper_bound": "0.0005" },
                        { "cumulative_count": "2", "upper_bound": "1" },
                        { "cumulative_count": "3", "upper_bound": "+Inf" },
                    ],
                }],
            },
        ]);
        assert_eq!(as_json(&families()), expected);
    }
}
