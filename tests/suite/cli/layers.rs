//! Layers on the command line: they are chosen by the environments that extend them.

use crate::support::program::{edit, run, shop};
use crate::support::repository::TestRepository;
use crate::support::write_files;

/// A shop whose production extends a layer.
fn layered() -> TestRepository {
    let shop = shop();
    write_files(
        shop.path(),
        &[("environments/live.kdl", "layer live {\n    component web {\n        replicas 3\n    }\n}\n")],
    );
    edit(shop.path(), "environments/production.kdl", "environment production", "environment production extends=live");
    edit(shop.path(), "environments/production.kdl", "replicas 3", "replicas 4");
    shop
}

#[test]
fn a_value_names_every_line_of_its_chain() {
    let expected = "\
Deployment/shop-web in production
spec.replicas: 4

  set by     environments/production.kdl:3  replicas 4
  overrides  environments/live.kdl:3        replicas 3
  overrides  base/app.kdl:8                 replicas 2 min=1 max=5
";
    let words = ["explain", "deployment/shop-web", "spec.replicas", "-e", "production"];
    assert_eq!(run(layered().path(), &words).ends_with(0).data, expected);
}

#[test]
fn a_layer_cannot_be_selected() {
    let help = "choose the environments that extend it: production";
    run(layered().path(), &["compile", "-e", "live"])
        .ends_with(2)
        .says(&["`live` is a layer, which renders nothing", help]);
}

#[test]
fn a_layer_that_cannot_be_read_holds_up_those_that_extend_it() {
    let shop = layered();
    edit(shop.path(), "environments/live.kdl", "replicas 3", "replicas {");
    run(shop.path(), &["compile", "-e", "staging"]).ends_with(0).says(&["production cannot be compiled"]);
    run(shop.path(), &["compile", "-e", "production"]).ends_with(2).says(&["environments/live.kdl"]);
}
