//! Metrics as values, before they are written in one format or the other.

/// What a metric does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    /// Only grows.
    Counter,
    /// Grows and shrinks.
    Gauge,
    /// Counts how often a measure was how large.
    Histogram,
}

/// A metric, with a sample for each set of labels.
#[derive(Debug)]
pub(crate) struct Family {
    pub(crate) name: &'static str,
    pub(crate) kind: Kind,
    pub(crate) help: &'static str,
    pub(crate) samples: Vec<Sample>,
}

/// One value of a metric. Labels are of the server's own making, and need no escaping.
#[derive(Debug)]
pub(crate) struct Sample {
    pub(crate) labels: Vec<(&'static str, &'static str)>,
    pub(crate) value: Value,
}

/// What was counted.
#[derive(Debug)]
pub(crate) enum Value {
    /// A number.
    Whole(u64),
    /// How many were up to each bound and over the one before it, in microseconds; the last is how
    /// many were over all of them.
    Histogram { bounds: &'static [u64], counts: Vec<u64>, sum_micros: u64 },
}

impl Family {
    /// One that has no labels.
    pub(crate) fn of_one(name: &'static str, kind: Kind, help: &'static str, value: Value) -> Self {
        Self { name, kind, help, samples: vec![Sample { labels: Vec::new(), value }] }
    }
}

impl Kind {
    /// As Prometheus writes it.
    pub(crate) fn as_str(self) -> &'static str {
        match self {
            Self::Counter => "counter",
            Self::Gauge => "gauge",
            Self::Histogram => "histogram",
        }
    }
}
