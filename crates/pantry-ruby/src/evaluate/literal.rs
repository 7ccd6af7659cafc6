//! What stands for itself: numbers, texts, symbols, arrays, hashes, ranges.

use ruby_prism::{Integer, Node, NodeList};

use super::{Interpreter, outside, utf8};
use crate::dsl::Dsl;
use crate::error::Problem;
use crate::render::Growing;
use crate::value::{Eval, Span, Value};

impl<D: Dsl> Interpreter<D> {
    pub(super) fn literal(&mut self, node: &Node<'_>) -> Eval<Value> {
        match node {
            Node::NilNode { .. } => return Ok(Value::Nil),
            Node::TrueNode { .. } => return Ok(Value::Bool(true)),
            Node::FalseNode { .. } => return Ok(Value::Bool(false)),
            Node::SourceLineNode { .. } => {
                return Ok(Value::Int(node.location().start_line().into()));
            }
            Node::SourceFileNode { .. } => {
                if let Some(file) = self.dsl.file() {
                    return self.heap.new_text(file);
                }
            }
            _ => {}
        }
        if let Some(node) = node.as_integer_node() {
            return integer(&node.value());
        }
        if let Some(node) = node.as_float_node() {
            return Ok(Value::Float(node.value()));
        }
        if let Some(node) = node.as_string_node() {
            let text = self.heap.new_text(utf8(node.unescaped())?)?;
            if node.is_frozen() {
                self.heap.freeze(&text);
            }
            return Ok(text);
        }
        if let Some(node) = node.as_symbol_node() {
            let name = utf8(node.unescaped())?;
            self.heap.charge(name.len())?;
            return Ok(Value::symbol(name));
        }
        if let Some(node) = node.as_interpolated_string_node() {
            let text = self.interpolated(&node.parts())?;
            return self.heap.new_text(text);
        }
        if let Some(node) = node.as_interpolated_symbol_node() {
            return Ok(Value::symbol(&self.interpolated(&node.parts())?));
        }
        if let Some(node) = node.as_array_node() {
            let elements = self.elements(&node.elements())?;
            return self.heap.new_list(elements);
        }
        if let Some(node) = node.as_hash_node() {
            return self.hash(&node.elements());
        }
        if let Some(node) = node.as_range_node() {
            return self.range(&node);
        }
        // `{host:}`: the value is what the name stands for.
        if let Some(node) = node.as_implicit_node() {
            return self.evaluate(&node.value());
        }
        Err(outside::node(node).into())
    }

    /// The parts of a text, one after the other.
    fn interpolated(&mut self, parts: &NodeList<'_>) -> Eval<String> {
        let mut values = Vec::new();
        for part in parts {
            let value = match part.as_embedded_statements_node() {
                Some(embedded) => self.statements(embedded.statements())?,
                None => self.evaluate(&part)?,
            };
            values.push(value);
        }
        let mut text = Growing::new(&mut self.heap);
        values.iter().try_for_each(|value| text.display(value))?;
        Ok(text.done())
    }

    /// Values in a row, of which some may be arrays that are spread out.
    pub(super) fn elements(&mut self, nodes: &NodeList<'_>) -> Eval<Vec<Value>> {
        let mut values = Vec::new();
        for node in nodes {
            if let Some(splat) = node.as_splat_node() {
                let spread = splat.expression().map(|it| self.evaluate(&it)).transpose()?;
                values.extend(self.spread(spread.unwrap_or(Value::Nil))?);
            } else if let Some(hash) = node.as_keyword_hash_node() {
                values.push(self.hash(&hash.elements())?);
            } else {
                values.push(self.evaluate(&node)?);
            }
            self.heap.charge(size_of::<Value>())?;
        }
        Ok(values)
    }

    /// What `*value` is.
    pub(crate) fn spread(&mut self, value: Value) -> Eval<Vec<Value>> {
        Ok(match value {
            Value::Nil => Vec::new(),
            Value::List(list) => {
                let elements = self.heap.elements(list)?;
                self.heap.charge(size_of::<Value>() * elements.len())?;
                elements
            }
            Value::Map(map) => self.pairs(map)?,
            Value::Span(span) => self.numbers(span)?,
            other => vec![other],
        })
    }

    /// The entries of a hash, each as an array of two.
    pub(crate) fn pairs(&mut self, map: crate::value::Map) -> Eval<Vec<Value>> {
        let entries = self.heap.entries(map)?;
        let pair = |(key, value)| self.heap.new_list(vec![key, value]);
        entries.into_iter().map(pair).collect()
    }

    /// The numbers of a range.
    pub(crate) fn numbers(&mut self, span: Span) -> Eval<Vec<Value>> {
        let count = usize::try_from(span.end().saturating_sub(span.first)).unwrap_or(0);
        self.heap.step(count)?;
        Ok((span.first..span.end()).map(Value::Int).collect())
    }

    pub(super) fn hash(&mut self, elements: &NodeList<'_>) -> Eval<Value> {
        let map = self.heap.new_map()?;
        for element in elements {
            if let Some(member) = element.as_assoc_node() {
                let key = self.evaluate(&member.key())?;
                let value = self.evaluate(&member.value())?;
                self.heap.set(map, key, value)?;
            } else if let Some(splat) = element.as_assoc_splat_node() {
                let spread = splat.value().map(|it| self.evaluate(&it)).transpose()?;
                match spread {
                    Some(Value::Map(more)) => {
                        for (key, value) in self.heap.entries(more)? {
                            self.heap.set(map, key, value)?;
                        }
                    }
                    None | Some(Value::Nil) => {}
                    Some(other) => {
                        let text = format!("`**` wants a Hash, and this is {}", other.kind());
                        return Err(Problem::Wrong(text).into());
                    }
                }
            }
        }
        Ok(Value::Map(map))
    }

    fn range(&mut self, node: &ruby_prism::RangeNode<'_>) -> Eval<Value> {
        let mut end = |it: Option<Node<'_>>| it.map(|it| self.evaluate(&it)).transpose();
        match (end(node.left())?, end(node.right())?) {
            (Some(Value::Int(first)), Some(Value::Int(last))) => {
                Ok(Value::Span(Span { first, last, excludes_last: node.is_exclude_end() }))
            }
            // `list[1..]`
            (Some(Value::Int(first)), None | Some(Value::Nil)) => {
                Ok(Value::Span(Span { first, last: -1, excludes_last: false }))
            }
            _ => Err(Problem::Unknown("a range of anything but whole numbers".to_owned()).into()),
        }
    }
}

fn integer(number: &Integer<'_>) -> Eval<Value> {
    let (negative, digits) = number.to_u32_digits();
    let too_large = || Problem::Unknown("a number of more than 64 bits".to_owned());
    let magnitude = digits.iter().rev().try_fold(0i128, |sum, digit| {
        sum.checked_mul(1 << 32).and_then(|sum| sum.checked_add((*digit).into()))
    });
    let magnitude = magnitude.ok_or_else(too_large)?;
    let value = i64::try_from(if negative { -magnitude } else { magnitude });
    Ok(Value::Int(value.map_err(|_| too_large())?))
}
