//! The security log: who was turned away, and from what. Bounded in memory and in rate, since an
//! attacker decides how often something is refused.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use pantry_model::Clock;
use pantry_model::commands::admin::Refusal;
use pantry_store::{MAX_REFUSALS, Store, StoreError};
use tokio::sync::mpsc;
use tokio::time::{Instant, sleep_until, timeout};

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

/// Takes refusals, counts those that are alike, and writes a batch down each second. While the store
/// is read-only they wait for the end of that, as many as the log keeps.
pub(crate) async fn keep(
    mut arriving: mpsc::Receiver<Refused>,
    store: Arc<dyn Store>,
    clock: Arc<dyn Clock>,
) {
    let mut waiting: Vec<Refusal> = Vec::new();
    loop {
        let mut counts = HashMap::new();
        let first = if waiting.is_empty() {
            arriving.recv().await
        } else {
            // Whether or not another comes, it is tried again.
            match timeout(PAUSE, arriving.recv()).await {
                Ok(first) => first,
                Err(_) => {
                    waiting = write(store.as_ref(), waiting).await;
                    continue;
                }
            }
        };
        let Some(first) = first else { break };
        count(&mut counts, first);
        let until = Instant::now() + PAUSE;
        loop {
            tokio::select! {
                next = arriving.recv() => match next {
                    Some(refused) => count(&mut counts, refused),
                    None => break,
                },
                () = sleep_until(until) => break,
            }
        }
        let at = clock.now();
        let lines = counts.into_iter().map(|((who, address, what), count)| {
            tracing::warn!(%who, %address, %what, count, "refused");
            Refusal { at, who, address, what, count }
        });
        waiting.extend(lines);
        waiting = write(store.as_ref(), waiting).await;
    }
    write(store.as_ref(), waiting).await;
}

/// Writes lines down, and gives those back that must wait.
async fn write(store: &dyn Store, mut lines: Vec<Refusal>) -> Vec<Refusal> {
    if lines.is_empty() {
        return lines;
    }
    let too_many = lines.len().saturating_sub(usize::try_from(MAX_REFUSALS).unwrap_or(usize::MAX));
    lines.drain(..too_many);
    match store.log_refusals(lines.clone()).await {
        Ok(()) => Vec::new(),
        Err(StoreError::ReadOnly(_)) => lines,
        Err(error) => {
            tracing::error!(%error, "refusals could not be written down");
            Vec::new()
        }
    }
}

fn count(counts: &mut HashMap<(String, String, String), u64>, refused: Refused) {
    let Refused { who, address, what } = refused;
    let mut line = (who, address, what);
    if counts.len() >= MOST && !counts.contains_key(&line) {
        let many = "many".to_owned();
        line = (many.clone(), many, "more kinds of refusals than are told apart".to_owned());
    }
    *counts.entry(line).or_default() += 1;
}
