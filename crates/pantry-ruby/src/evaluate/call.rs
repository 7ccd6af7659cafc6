//! Calls: on a value, or of one of the words of this kind of file.

use ruby_prism::CallNode;

use super::{Arguments, Block, Interpreter, constant_of, name_of, outside};
use crate::dsl::Dsl;
use crate::error::Problem;
use crate::methods;
use crate::render;
use crate::value::{Eval, Stop, Value};

impl<D: Dsl> Interpreter<D> {
    pub(super) fn call(&mut self, call: &CallNode<'_>) -> Eval<Value> {
        let name = name_of(&call.name());
        if let Some(value) = self.of_constant(call, &name)? {
            return Ok(value);
        }
        let receiver = match call.receiver() {
            Some(receiver) if receiver.as_self_node().is_none() => {
                if let Some(why) = outside::receiver(&receiver) {
                    return Err(why.into());
                }
                Some(self.evaluate(&receiver)?)
            }
            _ => None,
        };
        if call.is_safe_navigation() && matches!(receiver, Some(Value::Nil)) {
            return Ok(Value::Nil);
        }
        if let (None, Some(why)) = (&receiver, outside::word(&name))
            && !self.dsl.has(&name)
        {
            return Err(why.into());
        }
        let values = match call.arguments() {
            Some(arguments) => self.elements(&arguments.arguments())?,
            None => Vec::new(),
        };
        let block = Block::of(call.block())?;
        let mut arguments = Arguments { values, block: block.as_ref() };
        let outcome = match receiver {
            Some(receiver) => {
                let value = self.send(&receiver, &name, &mut arguments)?;
                // `a[1] = 2` is 2, whatever the method says.
                let written = call.is_attribute_write().then(|| arguments.values.pop()).flatten();
                return Ok(written.unwrap_or(value));
            }
            None => self.word(&name, &mut arguments),
        };
        left(outcome, block.is_some())
    }

    /// Calls a method of a class of Ruby's; `None` if this is no such call.
    fn of_constant(&mut self, call: &CallNode<'_>, method: &str) -> Eval<Option<Value>> {
        let Some(constant) = call.receiver().and_then(|receiver| constant_of(&receiver)) else {
            return Ok(None);
        };
        let constant = constant.trim_start_matches("::");
        if self.constants.contains_key(constant) {
            return Ok(None);
        }
        let is_empty = call.arguments().is_none() && call.block().is_none();
        match (constant, method) {
            ("Hash", "new") if is_empty => return Ok(Some(Value::Map(self.heap.new_map()?))),
            ("Array", "new") if is_empty => return self.heap.new_list(Vec::new()).map(Some),
            ("String", "new") if is_empty => return self.heap.new_text("").map(Some),
            _ if !self.dsl.knows_constant(constant) => return Ok(None),
            _ => {}
        }
        let values = match call.arguments() {
            Some(arguments) => self.elements(&arguments.arguments())?,
            None => Vec::new(),
        };
        let called = match call.block() {
            None => self.dsl.of_constant(constant, method, &values, &mut self.heap)?,
            Some(_) => None,
        };
        let receiver = "this class";
        let missing = || Problem::NoMethod { method: format!("{constant}.{method}"), receiver };
        called.map(Some).ok_or_else(|| missing().into())
    }

    /// Calls a method of a value.
    pub(crate) fn send(
        &mut self,
        receiver: &Value,
        name: &str,
        arguments: &mut Arguments<'_, '_>,
    ) -> Eval<Value> {
        self.depth += 1;
        let outcome = self
            .heap
            .visit(self.depth)
            .and_then(|()| methods::call(self, receiver, name, arguments));
        self.depth -= 1;
        left(outcome, arguments.block.is_some())
    }

    /// Calls a word of the file's kind.
    fn word(&mut self, name: &str, arguments: &mut Arguments<'_, '_>) -> Eval<Value> {
        let known = self.dsl.word(name, &arguments.values, &mut self.heap)?;
        if let Some(value) = known {
            return match arguments.block {
                Some(_) => Err(Problem::Unknown(format!("`{name}` with a block")).into()),
                None => Ok(value),
            };
        }
        match (name, arguments.values.as_slice()) {
            ("raise" | "fail" | "abort", values) => {
                let text = values.last().map(|it| render::to_s(it, &mut self.heap)).transpose()?;
                Err(Problem::Raised(text.unwrap_or_else(|| "an error".to_owned())).into())
            }
            ("format" | "sprintf", [Value::Text(_), ..]) => {
                let values = arguments.values.split_off(1);
                let text = arguments.text(0, &self.heap)?;
                methods::format(&text, &values, &mut self.heap)
            }
            ("String", [value]) => {
                let text = render::to_s(value, &mut self.heap)?;
                self.heap.new_text(text)
            }
            ("Array", [value]) => {
                let values = self.spread(value.clone())?;
                self.heap.new_list(values)
            }
            _ if self.dsl.ignores(name) => match arguments.block {
                Some(_) => {
                    let text = format!("`{name}` is no word of this file, and has a block");
                    Err(Problem::Wrong(text).into())
                }
                None => Ok(Value::Nil),
            },
            _ => Err(Problem::NoWord(name.to_owned()).into()),
        }
    }
}

/// What a method with a block gives if the block left it.
fn left(outcome: Eval<Value>, has_block: bool) -> Eval<Value> {
    match outcome {
        Err(Stop::Break(value)) if has_block => Ok(value),
        other => other,
    }
}
