//! Reads the language of Chef's search.
//!
//! It is what the original takes, and somewhat more: a backslash may stand before anything but a letter
//! or digit, any character may stand in quotes, quotes may stand within a word (`*"a b"*`), `+` and boosts
//! may stand at every term, the bounds of a range may be of different kinds, and characters that mean
//! nothing may stand as they are. All that the original takes means here what it means there, but for two
//! things that never meant anything of use: `FIELD:(…)` looks in this field, and a text with quotes in it
//! is one text and not several.

mod error;
mod word;

use crate::tree::{Clause, Expression, Joint, Node, Query, Sign, Wanted, Wording};
use crate::{Bound, Part, Range};

pub use error::{ParseError, Problem};

/// Bytes that a query has at most.
pub const MAX_QUERY_BYTES: usize = 64 * 1024;

/// How deep groups are nested at most.
pub const MAX_DEPTH: usize = 64;

/// Edits that a fuzzy search allows for if it does not say, and at most.
const MAX_EDITS: u8 = 2;

impl Query {
    /// The query that this text is.
    pub fn parse(text: &str) -> Result<Self, ParseError> {
        if text.len() > MAX_QUERY_BYTES {
            return Err(ParseError::new(Problem::TooLong(text.len()), text, 0));
        }
        let mut parser = Parser { query: text, at: 0, depth: 0 };
        let clauses = parser.clauses()?;
        match parser.peek() {
            Some(next) => Err(parser.error(Problem::Unexpected(next))),
            None => Ok(Self { clauses }),
        }
    }
}

struct Parser<'q> {
    query: &'q str,
    at: usize,
    depth: usize,
}

impl Parser<'_> {
    fn rest(&self) -> &str {
        self.query.get(self.at..).unwrap_or_default()
    }

    fn peek(&self) -> Option<char> {
        self.rest().chars().next()
    }

    /// Goes behind the next character.
    fn step(&mut self) {
        self.at += self.peek().map_or(0, char::len_utf8);
    }

    fn take(&mut self, text: &str) -> bool {
        let is_next = self.rest().starts_with(text);
        self.at += if is_next { text.len() } else { 0 };
        is_next
    }

    /// Takes an operator that is a word, if it is not the beginning of a longer one.
    fn take_keyword(&mut self, keyword: &str) -> bool {
        let ends = |next: char| next.is_whitespace() || "()!".contains(next);
        let behind = self.rest().strip_prefix(keyword).map(|behind| behind.chars().next());
        behind.is_some_and(|next| next.is_none_or(ends)) && self.take(keyword)
    }

    fn skip_space(&mut self) {
        let space = self.rest().len() - self.rest().trim_start().len();
        self.at += space;
    }

    fn error(&self, problem: Problem) -> ParseError {
        self.error_at(problem, self.at)
    }

    fn error_at(&self, problem: Problem, at: usize) -> ParseError {
        ParseError::new(problem, self.query, at)
    }

    /// Up to the end of the query or of the group.
    fn clauses(&mut self) -> Result<Vec<Clause>, ParseError> {
        let mut clauses = Vec::new();
        loop {
            self.skip_space();
            let is_first = clauses.is_empty();
            if matches!(self.peek(), None | Some(')')) && !is_first {
                return Ok(clauses);
            }
            let joint = self.joint(is_first)?;
            let sign = self.sign()?;
            let node = self.node()?;
            // Of what is not ranked nothing comes first, whatever its weight.
            if self.take("^") && !self.number().is_some_and(f64::is_finite) {
                return Err(self.error(Problem::NoBoost));
            }
            clauses.push(Clause { joint, sign, node });
        }
    }

    fn joint(&mut self, is_first: bool) -> Result<Joint, ParseError> {
        let (begin, mut found) = (self.at, None);
        for (word, symbol, joint) in [("AND", "&&", Joint::And), ("OR", "||", Joint::Or)] {
            if found.is_none() && (self.take(symbol) || self.take_keyword(word)) {
                found = Some((word, joint));
            }
        }
        self.skip_space();
        match found {
            None => Ok(Joint::Beside),
            Some((word, _)) if is_first => Err(self.error_at(Problem::NothingBefore(word), begin)),
            Some((_, joint)) => Ok(joint),
        }
    }

    fn sign(&mut self) -> Result<Sign, ParseError> {
        let sign = match self.peek() {
            Some(sign @ ('+' | '-')) => {
                self.step();
                if self.peek().is_none_or(char::is_whitespace) {
                    return Err(self.error_at(Problem::LooseSign(sign), self.at - 1));
                }
                if sign == '+' { Sign::Required } else { Sign::Prohibited }
            }
            Some('!') => {
                self.step();
                Sign::Prohibited
            }
            _ if self.take_keyword("NOT") => Sign::Prohibited,
            _ => return Ok(Sign::Plain),
        };
        self.skip_space();
        let begin = self.at;
        if self.take_keyword("NOT") || matches!(self.peek(), Some('+' | '-' | '!')) {
            return Err(self.error_at(Problem::TwoSigns, begin));
        }
        Ok(sign)
    }

    fn node(&mut self) -> Result<Node, ParseError> {
        let begin = self.at;
        if let Some(word) = ["AND", "OR"].into_iter().find(|word| self.take_keyword(word)) {
            return Err(self.error_at(Problem::NothingBefore(word), begin));
        }
        let expression = match self.peek() {
            Some('(') => Expression::Group { field: None, clauses: self.group()? },
            next => match self.word()? {
                Some(word) => self.term(word)?,
                None => {
                    let problem = match next {
                        None | Some(')') => Problem::NothingHere,
                        Some('&' | '|') => Problem::NothingBefore("an operator"),
                        Some(next) => Problem::Unexpected(next),
                    };
                    return Err(self.error(problem));
                }
            },
        };
        Ok(Node { span: begin..self.at, expression })
    }

    fn group(&mut self) -> Result<Vec<Clause>, ParseError> {
        let begin = self.at;
        if self.depth == MAX_DEPTH {
            return Err(self.error(Problem::TooDeep));
        }
        self.depth += 1;
        self.step();
        let clauses = self.clauses()?;
        self.depth -= 1;
        if self.take(")") {
            return Ok(clauses);
        }
        Err(self.error_at(Problem::Unclosed('('), begin))
    }

    /// What begins with this word.
    fn term(&mut self, word: word::Word) -> Result<Expression, ParseError> {
        if !self.take(":") {
            return Ok(Expression::Term { field: None, wanted: self.wanted(word)? });
        }
        let field = Some(word.wording);
        let expression = match self.peek() {
            Some('(') => Expression::Group { field, clauses: self.group()? },
            Some('[' | '{') => Expression::Term { field, wanted: Wanted::Within(self.range()?) },
            _ => {
                let word = self.word()?.ok_or_else(|| self.error(Problem::NoValue))?;
                Expression::Term { field, wanted: self.wanted(word)? }
            }
        };
        match self.peek() {
            Some(':') => Err(self.error(Problem::Colon)),
            _ => Ok(expression),
        }
    }

    /// A word, and whether it is to be taken at its letters. What is in quotes is: how far its words may
    /// be apart means nothing where texts are compared as a whole. So is what has wildcards.
    fn wanted(&mut self, word: word::Word) -> Result<Wanted, ParseError> {
        let begin = self.at;
        if !self.take("~") {
            return Ok(Wanted::Text(word.wording));
        }
        let likeness = self.number();
        match word.wording {
            Wording::Exactly(text) if !word.is_quoted => {
                let edits = edits(likeness, &text);
                let edits = edits.ok_or_else(|| self.error_at(Problem::Likeness, begin))?;
                Ok(Wanted::Like(text, edits))
            }
            wording => Ok(Wanted::Text(wording)),
        }
    }

    /// The number that begins here, if one does; no finite one, if it is not well written.
    fn number(&mut self) -> Option<f64> {
        let rest = self.rest();
        let is_part = |c: char| c.is_ascii_digit() || c == '.';
        let number = rest.split_once(|c| !is_part(c)).map_or(rest, |(number, _)| number);
        let value = number.parse().unwrap_or(f64::NAN);
        let length = number.len();
        let is_one = number.starts_with(|c: char| c.is_ascii_digit());
        self.at += if is_one { length } else { 0 };
        is_one.then_some(value)
    }

    fn range(&mut self) -> Result<Range, ParseError> {
        let (begin, opening) = (self.at, self.peek());
        self.step();
        let from = self.bound(begin)?;
        if !self.take_keyword("TO") {
            return Err(self.range_error(begin));
        }
        let to = self.bound(begin)?;
        let closing = self.peek();
        if !matches!(closing, Some(']' | '}')) {
            return Err(self.range_error(begin));
        }
        self.step();
        let of = |text: Option<String>, includes: bool| match text {
            None => Bound::Open,
            Some(text) if includes => Bound::Including(text),
            Some(text) => Bound::Excluding(text),
        };
        Ok(Range { from: of(from, opening == Some('[')), to: of(to, closing == Some(']')) })
    }

    /// That the range which began there is none.
    fn range_error(&self, begin: usize) -> ParseError {
        match (self.peek(), self.query.get(begin..).and_then(|range| range.chars().next())) {
            (None, Some(opening)) => self.error_at(Problem::Unclosed(opening), begin),
            _ => self.error(Problem::Range),
        }
    }

    /// A bound of the range that began there, if it is not open, and the space around it.
    fn bound(&mut self, range: usize) -> Result<Option<String>, ParseError> {
        self.skip_space();
        let begin = self.at;
        let Some(word) = self.word()? else { return Err(self.range_error(range)) };
        self.skip_space();
        match word.wording {
            Wording::Exactly(text) => Ok(Some(text)),
            Wording::Matching(pattern) if pattern.parts() == [Part::Any] => Ok(None),
            Wording::Matching(_) => Err(self.error_at(Problem::WildBound, begin)),
        }
    }
}

/// How many edits a number behind `~` allows for: from 1 on it is their number, and below it is the part
/// of the text that stays as it is. `None` for what is no number of edits.
fn edits(likeness: Option<f64>, text: &str) -> Option<u8> {
    let Some(likeness) = likeness else { return Some(MAX_EDITS) };
    if !likeness.is_finite() {
        return None;
    }
    if likeness >= 1.0 {
        let is_whole = likeness.fract() == 0.0;
        return is_whole.then_some(if likeness >= f64::from(MAX_EDITS) { MAX_EDITS } else { 1 });
    }
    if likeness <= 0.0 {
        return Some(0);
    }
    let length = u32::try_from(text.chars().count()).unwrap_or(u32::MAX);
    let edits = (1.0 - likeness) * f64::from(length);
    Some(if edits >= 2.0 { 2 } else { u8::from(edits >= 1.0) })
}

#[cfg(test)]
mod tests;
