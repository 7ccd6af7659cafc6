//! What decides which way to go: sequences, conditions, `case`, and leaving a block.

use ruby_prism::{ArgumentsNode, CaseNode, ElseNode, Node};

use super::{Interpreter, outside};
use crate::compare::equal;
use crate::dsl::Dsl;
use crate::value::{Eval, Stop, Value};

impl<D: Dsl> Interpreter<D> {
    pub(super) fn control(&mut self, node: &Node<'_>) -> Eval<Value> {
        if let Some(program) = node.as_program_node() {
            return self.statements(Some(program.statements()));
        }
        if let Some(statements) = node.as_statements_node() {
            return self.statements(Some(statements));
        }
        if let Some(parentheses) = node.as_parentheses_node() {
            return parentheses.body().map_or(Ok(Value::Nil), |body| self.evaluate(&body));
        }
        if let Some(begin) = node.as_begin_node() {
            if begin.rescue_clause().is_some() || begin.ensure_clause().is_some() {
                return Err(outside::node(node).into());
            }
            return self.statements(begin.statements());
        }
        if let Some(condition) = node.as_if_node() {
            return if self.evaluate(&condition.predicate())?.is_true() {
                self.statements(condition.statements())
            } else {
                condition.subsequent().map_or(Ok(Value::Nil), |other| self.evaluate(&other))
            };
        }
        if let Some(condition) = node.as_unless_node() {
            return if self.evaluate(&condition.predicate())?.is_true() {
                self.otherwise(condition.else_clause())
            } else {
                self.statements(condition.statements())
            };
        }
        if let Some(other) = node.as_else_node() {
            return self.otherwise(Some(other));
        }
        if let Some(case) = node.as_case_node() {
            return self.case(&case);
        }
        if let Some(both) = node.as_and_node() {
            let left = self.evaluate(&both.left())?;
            return if left.is_true() { self.evaluate(&both.right()) } else { Ok(left) };
        }
        if let Some(either) = node.as_or_node() {
            let left = self.evaluate(&either.left())?;
            return if left.is_true() { Ok(left) } else { self.evaluate(&either.right()) };
        }
        if let Some(next) = node.as_next_node() {
            return Err(Stop::Next(self.left_with(next.arguments())?));
        }
        if let Some(leave) = node.as_break_node() {
            return Err(Stop::Break(self.left_with(leave.arguments())?));
        }
        Err(outside::node(node).into())
    }

    fn otherwise(&mut self, clause: Option<ElseNode<'_>>) -> Eval<Value> {
        self.statements(clause.and_then(|clause| clause.statements()))
    }

    fn left_with(&mut self, arguments: Option<ArgumentsNode<'_>>) -> Eval<Value> {
        let mut values = match arguments {
            Some(arguments) => self.elements(&arguments.arguments())?,
            None => Vec::new(),
        };
        match values.len() {
            0 | 1 => Ok(values.pop().unwrap_or(Value::Nil)),
            _ => self.heap.new_list(values),
        }
    }

    fn case(&mut self, case: &CaseNode<'_>) -> Eval<Value> {
        let subject = case.predicate().map(|it| self.evaluate(&it)).transpose()?;
        for clause in &case.conditions() {
            let Some(clause) = clause.as_when_node() else { continue };
            for candidate in self.elements(&clause.conditions())? {
                let is_met = match (&subject, &candidate) {
                    (None, candidate) => candidate.is_true(),
                    (Some(Value::Int(it)), Value::Span(span)) => {
                        (span.first..span.end()).contains(it)
                    }
                    (Some(subject), candidate) => equal(candidate, subject, &mut self.heap)?,
                };
                if is_met {
                    return self.statements(clause.statements());
                }
            }
        }
        self.otherwise(case.else_clause())
    }
}
