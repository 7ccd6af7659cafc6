//! Ends deliveries whose time is over, whoever is here or not.

use std::sync::Arc;
use std::time::Duration;

use pantry_model::{DeliveryEvent, DeliveryState, Ending, MachineId};
use pantry_store::{Advance, OpenDelivery, StoreError};
use pantry_usecases::{Fleet, UseCases};
use tokio::time::{MissedTickBehavior, interval};

use crate::changes::Change;
use crate::machines::Machines;

/// How often is looked: an end is noticed at most this late.
const PERIOD: Duration = Duration::from_secs(2);

/// How many deliveries are ended in one go.
const AT_ONCE: u32 = 500;

/// Looks for ever.
pub(crate) async fn keep_sweeping(usecases: UseCases, machines: Arc<Machines>) {
    let mut ticks = interval(PERIOD);
    ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
    loop {
        ticks.tick().await;
        match sweep(&usecases, &machines).await {
            Ok(()) | Err(StoreError::ReadOnly(_)) => {}
            Err(error) => tracing::warn!(%error, "overdue deliveries cannot be ended now"),
        }
    }
}

async fn sweep(usecases: &UseCases, machines: &Machines) -> Result<(), StoreError> {
    let now = usecases.clock().now();
    let overdue = usecases.store().overdue_deliveries(now, AT_ONCE).await?;
    let mut steps = Vec::with_capacity(overdue.len());
    let mut changed = Vec::with_capacity(overdue.len());
    for (machine, OpenDelivery { job, mut delivery }) in overdue {
        let Some((event, reason)) = judge(machines, &machine, delivery.state) else { continue };
        let Some(to) = delivery.state.after(event) else { continue };
        let ending = Ending::because(reason);
        steps.push(Advance {
            machine,
            job: job.id,
            from: delivery.state,
            to,
            at: now,
            incarnation: None,
            ending: Some(ending.clone()),
        });
        (delivery.state, delivery.changed_at, delivery.ending) = (to, now, ending);
        changed.push((job.id, delivery));
    }
    if steps.is_empty() {
        return Ok(());
    }
    let done = usecases.store().advance(steps).await?;
    for ((job, delivery), done) in changed.into_iter().zip(done) {
        if done {
            machines.changes.publish(job, Change::Delivery(delivery));
        }
    }
    Ok(())
}

/// What is to become of an overdue delivery, and why. A machine that is here ends its own: it
/// keeps the time by its own clock, and its report is on the way.
fn judge(
    machines: &Machines,
    machine: &MachineId,
    state: DeliveryState,
) -> Option<(DeliveryEvent, &'static str)> {
    match state {
        DeliveryState::Queued => {
            Some((DeliveryEvent::TimeToLiveEnded, "its client did not come in time"))
        }
        DeliveryState::Sent => {
            Some((DeliveryEvent::TimeToLiveEnded, "its client never answered; it may have run"))
        }
        _ if machines.presence(machine).is_none() => {
            Some((DeliveryEvent::Lost, "its client went away and did not come back"))
        }
        _ => None,
    }
}
