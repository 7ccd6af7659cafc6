//! Whose turn it is to decide, when several decisions rest on the same.
//!
//! Decisions are made side by side, and the store takes each of them only if nothing that it rests
//! on has changed. So of those that rest on the same, one wins and the others start over. Chance
//! does not make that fair: the store answers the winner of a group first, whose next request is
//! then the first of the next group, and wins again.
//!
//! So whoever has lost waits for a turn, and starts over alone among those who have lost. Whoever
//! keeps losing to newcomers has them wait for one decision.

use tokio::sync::{Mutex, MutexGuard, RwLock, RwLockReadGuard, RwLockWriteGuard};

/// How many rounds are lost before newcomers have to wait. They all do, whatever they are about, so
/// that is for those alone who would not win otherwise.
const PATIENCE: usize = 4;

/// Keeps the order.
#[derive(Default)]
pub(crate) struct Turns {
    /// Held by the one among those who have lost who decides.
    losers: Mutex<()>,
    /// Shared by all who decide, or held by one of them alone.
    floor: RwLock<()>,
}

/// The right to decide, until it is dropped. Nobody may ask for it twice: whoever waits to be alone
/// would wait for the first, and the second for them.
pub(crate) struct Turn<'a> {
    turns: &'a Turns,
    lost: usize,
    /// Let go of first, so that the next who has lost finds the floor free.
    _floor: Floor<'a>,
    loser: Option<MutexGuard<'a, ()>>,
}

enum Floor<'a> {
    Shared { _guard: RwLockReadGuard<'a, ()> },
    Alone { _guard: RwLockWriteGuard<'a, ()> },
}

impl Turns {
    /// Begins to decide, side by side with others.
    pub(crate) async fn enter(&self) -> Turn<'_> {
        Turn { turns: self, lost: 0, _floor: self.share().await, loser: None }
    }

    async fn share(&self) -> Floor<'_> {
        Floor::Shared { _guard: self.floor.read().await }
    }
}

impl<'a> Turn<'a> {
    /// Waits to start over, after another has won.
    pub(crate) async fn lost(self) -> Self {
        let Self { turns, lost, _floor: floor, loser } = self;
        // Whoever waits for a turn must not keep others from being alone.
        drop(floor);
        let lost = lost + 1;
        let loser = match loser {
            Some(loser) => loser,
            None => turns.losers.lock().await,
        };
        let floor = if lost < PATIENCE {
            turns.share().await
        } else {
            Floor::Alone { _guard: turns.floor.write().await }
        };
        Self { turns, lost, _floor: floor, loser: Some(loser) }
    }
}
