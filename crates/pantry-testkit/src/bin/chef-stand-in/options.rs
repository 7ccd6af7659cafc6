//! The options of chef-client and chef-solo that Pantry uses.

use std::path::PathBuf;

use anyhow::{Context as _, Result, bail, ensure};

/// What was asked on the command line.
#[derive(Debug, Default)]
pub(crate) struct Options {
    pub(crate) config: PathBuf,
    pub(crate) local_mode: bool,
    pub(crate) json_attributes: Option<PathBuf>,
    pub(crate) override_run_list: Option<Vec<String>>,
    pub(crate) why_run: bool,
}

const LEVELS: &[&str] = &["auto", "trace", "debug", "info", "warn", "error", "fatal"];

impl Options {
    pub(crate) fn read(arguments: Vec<String>) -> Result<Self> {
        let mut options = Self::default();
        let mut arguments = arguments.into_iter();
        while let Some(argument) = arguments.next() {
            let mut value =
                || arguments.next().with_context(|| format!("{argument} needs a value"));
            match argument.as_str() {
                "-c" | "--config" => options.config = value()?.into(),
                "-z" | "--local-mode" => options.local_mode = true,
                "-j" | "--json-attributes" => options.json_attributes = Some(value()?.into()),
                "-o" | "--override-runlist" => options.override_run_list = Some(items(&value()?)),
                "-r" | "--runlist" => drop(value()?),
                "-W" | "--why-run" => options.why_run = true,
                "-l" | "--log_level" => {
                    let level = value()?;
                    ensure!(LEVELS.contains(&level.as_str()), "{level} is no log level");
                }
                "--force-formatter" | "--no-color" => {}
                _ => bail!("invalid option: {argument}"),
            }
        }
        ensure!(options.config.is_file(), "there is no configuration {}", options.config.display());
        Ok(options)
    }

    /// Whether it was called as a chef-solo is.
    pub(crate) fn is_solo(&self) -> bool {
        self.config.file_name().is_some_and(|name| name == "solo.rb")
    }
}

fn items(text: &str) -> Vec<String> {
    text.split(',').map(str::to_owned).collect()
}
