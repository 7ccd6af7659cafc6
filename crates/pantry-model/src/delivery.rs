//! The states of a delivery, and the one table that says how they follow each other.
//!
//! Every state that a delivery ends in is true of what happened on the machine, whatever was
//! killed on the way. That rests on three facts about the other side: a client fsyncs what it
//! accepted before it says so, and that it starts before it starts; it never starts the same
//! delivery twice; and only the incarnation that a delivery was sent to may report on it.
//!
//! A report can arrive late or twice, and reports before it can be missing (the client says
//! *running* without *accepted* having arrived), so each report stands for all that came before
//! it. `Interrupted` says that the outcome is not known; if the same incarnation comes back and
//! knows it after all, that correction is taken, and no other terminal state ever changes.

use serde::{Deserialize, Serialize};

/// Where a delivery stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum DeliveryState {
    /// Written down; its client has not been here since.
    Queued,
    /// Published to one incarnation of its client, once or more.
    Sent,
    /// On the client's disk.
    Accepted,
    /// Started, or just about to.
    Running,
    /// The command ended well.
    Succeeded,
    /// The command ended badly, or the client could not take it.
    Failed,
    /// The command ran out of time and was ended.
    TimedOut,
    /// Withdrawn before any client had it.
    Cancelled,
    /// The job's time to live ended before it was started. It has not run and never will.
    Expired,
    /// It may have run, and how it ended is not known.
    Interrupted,
}

/// Something that the server learns or decides about a delivery.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum DeliveryEvent {
    /// It is about to be published to the incarnation that is here.
    Published,
    /// The client has it on disk.
    Accepted,
    /// The client starts it.
    Started,
    /// The client could not take it (its disk is full, its queue is) and has not run it.
    Refused,
    /// It ended well.
    Succeeded,
    /// It ended badly.
    Failed,
    /// It ran out of time.
    TimedOut,
    /// The client had it, and its time to live ended before it was started.
    NotStarted,
    /// The client had started it and was itself killed: it does not know how it ended.
    Forgotten,
    /// Its job's time to live has ended, by the server's clock.
    TimeToLiveEnded,
    /// Another incarnation of its client has come in the place of the one it was sent to.
    OtherIncarnation,
    /// Its client is away, past the time by which it must have ended.
    Lost,
    /// Its client was deleted.
    Revoked,
}

impl DeliveryState {
    /// Every state, in the order in which a delivery may pass through them.
    pub const ALL: [Self; 10] = [
        Self::Queued,
        Self::Sent,
        Self::Accepted,
        Self::Running,
        Self::Succeeded,
        Self::Failed,
        Self::TimedOut,
        Self::Cancelled,
        Self::Expired,
        Self::Interrupted,
    ];

    /// Whether a delivery stays here (but for a correction of [`Self::Interrupted`]).
    pub fn is_final(self) -> bool {
        !matches!(self, Self::Queued | Self::Sent | Self::Accepted | Self::Running)
    }

    /// Whether the client is known to have it.
    pub fn is_with_client(self) -> bool {
        matches!(self, Self::Accepted | Self::Running)
    }

    /// The state that follows, or `None` if the event changes nothing (a late or repeated report,
    /// or a decision that no longer applies).
    pub fn after(self, event: DeliveryEvent) -> Option<Self> {
        use DeliveryEvent as Event;
        use DeliveryState::*;

        let next = match (self, event) {
            // What the incarnation it was sent to knows is the truth, as long as nothing is final.
            // A server restored from a backup may hear of a delivery that it believes queued.
            (Queued | Sent, Event::Accepted) => Accepted,
            (Queued | Sent | Accepted, Event::Started) => Running,
            (Queued | Sent | Accepted | Running | Interrupted, Event::Succeeded) => Succeeded,
            (Queued | Sent | Accepted | Running | Interrupted, Event::Failed) => Failed,
            (Queued | Sent | Accepted | Running | Interrupted, Event::TimedOut) => TimedOut,
            (Queued | Sent | Accepted | Interrupted, Event::NotStarted) => Expired,
            (Queued | Sent | Accepted | Running, Event::Forgotten) => Interrupted,
            // Only who has not accepted a delivery can refuse it.
            (Queued | Sent, Event::Refused) => Failed,

            // What the server decides. Only what was never sent is known not to have run.
            (Queued, Event::Published) => Sent,
            (Queued, Event::TimeToLiveEnded) => Expired,
            (Queued, Event::Revoked) => Cancelled,
            (Sent, Event::TimeToLiveEnded) => Interrupted,
            (Sent | Accepted | Running, Event::OtherIncarnation | Event::Revoked) => Interrupted,
            (Accepted | Running, Event::Lost) => Interrupted,

            _ => return None,
        };
        Some(next)
    }

    /// The state in words, as tables show it.
    pub fn label(self) -> &'static str {
        match self {
            Self::Queued => "queued",
            Self::Sent => "sent",
            Self::Accepted => "accepted",
            Self::Running => "running",
            Self::Succeeded => "succeeded",
            Self::Failed => "failed",
            Self::TimedOut => "timed out",
            Self::Cancelled => "cancelled",
            Self::Expired => "expired",
            Self::Interrupted => "interrupted",
        }
    }

    /// The state as it is stored and as `--json` shows it.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::TimedOut => "timed-out",
            other => other.label(),
        }
    }

    /// The state with this stored form.
    pub fn from_stored(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|state| state.as_str() == text)
    }
}

#[cfg(test)]
mod tests {
    use super::DeliveryEvent::*;
    use super::*;

    const EVENTS: [DeliveryEvent; 13] = [
        Published,
        Accepted,
        Started,
        Refused,
        Succeeded,
        Failed,
        TimedOut,
        NotStarted,
        Forgotten,
        TimeToLiveEnded,
        OtherIncarnation,
        Lost,
        Revoked,
    ];

    /// The whole table, a row a state and a column an event in the order of `EVENTS`; `.` is no
    /// change. Letters: q s a r of the way, then S(ucceeded) F T(imed out) C E(xpired) I.
    #[test]
    fn the_table_is_exactly_this() {
        let rows = [
            //                   PASRSFTNFTOLR
            (DeliveryState::Queued, "sarFSFTEIE..C"),
            (DeliveryState::Sent, ".arFSFTEIII.I"),
            (DeliveryState::Accepted, "..r.SFTEI.III"),
            (DeliveryState::Running, "....SFT.I.III"),
            (DeliveryState::Succeeded, "............."),
            (DeliveryState::Failed, "............."),
            (DeliveryState::TimedOut, "............."),
            (DeliveryState::Cancelled, "............."),
            (DeliveryState::Expired, "............."),
            (DeliveryState::Interrupted, "....SFTE....."),
        ];
        let letter = |state: Option<DeliveryState>| match state {
            None => '.',
            Some(state) => {
                let at = DeliveryState::ALL.iter().position(|&s| s == state).unwrap();
                "qsarSFTCEI".chars().nth(at).unwrap()
            }
        };
        for (state, expected) in rows {
            let row: String = EVENTS.iter().map(|&event| letter(state.after(event))).collect();
            assert_eq!(row, expected, "{state:?}");
        }
    }

    /// Walks every path of events and checks what the states promise about the machine.
    #[test]
    fn no_path_ends_in_a_state_that_is_not_true() {
        // Reachable (state, was it ever sent, was an outcome reported).
        let mut seen = vec![(DeliveryState::Queued, false, false)];
        let mut at = 0;
        while let Some(&(state, sent, reported)) = seen.get(at) {
            at += 1;
            for event in EVENTS {
                let Some(next) = state.after(event) else { continue };
                let by_client = matches!(
                    event,
                    Accepted
                        | Started
                        | Refused
                        | Succeeded
                        | Failed
                        | TimedOut
                        | NotStarted
                        | Forgotten
                );
                let outcome = matches!(event, Succeeded | Failed | TimedOut | NotStarted | Refused);
                let step = (next, sent || by_client || event == Published, reported || outcome);
                if next == DeliveryState::Cancelled {
                    assert!(!step.1, "cancelled after it was sent");
                }
                if next == DeliveryState::Expired {
                    assert!(!step.1 || step.2, "expired is claimed of what may have run");
                }
                if state.is_final() {
                    assert_eq!(state, DeliveryState::Interrupted, "a final state changed");
                    assert!(outcome, "interrupted was corrected by a guess");
                }
                if !seen.contains(&step) {
                    seen.push(step);
                }
            }
        }
        assert!(DeliveryState::ALL.iter().all(|s| seen.iter().any(|(state, ..)| state == s)));
    }

    #[test]
    fn every_way_out_of_an_open_state_exists() {
        for state in DeliveryState::ALL.into_iter().filter(|s| !s.is_final()) {
            assert!(state.after(Revoked).is_some_and(DeliveryState::is_final), "{state:?}");
        }
    }

    #[test]
    fn stored_forms_read_back() {
        for state in DeliveryState::ALL {
            assert_eq!(DeliveryState::from_stored(state.as_str()), Some(state));
            let json = serde_json::to_string(&state).unwrap();
            assert_eq!(json, format!("\"{}\"", state.as_str()));
        }
        assert_eq!(DeliveryState::from_stored("done"), None);
    }
}
