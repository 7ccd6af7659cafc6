//! Evaluation, by families of nodes: literals, variables, what decides, and calls.
//!
//! What has no arm here is refused by its name. There are no methods of the file's own and no
//! procedures as values, so the variables that a block sees are those of the blocks around it, on one
//! stack.

mod arguments;
mod block;
mod call;
mod control;
mod literal;
mod outside;
mod variable;

use std::collections::BTreeMap;

use ruby_prism::{Node, StatementsNode};

use crate::dsl::Dsl;
use crate::error::{Fault, Place, Problem};
use crate::heap::Heap;
use crate::value::{Eval, Stop, Value};

pub(crate) use arguments::Arguments;
pub(crate) use block::Block;

/// A file as it is being evaluated.
pub(crate) struct Interpreter<D> {
    pub(crate) heap: Heap,
    pub(crate) dsl: D,
    /// The variables of the file, then of each block that is running.
    scopes: Vec<Scope>,
    constants: BTreeMap<String, Value>,
    depth: usize,
}

#[derive(Default)]
struct Scope {
    variables: BTreeMap<String, Value>,
    /// The only argument of a block that calls it `it`.
    it: Option<Value>,
}

/// Evaluates a file with the words of this kind of file, and gives what it said.
pub(crate) fn evaluate<D: Dsl>(
    program: &Node<'_>,
    begin: impl FnOnce(&mut Heap) -> Eval<D>,
) -> Result<D::Said, Fault> {
    whole(program, begin).map_err(|stop| {
        let place = Place(program.location().start() as usize);
        match stop {
            Stop::Fault(fault) => fault,
            Stop::Problem(problem) => Fault { problem, place },
            Stop::Next(_) | Stop::Break(_) => {
                Fault { problem: Problem::wrong("there is no block to leave here"), place }
            }
        }
    })
}

fn whole<D: Dsl>(program: &Node<'_>, begin: impl FnOnce(&mut Heap) -> Eval<D>) -> Eval<D::Said> {
    let mut heap = Heap::default();
    let dsl = begin(&mut heap)?;
    let scopes = vec![Scope::default()];
    let mut ruby = Interpreter { heap, dsl, scopes, constants: BTreeMap::new(), depth: 0 };
    ruby.evaluate(program)?;
    ruby.dsl.end(&mut ruby.heap)
}

impl<D: Dsl> Interpreter<D> {
    /// Evaluates a node; what is wrong in it is wrong at the innermost node that it is found in.
    pub(crate) fn evaluate(&mut self, node: &Node<'_>) -> Eval<Value> {
        self.depth += 1;
        let outcome = self.heap.visit(self.depth).and_then(|()| self.family(node)).map_err(
            |stop| match stop {
                Stop::Problem(problem) => Stop::Fault(Fault { problem, place: place_of(node) }),
                other => other,
            },
        );
        self.depth -= 1;
        outcome
    }

    fn family(&mut self, node: &Node<'_>) -> Eval<Value> {
        match node {
            Node::ProgramNode { .. }
            | Node::StatementsNode { .. }
            | Node::ParenthesesNode { .. }
            | Node::BeginNode { .. }
            | Node::IfNode { .. }
            | Node::UnlessNode { .. }
            | Node::ElseNode { .. }
            | Node::CaseNode { .. }
            | Node::AndNode { .. }
            | Node::OrNode { .. }
            | Node::RescueModifierNode { .. }
            | Node::DefinedNode { .. }
            | Node::NextNode { .. }
            | Node::BreakNode { .. } => self.control(node),
            Node::LocalVariableReadNode { .. }
            | Node::LocalVariableWriteNode { .. }
            | Node::LocalVariableOperatorWriteNode { .. }
            | Node::LocalVariableOrWriteNode { .. }
            | Node::LocalVariableAndWriteNode { .. }
            | Node::ItLocalVariableReadNode { .. }
            | Node::ConstantReadNode { .. }
            | Node::ConstantWriteNode { .. }
            | Node::ConstantPathNode { .. }
            | Node::MultiWriteNode { .. }
            | Node::IndexOperatorWriteNode { .. }
            | Node::IndexOrWriteNode { .. }
            | Node::IndexAndWriteNode { .. } => self.variable(node),
            Node::CallNode { .. } => {
                node.as_call_node().map_or(Ok(Value::Nil), |call| self.call(&call))
            }
            _ => self.literal(node),
        }
    }

    /// The value of the last statement.
    fn statements(&mut self, statements: Option<StatementsNode<'_>>) -> Eval<Value> {
        let mut last = Value::Nil;
        for statement in statements.iter().flat_map(|it| it.body().iter()) {
            last = self.evaluate(&statement)?;
        }
        Ok(last)
    }
}

/// Where to point at: the name of a method that is called, not what it is called on.
fn place_of(node: &Node<'_>) -> Place {
    let message = node.as_call_node().and_then(|call| call.message_loc());
    Place(message.unwrap_or_else(|| node.location()).start() as usize)
}

/// The name of a constant, as it is written, if this is one.
fn constant_of(node: &Node<'_>) -> Option<String> {
    let is_one = node.as_constant_read_node().is_some() || node.as_constant_path_node().is_some();
    is_one.then(|| String::from_utf8_lossy(node.location().as_slice()).into_owned())
}

/// A name as a text.
fn name_of(name: &ruby_prism::ConstantId<'_>) -> String {
    String::from_utf8_lossy(name.as_slice()).into_owned()
}

/// A text of the source, with its escapes resolved.
fn utf8(bytes: &[u8]) -> Eval<&str> {
    std::str::from_utf8(bytes).map_err(|_| Problem::NotUtf8.into())
}
