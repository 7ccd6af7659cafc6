//! `client.facts`: what a machine tells of itself, and whether it does.

use std::fmt;
use std::path::Path;
use std::time::Duration;

use pantry_agent::{FactsConfig, Ohai};
use serde::Deserialize;
use serde::de::value::MapAccessDeserializer;
use serde::de::{Deserializer, Error, MapAccess, Unexpected, Visitor};

use crate::arguments::durations;

/// `off`, or how facts are gathered.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct FactsSetting(pub(crate) Option<FactsConfig>);

impl Default for FactsSetting {
    fn default() -> Self {
        Self(Some(FactsConfig::default()))
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Settings {
    #[serde(default, deserialize_with = "ohai")]
    ohai: Ohai,
    #[serde(default = "interval_by_default", deserialize_with = "interval")]
    interval: Duration,
}

fn interval_by_default() -> Duration {
    FactsConfig::INTERVAL
}

impl<'de> Deserialize<'de> for FactsSetting {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        from.deserialize_any(OffOrSettings)
    }
}

struct OffOrSettings;

impl<'de> Visitor<'de> for OffOrSettings {
    type Value = FactsSetting;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("`off`, or `ohai` and `interval`")
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<FactsSetting, E> {
        match text {
            "off" => Ok(FactsSetting(None)),
            _ => Err(E::invalid_value(Unexpected::Str(text), &self)),
        }
    }

    // What older YAML calls `off`.
    fn visit_bool<E: Error>(self, on: bool) -> Result<FactsSetting, E> {
        if on { Err(E::invalid_value(Unexpected::Bool(on), &self)) } else { Ok(FactsSetting(None)) }
    }

    fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<FactsSetting, A::Error> {
        let Settings { ohai, interval } = Settings::deserialize(MapAccessDeserializer::new(map))?;
        Ok(FactsSetting(Some(FactsConfig { ohai, interval })))
    }
}

fn ohai<'de, D: Deserializer<'de>>(from: D) -> Result<Ohai, D::Error> {
    match String::deserialize(from)?.as_str() {
        "auto" => Ok(Ohai::Auto),
        "never" => Ok(Ohai::Never),
        path if Path::new(path).is_absolute() => Ok(Ohai::At(path.into())),
        other => Err(D::Error::invalid_value(
            Unexpected::Str(other),
            &"`auto`, `never` or the absolute path of a program",
        )),
    }
}

/// From a minute on: facts are not for measuring.
const SHORTEST: Duration = Duration::from_secs(60);

fn interval<'de, D: Deserializer<'de>>(from: D) -> Result<Duration, D::Error> {
    let text = String::deserialize(from)?;
    let interval = durations::parse(&text).map_err(D::Error::custom)?;
    if interval < SHORTEST {
        return Err(D::Error::custom("the shortest is 1m"));
    }
    Ok(interval)
}
