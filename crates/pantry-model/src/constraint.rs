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
    /// `~>` and one or three numbers: the last of three may be greater.
    Compatible,
    /// `~>` and two numbers: the last two of three may be greater.
    CompatibleMinor,
}

impl Comparison {
    /// Of those that are written the same, the one that counts unless two numbers follow.
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
            Self::Compatible | Self::CompatibleMinor => "~>",
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
        let comparison = match comparison.ok_or(InvalidConstraint)? {
            Comparison::Compatible if version.split('.').count() == 2 => {
                Comparison::CompatibleMinor
            }
            comparison => comparison,
        };
        let version = version.parse().map_err(|_| InvalidConstraint)?;
        Ok(Self { comparison, version })
    }
}

impl Constraint {
    /// Whether a version may be used.
    pub fn allows(self, version: Version) -> bool {
        let than = self.version;
        match self.comparison {
            Comparison::Less => version < than,
            Comparison::AtMost => version <= than,
            Comparison::Equal => version == than,
            Comparison::AtLeast => version >= than,
            Comparison::Greater => version > than,
            Comparison::Compatible => {
                version >= than
                    && version.major() == than.major()
                    && version.minor() == than.minor()
            }
            Comparison::CompatibleMinor => version >= than && version.major() == than.major(),
        }
    }
}

impl fmt::Display for Constraint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (operator, version) = (self.comparison.as_str(), self.version);
        match self.comparison {
            Comparison::CompatibleMinor => {
                write!(f, "{operator} {}.{}", version.major(), version.minor())
            }
            _ => write!(f, "{operator} {version}"),
        }
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
            ("~> 5.1", "~> 5.1"),
            ("~> 5.1.0", "~> 5.1.0"),
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

    #[test]
    fn a_constraint_says_which_versions_may_be_used() {
        for (constraint, fine, wrong) in [
            ("< 1.2", "1.1.9 0.9", "1.2.0 1.2.1 2"),
            ("<= 1.2", "1.1.9 1.2.0", "1.2.1 2"),
            ("1.2", "1.2.0", "1.2.1 1.1.9"),
            (">= 1.2", "1.2.0 1.10.0 2", "1.1.9"),
            ("> 1.2", "1.2.1 2", "1.2.0 1.1.9"),
            ("~> 1", "1.0.0 1.0.9", "1.1.0 2 0.9"),
            ("~> 1.2", "1.2.0 1.2.9 1.10.0", "1.1.9 2.0.0"),
            ("~> 1.2.3", "1.2.3 1.2.10", "1.2.2 1.3.0 2.2.3"),
        ] {
            let allows = |version: &str| {
                constraint.parse::<Constraint>().unwrap().allows(version.parse().unwrap())
            };
            assert!(fine.split(' ').all(allows), "{constraint}: {fine}");
            assert!(!wrong.split(' ').any(allows), "{constraint}: {wrong}");
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
