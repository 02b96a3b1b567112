//! Reviews made by hand: one with everything in it, a quiet one, a first compile, and a huge one.

use serde_json::{Value, json};
use todo_gitops::change::{
    Accounting, Baseline, CapacityChange, DecidedBy, Demand, EnvironmentSummary, Finding, ImageChange, ImpactCode,
    LineKind, ManifestChange, ManifestLine, Operation, Picture, QuotedLine, RequiredObject, Restart, Review,
    ReviewedChange, ReviewedField, RolloutChange, Severity, SourceLine, WaivedRule,
};
use todo_gitops::object::{Date, ObjectId};

const MIB: i128 = 1 << 20;

pub(crate) fn names(names: &[&str]) -> Vec<String> {
    names.iter().map(|it| (*it).to_owned()).collect()
}

fn object(group: &str, kind: &str, name: &str) -> ObjectId {
    ObjectId { group: group.into(), kind: kind.into(), namespace: None, name: name.into() }
}

fn line(file: &str, line: u32) -> SourceLine {
    SourceLine { file: file.into(), line, removed: false }
}

fn field(path: &str, before: Value, after: Value, source: SourceLine) -> ReviewedField {
    let some = |it: Value| (!it.is_null()).then_some(it);
    ReviewedField { path: path.into(), before: some(before), after: some(after), source: Some(source), derived: false }
}

fn environment(name: &str, counts: (usize, usize, usize), pods: u64, worst: Severity) -> EnvironmentSummary {
    EnvironmentSummary {
        name: name.into(),
        namespace: name.into(),
        protected: name == "todo-prod",
        created: counts.0,
        updated: counts.1,
        deleted: counts.2,
        objects: 18,
        restarts: vec![("todo-backend".into(), pods)],
        worst: Some(worst),
    }
}

fn demand(cpu_milli: i128, mebibytes: i128, pods: u64) -> Demand {
    Demand { cpu_milli, memory_bytes: mebibytes * MIB, pods }
}

fn code(name: &'static str, severity: Severity) -> ImpactCode {
    ImpactCode { name, severity, decided_by: DecidedBy::Trees, documentation: "https://kubernetes.io/docs/concepts/" }
}

/// A review in which every list has an entry and every optional field is set somewhere.
pub(crate) fn rich() -> Review {
    let all = names(&["todo-dev", "todo-prod", "todo-staging"]);
    let backend = object("apps", "Deployment", "todo-backend");
    let config = object("", "ConfigMap", "todo-backend-config");
    let debug = object("", "Service", "todo-backend-debug");
    Review {
        app: "todo".into(),
        baseline: Baseline::Commit {
            id: "4f2c1aab09e8d7c6b5a4938271605f4e3d2c1b0a".into(),
            chosen: "merge base with origin/main".into(),
        },
        head: "working tree".into(),
        environments: vec![
            environment("todo-dev", (0, 1, 1), 1, Severity::Warn),
            environment("todo-prod", (1, 1, 0), 5, Severity::Note),
            environment("todo-staging", (0, 2, 0), 2, Severity::Note),
        ],
        changes: changes(&all, &backend, &config, &debug),
        findings: findings(&all, &backend, debug.clone()),
        capacity: vec![CapacityChange {
            environment: "todo-prod".into(),
            before: demand(750, 768, 3),
            after: demand(1250, 1280, 5),
            peak: demand(1750, 1792, 7),
        }],
        rollouts: rollouts(&all),
        manifests: manifests(&all, &backend, &debug),
        images: vec![ImageChange {
            environments: all.clone(),
            workload: "todo-backend".into(),
            before: Some("registry.example.com/todo-backend:1.4.2".into()),
            after: Some("registry.example.com/todo-backend:1.5.0".into()),
            step: "minor".into(),
        }],
        waived: vec![WaivedRule {
            new: false,
            code: "missing-probe".into(),
            environments: names(&["todo-dev"]),
            object: object("apps", "Deployment", "todo-worker"),
            reason: "it has no port to ask".into(),
            until: Some(Date::parse("2026-12-31").unwrap()),
            source: line("base/worker.kdl", 4),
        }],
        required: vec![
            RequiredObject {
                environments: all.clone(),
                kind: "Secret".into(),
                name: "todo-backend-secrets".into(),
                keys: names(&["DATABASE_URL", "SENTRY_DSN"]),
                new: true,
            },
            RequiredObject {
                environments: names(&["todo-prod"]),
                kind: "Secret".into(),
                name: "todo-tls".into(),
                keys: Vec::new(),
                new: false,
            },
        ],
        accounting: Accounting { fields: 10, shown: 9, folded: 1, omitted: 0 },
        not_checked: names(&["live autoscaler state", "quotas in the cluster", "whether images exist"]),
        headline: "todo-dev loses `Service/todo-backend-debug`; `todo-backend` restarts in 3 environments and grows from 3 to 5 pods in todo-prod".into(),
        picture: Some(Picture {
            environments: names(&["todo-dev"]),
            mermaid: "flowchart LR\n    n1(\"removed: Service<br/>todo-backend-debug\")\n".into(),
        }),
    }
}

fn changes(all: &[String], backend: &ObjectId, config: &ObjectId, debug: &ObjectId) -> Vec<ReviewedChange> {
    let change = |environments: &[String], object: &ObjectId, fields| ReviewedChange {
        environments: environments.to_vec(),
        object: object.clone(),
        operation: Operation::Update,
        fields,
        source: None,
        summary: String::new(),
    };
    let checksum = ReviewedField {
        path: "spec.template.metadata.annotations[checksum/config]".into(),
        before: Some(json!("0f3a")),
        after: Some(json!("77c1")),
        source: None,
        derived: true,
    };
    vec![
        ReviewedChange {
            environments: names(&["todo-dev"]),
            object: debug.clone(),
            operation: Operation::Delete,
            fields: Vec::new(),
            source: Some(SourceLine { file: "environments/todo-dev.kdl".into(), line: 21, removed: true }),
            summary: "NodePort 30080".into(),
        },
        change(
            &names(&["todo-staging"]),
            config,
            vec![
                field(
                    "data.CORS_ORIGINS",
                    json!("https://staging.example.com,https://qa.example.com"),
                    json!("https://staging.example.com,https://qa.example.com,https://preview.example.com"),
                    line("environments/todo-staging.kdl", 12),
                ),
                field(
                    "data[logging.ini]",
                    json!("[root]\nlevel = INFO\nhandlers = console\n"),
                    json!("[root]\nlevel = DEBUG\nhandlers = console\npropagate = 1\n"),
                    line("environments/todo-staging.kdl", 14),
                ),
            ],
        ),
        change(
            all,
            backend,
            vec![field(
                "spec.template.spec.containers[backend].image",
                json!("registry.example.com/todo-backend:1.4.2"),
                json!("registry.example.com/todo-backend:1.5.0"),
                line("base/app.kdl", 18),
            )],
        ),
        change(
            &names(&["todo-prod"]),
            backend,
            vec![
                field("spec.replicas", json!(3), json!(5), line("environments/todo-prod.kdl", 7)),
                field(
                    "spec.template.spec.containers[backend].env[LOG_LEVEL]",
                    Value::Null,
                    json!({"name": "LOG_LEVEL", "value": "info"}),
                    line("environments/todo-prod.kdl", 9),
                ),
            ],
        ),
        change(&names(&["todo-staging"]), backend, vec![checksum]),
        ReviewedChange {
            environments: names(&["todo-prod"]),
            object: object("policy", "PodDisruptionBudget", "todo-backend"),
            operation: Operation::Create,
            fields: Vec::new(),
            source: Some(line("environments/todo-prod.kdl", 11)),
            summary: "at least 2 pods".into(),
        },
    ]
}

fn findings(all: &[String], backend: &ObjectId, debug: ObjectId) -> Vec<Finding> {
    vec![
        Finding {
            code: code("service-removed", Severity::Warn),
            severity: Severity::Warn,
            environments: names(&["todo-dev"]),
            object: debug,
            path: String::new(),
            message: "is removed: `todo-backend-debug.todo-dev.svc` stops resolving and node port 30080 is released; nothing rendered for todo-dev refers to it".into(),
            help: "make sure that nothing outside this repository calls it".into(),
            source: Some(SourceLine { file: "environments/todo-dev.kdl".into(), line: 21, removed: true }),
        },
        Finding {
            code: code("rolling-restart", Severity::Note),
            severity: Severity::Note,
            environments: all.to_vec(),
            object: backend.clone(),
            path: "spec.template.spec.containers[backend].image".into(),
            message: "restarts: all pods are replaced one after the other, in todo-prod never fewer than 5 and at most 6 of 5".into(),
            help: String::new(),
            source: Some(line("base/app.kdl", 18)),
        },
        Finding {
            code: code("capacity-change", Severity::Note),
            severity: Severity::Note,
            environments: names(&["todo-prod"]),
            object: backend.clone(),
            path: "spec.replicas".into(),
            message: "requests 500m CPU and 512Mi memory more: 3 → 5 pods; at most 7 pods with 1750m CPU and 1792Mi memory while it rolls".into(),
            help: String::new(),
            source: Some(line("environments/todo-prod.kdl", 7)),
        },
    ]
}

fn rollouts(all: &[String]) -> Vec<RolloutChange> {
    let rollout = |environments: &[String], numbers: (u64, u64, u64, u64), restarts| RolloutChange {
        environments: environments.to_vec(),
        workload: "Deployment/todo-backend".into(),
        before: numbers.0,
        after: numbers.1,
        least: numbers.2,
        most: numbers.3,
        restarts,
    };
    vec![
        rollout(&all[..1], (1, 1, 1, 2), Restart::Replaced),
        rollout(&all[1..2], (3, 5, 3, 7), Restart::Replaced),
        rollout(&all[2..], (60, 80, 60, 80), Restart::RunOn),
    ]
}

/// A line of a rendered file; its number is the same in both files.
fn rendered(kind: LineKind, number: u32, path: &str, text: &str, source: Option<(&str, u32, &str)>) -> ManifestLine {
    let quoted = |(file, at, text): (&str, u32, &str)| {
        let removed = kind == LineKind::Removed;
        QuotedLine { line: SourceLine { removed, ..line(file, at) }, text: text.into() }
    };
    ManifestLine {
        kind,
        before: Some(number).filter(|_| kind != LineKind::Added),
        after: Some(number).filter(|_| kind != LineKind::Removed),
        text: text.into(),
        path: path.into(),
        source: source.map(quoted),
    }
}

fn manifests(all: &[String], backend: &ObjectId, debug: &ObjectId) -> Vec<ManifestChange> {
    use LineKind::{Added, Kept, Removed};
    let image = "spec.template.spec.containers[backend].image";
    let [old, new] = ["1.4.2", "1.5.0"].map(|it| format!("        image: registry.example.com/todo-backend:{it}"));
    let kind = "service NodePort {";
    vec![
        ManifestChange {
            environments: all[..1].to_vec(),
            object: debug.clone(),
            operation: Operation::Delete,
            file: "todo-dev/service-todo-backend-debug.yaml".into(),
            hunks: vec![vec![
                rendered(Removed, 1, "", "# Generated", None),
                rendered(Removed, 2, "apiVersion", "apiVersion: v1", Some(("environments/todo-dev.kdl", 21, kind))),
                rendered(Removed, 3, "kind", "kind: Service", Some(("environments/todo-dev.kdl", 21, kind))),
            ]],
        },
        ManifestChange {
            environments: all.to_vec(),
            object: backend.clone(),
            operation: Operation::Update,
            file: "todo-dev/deployment-todo-backend.yaml".into(),
            hunks: vec![
                vec![
                    rendered(Kept, 11, "", "spec:", None),
                    rendered(Added, 12, "spec.paused", "  paused: false", None),
                    rendered(Kept, 13, "", "  selector:", None),
                ],
                vec![
                    rendered(Kept, 40, "", "      containers:", None),
                    rendered(Removed, 41, image, &old, Some(("base/app.kdl", 17, "image \"todo-backend:1.4.2\""))),
                    rendered(Added, 41, image, &new, Some(("base/app.kdl", 18, "image \"todo-backend:1.5.0\""))),
                ],
            ],
        },
    ]
}

/// A review with nothing to tell.
pub(crate) fn quiet() -> Review {
    let mut review = rich();
    review.rollouts.clear();
    review.manifests.clear();
    review.changes.clear();
    review.findings.clear();
    review.capacity.clear();
    review.images.clear();
    review.picture = None;
    review.accounting = Accounting::default();
    review.headline = "nothing changes in 3 environments".into();
    for environment in &mut review.environments {
        (environment.created, environment.updated, environment.deleted) = (0, 0, 0);
        environment.restarts.clear();
        environment.worst = None;
    }
    review
}

/// A review of a tree that is new as a whole.
pub(crate) fn first() -> Review {
    let mut review = quiet();
    review.baseline = Baseline::FirstCompile;
    review.headline = "first compile: 15 new objects in 3 environments".into();
    review.accounting = Accounting { fields: 15, shown: 15, folded: 0, omitted: 0 };
    for (kind, name) in [
        ("ConfigMap", "todo-backend-config"),
        ("ConfigMap", "todo-frontend-config"),
        ("Deployment", "todo-backend"),
        ("Deployment", "todo-frontend"),
        ("Service", "todo-backend"),
    ] {
        review.changes.push(ReviewedChange {
            environments: names(&["todo-dev", "todo-prod", "todo-staging"]),
            object: object("", kind, name),
            operation: Operation::Create,
            fields: Vec::new(),
            source: Some(line("base/app.kdl", 3)),
            summary: String::new(),
        });
    }
    for environment in &mut review.environments {
        environment.created = 5;
        environment.objects = 5;
    }
    review
}

/// A review of 2,000 changes in 20 environments, with more text than any comment holds.
pub(crate) fn huge() -> Review {
    let mut review = rich();
    let all: Vec<String> = (0..20).map(|it| format!("fleet-{it:02}")).collect();
    review.environments = all.iter().map(|it| environment(it, (0, 100, 0), 3, Severity::Warn)).collect();
    review.environments[7].protected = true;
    review.changes = (0..2_000)
        .map(|index| ReviewedChange {
            environments: vec![all[index % 20].clone()],
            object: object("", "ConfigMap", &format!("config-{index:04}")),
            operation: Operation::Update,
            fields: (0..3)
                .map(|it| {
                    field(
                        &format!("data.KEY_{it}"),
                        json!("before"),
                        json!(format!("after {index}")),
                        line("base/app.kdl", 1),
                    )
                })
                .collect(),
            source: None,
            summary: String::new(),
        })
        .collect();
    review.accounting = Accounting { fields: 6_000, shown: 6_000, folded: 0, omitted: 0 };
    review
}

/// A finding about a `ConfigMap` in one environment.
pub(crate) fn finding(severity: Severity, name: &str, message: &str) -> Finding {
    Finding {
        code: code("config-changed", severity),
        severity,
        environments: names(&["todo-dev"]),
        object: object("", "ConfigMap", name),
        path: "data".into(),
        message: message.into(),
        help: "look at it".into(),
        source: Some(line("base/app.kdl", 1)),
    }
}

/// A change of a `ConfigMap` in one environment, of so many fields.
pub(crate) fn change(operation: Operation, name: &str, fields: usize) -> ReviewedChange {
    let fields = if operation == Operation::Update { fields } else { 0 };
    let field = |it| field(&format!("data.KEY_{it}"), json!("before"), json!("after"), line("base/app.kdl", 1));
    ReviewedChange {
        environments: names(&["todo-dev"]),
        object: object("", "ConfigMap", name),
        operation,
        fields: (0..fields).map(field).collect(),
        source: None,
        summary: String::new(),
    }
}
