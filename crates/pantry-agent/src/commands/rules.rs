//! The machine's own say in what it runs: `commands: {allow: […], deny: […]}` of its `client.yml`.

use pantry_model::Identity;
use pantry_model::target::wildcard;

/// Patterns of command names, with `*` and `?`. What is denied is denied; if anything is allowed,
/// then only that.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Rules {
    /// What may be run; everything, if empty.
    pub allow: Vec<String>,
    /// What may not.
    pub deny: Vec<String>,
}

impl Rules {
    /// Whether this command may be run; if not, a sentence that says so.
    pub(super) fn check(&self, machine: &Identity, command: &str) -> Result<(), String> {
        let any = |patterns: &[String]| patterns.iter().any(|pattern| wildcard(pattern, command));
        if any(&self.deny) {
            return Err(format!(
                "{machine} does not run `{command}`: commands.deny in its client.yml forbids it"
            ));
        }
        if !self.allow.is_empty() && !any(&self.allow) {
            return Err(format!(
                "{machine} does not run `{command}`: commands.allow in its client.yml does not list it"
            ));
        }
        Ok(())
    }
}
