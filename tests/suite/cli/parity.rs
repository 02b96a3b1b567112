//! `parity`: what is compared, and in which form.

use crate::support::program::{edit, run, shop};

#[test]
fn rows_that_differ_are_shown_and_all_where_asked_for() {
    let shop = shop();
    let few = run(shop.path(), &["parity"]).ends_with(0).prints(&["spec.replicas", "environments/production.kdl:3"]);
    assert!(!few.data.contains("spec.strategy.type"), "{}", few.data);
    assert_eq!(few.messages, "");
    run(shop.path(), &["parity", "--all"]).ends_with(0).prints(&["spec.strategy.type", "the same everywhere"]);
    run(shop.path(), &["parity", "-e", "staging"]).ends_with(0).prints(&["in 1 environment: 0 different"]);
    run(shop.path(), &["parity", "-e", "stagin"]).ends_with(2).says(&["did you mean `staging`?"]);
}

#[test]
fn programs_read_json() {
    let run = run(shop().path(), &["parity", "--format", "json"]).ends_with(0);
    let document: serde_json::Value = serde_json::from_str(&run.data).unwrap();
    assert_eq!(document["version"], 1);
    assert_eq!(document["environments"], serde_json::json!(["production", "staging"]));
}

#[test]
fn a_wrong_spec_is_not_compared() {
    let shop = shop();
    edit(shop.path(), "environments/production.kdl", "replicas 3", "replicas 9");
    assert_eq!(run(shop.path(), &["parity"]).ends_with(2).says(&["error[out-of-bounds]"]).data, "");
}
