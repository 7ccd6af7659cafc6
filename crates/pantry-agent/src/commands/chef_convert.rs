//! `chef:convert`: what a Chef needs that runs without Pantry, and back.

use std::pin::Pin;
use std::sync::Arc;

use pantry_model::commands::chef_convert::{ChefConvert, Form};

use super::{Context, Run, Task};
use crate::chef::{Chef, Work};
use crate::output::Output;
use crate::process::Outcome;

/// To be run, if what it says goes together.
pub(super) fn prepare(asked: ChefConvert, chef: Arc<Chef>) -> Result<Task, String> {
    if !asked.data_bags.is_empty() && asked.to != Form::ChefSolo {
        return Err(format!("only a chef-solo is given data bags, and this is {}", asked.to));
    }
    Ok(Task::Run(Box::new(Convert { asked, chef })))
}

struct Convert {
    asked: ChefConvert,
    chef: Arc<Chef>,
}

impl Run for Convert {
    fn run<'a>(
        self: Box<Self>,
        context: Context,
        output: &'a mut Output,
    ) -> Pin<Box<dyn Future<Output = Outcome> + Send + 'a>> {
        let Self { asked, chef } = *self;
        Box::pin(async move {
            let (work, files) = Work::of(context);
            let open = || files.open();
            chef.convert(&asked, &work, files.contents(), open, output).await
        })
    }
}
