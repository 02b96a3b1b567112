//! `explain`: every way to ask, and what is said about a question that names nothing.

use crate::support::program::{edit, run, shop};
use crate::support::repository::TestRepository;
use std::path::Path;

#[track_caller]
fn explained(directory: &Path, arguments: &[&str], expected: &str) {
    let run = run(directory, &[&["explain"], arguments].concat()).ends_with(0);
    assert_eq!(run.data, expected, "{arguments:?}");
    assert_eq!(run.messages, "");
}

/// A shop whose production has an autoscaler.
fn scaled() -> TestRepository {
    let shop = shop();
    edit(shop.path(), "environments/production.kdl", "replicas 3", "(add)autoscale min=2 max=4 cpu=\"70%\"");
    shop
}

#[test]
fn a_field_names_the_line_that_set_it_and_those_it_replaced() {
    let expected = "\
Deployment/shop-web in production
spec.replicas: 3

  set by     environments/production.kdl:3  replicas 3
  overrides  base/app.kdl:8                 replicas 2 min=1 max=5
";
    explained(shop().path(), &["deployment/shop-web", "spec.replicas", "-e", "production"], expected);
}

#[test]
fn a_field_without_an_environment_has_a_row_for_each() {
    let expected = "\
Deployment/shop-web spec.replicas
  production  3  environments/production.kdl:3 (over base/app.kdl:8)
  staging     2  base/app.kdl:8
";
    explained(shop().path(), &["deployment/shop-web", "spec.replicas"], expected);
    let expected = "\
HorizontalPodAutoscaler/shop-web spec.maxReplicas
  production  4  environments/production.kdl:3
  staging     -  not set here
";
    explained(scaled().path(), &["hpa/shop-web", "spec.maxReplicas"], expected);
}

#[test]
fn a_value_that_no_line_says_names_the_rule() {
    let expected = "\
Deployment/shop-web in staging
spec.strategy.type: RollingUpdate

  by rule  pods are replaced one after the other unless told otherwise
";
    explained(shop().path(), &["deployment/shop-web", "spec.strategy.type", "-e", "staging"], expected);
}

#[test]
fn a_field_that_is_left_out_says_why() {
    let expected = "\
Deployment/shop-web in production
spec.replicas: (left out)

  by rule  the autoscaler owns the number of pods
  from     environments/production.kdl:3           (add)autoscale min=2 max=4 cpu=\"70%\"
";
    explained(scaled().path(), &["deployment/shop-web", "spec.replicas", "-e", "production"], expected);
    let expected = "\
Deployment/shop-web spec.replicas
  production  (left out)  environments/production.kdl:3: the autoscaler owns the number of pods
  staging     2           base/app.kdl:8
";
    explained(scaled().path(), &["deployment/shop-web", "spec.replicas"], expected);
}

#[test]
fn an_object_without_a_field_is_annotated_line_by_line() {
    let expected = "\
ServiceAccount/shop-web in staging
  apiVersion                                       v1              base/app.kdl:6: a component has an account of its own
  kind                                             ServiceAccount  base/app.kdl:6: a component has an account of its own
  metadata.name                                    shop-web        base/app.kdl:6: the account is called as the component's objects
  metadata.namespace                               staging         environments/staging.kdl:1: the namespace is called as the environment
  metadata.labels[\"app.kubernetes.io/component\"]   web             base/app.kdl:6: objects are labelled with their component
  metadata.labels[\"app.kubernetes.io/instance\"]    staging         environments/staging.kdl:1: objects are labelled with their environment
  metadata.labels[\"app.kubernetes.io/managed-by\"]  todo-gitops     objects are labelled with the tool that manages them
  metadata.labels[\"app.kubernetes.io/name\"]        shop-web        base/app.kdl:6: objects are labelled with the name of the program
  metadata.labels[\"app.kubernetes.io/part-of\"]     shop            base/app.kdl:1: objects are labelled with their app
  metadata.labels[\"app.kubernetes.io/version\"]     1.0.0           base/app.kdl:1: objects are labelled with the version of their app
  automountServiceAccountToken                     false           pods get no service account token unless told otherwise
";
    explained(shop().path(), &["serviceaccount/shop-web", "--environment", "staging"], expected);
    run(shop().path(), &["explain", "serviceaccount/shop-web"])
        .ends_with(0)
        .prints(&["ServiceAccount/shop-web in production\n", "\nServiceAccount/shop-web in staging\n"]);
}

#[test]
fn a_block_is_annotated_line_by_line() {
    let expected = "\
Deployment/shop-web in staging
  spec.template.spec.containers[web].resources.limits.cpu       200m   base/app.kdl:18
  spec.template.spec.containers[web].resources.limits.memory    256Mi  base/app.kdl:18
  spec.template.spec.containers[web].resources.requests.cpu     100m   base/app.kdl:17
  spec.template.spec.containers[web].resources.requests.memory  128Mi  base/app.kdl:17
";
    let field = "spec.template.spec.containers[web].resources";
    explained(shop().path(), &["deployment/shop-web", field, "-e", "staging"], expected);
}

#[test]
fn objects_are_called_as_kubectl_calls_them() {
    let shop = shop();
    for name in [
        "deployment/shop-web",
        "Deployment/shop-web",
        "deployments/shop-web",
        "deploy/shop-web",
        "deployment.apps/shop-web",
        "svc/shop-web",
        "cm/shop-web-config",
        "sa/shop-web",
        "ns/production",
    ] {
        run(shop.path(), &["explain", name]).ends_with(0);
    }
    run(shop.path(), &["explain", "deployment.batch/shop-web"]).ends_with(2);
}

#[test]
fn what_is_mistyped_suggests_the_nearest() {
    let shop = shop();
    let check = |arguments: &[&str], problem: &str, help: &str| {
        let run = run(shop.path(), &[&["explain"], arguments].concat()).ends_with(2).says(&[problem, help]);
        assert_eq!(run.data, "");
    };
    let wrong = "no object is called `deployment/shop-wbe`";
    check(&["deployment/shop-wbe"], wrong, "did you mean `deployment/shop-web`?");
    check(&["shop-web"], "no object is called `shop-web`", "deployment/shop-web");
    let check_field = |field: &str, nearest: &str| {
        let problem = format!("Deployment/shop-web has no field `{field}`");
        check(&["deploy/shop-web", field], &problem, &format!("did you mean `{nearest}`?"));
    };
    check_field("spec.replica", "spec.replicas");
    check_field("replicas", "spec.replicas");
    check_field("metadata.labels.app.kubernetes.io/name", "metadata.labels[\"app.kubernetes.io/name\"]");
    check_field("spec.template.spec.containers[wbe].image", "spec.template.spec.containers[web].image");
}
