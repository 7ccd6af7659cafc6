//! Answers that are in memory, and what they are made of.

use std::collections::HashSet;
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
use crate::cookbooks::{CookbooksAt, VisibleCookbooks};

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
    /// Where they stand.
    pub(super) cookbooks: CookbooksAt,
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
    answers: Cache<Question, Arc<Answer>, Weight>,
}

#[derive(Clone)]
struct Weight;

impl Weighter<Question, Arc<Answer>> for Weight {
    fn weight(&self, question: &Question, answer: &Arc<Answer>) -> u64 {
        let bytes =
            question.run_list.len() * 64 + question.cookbooks.len() * 16 + answer.size() + 256;
        u64::try_from(bytes).unwrap_or(u64::MAX)
    }
}

impl Default for Solver {
    fn default() -> Self {
        Self {
            workers: Workers::of_cores(),
            room: Semaphore::new(ROOM),
            answers: Cache::with_weighter(LIKELY_ANSWERS, ANSWER_BYTES, Weight),
        }
    }
}

impl Solver {
    /// Solves something else, off the threads that serve requests.
    pub(crate) async fn run<T: Send + 'static>(
        &self,
        work: impl FnOnce() -> T + Send + 'static,
    ) -> Result<T, Error> {
        let _room = self.room.try_acquire().map_err(|_| solving::overloaded())?;
        self.workers.run(move || Ok(work())).await
    }

    /// The answer to a question over cookbooks, of which it is.
    pub(super) async fn answer(
        &self,
        question: Question,
        request: Request,
        cookbooks: VisibleCookbooks,
    ) -> Result<Arc<Answer>, Error> {
        if let Some(known) = self.answers.get(&question) {
            return Ok(known);
        }
        let explain = question.explain;
        let solve = move || Arc::new(answer(&universe(&cookbooks, &request), &request, explain));
        let answer = self.run(solve).await?;
        self.answers.insert(question, Arc::clone(&answer));
        Ok(answer)
    }
}

/// What a request can come upon: the cookbooks of its run list, what they depend on in any version,
/// and so on. An application's shelves may have a thousand times as much, and others the same shelves,
/// so this is made for each request and not kept.
fn universe(cookbooks: &VisibleCookbooks, request: &Request) -> Universe {
    let mut builder = Universe::builder();
    let mut left: Vec<Arc<str>> =
        request.run_list().iter().map(|item| item.cookbook.as_str().into()).collect();
    let mut seen: HashSet<Arc<str>> = left.iter().cloned().collect();
    while let Some(name) = left.pop() {
        let Some(cookbook) = cookbooks.cookbook(&name) else { continue };
        for version in &cookbook.versions {
            let dependencies =
                version.dependencies.iter().map(|it| (on(&it.cookbook), it.constraint));
            let dependencies: Vec<_> = dependencies.collect();
            for (name, _) in &dependencies {
                if seen.insert(Arc::clone(name)) {
                    left.push(Arc::clone(name));
                }
            }
            builder.add(&cookbook.name, version.version, dependencies);
        }
    }
    builder.build()
}

/// A dependency on a recipe is one on its cookbook.
pub(crate) fn on(name: &Arc<str>) -> Arc<str> {
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
            cookbooks: vec![(1, 1)],
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
            solver.answer(question, request, VisibleCookbooks::default())
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
