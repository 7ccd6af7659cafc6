//! How it follows that nothing fits, in sentences.
//!
//! pubgrub derives a contradiction from requirements, two at a time; each step is a sentence. Only the
//! items of the run list that the contradiction needs are looked at, and a derivation that is longer
//! than anybody reads is cut.

use std::fmt::Write as _;

use pubgrub::{
    DefaultStringReporter, DerivationTree, Derived, External, Map, ReportFormatter, Reporter as _,
    Term,
};

use crate::contradiction::Contradiction;
use crate::culprit::first_unmet;
use crate::problem::Problem;
use crate::search::{Key, Scope, Unmet, search};
use crate::set::Set;
use crate::universe::{Dependency, Id, both};

/// How many sentences are written.
pub const MAX_SENTENCES: usize = 40;

/// How many steps a derivation may have to be told.
const MAX_STEPS: usize = 300;

/// The sentences; none if something fits.
pub(crate) fn explain(problem: &Problem<'_>) -> Vec<String> {
    let too_hard =
        || vec!["So many versions would have to be tried that it was given up.".to_owned()];
    let pruned = problem.clone().pruned();
    match search(&pruned, Scope::Anything) {
        Ok(_) => return Vec::new(),
        Err(Unmet::TooHard(_)) => return too_hard(),
        Err(Unmet::Contradiction(_)) => {}
    }
    // What comes after the item that is said to be the first that cannot be met is no reason.
    let Ok(item) = first_unmet(&pruned) else { return too_hard() };
    let pruned = &pruned.first(item + 1);
    if let Err(Unmet::Contradiction(contradiction)) = search(pruned, Scope::Anything) {
        let asked = contradiction.asked_of(pruned).len();
        if asked > MAX_STEPS {
            return vec![format!(
                "It follows from what is asked of {asked} cookbooks, which is too much to tell."
            )];
        }
    }
    // What can never be chosen is tried here, since it is to be told why.
    let problem = &problem.first(item + 1);
    let first = match search(problem, Scope::Anything) {
        Err(Unmet::Contradiction(contradiction)) => contradiction,
        _ => return too_hard(),
    };
    let (problem, contradiction) = smaller(problem, first);
    let (ends, steps) = contradiction.ends();
    if steps > MAX_STEPS {
        let ends = ends.len();
        return vec![format!("It follows from {ends} requirements, which are too many to tell.")];
    }
    let words = Words { problem: &problem };
    let report = match contradiction.tree() {
        DerivationTree::External(external) => format!("{}.", words.format_external(external)),
        derived @ DerivationTree::Derived(_) => {
            DefaultStringReporter::report_with_formatter(derived, &words)
        }
    };
    let mut lines: Vec<String> =
        report.lines().filter(|line| !line.is_empty()).map(capital).collect();
    if lines.len() > MAX_SENTENCES {
        let more = lines.len() - MAX_SENTENCES;
        lines.truncate(MAX_SENTENCES);
        lines.push(format!("And so on, for {more} more steps."));
    }
    lines
}

/// The same with no more of the run list than the contradiction needs.
fn smaller<'a>(problem: &Problem<'a>, first: Contradiction) -> (Problem<'a>, Contradiction) {
    let (mut problem, mut contradiction) = (problem.clone(), first);
    loop {
        let needed = contradiction.items();
        let items = problem.items().iter().filter(|(id, _)| needed.contains(id));
        let items: Vec<_> = items.cloned().collect();
        if items.is_empty() || items.len() == problem.items().len() {
            return (problem, contradiction);
        }
        let fewer = problem.with_items(items);
        match search(&fewer, Scope::Anything) {
            Err(Unmet::Contradiction(less)) => (problem, contradiction) = (fewer, less),
            _ => return (problem, contradiction),
        }
    }
}

fn capital(line: &str) -> String {
    let mut letters = line.chars();
    letters.next().map(|first| first.to_uppercase().chain(letters).collect()).unwrap_or_default()
}

struct Words<'a> {
    problem: &'a Problem<'a>,
}

impl Words<'_> {
    /// Some versions of a cookbook.
    fn some(&self, key: &Key, set: &Set) -> String {
        let Some(id) = key.id() else {
            return "the run list".to_owned();
        };
        let (name, counting) = (self.problem.universe.name(id), self.problem.counting(id));
        let version = |release: u32| {
            let release = self.problem.universe.release(id, release);
            release.map(|release| release.version.to_string()).unwrap_or_default()
        };
        let spans = set.spans().iter().map(|span| both(span, &counting));
        let spans: Vec<_> = spans.filter(|span| !span.is_empty()).collect();
        let mut text = String::new();
        match &spans[..] {
            [] => return format!("no version of {name}"),
            [all] if *all == counting && counting.len() > 1 => return format!("every {name}"),
            spans if spans.len() > 3 => {
                return format!("{} versions of {name}", set.len());
            }
            spans => {
                for span in spans {
                    let (first, last) = (version(span.start), version(span.end - 1));
                    text += if text.is_empty() { "" } else { " or " };
                    let _ = match (
                        span.len(),
                        span.start == counting.start,
                        span.end == counting.end,
                    ) {
                        (1, ..) => write!(text, "{name} {first}"),
                        (_, _, true) => write!(text, "{name} {first} and newer"),
                        (_, true, _) => write!(text, "{name} {last} and older"),
                        _ => write!(text, "{name} {first} to {last}"),
                    };
                }
            }
        }
        text
    }

    /// What a version of these asks of a cookbook, as it is written there.
    fn asked(&self, of: &Key, by: &Set, on: Id, wanted: &Set) -> Option<&Dependency> {
        let id = of.id()?;
        let releases = by.spans().iter().flat_map(|span| both(span, &self.problem.counting(id)));
        let dependencies = releases.flat_map(|release| self.problem.dependencies(id, release));
        let mut on_it = dependencies.filter(|dependency| dependency.on == on);
        let same = |dependency: &&Dependency| {
            Set::of(both(&dependency.allowed, &self.problem.counting(on))) == *wanted
        };
        on_it.rfind(same)
    }

    fn requirement(&self, of: &Key, by: &Set, on: &Key, wanted: &Set) -> String {
        let who = self.some(of, by);
        let Some(id) = on.id() else {
            return who;
        };
        let name = self.problem.universe.name(id);
        let (verb, asked) = match of {
            Key::RunList => ("asks for", None),
            Key::Cookbook(_) => ("depends on", self.asked(of, by, id, wanted)),
        };
        let what = match asked {
            Some(dependency) => {
                let (_, operator, version) = dependency.key();
                let zero = operator == ">=" && version == pantry_model::Version::default();
                if zero { name.to_owned() } else { format!("{name} {operator} {version}") }
            }
            None => {
                let all = *wanted == Set::of(self.problem.counting(id));
                if all { name.to_owned() } else { self.some(on, wanted) }
            }
        };
        let why = if self.problem.universe.span(id).is_empty() {
            " (there is no such cookbook)"
        } else if !wanted.spans().is_empty() {
            ""
        } else if asked.is_some_and(|dependency| !dependency.allowed.is_empty()) {
            " (the other constraints rule it out)"
        } else {
            " (there is no such version)"
        };
        format!("{who} {verb} {what}{why}")
    }
}

impl Words<'_> {
    /// Two requirements, in the order in which one leads to the other.
    fn both(&self, one: &External<Key, Set, String>, other: &External<Key, Set, String>) -> String {
        let leads = match (one, other) {
            (External::FromDependencyOf(of, ..), External::FromDependencyOf(.., on, _)) => of == on,
            (_, External::NotRoot(..) | External::FromDependencyOf(Key::RunList, ..)) => true,
            _ => false,
        };
        let (first, second) = if leads { (other, one) } else { (one, other) };
        format!("{} and {}", self.format_external(first), self.format_external(second))
    }
}

impl ReportFormatter<Key, Set, String> for Words<'_> {
    type Output = String;

    fn format_external(&self, external: &External<Key, Set, String>) -> String {
        match external {
            External::NotRoot(..) => "the run list is to be met".to_owned(),
            External::NoVersions(key, set) => format!("{} cannot be had", self.some(key, set)),
            External::Custom(key, set, why) => format!("{} {why}", self.some(key, set)),
            External::FromDependencyOf(of, by, on, wanted) => self.requirement(of, by, on, wanted),
        }
    }

    fn format_terms(&self, terms: &Map<Key, Term<Set>>) -> String {
        let mut sorted: Vec<(&Key, &Term<Set>)> = terms.iter().collect();
        sorted.sort_by_key(|(key, _)| **key);
        match &sorted[..] {
            [] | [(Key::RunList, _)] => "the run list cannot be met".to_owned(),
            [(key, Term::Positive(set))] => {
                let some = self.some(key, set);
                match some.strip_prefix("every ") {
                    Some(name) => format!("no {name} can be used"),
                    None => format!("{some} cannot be used"),
                }
            }
            [(key, Term::Negative(set))] => format!("{} is needed", self.some(key, set)),
            [(one, Term::Positive(set)), (other, Term::Negative(wanted))]
            | [(other, Term::Negative(wanted)), (one, Term::Positive(set))] => {
                format!("{} needs {}", self.some(one, set), self.some(other, wanted))
            }
            [(Key::RunList, _), (key, Term::Positive(set))] => {
                format!("{} does not go with the run list", self.some(key, set))
            }
            several => {
                let some = |(key, term): &(&Key, &Term<Set>)| match term {
                    Term::Positive(set) => self.some(key, set),
                    Term::Negative(set) => format!("anything but {}", self.some(key, set)),
                };
                let texts: Vec<String> = several.iter().map(some).collect();
                let (last, first) = texts.split_last().map_or(("", &[][..]), |(l, f)| (l, f));
                format!("{} and {last} do not go together", first.join(", "))
            }
        }
    }

    fn explain_both_external(
        &self,
        one: &External<Key, Set, String>,
        other: &External<Key, Set, String>,
        terms: &Map<Key, Term<Set>>,
    ) -> String {
        format!("because {}, {}.", self.both(one, other), self.format_terms(terms))
    }

    fn explain_both_ref(
        &self,
        first: usize,
        one: &Derived<Key, Set, String>,
        second: usize,
        other: &Derived<Key, Set, String>,
        terms: &Map<Key, Term<Set>>,
    ) -> String {
        let (one, other) = (self.format_terms(&one.terms), self.format_terms(&other.terms));
        format!("because {one} ({first}) and {other} ({second}), {}.", self.format_terms(terms))
    }

    fn explain_ref_and_external(
        &self,
        reference: usize,
        derived: &Derived<Key, Set, String>,
        external: &External<Key, Set, String>,
        terms: &Map<Key, Term<Set>>,
    ) -> String {
        let (one, other) = (self.format_terms(&derived.terms), self.format_external(external));
        format!("because {one} ({reference}) and {other}, {}.", self.format_terms(terms))
    }

    fn and_explain_external(
        &self,
        external: &External<Key, Set, String>,
        terms: &Map<Key, Term<Set>>,
    ) -> String {
        format!("and because {}, {}.", self.format_external(external), self.format_terms(terms))
    }

    fn and_explain_ref(
        &self,
        reference: usize,
        derived: &Derived<Key, Set, String>,
        terms: &Map<Key, Term<Set>>,
    ) -> String {
        let one = self.format_terms(&derived.terms);
        format!("and because {one} ({reference}), {}.", self.format_terms(terms))
    }

    fn and_explain_prior_and_external(
        &self,
        prior: &External<Key, Set, String>,
        external: &External<Key, Set, String>,
        terms: &Map<Key, Term<Set>>,
    ) -> String {
        format!("and because {}, {}.", self.both(prior, external), self.format_terms(terms))
    }
}
