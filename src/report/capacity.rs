//! What a project asks of its clusters in, a page for the terminal out: for each environment two tables, requests and
//! limits, and for each cluster how much of it that is.

use super::page::{Page, Paint};
use super::table::{Align, Table};
use crate::diagnostic::excerpt::Style;
use crate::object::Quantity;
use crate::object::capacity::{CapacityPlan, ClusterPlan, EnvironmentPlan, Loads, Resource, Share, Verdict};
use crate::object::demand::{Load, Runs, WorkloadDemand};

/// Writes the plan as wide as the terminal is; below 40 columns, 40 wide.
pub fn capacity(plan: &CapacityPlan, width: usize, style: Style) -> String {
    let mut page = Page::new(width, style);
    for environment in &plan.environments {
        page.heading(&environment.name);
        of_environment(&mut page, environment);
        if !plan.clusters.iter().any(|it| it.environments.iter().any(|(name, _)| *name == environment.name)) {
            page.blank();
            page.paragraph(0, 0, &[plain(undeclared(environment))]);
        }
    }
    for cluster in &plan.clusters {
        page.heading(&format!("cluster {}", cluster.name));
        of_cluster(&mut page, cluster);
    }
    page.into_text()
}

fn undeclared(environment: &EnvironmentPlan) -> String {
    match &environment.cluster {
        Some(name) => format!("cluster {name} declares no capacity, so this is held against nothing"),
        None => "no cluster is declared, so this is held against nothing".to_owned(),
    }
}

/// What a table is about.
#[derive(Clone, Copy)]
enum Measure {
    Requests,
    Limits,
}

impl Measure {
    const ALL: [Self; 2] = [Self::Requests, Self::Limits];

    fn name(self) -> &'static str {
        match self {
            Self::Requests => "requests",
            Self::Limits => "limits",
        }
    }

    /// Returns an amount; none where there is no bound.
    fn of(self, resource: Resource, load: Load) -> Option<Quantity> {
        match self {
            Self::Requests => Some(resource.requested(load.requests)),
            Self::Limits => resource.limit(load),
        }
    }
}

fn of_environment(page: &mut Page, environment: &EnvironmentPlan) {
    let workloads = &environment.demand.workloads;
    if workloads.is_empty() {
        page.paragraph(0, 0, &[plain("no workloads".to_owned())]);
    }
    let (jobs, staying): (Vec<_>, Vec<_>) = workloads.iter().partition(|it| it.runs == Runs::UntilDone);
    let loads = &environment.loads;
    for (index, measure) in Measure::ALL.into_iter().filter(|_| !workloads.is_empty()).enumerate() {
        if index > 0 {
            page.blank();
        }
        let mut table = Table::new(&columns(measure.name()));
        for it in &staying {
            table.row(Paint::Plain, of_workload(measure, it));
        }
        table.row(Paint::Bold, sum("total", measure, loads.least, loads.scaled));
        if loads.jobs.pods > 0 {
            table.row(Paint::Bold, sum("with all jobs", measure, loads.most, loads.most));
        }
        if loads.peak != loads.most {
            table.row(Paint::Plain, sum("while all is replaced", measure, loads.peak, loads.peak));
        }
        table.write(0, page);
    }
    for measure in Measure::ALL.into_iter().filter(|_| !jobs.is_empty()) {
        page.blank();
        let title = format!("{} of jobs while they run", measure.name());
        let mut table = Table::new(&columns(&title));
        for it in &jobs {
            table.row(Paint::Plain, of_workload(measure, it));
        }
        table.write(0, page);
    }
    if staying.iter().any(|it| it.runs == Runs::OnEveryNode) {
        page.blank();
        let text = "per node: one pod runs on every node; how many there are is not declared, so one is counted";
        page.paragraph(0, 0, &[plain(text.to_owned())]);
    }
}

fn columns(title: &str) -> [(Align, &str); 6] {
    let right = Align::Right;
    [
        (Align::Left, title),
        (right, "pods"),
        (right, "CPU each"),
        (right, "CPU"),
        (right, "memory each"),
        (right, "memory"),
    ]
}

fn of_workload(measure: Measure, it: &WorkloadDemand) -> Vec<String> {
    let name = it.component.clone().unwrap_or_else(|| it.workload.short());
    let name = match it.runs {
        Runs::OnEveryNode => format!("{name} (per node)"),
        Runs::Always | Runs::UntilDone => name,
    };
    let (one, least, most) = (it.load(1), it.load(it.replicas.minimum), it.load(it.replicas.maximum));
    let mut cells = vec![name, range(&it.replicas.minimum.to_string(), &it.replicas.maximum.to_string())];
    for resource in Resource::ALL {
        let shown = |load| amount(resource, measure.of(resource, load));
        cells.extend([shown(one), range(&shown(least), &shown(most))]);
    }
    cells
}

fn sum(name: &str, measure: Measure, least: Load, most: Load) -> Vec<String> {
    let mut cells = vec![name.to_owned(), range(&least.pods.to_string(), &most.pods.to_string())];
    for resource in Resource::ALL {
        let shown = |load| amount(resource, measure.of(resource, load));
        cells.extend([String::new(), range(&shown(least), &shown(most))]);
    }
    cells
}

fn of_cluster(page: &mut Page, plan: &ClusterPlan) {
    let capacity = &plan.capacity;
    let [cpu, memory] = Resource::ALL.map(|it| (capacity.total(it), capacity.reserve(it), capacity.available(it)));
    let text = if cpu.1.is_zero() && memory.1.is_zero() {
        format!("{} CPU and {} memory; the target is {}%", cpu.0, memory.0, capacity.target_percent)
    } else {
        format!(
            "{} CPU and {} memory; {} and {} are reserved, {} and {} are for workloads; the target is {}%",
            cpu.0, memory.0, cpu.1, memory.1, cpu.2, memory.2, capacity.target_percent
        )
    };
    page.paragraph(0, 0, &[plain(text)]);
    if plan.environments.len() > 1 {
        page.blank();
        by_environment(page, plan);
    }
    let Loads { most, peak, .. } = plan.together;
    page.blank();
    shares(page, plan, "at most", most);
    if peak != most {
        page.blank();
        shares(page, plan, "while all is replaced", peak);
    }
}

fn by_environment(page: &mut Page, plan: &ClusterPlan) {
    let mut columns = vec![(Align::Left, "at most"), (Align::Right, "pods")];
    let titles = ["CPU requests", "CPU limits", "memory requests", "memory limits"];
    columns.extend(titles.map(|it| (Align::Right, it)));
    let mut table = Table::new(&columns);
    let mut row = |paint, name: &str, load: Load| {
        let of = |resource| Measure::ALL.map(|it| amount(resource, it.of(resource, load)));
        let cells = [name.to_owned(), load.pods.to_string()].into_iter();
        table.row(paint, cells.chain(Resource::ALL.into_iter().flat_map(of)).collect());
    };
    for (name, loads) in &plan.environments {
        row(Paint::Plain, name, loads.most);
    }
    row(Paint::Bold, "together", plan.together.most);
    table.write(0, page);
}

/// Holds everything that runs at the same time against what there is.
fn shares(page: &mut Page, plan: &ClusterPlan, title: &str, load: Load) {
    let right = Align::Right;
    let columns = [(Align::Left, title), (right, "amount"), (right, "of"), (right, "share"), (Align::Left, "")];
    let mut table = Table::new(&columns);
    for resource in Resource::ALL {
        for measure in Measure::ALL {
            let asked = measure.of(resource, load);
            let share = asked.map(|it| plan.capacity.share(resource, it));
            let percent = share.and_then(|it| it.percent).map_or_else(String::new, |it| format!("{it}%"));
            let cells = [
                format!("{} {}", label(resource), measure.name()),
                amount(resource, asked),
                amount(resource, Some(plan.capacity.available(resource))),
                percent,
                verdict(share).to_owned(),
            ];
            table.row(paint(share), cells.into());
        }
    }
    table.write(0, page);
}

fn verdict(share: Option<Share>) -> &'static str {
    match share.map(|it| it.verdict) {
        None => "without a bound",
        Some(Verdict::Within) => "within the target",
        Some(Verdict::OverTarget) => "over the target",
        Some(Verdict::Exceeded) => "more than there is",
    }
}

fn paint(share: Option<Share>) -> Paint {
    match share.map(|it| it.verdict) {
        None | Some(Verdict::Within) => Paint::Plain,
        Some(Verdict::OverTarget) => Paint::Yellow,
        Some(Verdict::Exceeded) => Paint::Red,
    }
}

fn label(resource: Resource) -> &'static str {
    match resource {
        Resource::Cpu => "CPU",
        Resource::Memory => "memory",
    }
}

/// Writes `500m`, or `500m to 1000m`.
fn range(least: &str, most: &str) -> String {
    if least == most { least.to_owned() } else { format!("{least} to {most}") }
}

/// Writes cores in thousandths and bytes in mebibytes, so that a column can be compared; bytes that are no whole number
/// of those as they are.
fn amount(resource: Resource, quantity: Option<Quantity>) -> String {
    let Some(quantity) = quantity else { return "unlimited".to_owned() };
    match resource {
        Resource::Cpu => format!("{}m", quantity.milli()),
        Resource::Memory => {
            let bytes = quantity.milli() / 1000;
            if bytes % (1 << 20) == 0 { format!("{}Mi", bytes >> 20) } else { quantity.to_string() }
        }
    }
}

fn plain(text: String) -> (Paint, String) {
    (Paint::Plain, text)
}

#[cfg(test)]
mod tests {
    use super::capacity;
    use crate::diagnostic::excerpt::Style;
    use crate::object::capacity::CapacityPlan;
    use crate::object::{Environment, Object, ObjectSet};
    use serde_json::{Value, json};

    fn set() -> ObjectSet {
        let template = |cpu: &str| {
            let amount = json!({"cpu": cpu, "memory": "64Mi"});
            json!({"spec": {"containers": [{"resources": {"requests": amount, "limits": amount}}]}})
        };
        let object = |kind: &str, name: &str, spec: Value| {
            let body = json!({"apiVersion": "apps/v1", "kind": kind, "metadata": {"name": name}, "spec": spec});
            Object::from_body(body).unwrap()
        };
        let objects = vec![
            object("CronJob", "clean", json!({"jobTemplate": {"spec": {"parallelism": 3, "template": template("1")}}})),
            object(
                "DaemonSet",
                "agent",
                json!({"updateStrategy": {"rollingUpdate": {"maxSurge": 1}}, "template": template("50m")}),
            ),
            object("Deployment", "web", json!({"replicas": 2, "template": template("100m")})),
            object("Job", "migrate", json!({"template": template("200m")})),
        ];
        ObjectSet { environment: Environment::undeclared("prod"), objects }
    }

    #[test]
    fn jobs_stand_apart_and_daemons_are_counted_per_node() {
        let text = capacity(&CapacityPlan::of(&[&set()]), 80, Style::Plain);
        insta::assert_snapshot!(text, @r"
        ── prod ────────────────────────────────────────────────────────────────────────
        requests                    pods  CPU each    CPU  memory each  memory
        DaemonSet/agent (per node)     1       50m    50m         64Mi    64Mi
        Deployment/web                 2      100m   200m         64Mi   128Mi
        total                          3             250m                192Mi
        with all jobs                  7            3450m                448Mi
        while all is replaced          9            3600m                576Mi

        limits                      pods  CPU each    CPU  memory each  memory
        DaemonSet/agent (per node)     1       50m    50m         64Mi    64Mi
        Deployment/web                 2      100m   200m         64Mi   128Mi
        total                          3             250m                192Mi
        with all jobs                  7            3450m                448Mi
        while all is replaced          9            3600m                576Mi

        requests of jobs while they run  pods  CPU each    CPU  memory each  memory
        CronJob/clean                       3     1000m  3000m         64Mi   192Mi
        Job/migrate                         1      200m   200m         64Mi    64Mi

        limits of jobs while they run  pods  CPU each    CPU  memory each  memory
        CronJob/clean                     3     1000m  3000m         64Mi   192Mi
        Job/migrate                       1      200m   200m         64Mi    64Mi

        per node: one pod runs on every node; how many there are is not declared, so one
        is counted

        no cluster is declared, so this is held against nothing
        ");
    }

    #[test]
    fn a_narrow_page_has_a_few_lines_for_each_row() {
        let text = capacity(&CapacityPlan::of(&[&set()]), 40, Style::Plain);
        insta::assert_snapshot!(text.lines().take(8).collect::<Vec<_>>().join("\n"), @r"
        ── prod ────────────────────────────────
        requests
        DaemonSet/agent (per node)
          pods 1, CPU each 50m, CPU 50m, memory
          each 64Mi, memory 64Mi
        Deployment/web
          pods 2, CPU each 100m, CPU 200m,
          memory each 64Mi, memory 128Mi
        ");
    }
}
