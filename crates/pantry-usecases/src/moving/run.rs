//! One attempt: closed, copied, compared, made searchable, and finished or taken back.

use std::sync::Arc;

use pantry_model::commands::migrate_store::{MigratedTable, Migration, Stage};
use pantry_store::transfer::{
    CopyError, Digest, Moved, Progress, Step, Table, copy, finish, verify,
};
use tokio::time::timeout;

use super::mover::{LEASE, Mover, Opened, moved};
use crate::indexing::build_all;

/// Why an attempt failed, and whether the server may write again.
enum Failed {
    /// Nothing has happened to the source.
    Before(String),
    /// The source may say already that it was moved.
    Finishing(CopyError),
}

/// Makes an attempt; what comes of it is the mover's state afterwards.
pub(super) async fn run(mover: Arc<Mover>, target: Opened) {
    let name = target.name.clone();
    *mover.state() = Migration {
        stage: Stage::Copying,
        to: Some(name.clone()),
        tables: tables(),
        ..Migration::default()
    };
    let why = format!("the server is read-only while its store is moved to {name}");
    mover.source.gate.close(why).await;
    let outcome = attempt(&mover, &target).await;
    // Closed before anybody hears that it is complete, and so may be opened by another server.
    drop(target);
    match outcome {
        Ok(()) => {
            tracing::info!(to = %name, "the store was moved");
            mover.source.gate.close(moved(&name)).await;
            mover.state().stage = Stage::Moved;
        }
        Err(Failed::Before(error)) => {
            tracing::warn!(to = %name, %error, "the store was not moved");
            // An earlier attempt may have come so far that only this one was to end it.
            match mover.at_rest().await.to {
                Some(to) => mover.source.gate.close(moved(&to)).await,
                None => mover.source.gate.open().await,
            }
            fail(&mover, error);
        }
        Err(Failed::Finishing(error)) => {
            tracing::error!(to = %name, %error, "the store was copied, and what was left to do failed");
            let text = format!(
                "everything was copied, and what was left to do failed ({error}): the server stays \
                 read-only until it is tried again, or taken back with `--cancel`"
            );
            mover.source.gate.close(text.clone()).await;
            fail(&mover, text);
        }
    }
}

fn fail(mover: &Mover, error: String) {
    let mut state = mover.state();
    (state.stage, state.error) = (Stage::Failed, Some(error));
}

async fn attempt(mover: &Mover, target: &Opened) -> Result<(), Failed> {
    let (from, to) = (mover.source.store.as_ref(), target.store.as_ref());
    let work = async {
        let report = |progress| note(mover, progress);
        copy(from, to, report).await.map_err(|error| error.to_string())?;
        mover.state().stage = Stage::Verifying;
        let digests = verify(from, to, report).await.map_err(|error| error.to_string())?;
        mover.state().stage = Stage::Indexing;
        let report = |progress| mover.state().index = Some(progress);
        build_all(to, report).await.map_err(|error| error.to_string())?;
        mover.alone().await?;
        Ok(digests)
    };
    let digests = tokio::select! {
        done = work => done,
        () = stopped(mover) => Err("it was cancelled".to_owned()),
        () = nobody_asks(mover) => Err("the command that began it is gone".to_owned()),
    };
    for (table, digest) in digests.map_err(Failed::Before)? {
        verified(mover, table, &digest);
    }
    // Whatever was said meanwhile: it is done now or has failed, but not left half done.
    let done = finish(from, to, &Moved { to: target.name.clone() }).await;
    done.map_err(Failed::Finishing)
}

/// Returns when it is to end.
async fn stopped(mover: &Mover) {
    // The sender is the mover's, so this does not fail.
    let _ = mover.stop.subscribe().wait_for(|stop| *stop).await;
}

/// Returns when nobody has asked for a while.
async fn nobody_asks(mover: &Mover) {
    while timeout(LEASE, mover.asked.notified()).await.is_ok() {}
}

fn tables() -> Vec<MigratedTable> {
    let new = |table: &Table| MigratedTable {
        table: table.name().to_owned(),
        rows: 0,
        copied: 0,
        verified: 0,
        hash: None,
    };
    Table::ALL.iter().map(new).collect()
}

fn note(mover: &Mover, progress: Progress) {
    let Progress { step, table, done, of } = progress;
    with(mover, table, |line| match step {
        Step::Copying => (line.rows, line.copied) = (of, done),
        Step::Verifying => (line.rows, line.verified) = (of, done),
    });
}

fn verified(mover: &Mover, table: Table, digest: &Digest) {
    let hash = digest.hash.iter().map(|byte| format!("{byte:02x}")).collect();
    with(mover, table, |line| line.hash = Some(hash));
}

fn with(mover: &Mover, table: Table, work: impl FnOnce(&mut MigratedTable)) {
    let mut state = mover.state();
    if let Some(line) = state.tables.iter_mut().find(|line| line.table == table.name()) {
        work(line);
    }
}
