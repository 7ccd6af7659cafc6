//! What the machine reports of its deliveries.

use pantry_model::protocol::{Recorded, Report, Reported, Reports};
use pantry_model::{DeliveryEvent, Ending, JobId, Message};
use pantry_store::{OutputBatch, StoreError};
use pantry_wire::server::ConnectionId;

use super::Session;

/// The most bytes of a reason that are kept.
const MAX_REASON: usize = 2048;

impl Session {
    /// Writes reports down in one go, then says which are. A final report waits until all output
    /// that it speaks of is here, so that a final delivery is complete.
    pub(super) async fn take_reports(&mut self, connection: ConnectionId, message: &Message) {
        let reports: Reports = match message.document() {
            Ok(reports) => reports,
            Err(error) => {
                self.misbehaves(connection, &format!("sent reports of a wrong form: {error}"))
                    .await;
                return;
            }
        };
        match self.record(reports.reports).await {
            Ok(recorded) => self.acknowledge(connection, recorded).await,
            Err(error) => self.complain("its reports", &error),
        }
    }

    async fn record(&mut self, reports: Vec<Report>) -> Result<Recorded, StoreError> {
        let mut recorded = Recorded::default();
        let mut events: Vec<(JobId, DeliveryEvent, Ending)> = Vec::with_capacity(reports.len());
        for Report { job, what, mut ending } in reports {
            if let Some(reason) = &mut ending.reason {
                reason.truncate(reason.floor_char_boundary(MAX_REASON));
            }
            if self.find(job).await? {
                if is_final(what)
                    && let Some(wanted) = self.missing_output(job, &ending).await?
                {
                    recorded.output.push((job, wanted));
                    continue;
                }
                // Each report stands for those before it, so of several about one delivery in one
                // message only the last needs to be written.
                events.retain(|(earlier, ..)| *earlier != job);
                events.push((job, what.into(), ending));
            }
            // Of a job that is not known here (deleted with its application, or not for this
            // incarnation) nothing is kept, and the machine need not keep it either.
            recorded.reports.push((job, what));
        }
        let jobs: Vec<JobId> = events.iter().map(|(job, ..)| *job).collect();
        self.advance(events).await?;
        for job in jobs {
            self.forget_if_final(job);
        }
        Ok(recorded)
    }

    /// The next chunk wanted of a delivery that has not sent all its output.
    async fn missing_output(
        &mut self,
        job: JobId,
        ending: &Ending,
    ) -> Result<Option<u64>, StoreError> {
        if ending.output_chunks == 0 {
            return Ok(None);
        }
        let next = match self.deliveries.get(&job).and_then(|it| it.next_chunk) {
            Some(next) => next,
            None => {
                // An empty batch changes nothing and tells how far it has come.
                let machine = self.machine.clone();
                let batch = OutputBatch { machine, job, chunks: Vec::new() };
                let next = self.usecases.store().append_output(vec![batch]).await?;
                next.first().copied().flatten().unwrap_or(0)
            }
        };
        Ok((next < ending.output_chunks).then_some(next))
    }
}

fn is_final(what: Reported) -> bool {
    !matches!(what, Reported::Accepted | Reported::Started)
}
