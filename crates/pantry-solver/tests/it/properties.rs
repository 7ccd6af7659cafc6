//! What holds for any universe, compared with trying everything.

use pantry_solver::{Failure, Request, Universe, explain, solve};
use proptest::prelude::*;

use crate::exhaustive::{Chosen, World, worlds};

fn chosen(world: &World) -> Result<Chosen, Failure> {
    let solution = solve(&world.universe(), &world.request)?;
    let chosen = solution.cookbooks().iter();
    Ok(chosen.map(|(name, version)| (name.to_string(), *version)).collect())
}

/// The same world, written in another order.
fn turned(world: &World) -> Universe {
    let mut builder = Universe::builder();
    for (name, version, dependencies) in world.releases.iter().rev() {
        builder.add(name, *version, dependencies.iter().map(|(on, c)| (on.as_str(), *c)));
    }
    builder.build()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2000))]

    #[test]
    fn an_answer_is_one_and_the_best(world in worlds()) {
        let answers = world.answers();
        match chosen(&world) {
            Ok(chosen) => {
                prop_assert!(world.is_answer(&chosen), "{chosen:?}");
                let best = answers.iter().map(|answer| world.shortfall(answer)).min();
                prop_assert_eq!(Some(world.shortfall(&chosen)), best, "{:?}", chosen);
                prop_assert_eq!(explain(&world.universe(), &world.request), Vec::<String>::new());
            }
            Err(failure) => {
                prop_assert_eq!(answers, Vec::<Chosen>::new(), "{}", failure);
                let is_told = !explain(&world.universe(), &world.request).is_empty();
                prop_assert_eq!(is_told, matches!(failure, Failure::Unsatisfiable { .. }));
            }
        }
    }

    #[test]
    fn nothing_in_an_answer_could_be_newer_by_itself(world in worlds()) {
        if let Ok(chosen) = chosen(&world) {
            for (name, version) in &chosen {
                for newer in world.counting(name).into_iter().filter(|newer| newer > version) {
                    let mut other = chosen.clone();
                    other.insert(name.clone(), newer);
                    prop_assert!(!world.is_answer(&other), "{name} could be {newer} in {chosen:?}");
                }
            }
        }
    }

    #[test]
    fn the_order_in_which_things_are_written_decides_nothing(world in worlds()) {
        let answer = solve(&world.universe(), &world.request);
        prop_assert_eq!(&solve(&turned(&world), &world.request), &answer);
        let items = world.request.run_list().iter().rev().cloned();
        let backwards = Request::new(items, world.request.constraints().to_vec());
        let other = World { request: backwards, ..world.clone() };
        prop_assert_eq!(chosen(&other).ok(), chosen(&world).ok());
    }

    #[test]
    fn the_item_that_is_told_is_the_first_that_cannot_be_met(world in worlds()) {
        let Err(Failure::Unsatisfiable { item, non_existent, most_constrained, message }) =
            solve(&world.universe(), &world.request)
        else {
            return Ok(());
        };
        let items = world.request.run_list();
        let at = items.iter().position(|other| *other == item).unwrap();
        let first = |count: usize| {
            let items = items.iter().take(count).cloned();
            World {
                request: Request::new(items, world.request.constraints().to_vec()),
                ..world.clone()
            }
        };
        prop_assert!(!first(at).answers().is_empty());
        prop_assert!(first(at + 1).answers().is_empty());
        prop_assert!(non_existent.iter().all(|name| name == "g" || world.releases.iter().all(|r| r.0 != *name)));
        prop_assert!(!non_existent.is_empty() || !most_constrained.is_empty());
        prop_assert!(message.contains(&item.to_string()), "{message}");
    }
}
