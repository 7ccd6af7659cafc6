//! `chef:run`: Chef, with what the server says is this machine's run.

use std::pin::Pin;
use std::sync::Arc;

use pantry_model::commands::chef_run::ChefRun;

use super::{Context, Run, Task};
use crate::chef::{Chef, Work};
use crate::output::Output;
use crate::process::Outcome;

/// To be run.
#[expect(clippy::unnecessary_wraps, reason = "as every command")]
pub(super) fn prepare(asked: ChefRun, chef: Arc<Chef>) -> Result<Task, String> {
    Ok(Task::Run(Box::new(Converge { asked, chef })))
}

struct Converge {
    asked: ChefRun,
    chef: Arc<Chef>,
}

impl Run for Converge {
    fn run<'a>(
        self: Box<Self>,
        context: Context,
        output: &'a mut Output,
    ) -> Pin<Box<dyn Future<Output = Outcome> + Send + 'a>> {
        let Self { asked, chef } = *self;
        Box::pin(async move {
            let (work, files) = Work::of(context);
            let open = || files.open();
            chef.run(&asked, &work, files.contents(), open, output).await
        })
    }
}
