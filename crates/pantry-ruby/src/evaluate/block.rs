//! Blocks: what `{ |x| … }`, `do |x| … end` and `&:name` do with what they are given.

use ruby_prism::{BlockNode, Node, ParametersNode};

use super::{Arguments, Interpreter, Scope, name_of, outside, utf8};
use crate::dsl::Dsl;
use crate::error::Problem;
use crate::value::{Eval, Stop, Value};

/// A block, as it was given to a method.
pub(crate) enum Block<'pr> {
    /// Written out.
    Written(BlockNode<'pr>),
    /// `&:name`: calls the method of this name on its first argument.
    Named(String),
}

impl<'pr> Block<'pr> {
    /// The block that a call has, if it has one.
    pub(super) fn of(node: Option<Node<'pr>>) -> Eval<Option<Self>> {
        let Some(node) = node else { return Ok(None) };
        if let Some(block) = node.as_block_node() {
            return Ok(Some(Self::Written(block)));
        }
        let named = node.as_block_argument_node().and_then(|it| it.expression());
        match named.and_then(|it| it.as_symbol_node()) {
            Some(name) => Ok(Some(Self::Named(utf8(name.unescaped())?.to_owned()))),
            None => Err(Problem::Unknown("a procedure as a value".to_owned()).into()),
        }
    }

    /// Whether it takes a pair apart.
    fn takes_several(&self) -> bool {
        let Self::Written(block) = self else { return false };
        let Some(parameters) = block.parameters() else { return false };
        if let Some(numbered) = parameters.as_numbered_parameters_node() {
            return numbered.maximum() > 1;
        }
        let named = parameters.as_block_parameters_node().and_then(|it| it.parameters());
        named.is_some_and(|it| {
            let named = it.requireds().len() + it.optionals().len() + it.posts().len();
            named > 1 || (named == 1 && it.rest().is_some())
        })
    }
}

impl<D: Dsl> Interpreter<D> {
    /// Runs a block with these arguments, and gives its value.
    pub(crate) fn run(&mut self, block: &Block<'_>, mut given: Vec<Value>) -> Eval<Value> {
        self.heap.step(1)?;
        if let ([Value::List(list)], true) = (given.as_slice(), block.takes_several()) {
            given = self.heap.elements(*list)?;
        }
        let block = match block {
            Block::Written(block) => block,
            Block::Named(name) => {
                let mut given = given.into_iter();
                let receiver = given.next().unwrap_or(Value::Nil);
                return self.send(&receiver, name, &mut Arguments::of(given.collect()));
            }
        };
        self.scopes.push(Scope::default());
        let outcome = self.enter(block, given);
        self.scopes.pop();
        match outcome {
            Err(Stop::Next(value)) => Ok(value),
            other => other,
        }
    }

    fn enter(&mut self, block: &BlockNode<'_>, given: Vec<Value>) -> Eval<Value> {
        if let Some(parameters) = block.parameters() {
            if let Some(named) = parameters.as_block_parameters_node() {
                if let Some(named) = named.parameters() {
                    self.bind(&named, given)?;
                }
            } else if parameters.as_numbered_parameters_node().is_some() {
                for (at, value) in given.into_iter().enumerate().take(9) {
                    self.write(format!("_{}", at + 1), 0, value)?;
                }
            } else if parameters.as_it_parameters_node().is_some()
                && let Some(scope) = self.scopes.last_mut()
            {
                scope.it = given.into_iter().next();
            }
        }
        block.body().map_or(Ok(Value::Nil), |body| self.evaluate(&body))
    }

    fn bind(&mut self, named: &ParametersNode<'_>, given: Vec<Value>) -> Eval<()> {
        let more = named.keyword_rest().or_else(|| named.block()).or(named.keywords().first());
        if let Some(more) = more {
            return Err(outside::node(&more).into());
        }
        let needed = named.requireds().len() + named.posts().len();
        let mut spare = given.len().saturating_sub(needed);
        let mut given = given.into_iter();
        for parameter in &named.requireds() {
            self.assign(&parameter, given.next().unwrap_or(Value::Nil))?;
        }
        for parameter in &named.optionals() {
            let Some(parameter) = parameter.as_optional_parameter_node() else { continue };
            let value = if spare > 0 {
                spare -= 1;
                given.next().unwrap_or(Value::Nil)
            } else {
                self.evaluate(&parameter.value())?
            };
            self.write(name_of(&parameter.name()), 0, value)?;
        }
        if let Some(rest) = named.rest() {
            let taken = given.by_ref().take(spare).collect();
            if let Some(name) = rest.as_rest_parameter_node().and_then(|it| it.name()) {
                let taken = self.heap.new_list(taken)?;
                self.write(name_of(&name), 0, taken)?;
            }
        }
        for parameter in &named.posts() {
            self.assign(&parameter, given.next().unwrap_or(Value::Nil))?;
        }
        Ok(())
    }
}
