//! Which versions of a cookbook may be used, as a Chef server reads it: `OPERATOR VERSION` with one
//! space, or a version alone. What people may write in a Berksfile or in metadata is more lenient,
//! and not this.

use std::fmt;
use std::str::FromStr;

use crate::version::Version;

/// How a version is to be compared with the constraint's.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Comparison {
    /// `<`
    Less,
    /// `<=`
    AtMost,
    /// `=`
    Equal,
    /// `>=`
    AtLeast,
    /// `>`
    Greater,
    /// `~>`
    Compatible,
}

impl Comparison {
    const ALL: [Self; 6] =
        [Self::Less, Self::AtMost, Self::Equal, Self::AtLeast, Self::Greater, Self::Compatible];

    /// As it is written.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Less => "<",
            Self::AtMost => "<=",
            Self::Equal => "=",
            Self::AtLeast => ">=",
            Self::Greater => ">",
            Self::Compatible => "~>",
        }
    }
}

/// Which versions may be used.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Constraint {
    /// How they are compared.
    pub comparison: Comparison,
    /// With which version.
    pub version: Version,
}

/// A text is no constraint.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("a constraint is one of < <= = >= > ~>, one space and a version, or a version alone")]
pub struct InvalidConstraint;

impl FromStr for Constraint {
    type Err = InvalidConstraint;

    fn from_str(text: &str) -> Result<Self, InvalidConstraint> {
        let (comparison, version) = match text.split_once(' ') {
            None => (Some(Comparison::Equal), text),
            Some((operator, version)) => {
                let known = Comparison::ALL.into_iter().find(|it| it.as_str() == operator);
                (known, version)
            }
        };
        let comparison = comparison.ok_or(InvalidConstraint)?;
        let version = version.parse().map_err(|_| InvalidConstraint)?;
        Ok(Self { comparison, version })
    }
}

impl fmt::Display for Constraint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.comparison.as_str(), self.version)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn an_operator_a_space_and_a_version_are_a_constraint() {
        for (text, full) in [
            (">= 1.0.0", ">= 1.0.0"),
            (">= 1.0", ">= 1.0.0"),
            ("<= 1", "<= 1.0.0"),
            ("> 1.0.0", "> 1.0.0"),
            ("< 1.0.0", "< 1.0.0"),
            ("= 1.0.0", "= 1.0.0"),
            ("~> 5", "~> 5.0.0"),
            ("1.0.0", "= 1.0.0"),
            (">= 1.2.2147483669", ">= 1.2.2147483669"),
        ] {
            assert_eq!(text.parse::<Constraint>().unwrap().to_string(), full);
        }
        for bad in [
            "",
            " ",
            ">=",
            ">= ",
            ">=1.0.0",
            " >= 1.0.0",
            ">=  1.0.0",
            ">= 1.0.0 ",
            "== 1.0.0",
            "=> 1.0.0",
            "!= 1.0.0",
            ">= 1.0.0.0",
            ">= 1,0,0",
            ">= 1.a.b",
            ">= 1.0rc1",
            ">= 1.-2.3",
            ">= 1.2.9223372036854775849",
            ">=\t1.0",
        ] {
            assert_eq!(bad.parse::<Constraint>(), Err(InvalidConstraint), "{bad:?}");
        }
    }

    proptest! {
        #[test]
        fn any_text_is_a_constraint_or_none(text in "[<>=~]{0,3} {0,2}[0-9.]{0,8}|.{0,10}") {
            if let Ok(constraint) = text.parse::<Constraint>() {
                prop_assert_eq!(constraint.to_string().parse(), Ok(constraint));
            }
        }
    }
}
