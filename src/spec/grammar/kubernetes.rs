//! The words of Kubernetes for what this language calls otherwise, for whoever knows its YAML.

/// What somebody may write, from the fields of Kubernetes and the kinds of its objects, and what is written here.
const WORDS: &[(&str, &str)] = &[
    ("affinity", "pod-affinity NAME component=…` or `node-affinity NAME { match … }"),
    ("clusterRole", "permission NAME cluster=#true { verbs …; resources … }"),
    ("configMap", "config { KEY VALUE }"),
    ("containerPort", "port NAME NUMBER"),
    ("containers", "container NAME { image … }"),
    ("cronJob", "component NAME kind=CronJob"),
    ("daemonSet", "component NAME kind=DaemonSet"),
    ("deployment", "component NAME"),
    ("emptyDir", "volume NAME empty-dir=#true"),
    ("envFrom", "env-from { secret NAME }"),
    ("externalSecret", "secret NAME store=…"),
    ("gateway", "http-route { gateway NAME }"),
    ("horizontalPodAutoscaler", "autoscale min=… max=… cpu=…"),
    ("hostAliases", "host-alias IP NAME"),
    ("hpa", "autoscale min=… max=… cpu=…"),
    ("httpRoute", "http-route { gateway NAME }"),
    ("imagePullPolicy", "image REPOSITORY pull=…"),
    ("imagePullSecrets", "image-pull-secret NAME"),
    ("initContainers", "init-container NAME { image … }"),
    ("limitRange", "limit-range { limit Container { … } }"),
    ("livenessProbe", "probe liveness http=…"),
    ("maxSurge", "rollout max-surge=…"),
    ("maxUnavailable", "rollout max-unavailable=…"),
    ("networkPolicy", "allow NAME from=…"),
    ("nodePort", "expose PORT node-port=…"),
    ("nodeSelector", "node-selector { KEY VALUE }"),
    ("pdb", "disruption-budget max-unavailable=1"),
    ("persistentVolumeClaim", "claim NAME size=…"),
    ("podDisruptionBudget", "disruption-budget max-unavailable=1"),
    ("priorityClassName", "pod priority-class=…"),
    ("pvc", "claim NAME size=…"),
    ("readinessProbe", "probe readiness http=…"),
    ("resourceQuota", "quota { KEY AMOUNT }"),
    ("restartPolicy", "job restart=…"),
    ("role", "permission NAME { verbs …; resources … }"),
    ("roleBinding", "permission NAME { verbs …; resources … }"),
    ("schedule", "cron \"…\""),
    ("securityContext", "run-as user=…` and `security"),
    ("serviceAccountName", "service-account NAME"),
    ("startupProbe", "probe startup http=…"),
    ("statefulSet", "component NAME kind=StatefulSet"),
    ("strategy", "rollout STRATEGY"),
    ("terminationGracePeriodSeconds", "pod grace-period=…"),
    ("tolerations", "toleration KEY value=…"),
    ("topologySpreadConstraints", "spread TOPOLOGY-KEY"),
    ("updateStrategy", "rollout STRATEGY"),
    ("volumeClaimTemplates", "claim-template NAME size=…"),
    ("volumeMounts", "mount PATH volume=NAME"),
    ("volumes", "volume NAME empty-dir=#true"),
    ("workingDir", "working-dir PATH"),
];

/// Returns how a word of Kubernetes is said here, whatever its case and the signs within it; none for any other word.
pub fn said_here(word: &str) -> Option<&'static str> {
    let plain = |it: &str| it.replace(['-', '_'], "").to_lowercase();
    let wanted = plain(word);
    WORDS.iter().find(|(known, _)| plain(known) == wanted).map(|(_, here)| *here)
}

#[cfg(test)]
mod tests {
    use super::{WORDS, said_here};
    use crate::spec::grammar::{BASE_FILE, NodeRule};

    #[test]
    fn finds_words_in_any_spelling() {
        for word in ["livenessProbe", "LivenessProbe", "liveness-probe", "liveness_probe"] {
            assert_eq!(said_here(word), Some("probe liveness http=…"), "{word}");
        }
        assert_eq!(said_here("liveness"), None);
    }

    #[test]
    fn what_is_said_here_exists() {
        // A rule may hold itself, so there is a depth to stop at.
        fn is_known(name: &str, rule: &'static NodeRule, depth: usize) -> bool {
            rule.children.iter().any(|it| it.name == name || depth > 0 && is_known(name, it, depth - 1))
        }
        for (word, here) in WORDS {
            let node = here.split(' ').next().unwrap();
            assert!(is_known(node, &BASE_FILE, 5), "{word}: {here}");
        }
        assert!(WORDS.is_sorted_by_key(|(word, _)| word));
    }
}
