//! What a component may do: as little as possible, unless a line says otherwise.

use super::{argument, property_number, property_text};
use crate::source::Traced;
use crate::spec::{ContainerSecurity, Entry, Node, PodSecurity, Seccomp};

const FILTERED: &str = "system calls are filtered by the runtime's profile unless told otherwise";

/// Reads what all containers of a pod may do. The defaults are what the restricted Pod Security level asks for.
pub(super) fn of_pod(component: &Node) -> PodSecurity {
    let run_as = component.child("run-as");
    let id = |name: &str| run_as.and_then(|it| property_number(it, name));
    PodSecurity {
        user: id("user"),
        group: id("group"),
        fs_group: id("fs-group"),
        fs_group_change_policy: run_as.and_then(|it| property_text(it, "fs-group-change-policy")),
        supplemental_groups: run_as
            .and_then(|it| it.child("supplemental-groups"))
            .map(|it| it.arguments.iter().map(Entry::integer).collect())
            .unwrap_or_default(),
        run_as_non_root: run_as_non_root(component)
            .unwrap_or_else(|| Traced::rule(true, "containers do not run as root unless told otherwise")),
        seccomp: seccomp(component)
            .unwrap_or_else(|| Seccomp { kind: Traced::rule("RuntimeDefault".to_owned(), FILTERED), profile: None }),
    }
}

/// Reads what the main container may do beyond that.
pub(super) fn of_main(component: &Node) -> ContainerSecurity {
    let block = component.child("security");
    let flag = |name: &str| block.and_then(|it| it.property(name)).map(Entry::flag);
    ContainerSecurity {
        user: None,
        group: None,
        run_as_non_root: None,
        seccomp: None,
        allow_privilege_escalation: flag("allow-privilege-escalation")
            .unwrap_or_else(|| Traced::rule(false, "processes gain no privileges unless told otherwise")),
        privileged: flag("privileged"),
        read_only_root_filesystem: flag("read-only-root-filesystem"),
        drop_capabilities: flag("drop-capabilities")
            .unwrap_or_else(|| Traced::rule(true, "containers have no capabilities unless told otherwise")),
        capabilities: block
            .map(|it| it.children_named("capability").map(|it| argument(it, 0)).collect())
            .unwrap_or_default(),
    }
}

/// Reads what another container may do. What the component allows its own program, it does not allow the others.
pub(super) fn of_other(container: &Node, pod: &PodSecurity) -> ContainerSecurity {
    let run_as = container.child("run-as");
    let id = |name: &str| run_as.and_then(|it| property_number(it, name));
    let not_as_the_pod = || {
        let rule = "only the component's own program may start as root unless told otherwise";
        (!pod.run_as_non_root.value).then(|| Traced::new(true, container.origin.derived(rule)))
    };
    let filtered_again = || {
        (pod.seccomp.kind.value != "RuntimeDefault").then(|| Seccomp {
            kind: Traced::new("RuntimeDefault".to_owned(), container.origin.derived(FILTERED)),
            profile: None,
        })
    };
    ContainerSecurity {
        user: id("user"),
        group: id("group"),
        run_as_non_root: run_as_non_root(container).or_else(not_as_the_pod),
        seccomp: seccomp(container).or_else(filtered_again),
        ..of_main(container)
    }
}

fn run_as_non_root(node: &Node) -> Option<Traced<bool>> {
    let allowed = node.child("security").and_then(|it| it.property("allow-root"));
    allowed.map(|it| it.flag().map(|allowed| !allowed))
}

fn seccomp(node: &Node) -> Option<Seccomp> {
    let block = node.child("security")?;
    let profile = property_text(block, "profile");
    let kind = property_text(block, "seccomp").or_else(|| {
        let rule = "a profile of its own lies on the node";
        profile.as_ref().map(|it| Traced::new("Localhost".to_owned(), it.origin.derived(rule)))
    })?;
    Some(Seccomp { kind, profile })
}
