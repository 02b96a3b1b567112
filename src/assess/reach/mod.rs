//! Who may reach whom after a change of network policies, and who no longer may.
//!
//! What ends isolation altogether is the matter of `isolation`; here is what begins it, widens it and narrows it.

use super::callers::{Call, calls_to};
use super::workload::Pods;
use super::{Rule, pruning, wording};
use crate::change::{Comparison, DecidedBy, EnvironmentComparison, Finding, ImpactCode, Severity, Side, SourceLine};
use crate::object::reach::{Beyond, Direction, Guarded, Pod, Policies, PortSet, Ranges, Who};
use crate::object::{FieldPath, Object};
use std::collections::BTreeMap;

pub(super) const RULES: &[Rule] = &[Rule { codes: &[NETWORK_POLICY_REACH], find }];

const NETWORK_POLICY_REACH: ImpactCode = ImpactCode {
    name: "network-policy-reach",
    severity: Severity::Warn,
    decided_by: DecidedBy::Trees,
    documentation: "https://kubernetes.io/docs/concepts/services-networking/network-policies/",
};

/// One workload of the new state, and its pods in both.
struct Member<'a> {
    pods: Pods<'a>,
    /// What its pods were; for a new workload, what they are.
    before: Guarded<'a>,
    after: Guarded<'a>,
    is_kept: bool,
}

/// The workloads and the policies of one environment, in both states.
struct Scene<'a> {
    input: &'a Comparison<'a>,
    environment: &'a EnvironmentComparison<'a>,
    before: Policies<'a>,
    after: Policies<'a>,
    members: Vec<Member<'a>>,
}

/// The workloads that become isolated alike: by the first of these policies, in these directions, with or without names.
type Isolated<'a, 'b> = BTreeMap<(usize, Vec<Direction>, bool), (&'a Object, Vec<&'b Member<'a>>)>;

fn find(input: &Comparison<'_>) -> Vec<Finding> {
    let mut findings = Vec::new();
    for environment in input.environments.iter().filter(|it| it.before.is_some() && it.after.is_some()) {
        let (before, after) =
            (Policies::of(environment.objects(Side::Before)), Policies::of(pruning::in_effect(environment)));
        if (before.is_empty() && after.is_empty()) || !is_touched(environment) {
            continue;
        }
        let member = |pods| Member::of(environment, pods, &before, &after);
        let members = Pods::all(environment, Side::After).map(member).collect();
        let scene = Scene { input, environment, before, after, members };
        findings.extend(scene.isolated());
        for member in scene.members.iter().filter(|it| it.is_kept) {
            findings.extend(scene.reached(member));
            findings.extend(scene.reaches(member));
        }
    }
    findings
}

/// True where a policy changes, or labels that one may select by.
fn is_touched(environment: &EnvironmentComparison<'_>) -> bool {
    environment.changes.changes.iter().any(|it| match it.id.kind.as_str() {
        "NetworkPolicy" => true,
        "Namespace" => it.touches("metadata.labels"),
        kind => crate::object::kind::pod_template(kind)
            .is_some_and(|template| it.touches(&format!("{template}.metadata.labels"))),
    })
}

impl<'a> Member<'a> {
    fn of(
        environment: &EnvironmentComparison<'a>,
        pods: Pods<'a>,
        before: &Policies<'a>,
        after: &Policies<'a>,
    ) -> Self {
        let old = environment.object(Side::Before, &pods.object.id).and_then(Pods::of);
        Self {
            pods,
            before: before.guard(old.unwrap_or(pods).seen_by_policies()),
            after: after.guard(pods.seen_by_policies()),
            is_kept: old.is_some(),
        }
    }

    fn begins(&self, direction: Direction) -> bool {
        !self.before.is_isolated(direction) && self.after.is_isolated(direction)
    }

    fn ends(&self, direction: Direction) -> bool {
        self.before.is_isolated(direction) && !self.after.is_isolated(direction)
    }

    /// True where some policy is about its traffic in a direction, before or after.
    fn is_guarded(&self, direction: Direction) -> bool {
        self.before.is_isolated(direction) || self.after.is_isolated(direction)
    }

    fn name(&self) -> String {
        self.pods.object.id.short()
    }

    fn is(&self, object: &Object) -> bool {
        self.pods.object.id == object.id
    }
}

/// Somebody, and the ports between them and a workload.
struct Party {
    name: String,
    ports: PortSet,
}

impl Party {
    fn told(list: &[Self]) -> String {
        const SHOWN: usize = 5;
        let one = |it: &Self| format!("{} on {}", it.name, it.ports);
        let mut names: Vec<String> = list.iter().take(SHOWN).map(one).collect();
        if list.len() > SHOWN {
            names.push(wording::count(u64::try_from(list.len() - SHOWN).unwrap_or(u64::MAX), "other"));
        }
        wording::list(&names)
    }

    fn beyond(list: Vec<Beyond>) -> impl Iterator<Item = Self> {
        // Those that we know are named one by one.
        let others = list.into_iter().filter(|it| it.who != Who::EveryNeighbour);
        others.map(|it| Self { name: it.who.name().to_owned(), ports: it.ports })
    }
}

impl<'a> Scene<'a> {
    fn beyond(&self, member: &Member<'_>, direction: Direction, side: Side) -> Vec<Beyond> {
        match side {
            Side::Before => {
                let known: Vec<Pod<'_>> = self.members.iter().map(|it| it.before.pod).collect();
                self.before.beyond(&member.before, direction, &known)
            }
            Side::After => {
                let known: Vec<Pod<'_>> = self.members.iter().map(|it| it.after.pod).collect();
                self.after.beyond(&member.after, direction, &known)
            }
        }
    }

    /// Returns the line of the policy to which a workload owes what it may do now.
    fn line(&self, member: &Member<'_>, direction: Direction) -> Option<SourceLine> {
        let policy = member.after.isolating(direction).first();
        match policy {
            Some(policy) => self.input.line_of(Side::After, policy, &FieldPath::parse("spec")?),
            None => self.input.line_of(Side::After, member.pods.object, &FieldPath::parse("metadata")?),
        }
    }

    /// Reports the workloads that a policy is the first to select in a direction.
    fn isolated(&self) -> Vec<Finding> {
        let mut first: Isolated<'_, '_> = BTreeMap::new();
        let policies: Vec<&Object> = self.environment.of_kind(Side::After, "NetworkPolicy").collect();
        for member in self.members.iter().filter(|it| it.is_kept) {
            let directions = [Direction::Ingress, Direction::Egress];
            let begun: Vec<Direction> = directions.into_iter().filter(|it| member.begins(*it)).collect();
            let Some(policy) = begun.first().and_then(|it| member.after.isolating(*it).first().copied()) else {
                continue;
            };
            let place = policies.iter().position(|it| it.id == policy.id).unwrap_or_default();
            let is_mute = begun.contains(&Direction::Egress) && !self.finds_names(member);
            first.entry((place, begun, is_mute)).or_insert_with(|| (policy, Vec::new())).1.push(member);
        }
        first
            .into_iter()
            .map(|((_, begun, is_mute), (policy, members))| self.isolation(policy, &begun, is_mute, &members))
            .collect()
    }

    /// True where a workload may ask for names: the cluster's DNS answers on port 53.
    fn finds_names(&self, member: &Member<'_>) -> bool {
        let dns = PortSet::range("UDP", 53, 53);
        let is_dns = |ports: &PortSet| !ports.intersection(&dns).is_empty();
        self.beyond(member, Direction::Egress, Side::After).iter().any(|it| is_dns(&it.ports))
            || self.members.iter().any(|it| {
                // Any other pod answers nothing there.
                is_dns(&it.after.pod.declared_ports())
                    && is_dns(&self.after.between(&member.after, &it.after, Ranges::Pods))
            })
    }

    fn isolation(&self, policy: &Object, begun: &[Direction], is_mute: bool, members: &[&Member<'_>]) -> Finding {
        const SHORT: usize = 50;
        let all = wording::list(&members.iter().map(|it| it.name()).collect::<Vec<_>>());
        let (who, names) = if all.len() <= SHORT {
            (all, String::new())
        } else {
            (wording::count_of(members, "workload"), format!(" ({all})"))
        };
        let it = if members.len() > 1 { "them" } else { "it" };
        let what = match (begun, members) {
            ([Direction::Ingress, Direction::Egress], _) => format!("only what a policy allows reaches or leaves {it}"),
            ([Direction::Egress], _) => format!("only what a policy allows leaves {it}"),
            (_, [only]) => match self.callers(only).as_slice() {
                [] => "nothing reaches it from now on".to_owned(),
                parties => format!("only {} may reach it from now on", Party::told(parties)),
            },
            (_, _) => format!("only what a policy allows reaches {it}"),
        };
        let names_fail = if is_mute { ", and names are no longer found, as no policy allows port 53" } else { "" };
        let message = format!("isolates {who}: {what}{names}{names_fail}");
        let help =
            "allow what these pods need in the same change: who calls them, whom they call, and the cluster's DNS";
        let line = self.input.line_of(Side::After, policy, &FieldPath::parse("spec").unwrap_or_default());
        let severity = if is_mute { Severity::Outage } else { NETWORK_POLICY_REACH.severity };
        let finding = Finding::new(NETWORK_POLICY_REACH, self.environment.name(), &policy.id, message);
        finding.at("spec.podSelector").help(help).with_severity(severity).from_line(line)
    }

    /// Returns everybody who may reach a workload now.
    fn callers(&self, member: &Member<'_>) -> Vec<Party> {
        let others = self.members.iter().filter(|it| !it.is(member.pods.object));
        let known = others
            .map(|it| Party { name: it.name(), ports: self.after.between(&it.after, &member.after, Ranges::Outside) });
        let beyond = Party::beyond(self.beyond(member, Direction::Ingress, Side::After));
        known.filter(|it| !it.ports.is_empty()).chain(beyond).collect()
    }

    /// Reports who may newly reach a workload, and who no longer may.
    fn reached(&self, callee: &Member<'a>) -> Vec<Finding> {
        let (mut gained, mut lost) = (Vec::new(), Vec::new());
        let mut findings = Vec::new();
        let calls = calls_to(self.environment, Side::After, callee.pods);
        let (has_begun, has_ended) = (callee.begins(Direction::Ingress), callee.ends(Direction::Ingress));
        for caller in self.members.iter().filter(|it| !it.is(callee.pods.object)) {
            if !callee.is_guarded(Direction::Ingress) && !caller.is_guarded(Direction::Egress) {
                continue;
            }
            let between = |policies: &Policies<'_>, side: Side, ranges| match side {
                Side::Before => policies.between(&caller.before, &callee.before, ranges),
                Side::After => policies.between(&caller.after, &callee.after, ranges),
            };
            let now = between(&self.after, Side::After, Ranges::Pods);
            let less = between(&self.before, Side::Before, Ranges::Outside).minus(&now);
            let needed =
                |it: &&Call<'_>| it.caller.is_some_and(|it| caller.is(it)) && !it.ports.intersection(&less).is_empty();
            if let Some(call) = calls.iter().find(needed) {
                findings.push(self.cut_off(caller, callee, call, &call.ports.intersection(&less)));
            } else if !less.is_empty() && !has_begun && !caller.begins(Direction::Egress) {
                lost.push(Party { name: caller.name(), ports: less });
            }
            let open = between(&self.before, Side::Before, Ranges::Pods);
            let more = between(&self.after, Side::After, Ranges::Outside).minus(&open);
            if !more.is_empty() && !has_ended && !caller.ends(Direction::Egress) {
                gained.push(Party { name: caller.name(), ports: more });
            }
        }
        let (old, new) = (
            self.beyond(callee, Direction::Ingress, Side::Before),
            self.beyond(callee, Direction::Ingress, Side::After),
        );
        if let Some(entry) = calls.iter().find(|it| it.caller.is_none()).filter(|_| !old.is_empty() && new.is_empty()) {
            findings.push(self.closed(callee, entry));
        }
        if !has_ended {
            gained.extend(Party::beyond(Beyond::minus(&new, &old)));
        }
        if !has_begun {
            lost.extend(Party::beyond(Beyond::minus(&old, &new)));
        }
        let line = || self.line(callee, Direction::Ingress);
        if !gained.is_empty() {
            let message = format!("may be reached by more: {}", Party::told(&gained));
            let help = "allow only those that call it, on the ports that they call";
            findings.push(self.about(callee, message).help(help).from_line(line()));
        }
        if !lost.is_empty() {
            let message = format!("may be reached by fewer: no longer by {}", Party::told(&lost));
            findings.push(self.about(callee, message).with_severity(Severity::Note).from_line(line()));
        }
        findings
    }

    /// Reports whom beyond the environment a workload may newly reach, and whom it no longer may.
    fn reaches(&self, caller: &Member<'_>) -> Vec<Finding> {
        let (old, new) =
            (self.beyond(caller, Direction::Egress, Side::Before), self.beyond(caller, Direction::Egress, Side::After));
        let mut findings = Vec::new();
        let gained: Vec<Party> = Party::beyond(Beyond::minus(&new, &old)).collect();
        let line = || self.line(caller, Direction::Egress);
        if !gained.is_empty() && !caller.ends(Direction::Egress) {
            let message = format!("may reach more: {}", Party::told(&gained));
            let help = "allow only what it calls, on the ports that it calls";
            findings.push(self.about(caller, message).help(help).from_line(line()));
        }
        let lost: Vec<Party> = Party::beyond(Beyond::minus(&old, &new)).collect();
        if !lost.is_empty() && !caller.begins(Direction::Egress) {
            let message = format!("may reach fewer: no longer {}", Party::told(&lost));
            findings.push(self.about(caller, message).with_severity(Severity::Note).from_line(line()));
        }
        findings
    }

    /// Reports a call that objects show and no policy lets through any more.
    fn cut_off(&self, from: &Member<'_>, to: &Member<'_>, call: &Call<'_>, ports: &PortSet) -> Finding {
        let is_let_in = !to.after.is_isolated(Direction::Ingress);
        let (side, direction) = if is_let_in { (from, Direction::Egress) } else { (to, Direction::Ingress) };
        let message =
            format!("can no longer reach what it calls: {} on {ports}, which {} names", to.name(), call.place);
        let help = "allow it on both sides: out of the one that calls, and into the one that is called";
        let finding = self.about(from, message).help(help).with_severity(Severity::Outage);
        finding.from_line(self.line(side, direction))
    }

    /// Reports a workload that is called from outside, where nobody may reach it any more.
    fn closed(&self, callee: &Member<'_>, entry: &Call<'_>) -> Finding {
        let message = format!("can no longer be reached from outside: no policy lets in what {} brings", entry.place);
        let help = "allow the namespace of the ingress controller or gateway, or the addresses that call";
        let finding = self.about(callee, message).help(help).with_severity(Severity::Outage);
        finding.from_line(self.line(callee, Direction::Ingress))
    }

    fn about(&self, member: &Member<'_>, message: String) -> Finding {
        Finding::new(NETWORK_POLICY_REACH, self.environment.name(), &member.pods.object.id, message)
    }
}

#[cfg(test)]
mod tests;
