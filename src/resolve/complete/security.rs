//! What a component may do: as little as possible, unless a line says otherwise.

use super::{argument, property_number, property_text};
use crate::source::Traced;
use crate::spec::{ContainerSecurity, Entry, Node, PodSecurity};

/// Reads what all containers of a pod may do. The defaults are what the restricted Pod Security level asks for.
pub(super) fn of_pod(component: &Node) -> PodSecurity {
    let run_as = component.child("run-as");
    let block = component.child("security");
    let id = |name: &str| run_as.and_then(|it| property_number(it, name));
    PodSecurity {
        user: id("user"),
        group: id("group"),
        fs_group: id("fs-group"),
        run_as_non_root: block.and_then(|it| it.property("allow-root")).map(Entry::flag).map_or_else(
            || Traced::rule(true, "containers do not run as root unless told otherwise"),
            |it| it.map(|allowed| !allowed),
        ),
        seccomp: block.and_then(|it| property_text(it, "seccomp")).unwrap_or_else(|| {
            Traced::rule(
                "RuntimeDefault".to_owned(),
                "system calls are filtered by the runtime's profile unless told otherwise",
            )
        }),
    }
}

/// Reads what one container may do.
pub(super) fn of_container(container: &Node) -> ContainerSecurity {
    let block = container.child("security");
    let flag = |name: &str| block.and_then(|it| it.property(name)).map(Entry::flag);
    ContainerSecurity {
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
