//! A query as text, which reads as the same tree.

use std::fmt::{self, Display, Formatter, Write};

use crate::pattern::Part;
use crate::plan::{Bound, Range};
use crate::tree::{Clause, Expression, Joint, Node, Query, Sign, Wanted, Wording};

/// What stands as it is besides letters and digits; in front only what is no sign.
const PLAIN: &str = "_./@;,=<>%$#'`-+";

impl Display for Query {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        clauses(f, &self.clauses)
    }
}

impl Display for Node {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        let (Expression::Term { field, .. } | Expression::Group { field, .. }) = &self.expression;
        if let Some(field) = field {
            write!(f, "{field}:")?;
        }
        match &self.expression {
            Expression::Term { wanted, .. } => wanted.fmt(f),
            Expression::Group { clauses: inner, .. } => {
                f.write_char('(')?;
                clauses(f, inner)?;
                f.write_char(')')
            }
        }
    }
}

impl Display for Wanted {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        match self {
            Self::Text(wording) => wording.fmt(f),
            Self::Like(text, edits) => {
                bare(f, text, true)?;
                write!(f, "~{edits}")
            }
            Self::Within(Range { from, to }) => {
                f.write_char(if matches!(from, Bound::Excluding(_)) { '{' } else { '[' })?;
                bound(f, from)?;
                f.write_str(" TO ")?;
                bound(f, to)?;
                f.write_char(if matches!(to, Bound::Excluding(_)) { '}' } else { ']' })
            }
        }
    }
}

impl Display for Wording {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        match self {
            Self::Exactly(text) => exactly(f, text),
            Self::Matching(pattern) => {
                let mut is_first = true;
                for part in pattern.parts() {
                    match part {
                        Part::Text(text) => bare(f, text, is_first)?,
                        Part::One => f.write_char('?')?,
                        Part::Any => f.write_char('*')?,
                    }
                    is_first = false;
                }
                Ok(())
            }
        }
    }
}

fn clauses(f: &mut Formatter<'_>, clauses: &[Clause]) -> fmt::Result {
    for (number, clause) in clauses.iter().enumerate() {
        if number > 0 {
            f.write_str(match clause.joint {
                Joint::Beside => " ",
                Joint::And => " AND ",
                Joint::Or => " OR ",
            })?;
        }
        f.write_str(match clause.sign {
            Sign::Plain => "",
            Sign::Required => "+",
            Sign::Prohibited => "NOT ",
        })?;
        clause.node.fmt(f)?;
    }
    Ok(())
}

fn bound(f: &mut Formatter<'_>, bound: &Bound) -> fmt::Result {
    match bound {
        Bound::Open => f.write_char('*'),
        Bound::Including(text) | Bound::Excluding(text) => exactly(f, text),
    }
}

/// A text in quotes if it is no single word without them.
fn exactly(f: &mut Formatter<'_>, text: &str) -> fmt::Result {
    let is_keyword = ["AND", "OR", "NOT", "TO"].contains(&text);
    if !text.is_empty() && !is_keyword && !text.contains(char::is_whitespace) {
        return bare(f, text, true);
    }
    f.write_char('"')?;
    for c in text.chars() {
        if matches!(c, '"' | '\\') {
            f.write_char('\\')?;
        }
        f.write_char(c)?;
    }
    f.write_char('"')
}

/// A text with a backslash before each character that would not mean itself.
fn bare(f: &mut Formatter<'_>, text: &str, is_first: bool) -> fmt::Result {
    for (at, c) in text.char_indices() {
        let is_sign = is_first && at == 0 && matches!(c, '+' | '-');
        let is_plain = c.is_ascii_alphanumeric()
            || PLAIN.contains(c)
            || !(c.is_ascii() || c.is_whitespace() || c.is_control());
        if is_sign || !is_plain {
            f.write_char('\\')?;
        }
        f.write_char(c)?;
    }
    Ok(())
}
