//! `chef convert`: a machine gets what a Chef needs that runs without Pantry, or gives it back.
//!
//! What that is on a machine the server says when it is asked there, as for a run: what a `chef-client`
//! needs is what a run in the mode `server` is given, and what a `chef-solo` needs one in the mode
//! `solo`.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use super::ClientCommand;
use super::chef_run::{ChefRun, Mode, words};
use crate::names::DataBagName;

/// Every client is made to converge otherwise.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ChefConvert {
    /// How.
    pub to: Form,
    /// With `chef-solo`: the data bags that its recipes may read.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub data_bags: Vec<DataBagName>,
}

impl ClientCommand for ChefConvert {
    const NAME: &'static str = "chef:convert";
}

words!(
    /// How a machine converges from now on.
    Form, "way to converge" {
        /// `chef-client` against the server's HTTP API, without Pantry's client.
        ChefClient = "chef-client",
        /// `chef-solo` with all that it needs on the machine, without a server.
        ChefSolo = "chef-solo",
        /// By Pantry, as before.
        Pantry = "pantry",
    }
);

impl ChefConvert {
    /// The run that has what the machine needs for it, if it needs anything.
    pub fn run(&self) -> Option<ChefRun> {
        let mode = match self.to {
            Form::ChefClient => Mode::Server,
            Form::ChefSolo => Mode::Solo,
            Form::Pantry => return None,
        };
        Some(ChefRun { mode, data_bags: self.data_bags.clone(), ..ChefRun::default() })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_travels_as_it_is_typed() {
        let text = r#"{"to":"chef-solo","data_bags":["users"]}"#;
        let convert: ChefConvert = serde_json::from_str(text).unwrap();
        assert_eq!(serde_json::to_string(&convert).unwrap(), text);
        let run = convert.run().unwrap();
        assert_eq!((run.mode, run.data_bags), (Mode::Solo, convert.data_bags));
        let back = ChefConvert { to: Form::Pantry, data_bags: Vec::new() };
        assert!(back.run().is_none());
        assert_eq!("chef-client".parse(), Ok(Form::ChefClient));
        let told = "chef".parse::<Form>().unwrap_err();
        assert_eq!(told, "\"chef\" is no way to converge: one of chef-client, chef-solo, pantry");
    }
}
