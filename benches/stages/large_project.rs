//! A spec of fifty components in twenty environments, each of which overrides every component: some five thousand
//! objects.

use std::fmt::Write as _;
use todo_gitops::source::Sources;

const COMPONENTS: usize = 50;
const ENVIRONMENTS: usize = 20;

/// Writes the spec, one file for each component and environment.
pub(crate) fn sources() -> Sources {
    let base = std::iter::once(("base/app.kdl".to_owned(), app()));
    let environments = (0..ENVIRONMENTS).map(|it| (format!("environments/stage-{it}.kdl"), environment(it)));
    Sources::new(base.chain(environments))
}

fn app() -> String {
    let mut text = "app shop version=\"1.0.0\" {\n    isolation namespace\n".to_owned();
    for number in 0..COMPONENTS {
        // Each calls the one before it, so that there are references to resolve and policies to write.
        let (upstream, allow) = match number.checked_sub(1) {
            Some(other) => (
                format!("UPSTREAM \"http://${{part-{other}.host}}:${{part-{other}.port.http}}\" type=url"),
                format!("allow upstream to=part-{other} port=http"),
            ),
            None => (String::new(), String::new()),
        };
        let component = format!(
            r#"
    component part-{number} {{
        image "registry.example.com/part-{number}" tag="1.0.0"
        replicas 2 min=1 max=5
        port http 8080
        config {{
            LOG_LEVEL info
            POOL_SIZE 5 type=integer
            {upstream}
        }}
        resources {{
            requests cpu="10m" memory="32Mi"
            limits cpu="100m" memory="64Mi"
        }}
        probe liveness http="/health" period=30
        probe readiness http="/health" period=10
        run-as user=1000
        service ClusterIP
        {allow}
    }}
"#
        );
        text.push_str(&component);
    }
    text + "}\n"
}

fn environment(number: usize) -> String {
    let mut text = format!("environment stage-{number} {{\n");
    for component in 0..COMPONENTS {
        let _ = write!(
            text,
            r"
    component part-{component} {{
        replicas 3
        config {{
            POOL_SIZE {}
        }}
    }}
",
            10 + number
        );
    }
    text + "}\n"
}
