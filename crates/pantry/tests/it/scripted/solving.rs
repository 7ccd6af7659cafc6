//! `chef solve`, which needs nothing but a file.

use serde_json::{Value, json};

use super::process::{Ended, Place};

const UNIVERSE: &str = r#"{
    "web": {
        "1.0.0": {"dependencies": {"ssl": "~> 1.0", "apt": ">= 0.0.0"}},
        "2.0.0": {"dependencies": {"ssl": "~> 1.0", "apt": []}, "location_type": "opscode"},
        "3.0.0-rc1": {"dependencies": {}}
    },
    "ssl": {"1.2": {"dependencies": {"web": ""}}, "2.0.0": {}},
    "apt": {"20140106": {"dependencies": {}}},
    "broken": {"1.0.0": {"dependencies": {"gone": "1.0"}}}
}"#;

fn solve(place: &Place, more: &[&str]) -> Ended {
    let arguments = ["chef", "solve", "--universe", "universe.json"];
    place.run(&[&arguments, more].concat())
}

fn place() -> Place {
    let place = Place::new();
    place.write("universe.json", UNIVERSE);
    place
}

#[test]
fn people_see_what_is_chosen_and_what_is_not_the_newest() {
    let ended = solve(&place(), &["--run-list", "web::default,ssl"]);
    assert_eq!(ended.code, Some(0), "{ended:?}");
    assert_eq!(
        ended.stdout,
        "COOKBOOK  VERSION       NEWEST\n\
         web       2.0.0\n\
         ssl       1.2.0         2.0.0\n\
         apt       20140106.0.0\n"
    );
    assert_eq!(
        ended.stderr,
        "left out: web 3.0.0-rc1: this is no version\n3 cookbooks, 1 of them not the newest\n"
    );
    let ended = solve(&place(), &["--run-list", "ssl", "--constraint", "ssl >= 2"]);
    assert_eq!(ended.stdout, "COOKBOOK  VERSION\nssl       2.0.0\n");
}

#[test]
fn people_see_why_nothing_fits() {
    let ended = solve(&place(), &["--run-list", "web,broken@1"]);
    assert_eq!(ended.code, Some(1), "{ended:?}");
    assert_eq!(
        ended.stdout,
        "nothing fits: broken 1.0.0 cannot be met, since there is no cookbook gone\n\n  \
         Because the run list asks for broken and broken 1.0.0 depends on gone = 1.0.0 \
         (there is no such cookbook), the run list cannot be met.\n"
    );
}

#[test]
fn programs_get_the_object_that_a_server_answers() {
    let json = |more: &[&str]| {
        let ended = solve(&place(), &[more, &["--json"]].concat());
        (ended.code, serde_json::from_str::<Value>(&ended.stdout).unwrap())
    };
    let solved = json(&["--run-list", "recipe[web],ssl@1.2", "--constraint", "web < 2.0"]);
    let solution = json!({ "web": "1.0.0", "ssl": "1.2.0", "apt": "20140106.0.0" });
    assert_eq!(solved, (Some(0), json!({ "ok": true, "solution": solution })));
    let (code, unmet) = json(&["--run-list", "broken"]);
    assert_eq!((code, &unmet["ok"]), (Some(1), &json!(false)));
    let message = "Unable to satisfy constraints on package gone, which does not exist, due to solution constraint (broken >= 0.0.0). Solution constraints that may result in a constraint on gone: [(broken = 1.0.0) -> (gone = 1.0.0)]";
    let mut error = json!({
        "message": message,
        "unsatisfiable_run_list_item": "(broken >= 0.0.0)",
        "non_existent_cookbooks": ["gone"],
        "most_constrained_cookbooks": [],
    });
    assert_eq!(unmet["error"], error);
    error["explanation"] = json!([
        "Because the run list asks for broken and broken 1.0.0 depends on gone = 1.0.0 (there is no such cookbook), the run list cannot be met."
    ]);
    assert_eq!(json(&["--run-list", "broken", "--explain"]).1["error"], error);
}

#[test]
fn many_questions_are_answered_line_by_line() {
    let place = place();
    let questions = "{\"run_list\":[\"web\"],\"constraints\":{\"web\":\"~> 1.0\"}}\n\n\
                     {\"run_list\":[\"nothing\"]}\n{\"run_list\":[\"role[web]\"]}\nnonsense\n";
    place.write("questions", questions);
    let ended = solve(&place, &["--batch", "questions", "--json"]);
    assert_eq!(ended.code, Some(2));
    let answers: Vec<Value> =
        ended.stdout.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert_eq!(answers.len(), 4);
    assert_eq!(answers[0]["solution"]["web"], "1.0.0");
    assert_eq!(answers[1]["error"]["non_existent_cookbooks"], json!(["nothing"]));
    assert_eq!(answers[2]["error"]["message"], "line 4: `role[web]` is nothing that can be solved");
    assert!(answers[3]["error"]["message"].as_str().unwrap().starts_with("line 5: "));
    let good = questions.lines().take(3).collect::<Vec<_>>().join("\n");
    let arguments = ["chef", "solve", "--universe", "universe.json", "--batch", "-"];
    let ended = place.run_with_input(&arguments, good.as_bytes());
    assert_eq!(ended.code, Some(0), "{ended:?}");
    assert_eq!(
        ended.stdout,
        "1: ok: web 1.0.0, ssl 1.2.0, apt 20140106.0.0\n\
         3: nothing fits: Run list contains invalid items: no such cookbook nothing.\n"
    );
}

#[test]
fn what_cannot_be_read_is_said() {
    let place = place();
    place.write("list.json", "[]");
    for (arguments, code, told) in [
        (&["--run-list", "a b"][..], 2, "`a b` is nothing that can be solved"),
        (&["--run-list", "role[a]"], 2, "`role[a]` is nothing that can be solved"),
        (&["--run-list", "web", "--constraint", "web"], 2, "`web` is no constraint on a cookbook"),
        (&["--batch", "missing"], 3, "missing cannot be read"),
        (&[], 2, "--run-list"),
    ] {
        let ended = solve(&place, arguments);
        assert_eq!(ended.code, Some(code), "{ended:?}");
        assert!(ended.stderr.contains(told), "{ended:?}");
    }
    for (file, code) in [("list.json", 2), ("nowhere.json", 3)] {
        let ended = place.run(&["chef", "solve", "--universe", file, "--run-list", "web"]);
        assert_eq!((ended.code, ended.stdout.as_str()), (Some(code), ""), "{ended:?}");
    }
}
