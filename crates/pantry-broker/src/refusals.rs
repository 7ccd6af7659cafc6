//! The security log: who was turned away, and from what. Bounded in memory and in rate, since an
//! attacker decides how often something is refused.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use pantry_model::Clock;
use pantry_model::commands::admin::Refusal;
use pantry_store::{Store, StoreError};
use tokio::sync::mpsc;
use tokio::time::{Instant, sleep_until};

/// How many different refusals are counted apart before all further ones are counted together.
const MOST: usize = 1024;

/// How often what was gathered is written down.
const PAUSE: Duration = Duration::from_secs(1);

/// One refusal, as it arrives.
pub(crate) struct Refused {
    /// A principal or a key.
    pub(crate) who: String,
    /// The address.
    pub(crate) address: String,
    /// What was refused, as a sentence.
    pub(crate) what: String,
}

/// Takes refusals, counts those that are alike, and writes a batch down each second.
pub(crate) async fn keep(
    mut arriving: mpsc::Receiver<Refused>,
    store: Arc<dyn Store>,
    clock: Arc<dyn Clock>,
) {
    let mut counts = HashMap::new();
    let mut is_ended = false;
    while !is_ended {
        if counts.is_empty() {
            match arriving.recv().await {
                Some(first) => count(&mut counts, first, 1),
                None => return,
            }
        }
        let until = Instant::now() + PAUSE;
        loop {
            tokio::select! {
                next = arriving.recv() => match next {
                    Some(refused) => count(&mut counts, refused, 1),
                    None => {
                        is_ended = true;
                        break;
                    }
                },
                () = sleep_until(until) => break,
            }
        }
        let at = clock.now();
        let lines: Vec<Refusal> = std::mem::take(&mut counts)
            .into_iter()
            .map(|((who, address, what), count)| Refusal { at, who, address, what, count })
            .collect();
        let logged = store.log_refusals(lines.clone()).await;
        if let Err(error) = &logged
            && !matches!(error, StoreError::ReadOnly(_))
        {
            tracing::error!(%error, "refusals could not be written down");
        }
        let is_for_later =
            matches!(logged, Err(StoreError::Unavailable(_) | StoreError::ReadOnly(_)));
        if is_for_later && !is_ended {
            // None was written, so they go with those that come.
            for Refusal { who, address, what, count: times, .. } in lines {
                count(&mut counts, Refused { who, address, what }, times);
            }
        } else {
            lines.iter().for_each(tell);
        }
    }
}

fn tell(refusal: &Refusal) {
    let Refusal { who, address, what, count, .. } = refusal;
    tracing::warn!(%who, %address, %what, count, "refused");
}

fn count(counts: &mut HashMap<(String, String, String), u64>, refused: Refused, times: u64) {
    let Refused { who, address, what } = refused;
    let mut line = (who, address, what);
    if counts.len() >= MOST && !counts.contains_key(&line) {
        let many = "many".to_owned();
        line = (many.clone(), many, "more kinds of refusals than are told apart".to_owned());
    }
    *counts.entry(line).or_default() += times;
}
