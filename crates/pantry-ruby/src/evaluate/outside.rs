//! What is not evaluated, each with a sentence of its own.
//!
//! Everything that would reach beyond the file ends here by its name, so that whoever wrote it reads
//! why, and not merely that a method is missing.

use ruby_prism::Node;

use crate::error::Problem;

const ENVIRONMENT: &str = "the environment of a process is no part of the file";
const FILES: &str = "no other file is read";
const PROGRAMS: &str = "no program is run";
const LIBRARIES: &str = "no library is loaded";
const CODE: &str = "no other code is run";
const SERVER: &str = "no server is asked";
const CHANCE: &str = "it would be different at each reading";
const PRINTING: &str = "nothing is printed";

/// A constant by which a file would reach out, and why it cannot.
fn reach(name: &str) -> Option<&'static str> {
    let first = name.trim_start_matches("::").split("::").next().unwrap_or_default();
    Some(match first {
        "ENV" | "ARGV" => ENVIRONMENT,
        "File" | "IO" | "Dir" | "FileUtils" | "Pathname" | "Tempfile" | "Find" | "DATA" => FILES,
        "Process" | "Open3" | "Mixlib" | "Etc" | "Kernel" => PROGRAMS,
        "Net" | "Socket" | "TCPSocket" | "URI" | "OpenURI" => SERVER,
        "Time" | "Date" | "DateTime" | "Random" | "SecureRandom" => CHANCE,
        "STDOUT" | "STDERR" | "STDIN" => PRINTING,
        _ => return None,
    })
}

/// Why a constant that the file did not set has no value.
pub(super) fn constant(name: &str) -> Problem {
    match reach(name) {
        Some(why) => Problem::Outside { what: format!("`{name}`"), why },
        None => Problem::Outside {
            what: format!("the constant `{name}`"),
            why: "only constants that the file itself sets are known",
        },
    }
}

/// Why nothing can be called on this.
pub(super) fn receiver(node: &Node<'_>) -> Option<Problem> {
    let call = node.as_call_node()?;
    if call.receiver().is_some() || call.name().as_slice() != b"node" {
        return None;
    }
    let why = "a node's attributes are known in a recipe alone, when Chef runs";
    Some(Problem::Outside { what: "`node[…]`".to_owned(), why })
}

/// Why this cannot be called.
pub(super) fn word(name: &str) -> Option<Problem> {
    let why = match name {
        "require" | "require_relative" | "load" | "autoload" | "gem" => LIBRARIES,
        "system" | "exec" | "spawn" | "fork" | "shell_out" | "shell_out!" | "`" | "trap" => {
            PROGRAMS
        }
        "open" | "read" | "gets" | "readlines" | "from_file" => FILES,
        "eval" | "instance_eval" | "class_eval" | "binding" | "send" | "public_send"
        | "define_method" | "method" | "lambda" | "proc" => CODE,
        "search" | "data_bag" | "data_bag_item" | "chef_vault_item" | "partial_search" => SERVER,
        "rand" | "srand" | "sleep" => CHANCE,
        "puts" | "print" | "p" | "pp" | "warn" | "printf" => PRINTING,
        _ => return None,
    };
    let what = if name == "search" { "`search(…)`".to_owned() } else { format!("`{name}`") };
    Some(Problem::Outside { what, why })
}

/// Why a node is not evaluated.
pub(super) fn node(node: &Node<'_>) -> Problem {
    let outside = |what: &str, why| Problem::Outside { what: what.to_owned(), why };
    let what = match node {
        Node::XStringNode { .. } | Node::InterpolatedXStringNode { .. } => {
            return outside("a command in backticks", PROGRAMS);
        }
        Node::SourceFileNode { .. } => return outside("`__FILE__`", FILES),
        Node::GlobalVariableReadNode { .. } | Node::GlobalVariableWriteNode { .. } => {
            return outside("a global variable", ENVIRONMENT);
        }
        Node::DefNode { .. } => "a method definition",
        Node::ClassNode { .. } | Node::ModuleNode { .. } | Node::SingletonClassNode { .. } => {
            "a class or module"
        }
        Node::LambdaNode { .. } => "a procedure as a value",
        Node::WhileNode { .. } | Node::UntilNode { .. } | Node::ForNode { .. } => {
            "`while`, `until` and `for`"
        }
        Node::BeginNode { .. } | Node::RescueModifierNode { .. } => "`rescue` and `ensure`",
        Node::RegularExpressionNode { .. }
        | Node::InterpolatedRegularExpressionNode { .. }
        | Node::MatchWriteNode { .. } => "a regular expression",
        Node::CaseMatchNode { .. }
        | Node::MatchPredicateNode { .. }
        | Node::MatchRequiredNode { .. } => "pattern matching",
        Node::InstanceVariableReadNode { .. } | Node::InstanceVariableWriteNode { .. } => {
            "an instance variable"
        }
        Node::DefinedNode { .. } => "`defined?`",
        Node::SelfNode { .. } => "`self` as a value",
        Node::ReturnNode { .. } => "`return`",
        Node::RationalNode { .. } | Node::ImaginaryNode { .. } => "a rational or imaginary number",
        _ => "this construct",
    };
    Problem::Unknown(what.to_owned())
}
