//! What decides which way to go: sequences, conditions, `case`, and leaving a block.

use ruby_prism::{ArgumentsNode, CaseNode, ElseNode, Node};

use super::{Interpreter, constant_of, name_of, outside};
use crate::compare::equal;
use crate::dsl::Dsl;
use crate::error::Problem;
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
        if let Some(rescue) = node.as_rescue_modifier_node() {
            return match self.evaluate(&rescue.expression()) {
                // What Ruby would not have stumbled over is not rescued from.
                Err(Stop::Fault(fault)) if !fault.problem.is_ours() => {
                    self.evaluate(&rescue.rescue_expression())
                }
                other => other,
            };
        }
        if let Some(defined) = node.as_defined_node() {
            return match self.defined(&defined.value())? {
                Some(what) => self.heap.new_text(what),
                None => Ok(Value::Nil),
            };
        }
        if let Some(next) = node.as_next_node() {
            return Err(Stop::Next(self.left_with(next.arguments())?));
        }
        if let Some(leave) = node.as_break_node() {
            return Err(Stop::Break(self.left_with(leave.arguments())?));
        }
        Err(outside::node(node).into())
    }

    /// What `defined?` says of an expression, which is not evaluated.
    fn defined(&mut self, node: &Node<'_>) -> Eval<Option<&'static str>> {
        let unknown = || Problem::Unknown("`defined?` of this".to_owned());
        if let Some(parentheses) = node.as_parentheses_node()
            && let Some(body) = parentheses.body()
        {
            self.heap.step(1)?;
            let statements = body.as_statements_node();
            let only = statements.and_then(|it| it.body().iter().next()).ok_or_else(unknown)?;
            return self.defined(&only);
        }
        if node.as_local_variable_read_node().is_some() {
            return Ok(Some("local-variable"));
        }
        if let Some(constant) = constant_of(node) {
            let name = constant.trim_start_matches("::");
            let is_there = self.constants.contains_key(name)
                || self.dsl.knows_constant(name)
                || self.dsl.constant(name).is_some();
            // Of others it is known that they are not there, as long as they are not Ruby's own.
            let is_ours = name.contains("::") || is_there || name == "Chef";
            return match is_ours {
                true => Ok((is_there || name == "Chef").then_some("constant")),
                false => Err(unknown().into()),
            };
        }
        if let Some(call) = node.as_call_node() {
            let is_word = call.receiver().is_none() && call.arguments().is_none();
            let answer = is_word.then(|| self.dsl.responds_to(&name_of(&call.name()))).flatten();
            let answer = answer.ok_or_else(unknown)?;
            return Ok(answer.then_some("method"));
        }
        match node {
            Node::SymbolNode { .. }
            | Node::StringNode { .. }
            | Node::IntegerNode { .. }
            | Node::ArrayNode { .. } => Ok(Some("expression")),
            _ => Err(unknown().into()),
        }
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
