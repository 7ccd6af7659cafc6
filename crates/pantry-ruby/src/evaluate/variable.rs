//! Variables and constants, and the short ways to change what they hold.

use ruby_prism::{ArgumentsNode, Node, NodeList};

use super::{Arguments, Interpreter, name_of, outside};
use crate::dsl::Dsl;
use crate::error::Problem;
use crate::value::{Eval, Value};

impl<D: Dsl> Interpreter<D> {
    pub(super) fn variable(&mut self, node: &Node<'_>) -> Eval<Value> {
        if let Some(it) = node.as_local_variable_read_node() {
            return Ok(self.read(&name_of(&it.name()), it.depth()));
        }
        if let Some(it) = node.as_local_variable_write_node() {
            let value = self.evaluate(&it.value())?;
            return self.write(name_of(&it.name()), it.depth(), value);
        }
        if let Some(it) = node.as_local_variable_operator_write_node() {
            let name = name_of(&it.name());
            let held = self.read(&name, it.depth());
            let operand = self.evaluate(&it.value())?;
            let operator = name_of(&it.binary_operator());
            let value = self.send(&held, &operator, &mut Arguments::only(operand))?;
            return self.write(name, it.depth(), value);
        }
        if let Some(it) = node.as_local_variable_or_write_node() {
            let held = self.read(&name_of(&it.name()), it.depth());
            if held.is_true() {
                return Ok(held);
            }
            let value = self.evaluate(&it.value())?;
            return self.write(name_of(&it.name()), it.depth(), value);
        }
        if let Some(it) = node.as_local_variable_and_write_node() {
            let held = self.read(&name_of(&it.name()), it.depth());
            if !held.is_true() {
                return Ok(held);
            }
            let value = self.evaluate(&it.value())?;
            return self.write(name_of(&it.name()), it.depth(), value);
        }
        if node.as_it_local_variable_read_node().is_some() {
            let it = self.scopes.last().and_then(|scope| scope.it.clone());
            return Ok(it.unwrap_or(Value::Nil));
        }
        if let Some(it) = node.as_constant_read_node() {
            let name = name_of(&it.name());
            return match self.constants.get(&name) {
                Some(known) => Ok(known.clone()),
                None => self.constant(&name),
            };
        }
        if let Some(it) = node.as_constant_write_node() {
            let value = self.evaluate(&it.value())?;
            self.constants.insert(name_of(&it.name()), value.clone());
            return Ok(value);
        }
        if let Some(it) = node.as_multi_write_node() {
            let value = self.evaluate(&it.value())?;
            let values = self.spread(value.clone())?;
            self.assign_all(&it.lefts(), it.rest(), &it.rights(), values)?;
            return Ok(value);
        }
        if let Some(it) = node.as_index_operator_write_node() {
            let (holder, at) = self.element(it.receiver(), it.arguments())?;
            let held = self.send(&holder, "[]", &mut Arguments::of(at.clone()))?;
            let operand = self.evaluate(&it.value())?;
            let operator = name_of(&it.binary_operator());
            let value = self.send(&held, &operator, &mut Arguments::only(operand))?;
            return self.put(&holder, at, value);
        }
        if let Some(it) = node.as_index_or_write_node() {
            let (holder, at) = self.element(it.receiver(), it.arguments())?;
            let held = self.send(&holder, "[]", &mut Arguments::of(at.clone()))?;
            if held.is_true() {
                return Ok(held);
            }
            let value = self.evaluate(&it.value())?;
            return self.put(&holder, at, value);
        }
        if let Some(path) = node.as_constant_path_node() {
            let source = String::from_utf8_lossy(path.location().as_slice()).into_owned();
            return self.constant(&source);
        }
        Err(outside::node(node).into())
    }

    /// A constant that the file did not set.
    fn constant(&mut self, name: &str) -> Eval<Value> {
        match self.dsl.constant(name.trim_start_matches("::")) {
            Some(text) => self.heap.new_text(text),
            None => Err(outside::constant(name).into()),
        }
    }

    /// A variable that many blocks further out has; `nil` if it was never written.
    fn read(&self, name: &str, depth: u32) -> Value {
        let scope = self.scopes.iter().rev().nth(depth as usize);
        scope.and_then(|scope| scope.variables.get(name)).cloned().unwrap_or(Value::Nil)
    }

    pub(super) fn write(&mut self, name: String, depth: u32, value: Value) -> Eval<Value> {
        self.heap.charge(name.len() + size_of::<Value>())?;
        if let Some(scope) = self.scopes.iter_mut().rev().nth(depth as usize) {
            scope.variables.insert(name, value.clone());
        }
        Ok(value)
    }

    /// What is written as `holder[at]`.
    fn element(
        &mut self,
        holder: Option<Node<'_>>,
        at: Option<ArgumentsNode<'_>>,
    ) -> Eval<(Value, Vec<Value>)> {
        let Some(holder) = holder else {
            return Err(Problem::Unknown("an element of this file itself".to_owned()).into());
        };
        let holder = self.evaluate(&holder)?;
        let at = at.map(|at| self.elements(&at.arguments())).transpose()?;
        Ok((holder, at.unwrap_or_default()))
    }

    fn put(&mut self, holder: &Value, mut at: Vec<Value>, value: Value) -> Eval<Value> {
        at.push(value.clone());
        self.send(holder, "[]=", &mut Arguments::of(at))?;
        Ok(value)
    }

    /// Gives each of these targets its value; what is missing is `nil`.
    pub(super) fn assign_all(
        &mut self,
        lefts: &NodeList<'_>,
        rest: Option<Node<'_>>,
        rights: &NodeList<'_>,
        values: Vec<Value>,
    ) -> Eval<()> {
        let mut values = std::collections::VecDeque::from(values);
        for target in lefts {
            self.assign(&target, values.pop_front().unwrap_or(Value::Nil))?;
        }
        if let Some(rest) = rest {
            let count = values.len().saturating_sub(rights.len());
            let taken = values.drain(..count).collect();
            if let Some(target) = rest.as_splat_node().and_then(|splat| splat.expression()) {
                let taken = self.heap.new_list(taken)?;
                self.assign(&target, taken)?;
            }
        }
        for target in rights {
            self.assign(&target, values.pop_front().unwrap_or(Value::Nil))?;
        }
        Ok(())
    }

    /// Gives one target its value.
    pub(super) fn assign(&mut self, target: &Node<'_>, value: Value) -> Eval<()> {
        self.heap.step(1)?;
        if let Some(it) = target.as_local_variable_target_node() {
            self.write(name_of(&it.name()), it.depth(), value)?;
        } else if let Some(it) = target.as_required_parameter_node() {
            self.write(name_of(&it.name()), 0, value)?;
        } else if let Some(it) = target.as_constant_target_node() {
            self.constants.insert(name_of(&it.name()), value);
        } else if let Some(it) = target.as_index_target_node() {
            let (holder, at) = self.element(Some(it.receiver()), it.arguments())?;
            self.put(&holder, at, value)?;
        } else if let Some(it) = target.as_multi_target_node() {
            let values = self.spread(value)?;
            self.depth += 1;
            self.heap.visit(self.depth)?;
            self.assign_all(&it.lefts(), it.rest(), &it.rights(), values)?;
            self.depth -= 1;
        } else {
            return Err(outside::node(target).into());
        }
        Ok(())
    }
}
