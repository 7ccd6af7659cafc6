//! What a store says of itself while it is moved, and who else is using it.

use std::time::Duration;

use pantry_store::sql;
use pantry_store::transfer::Mark;
use tokio::time::{Instant, sleep};

use crate::notice::servers_lock;
use crate::pipeline::Step;
use crate::pool::Pool;
use crate::row::{Columns, Result};

/// For how long a server that has ended may be seen, and how often is looked.
const LINGERING: Duration = Duration::from_secs(1);
const LOOK_AGAIN: Duration = Duration::from_millis(50);

sql! {
    MARK = "SELECT text FROM marks WHERE name = $1";
    SET_MARK = "INSERT INTO marks (name, text) VALUES ($1, $2) \
        ON CONFLICT (name) DO UPDATE SET text = excluded.text";
    OTHERS = concat!("SELECT pid FROM pg_locks WHERE locktype = 'advisory' AND classid = 0 \
        AND objid = ", servers_lock!(), " AND objsubid = 1 AND granted \
        AND database = (SELECT oid FROM pg_database WHERE datname = current_database())");
    REMOVE_MARK = "DELETE FROM marks WHERE name = $1";
}

/// What a mark says.
pub(crate) async fn mark(pool: &Pool, mark: Mark) -> Result<Option<String>> {
    let row = pool.row(MARK, &[&mark.as_str()]).await?;
    row.map(|row| row.text(0)).transpose()
}

/// Sets a mark, or takes it away. May be done twice.
pub(crate) async fn set_mark(pool: &Pool, mark: Mark, text: Option<&str>) -> Result<()> {
    let step = match text {
        Some(text) => Step::new(SET_MARK).with(mark.as_str()).with(text),
        None => Step::new(REMOVE_MARK).with(mark.as_str()),
    };
    pool.write(&[step]).await.map(drop)
}

/// How many servers listen to this database, besides this one, whose process `own` gives. Looks
/// again for a moment, since one that has just ended is still seen.
pub(crate) async fn others(pool: &Pool, own: impl Fn() -> i32) -> Result<u64> {
    let until = Instant::now() + LINGERING;
    loop {
        let listening = pool.rows(OTHERS, &[]).await?;
        let listening = listening.iter().map(|row| row.get_column::<i32>(0));
        let listening = listening.collect::<Result<Vec<_>>>()?;
        // Asked for afterwards, since this server may only be beginning to listen.
        let own = own();
        let others = listening.into_iter().filter(|process| *process != own).count();
        if others == 0 || Instant::now() >= until {
            return Ok(others as u64);
        }
        sleep(LOOK_AGAIN).await;
    }
}
