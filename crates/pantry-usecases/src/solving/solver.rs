//! Universes and answers that are in memory.

use std::sync::Arc;

use pantry_blobs::Workers;
use pantry_model::Error;
use pantry_model::refusals::solving;
use pantry_solver::{Item, Request, Universe};
use pantry_store::{ContentHash, Scope};
use quick_cache::Weighter;
use quick_cache::sync::Cache;
use tokio::sync::Semaphore;

use super::answers::{Answer, answer};
use crate::cookbooks::Catalogue;

/// How much memory all universes may take, in bytes, about. One of 4,000 cookbooks with 32,000 versions
/// takes some 10 MB.
const UNIVERSE_BYTES: u64 = 64 << 20;

/// How many there are likely to be.
const LIKELY_UNIVERSES: usize = 32;

/// How much memory all answers may take, in bytes, about.
const ANSWER_BYTES: u64 = 16 << 20;

/// How many there are likely to be.
const LIKELY_ANSWERS: usize = 4096;

/// How many run lists may be in work or wait. What is hard to solve may take a good part of a second.
const ROOM: usize = 256;

/// What a question is about: an application's cookbooks in some state, and an environment.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(super) struct Question {
    pub(super) scope: Scope,
    /// Of the cookbooks.
    pub(super) generation: (i64, u64),
    /// Of the environment.
    pub(super) environment: ContentHash,
    pub(super) run_list: Vec<Item>,
    /// Whether it is also to be told how it follows that nothing fits.
    pub(super) explain: bool,
}

/// Solves run lists, and remembers.
pub(crate) struct Solver {
    workers: Workers,
    room: Semaphore,
    universes: Cache<Scope, Arc<Prepared>, Weight>,
    answers: Cache<Question, Arc<Answer>, Weight>,
}

/// The universe of a catalogue.
struct Prepared {
    generation: (i64, u64),
    universe: Universe,
}

#[derive(Clone)]
struct Weight;

impl Weighter<Scope, Arc<Prepared>> for Weight {
    fn weight(&self, _: &Scope, prepared: &Arc<Prepared>) -> u64 {
        let universe = &prepared.universe;
        let bytes = universe.versions() * 300 + universe.cookbooks() * 100 + 512;
        u64::try_from(bytes).unwrap_or(u64::MAX)
    }
}

impl Weighter<Question, Arc<Answer>> for Weight {
    fn weight(&self, question: &Question, answer: &Arc<Answer>) -> u64 {
        let bytes = question.run_list.len() * 64 + answer.size() + 256;
        u64::try_from(bytes).unwrap_or(u64::MAX)
    }
}

impl Default for Solver {
    fn default() -> Self {
        Self {
            workers: Workers::of_cores(),
            room: Semaphore::new(ROOM),
            universes: Cache::with_weighter(LIKELY_UNIVERSES, UNIVERSE_BYTES, Weight),
            answers: Cache::with_weighter(LIKELY_ANSWERS, ANSWER_BYTES, Weight),
        }
    }
}

impl Solver {
    /// The answer to a question over a catalogue, of which it is.
    pub(super) async fn answer(
        self: &Arc<Self>,
        question: Question,
        request: Request,
        catalogue: Arc<Catalogue>,
    ) -> Result<Arc<Answer>, Error> {
        if let Some(known) = self.answers.get(&question) {
            return Ok(known);
        }
        let _room = self.room.try_acquire().map_err(|_| solving::overloaded())?;
        let solver = Arc::clone(self);
        let explain = question.explain;
        let scope = question.scope.clone();
        let solve = move || {
            let prepared = solver.prepared(&scope, &catalogue);
            Ok(Arc::new(answer(&prepared.universe, &request, explain)))
        };
        let answer = self.workers.run::<_, Error>(solve).await?;
        self.answers.insert(question, Arc::clone(&answer));
        Ok(answer)
    }

    /// The universe of a catalogue. If it is not there, whoever asks makes it.
    fn prepared(&self, scope: &Scope, catalogue: &Catalogue) -> Arc<Prepared> {
        let generation = catalogue.generation();
        let known = self.universes.get(scope).filter(|known| known.generation == generation);
        known.unwrap_or_else(|| {
            let prepared = Arc::new(Prepared { generation, universe: universe(catalogue) });
            self.universes.insert(scope.clone(), Arc::clone(&prepared));
            prepared
        })
    }
}

/// What a catalogue's cookbooks are to the solver.
fn universe(catalogue: &Catalogue) -> Universe {
    let mut builder = Universe::builder();
    for cookbook in catalogue.cookbooks() {
        for version in &cookbook.versions {
            let dependencies = version.dependencies.iter();
            let dependencies = dependencies.map(|it| (on(&it.cookbook), it.constraint));
            builder.add(&cookbook.name, version.version, dependencies);
        }
    }
    builder.build()
}

/// A dependency on a recipe is one on its cookbook.
fn on(name: &Arc<str>) -> Arc<str> {
    match name.split_once("::") {
        Some((cookbook, _)) => cookbook.into(),
        None => Arc::clone(name),
    }
}

#[cfg(test)]
mod tests {
    use std::pin::{Pin, pin};
    use std::sync::{Mutex, mpsc};
    use std::task::{Context, Poll, Waker};

    use super::*;

    /// Whether this has nothing to say yet.
    fn waits<F: Future>(future: Pin<&mut F>) -> bool {
        matches!(future.poll(&mut Context::from_waker(Waker::noop())), Poll::Pending)
    }

    fn question(number: usize) -> Question {
        Question {
            scope: Scope::Global,
            generation: (1, 1),
            environment: ContentHash::of(b""),
            run_list: vec![format!("c{number}").parse().unwrap()],
            explain: false,
        }
    }

    #[tokio::test]
    async fn what_is_asked_is_answered_and_too_much_is_refused() {
        let solver = Arc::new(Solver::default());
        let ask = |number: usize| {
            let question = question(number);
            let request = Request::new(question.run_list.clone(), []);
            solver.answer(question, request, Arc::default())
        };
        assert!(ask(0).await.unwrap().0.is_err(), "there is no such cookbook");
        // Every worker waits.
        let (hold, held) = mpsc::channel::<()>();
        let held = Arc::new(Mutex::new(held));
        let wait = |_| {
            let held = Arc::clone(&held);
            let wait = move || Ok::<_, Error>(held.lock().unwrap().recv().is_ok());
            Box::pin(solver.workers.run(wait))
        };
        let mut at_work: Vec<_> = (0..64).map(wait).collect();
        assert!(at_work.iter_mut().all(|one| waits(one.as_mut())));
        let mut waiting: Vec<_> = (1..=ROOM).map(|number| Box::pin(ask(number))).collect();
        assert!(waiting.iter_mut().all(|one| waits(one.as_mut())));
        assert_eq!(ask(ROOM + 1).await.unwrap_err(), solving::overloaded().into());
        ask(0).await.unwrap();
        // Who goes makes room.
        waiting.truncate(1);
        assert!(waits(pin!(ask(ROOM + 1))));
        drop((hold, at_work));
        assert!(waiting.remove(0).await.unwrap().0.is_err());
    }
}
