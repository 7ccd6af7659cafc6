//! Whether a request is sent again, and when.
//!
//! What only reads, and what says how something is to be, can be done twice without harm. Anything
//! else is repeated only where the server has not heard of it, or says itself when to come again.
//! Pauses grow, and differ from one client to the next, so that those who failed together do not all
//! return together.

use std::time::Duration;

use hyper::StatusCode;
use hyper::header::RETRY_AFTER;

use crate::client::Answer;
use crate::config::Retries;
use crate::error::Problem;

/// How often a request has been sent.
pub(crate) struct Attempts<'c> {
    retries: &'c Retries,
    done: u32,
    repeatable: bool,
}

impl<'c> Attempts<'c> {
    pub(crate) fn new(retries: &'c Retries, repeatable: bool) -> Self {
        Self { retries, done: 0, repeatable }
    }

    /// The pause before it is sent again, after it was answered; none if the answer stands.
    /// `chance` is any number.
    pub(crate) fn after_answer(&mut self, answer: &Answer, chance: u64) -> Option<Duration> {
        let is_busy = matches!(
            answer.status,
            StatusCode::SERVICE_UNAVAILABLE | StatusCode::TOO_MANY_REQUESTS
        );
        let asked = answer.headers.get(RETRY_AFTER).filter(|_| is_busy);
        // A date is not worth a calendar: the usual pause will do.
        let asked = asked.and_then(|value| value.to_str().ok()?.trim().parse().ok());
        let asked = asked.map(Duration::from_secs);
        let may_pass = is_busy
            || matches!(
                answer.status,
                StatusCode::INTERNAL_SERVER_ERROR
                    | StatusCode::BAD_GATEWAY
                    | StatusCode::GATEWAY_TIMEOUT
            );
        let may_repeat = self.repeatable || asked.is_some();
        if !may_pass || !may_repeat || asked > Some(self.retries.longest_pause) {
            return None;
        }
        let pause = self.next(chance)?;
        Some(asked.map_or(pause, |asked| asked.max(pause)))
    }

    /// The pause before it is sent again, after there was no answer; none if that stands.
    pub(crate) fn after_problem(&mut self, problem: &Problem, chance: u64) -> Option<Duration> {
        let may_repeat = self.repeatable || problem.is_before_request();
        if problem.may_pass() && may_repeat { self.next(chance) } else { None }
    }

    fn next(&mut self, chance: u64) -> Option<Duration> {
        self.done += 1;
        if self.done >= self.retries.attempts {
            return None;
        }
        let factor = 1u32.checked_shl(self.done - 1).unwrap_or(u32::MAX);
        let pause = self.retries.first_pause.saturating_mul(factor);
        // Up to a quarter more.
        let more = pause / 1024 * u32::try_from(chance % 256).unwrap_or_default();
        Some((pause + more).min(self.retries.longest_pause))
    }
}

#[cfg(test)]
mod tests {
    use hyper::HeaderMap;

    use super::*;

    fn retries() -> Retries {
        Retries {
            attempts: 4,
            first_pause: Duration::from_millis(1024),
            longest_pause: Duration::from_secs(3),
        }
    }

    fn answer(status: u16, retry_after: Option<&str>) -> Answer {
        let mut headers = HeaderMap::new();
        if let Some(value) = retry_after {
            headers.insert(RETRY_AFTER, value.parse().unwrap());
        }
        Answer { status: StatusCode::from_u16(status).unwrap(), headers, body: Vec::new() }
    }

    #[test]
    fn pauses_grow_to_a_limit_and_end() {
        let retries = retries();
        let mut attempts = Attempts::new(&retries, true);
        let pauses: Vec<_> = (0..4)
            .map(|_| attempts.after_answer(&answer(500, None), 0).map(|pause| pause.as_millis()))
            .collect();
        assert_eq!(pauses, [Some(1024), Some(2048), Some(3000), None]);
        let mut attempts = Attempts::new(&retries, true);
        let pause = attempts.after_answer(&answer(502, None), 255).unwrap();
        assert_eq!(pause, Duration::from_millis(1024 + 255));
    }

    #[test]
    fn only_what_may_pass_is_repeated() {
        let retries = retries();
        let is_repeated = |repeatable, status, retry_after| {
            let mut attempts = Attempts::new(&retries, repeatable);
            attempts.after_answer(&answer(status, retry_after), 0).is_some()
        };
        for status in [200, 201, 301, 400, 401, 403, 404, 406, 409, 413, 501, 505] {
            assert!(!is_repeated(true, status, Some("1")), "{status}");
        }
        for status in [429, 500, 502, 503, 504] {
            assert!(is_repeated(true, status, None), "{status}");
            assert!(!is_repeated(false, status, None), "{status}");
        }
        assert!(is_repeated(false, 503, Some("2")));
        assert!(!is_repeated(false, 500, Some("2")));
        assert!(!is_repeated(true, 503, Some("4")), "longer than anyone waits");
        assert!(is_repeated(true, 503, Some("Sat, 21 Nov 2026 19:00:00 GMT")));
    }

    #[test]
    fn what_the_server_may_have_heard_is_not_said_twice() {
        let retries = retries();
        let is_repeated = |repeatable, problem: Problem| {
            Attempts::new(&retries, repeatable).after_problem(&problem, 0).is_some()
        };
        assert!(is_repeated(true, Problem::CutOff));
        assert!(!is_repeated(false, Problem::CutOff));
        assert!(is_repeated(false, Problem::ConnectTimeout(Duration::ZERO)));
        assert!(!is_repeated(true, Problem::TooLarge { limit: 1 }));
        assert!(!is_repeated(true, crate::tls::TlsProblem::Untrusted.into()));
    }
}
