//! Sets on which a search that learns nothing would not end, and texts that would not either.

use pantry_solver::{
    Failure, MAX_PATHS_BYTES, MAX_SENTENCES, MORE, Request, Universe, explain, solve,
};

fn asked(items: &[&str]) -> Request {
    Request::new(items.iter().map(|item| item.parse().unwrap()), [])
}

fn any() -> pantry_model::Constraint {
    ">= 0.0.0".parse().unwrap()
}

/// Many layers of cookbooks, each version of each depending on all of the next layer.
fn layers(depth: usize, width: usize, versions: usize, last: &[&str]) -> Universe {
    let mut builder = Universe::builder();
    for layer in 0..depth {
        for at in 0..width {
            for version in 1..=versions {
                let next = (0..width).map(|next| format!("l{}-{next}", layer + 1));
                // No two versions depend on the same, or most ways would be told as one.
                let own = format!(">= 0.0.{version}").parse().unwrap();
                let next: Vec<_> = if layer + 1 == depth {
                    last.iter().map(|name| ((*name).to_owned(), own)).collect()
                } else {
                    next.map(|name| (name, own)).collect()
                };
                builder.add(
                    &format!("l{layer}-{at}"),
                    format!("1.0.{version}").parse().unwrap(),
                    next,
                );
            }
        }
    }
    builder.build()
}

#[test]
fn what_is_missing_at_the_bottom_is_found_and_told_within_bounds() {
    let universe = layers(12, 6, 8, &["gone"]);
    let request = asked(&["l0-0", "l0-1", "l0-2"]);
    let Err(Failure::Unsatisfiable { message, item, non_existent, .. }) =
        solve(&universe, &request)
    else {
        panic!("there is no answer");
    };
    assert_eq!(item.to_string(), "(l0-0 >= 0.0.0)");
    assert_eq!(non_existent, ["gone"]);
    assert!(message.ends_with(MORE), "{message}");
    assert!(message.len() < MAX_PATHS_BYTES + 1024, "{}", message.len());
    assert!(message.contains("on gone: [(l0-0 = 1.0.1) -> (l1-0 = 1.0.1) -> "), "{message}");
    let told = explain(&universe, &request);
    assert!((1..=MAX_SENTENCES + 1).contains(&told.len()), "{told:?}");
}

#[test]
fn everything_that_could_be_had_is_had() {
    let universe = layers(12, 6, 8, &[]);
    let solution = solve(&universe, &asked(&["l0-3"])).unwrap();
    assert_eq!(solution.cookbooks().len(), 1 + 11 * 6);
    let newest = "1.0.8".parse().unwrap();
    assert!(solution.cookbooks().iter().all(|(_, version)| *version == newest));
}

/// A chain that is longer than anybody reads, with nothing at its end.
#[test]
fn what_is_missing_far_away_is_found() {
    let universe = layers(250, 1, 3, &["gone"]);
    let Err(Failure::Unsatisfiable { message, non_existent, .. }) =
        solve(&universe, &asked(&["l0-0"]))
    else {
        panic!("there is no answer");
    };
    assert_eq!(non_existent, ["gone"]);
    assert!(message.ends_with(&format!("constraint on gone: {MORE}")), "{message}");
    // As far as anybody reads, and how much is left.
    assert_eq!(explain(&universe, &asked(&["l0-0"])).len(), MAX_SENTENCES + 1);
    let fine = layers(250, 1, 3, &[]);
    assert_eq!(solve(&fine, &asked(&["l0-0"])).unwrap().cookbooks().len(), 250);
}

/// A chain of which no end is in sight: of each version of each link only trying could tell.
#[test]
fn a_chain_of_thousands_has_its_true_answer() {
    let universe = layers(3000, 1, 3, &["gone"]);
    let Err(Failure::Unsatisfiable { message, item, non_existent, most_constrained }) =
        solve(&universe, &asked(&["l2999-0", "l0-0"]))
    else {
        panic!("there is no answer");
    };
    // Its last link is asked for first, from which the way is short.
    assert_eq!(item.to_string(), "(l2999-0 >= 0.0.0)");
    assert_eq!((non_existent, most_constrained), (vec!["gone".to_owned()], Vec::new()));
    let way = |version: u32| format!("[(l2999-0 = 1.0.{version}) -> (gone >= 0.0.{version})]");
    assert_eq!(
        message,
        format!(
            "Unable to satisfy constraints on package gone, which does not exist, due to solution \
             constraint (l2999-0 >= 0.0.0). Solution constraints that may result in a constraint on \
             gone: {}, {}, {}, {MORE}",
            way(1),
            way(2),
            way(3)
        )
        .into()
    );
    let Err(Failure::Unsatisfiable { item, non_existent, .. }) =
        solve(&universe, &asked(&["l0-0"]))
    else {
        panic!("there is no answer");
    };
    assert_eq!((item.to_string(), &*non_existent.concat()), ("(l0-0 >= 0.0.0)".to_owned(), "gone"));
    let told = explain(&universe, &asked(&["l0-0"]));
    assert_eq!(
        told,
        ["It follows from what is asked of 3001 cookbooks, which is too much to tell."]
    );
}

/// The newest version of what is asked for begins such a chain; the older one asks for nothing.
#[test]
fn a_version_that_leads_nowhere_is_passed_over() {
    let mut builder = Universe::builder();
    let link = |number: usize| format!("l{number}");
    for number in 0..3000 {
        for version in 1..=3 {
            let own = format!(">= 0.0.{version}").parse().unwrap();
            let next = [(link(number + 1), own)];
            builder.add(&link(number), format!("1.0.{version}").parse().unwrap(), next);
        }
    }
    builder.add("top", "2.0".parse().unwrap(), [(link(0), any())]);
    builder.add("top", "1.0".parse().unwrap(), [("base", any())]);
    let none: [(String, pantry_model::Constraint); 0] = [];
    builder.add("base", "1.0".parse().unwrap(), none);
    let universe = builder.build();
    let solution = solve(&universe, &asked(&["top"])).unwrap();
    assert_eq!(solution.cookbooks().len(), 2);
    assert_eq!(solution.version("top"), Some("1.0".parse().unwrap()));
    let Err(Failure::Unsatisfiable { item, non_existent, .. }) =
        solve(&universe, &asked(&["base", "top@2.0"]))
    else {
        panic!("there is no answer");
    };
    assert_eq!(item.to_string(), "(top = 2.0.0)");
    assert_eq!(non_existent, ["l3000"]);
}

/// What can never be chosen is to blame as well where something else is left that does not fit.
#[test]
fn who_asks_for_what_there_is_not_is_to_blame_among_others() {
    let mut builder = Universe::builder();
    let add =
        |builder: &mut pantry_solver::UniverseBuilder, name: &str, version: &str, on: &[&str]| {
            let on = on.iter().map(|on| {
                let (name, constraint) = on.split_once(' ').unwrap();
                (name, constraint.parse().unwrap())
            });
            builder.add(name, version.parse().unwrap(), on);
        };
    add(&mut builder, "a", "1.0", &["c = 1.0"]);
    add(&mut builder, "a", "2.0", &["b >= 0.0.0"]);
    add(&mut builder, "b", "1.0", &["gone >= 0.0.0"]);
    add(&mut builder, "c", "1.0", &[]);
    add(&mut builder, "c", "2.0", &[]);
    add(&mut builder, "d", "1.0", &["c = 2.0"]);
    let Err(Failure::Unsatisfiable { item, non_existent, most_constrained, .. }) =
        solve(&builder.build(), &asked(&["d", "a"]))
    else {
        panic!("there is no answer");
    };
    assert_eq!(item.to_string(), "(a >= 0.0.0)");
    assert_eq!((non_existent, most_constrained), (vec!["gone".to_owned()], Vec::new()));
}

#[test]
fn circles_through_everything_end() {
    let mut builder = Universe::builder();
    for cookbook in 0..40 {
        for version in 1..=5 {
            let all = (0..40).map(|on| (format!("c{on}"), any()));
            let gone = (cookbook == 39).then(|| ("gone".to_owned(), any()));
            let name = format!("c{cookbook}");
            builder.add(&name, format!("{version}.0").parse().unwrap(), all.chain(gone));
        }
    }
    let universe = builder.build();
    let Err(failure) = solve(&universe, &asked(&["c0"])) else { panic!("there is no answer") };
    assert!(failure.message().len() < MAX_PATHS_BYTES + 1024);
    assert!(failure.message().contains("-> (gone >= 0.0.0)]"), "{failure}");
}

/// As many pigeons as holes but one: each pigeon's versions are the holes, and no two fit into one.
#[test]
fn what_has_to_be_tried_out_is_tried_out() {
    let mut builder = Universe::builder();
    let (pigeons, holes) = (6, 5);
    for pigeon in 0..pigeons {
        for hole in 1..=holes {
            // Whoever is in a hole wants its owner to be this pigeon.
            let owner = format!("= {}.0", pigeon + 1).parse().unwrap();
            let name = format!("p{pigeon}");
            builder.add(
                &name,
                format!("{hole}.0").parse().unwrap(),
                [(format!("hole{hole}"), owner)],
            );
        }
    }
    let none: [(String, pantry_model::Constraint); 0] = [];
    for hole in 1..=holes {
        for pigeon in 0..pigeons {
            let version = format!("{}.0", pigeon + 1).parse().unwrap();
            builder.add(&format!("hole{hole}"), version, none.clone());
        }
    }
    let universe = builder.build();
    let names: Vec<String> = (0..pigeons).map(|pigeon| format!("p{pigeon}")).collect();
    let all: Vec<&str> = names.iter().map(String::as_str).collect();
    assert_eq!(solve(&universe, &asked(&all[..5])).unwrap().cookbooks().len(), 10);
    let Err(Failure::Unsatisfiable { item, .. }) = solve(&universe, &asked(&all)) else {
        panic!("there is no answer");
    };
    assert_eq!(item.to_string(), "(p5 >= 0.0.0)");
}

/// The same with so many that trying them out would not end.
#[test]
fn what_nobody_can_try_out_is_given_up() {
    let mut builder = Universe::builder();
    let (pigeons, holes) = (14, 13);
    let none: [(String, pantry_model::Constraint); 0] = [];
    for hole in 1..=holes {
        for pigeon in 0..pigeons {
            let owner = format!("{}.0", pigeon + 1);
            builder.add(&format!("hole{hole}"), owner.parse().unwrap(), none.clone());
            let owner = format!("= {owner}").parse().unwrap();
            let name = format!("p{pigeon}");
            builder.add(
                &name,
                format!("{hole}.0").parse().unwrap(),
                [(format!("hole{hole}"), owner)],
            );
        }
    }
    let names: Vec<String> = (0..pigeons).map(|pigeon| format!("p{pigeon}")).collect();
    let request = asked(&names.iter().map(String::as_str).collect::<Vec<_>>());
    let universe = builder.build();
    let begun = std::time::Instant::now();
    let failure = solve(&universe, &request).unwrap_err();
    println!("given up after {:?}", begun.elapsed());
    assert_eq!(failure, Failure::TooHard);
    assert_eq!(failure.to_string(), "unable to solve dependencies in alotted time");
    assert_eq!(explain(&universe, &request).len(), 1);
}
