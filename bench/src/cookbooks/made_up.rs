//! A universe that is made up as real ones are, and the same in each run.
//!
//! It follows what the public universe of 2014 and today's repositories show: most cookbooks have one
//! to three versions and a few have hundreds; most versions depend on one to three cookbooks, nearly
//! always on popular ones and mostly on any version; what `~>` asks for is what was new at the time;
//! one dependency in two hundred is on what does not exist, and some go in circles.

use pantry_model::Version;

use super::random::Random;
use super::universe::{Cookbook, Cookbooks, Release};

/// How many cookbooks and versions there are.
const COOKBOOKS: usize = 4_000;
const VERSIONS: usize = 32_000;

/// The most versions that a cookbook has.
const MOST: usize = 440;

/// How many versions a cookbook has, and of how many that is so: one, two, three, some, many.
const COUNTS: [(usize, usize); 5] = [(1, 380), (2, 190), (3, 110), (4, 220), (10, 100)];

/// On how many cookbooks a version depends, and of how many that is so.
const DEPENDENCIES: [(usize, usize); 9] =
    [(0, 360), (1, 220), (2, 150), (3, 90), (4, 60), (5, 50), (7, 40), (11, 20), (17, 10)];

/// What is asked of a cookbook: `>= 0.0.0`, `>=`, `~>` with two and with three numbers, `=`, `<`.
const ASKED: [(Asked, usize); 6] = [
    (Asked::Any, 780),
    (Asked::AtLeast, 94),
    (Asked::Minor, 70),
    (Asked::Patch, 47),
    (Asked::Exactly, 5),
    (Asked::Below, 4),
];

#[derive(Clone, Copy)]
enum Asked {
    Any,
    AtLeast,
    Minor,
    Patch,
    Exactly,
    Below,
}

/// How much less popular each is than the one before.
const EXPONENT: f64 = 0.95;

/// The cookbooks, the most popular first.
pub(crate) fn cookbooks() -> Cookbooks {
    let mut random = Random::new(2014);
    let histories: Vec<Vec<Version>> =
        counts(&mut random).into_iter().map(|count| history(&mut random, count)).collect();
    let popular = Popular::new();
    let cookbook =
        |at| Cookbook { name: name(at), releases: releases(&mut random, &popular, &histories, at) };
    Cookbooks((0..COOKBOOKS).map(cookbook).collect())
}

fn name(at: usize) -> String {
    const KINDS: [&str; 8] = ["app", "base", "db", "lib", "net", "sys", "tool", "web"];
    let kind = KINDS.get(at % KINDS.len()).copied().unwrap_or_default();
    format!("{kind}-{at:04}")
}

/// How many versions each cookbook has: together just as many as there are to be.
fn counts(random: &mut Random) -> Vec<usize> {
    let mut counts: Vec<usize> = (0..COOKBOOKS)
        .map(|_| match random.weighted(&COUNTS).unwrap_or(1) {
            4 => 4 + random.below(6),
            // As many cookbooks have 10 to 20 versions as have 100 to 200.
            10 => (10.0 * 15f64.powf(random.share())) as usize,
            few => few,
        })
        .collect();
    // The few with hundreds.
    for (at, many) in [(3, MOST), (17, 300), (40, 250), (111, 200)] {
        if let Some(count) = counts.get_mut(at) {
            *count = many;
        }
    }
    let mut all: usize = counts.iter().sum();
    while all != VERSIONS {
        let at = random.below(COOKBOOKS);
        let Some(count) = counts.get_mut(at).filter(|count| (10..MOST).contains(*count)) else {
            continue;
        };
        if all < VERSIONS {
            (*count, all) = (*count + 1, all + 1);
        } else if *count > 10 {
            (*count, all) = (*count - 1, all - 1);
        }
    }
    counts
}

/// Versions, oldest first: most steps are of the last number.
fn history(random: &mut Random, count: usize) -> Vec<Version> {
    let (mut major, mut minor, mut patch) = (0, 1, 0);
    let mut versions = Vec::with_capacity(count);
    for _ in 0..count {
        versions.extend(Version::new(major, minor, patch));
        (major, minor, patch) = match random.below(100) {
            0..7 => (major + 1, 0, 0),
            7..40 => (major, minor + 1, 0),
            _ => (major, minor, patch + 1),
        };
    }
    versions
}

/// The versions of a cookbook, with what they depend on: mostly what the version before did.
fn releases(
    random: &mut Random,
    popular: &Popular,
    histories: &[Vec<Version>],
    at: usize,
) -> Vec<Release> {
    let mut on = dependencies(random, popular, at);
    let history = histories.get(at).map_or(&[][..], Vec::as_slice);
    let count = history.len();
    let release = |(number, version): (usize, &Version)| {
        if random.happens(120) {
            on = dependencies(random, popular, at);
        }
        let age = (number + 1) as f64 / count as f64;
        let asked = on.iter().map(|other| {
            if random.happens(2) {
                return (format!("gone-{}", random.below(40)), ">= 0.0.0".to_owned());
            }
            let there = histories.get(*other).map_or(&[][..], Vec::as_slice);
            (name(*other), constraint(random, there, age))
        });
        Release { version: *version, dependencies: asked.collect() }
    };
    history.iter().enumerate().map(release).collect()
}

/// Cookbooks to depend on: popular ones, and seldom one that is less so than this, by which circles
/// come about.
fn dependencies(random: &mut Random, popular: &Popular, at: usize) -> Vec<usize> {
    let count = random.weighted(&DEPENDENCIES).unwrap_or_default();
    let mut on = Vec::with_capacity(count);
    for _ in 0..count {
        let other = popular.one(random);
        let fits = other < at || random.happens(10);
        if fits && other != at && !on.contains(&other) {
            on.push(other);
        }
    }
    on
}

/// What is asked of a cookbook with these versions by somebody who is as old, in its own history, as
/// the share of it that has passed.
fn constraint(random: &mut Random, versions: &[Version], age: f64) -> String {
    let asked = random.weighted(&ASKED).unwrap_or(Asked::Any);
    let known = ((versions.len() as f64 * age).ceil() as usize).clamp(1, versions.len().max(1));
    // Something that was new then, if not the newest.
    let back = random.below(3).min(known - 1);
    let Some(version) = versions.get(known - 1 - back) else {
        return ">= 0.0.0".to_owned();
    };
    match asked {
        Asked::Any => ">= 0.0.0".to_owned(),
        Asked::AtLeast => format!(">= {version}"),
        Asked::Minor => format!("~> {}.{}", version.major(), version.minor()),
        Asked::Patch => format!("~> {}.{}.0", version.major(), version.minor()),
        Asked::Exactly => format!("= {version}"),
        Asked::Below => format!("< {}.0.0", version.major() + 1),
    }
}

/// Cookbooks by how many others depend on them.
struct Popular {
    /// Of each cookbook, how popular it and all before it are together.
    together: Vec<f64>,
}

impl Popular {
    fn new() -> Self {
        let weights = (1..=COOKBOOKS).map(|rank| (rank as f64).powf(-EXPONENT));
        let together = weights.scan(0.0, |sum, weight| {
            *sum += weight;
            Some(*sum)
        });
        Self { together: together.collect() }
    }

    fn one(&self, random: &mut Random) -> usize {
        let all = self.together.last().copied().unwrap_or_default();
        let at = random.share() * all;
        self.together.partition_point(|sum| *sum < at).min(COOKBOOKS - 1)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_is_as_large_as_it_is_to_be_and_the_same_each_time() {
        let (one, other) = (cookbooks(), cookbooks());
        assert_eq!((one.count(), one.versions()), (COOKBOOKS, VERSIONS));
        let told = |all: &Cookbooks| -> Vec<String> {
            let releases = all.all().iter().flat_map(|cookbook| {
                let told = |it: &Release| {
                    format!("{} {} {:?}", cookbook.name, it.version, it.dependencies)
                };
                cookbook.releases.iter().map(told)
            });
            releases.collect()
        };
        assert_eq!(told(&one), told(&other));
        let readable = one.all().iter().flat_map(|cookbook| &cookbook.releases).all(|release| {
            release
                .dependencies
                .iter()
                .all(|(_, text)| text.parse::<pantry_model::Constraint>().is_ok())
        });
        assert!(readable);
    }
}
