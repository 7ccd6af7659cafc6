//! `exec`: a program of this machine, with the job's payload on its stdin.

use std::pin::Pin;

use pantry_model::commands::exec::Exec;

use super::{Context, Run, Task};
use crate::output::Output;
use crate::process::{self, Outcome, Program, Variables};

/// To be run, if it names a program.
pub(super) fn prepare(exec: Exec) -> Result<Task, String> {
    if exec.program.is_empty() {
        return Err("`exec` needs the name of a program".to_owned());
    }
    Ok(Task::Run(Box::new(Execution(exec))))
}

struct Execution(Exec);

impl Run for Execution {
    fn run<'a>(
        self: Box<Self>,
        context: Context,
        output: &'a mut Output,
    ) -> Pin<Box<dyn Future<Output = Outcome> + Send + 'a>> {
        let Exec { program, arguments } = self.0;
        let Context { machine, environment, job, stdin, timeout, grace, .. } = context;
        let mut variables = vec![
            ("PANTRY_APPLICATION", machine.application.to_string()),
            ("PANTRY_IDENTITY", machine.identity.to_string()),
            ("PANTRY_JOB", job.to_string()),
        ];
        variables.extend(environment.map(|name| ("PANTRY_ENVIRONMENT", name.to_string())));
        let environment = Variables::Added(variables);
        let program = Program { program, arguments, environment, stdin, timeout, grace };
        Box::pin(async move { process::run(program, machine.identity.as_str(), output).await })
    }
}
