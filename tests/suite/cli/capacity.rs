//! `capacity`: what it prints, and what it ends with.

use crate::support::program::{edit, run, shop};

#[test]
fn tables_are_printed_as_text_and_as_json() {
    let shop = shop();
    run(shop.path(), &["capacity"]).ends_with(0).prints(&["── production ──", "── staging ──", "declares no capacity"]);
    run(shop.path(), &["capacity", "-e", "staging", "--format", "json"]).ends_with(0).prints(&[
        "\"version\": 1",
        "\"name\": \"staging\"",
        "\"cpuMilli\": 200",
    ]);
    let unknown = run(shop.path(), &["capacity", "--environment", "stagin"]).ends_with(2);
    assert_eq!(unknown.says(&["did you mean `staging`?"]).data, "");
}

#[test]
fn what_does_not_fit_is_shown_and_is_an_error() {
    let shop = shop();
    let cluster = "cluster east kubernetes=\"1.34\"";
    edit(shop.path(), "base/app.kdl", cluster, &format!("{cluster} {{\n    capacity cpu=\"250m\" memory=\"8Gi\"\n}}"));
    run(shop.path(), &["capacity"])
        .ends_with(2)
        .says(&["error[capacity-exceeded]"])
        .prints(&["── cluster east ──", "more than there is"]);
}
