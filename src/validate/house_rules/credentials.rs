//! Values that look like credentials, where everyone who can read the repository or the object sees them.
//!
//! A value is judged by its shape, then by the name it has. No message contains a value or a part of one.

use crate::diagnostic::house_rule::CREDENTIAL_IN_CONFIG;
use crate::object::{FieldPath, Object};
use crate::validate::field::{Field, Found};
use crate::validate::pod::{all_containers, template};

/// One text of an object's configuration, and what it looks like.
struct Judged<'a> {
    field: Field<'a>,
    text: &'a str,
    suspicion: Option<&'static str>,
}

/// Checks the configuration of one object.
pub(super) fn check(object: &Object, found: &mut Found) {
    for Judged { field, suspicion, .. } in judged(object) {
        if let Some(what) = suspicion {
            let message = format!("the value looks like {what}, and everyone who reads the repository can see it");
            let help = "keep it in a Secret that is made in the cluster: `secret NAME { keys KEY }` in the app, and \
                        `env { KEY secret=NAME }` in the component";
            let problem = field.problem(CREDENTIAL_IN_CONFIG, message).help(help);
            found.push(problem.help(super::or_waive(CREDENTIAL_IN_CONFIG)));
        }
    }
}

/// Returns every text of an object's configuration, and whether it looks like a credential.
pub fn settings(object: &Object) -> Vec<(FieldPath, &str, bool)> {
    judged(object).into_iter().map(|it| (it.field.path(), it.text, it.suspicion.is_some())).collect()
}

/// Judges `ConfigMap` values, plain environment variables, arguments and annotations.
fn judged<'a>(object: &'a Object) -> Vec<Judged<'a>> {
    let root = Field::root(object);
    let mut all = Vec::new();
    let mut add = |field: Field<'a>, judge: &dyn Fn(&str) -> Option<&'static str>| {
        if let Some(text) = field.text() {
            all.push(Judged { text, suspicion: judge(text), field });
        }
    };
    if object.id.kind == "ConfigMap" {
        for (key, value) in root.get("data").entries() {
            add(value, &|it| by_shape(it).or_else(|| by_name(key, it)).or_else(|| in_file(it)));
        }
    }
    // Annotations are judged by shape alone: their names often end in `secret` where their value names one.
    let own = root.get("metadata").get("annotations").entries();
    let template = template(object);
    let of_pods = template.iter().filter(|_| object.id.kind != "Pod");
    let of_pods = of_pods.flat_map(|it| it.get("metadata").get("annotations").entries());
    for (_, value) in own.into_iter().chain(of_pods) {
        add(value, &by_shape);
    }
    for container in template.iter().flat_map(|it| all_containers(&it.get("spec"))) {
        for variable in container.get("env").items() {
            let name = variable.get("name").text().unwrap_or_default();
            add(variable.get("value"), &|it| by_shape(it).or_else(|| by_name(name, it)));
        }
        for list in ["command", "args"] {
            let mut flag = None;
            for argument in container.get(list).items() {
                let text = argument.text();
                add(argument, &|it| by_shape(it).or_else(|| by_flag(flag, it)));
                if let Some(text) = text {
                    flag = text.strip_prefix('-').map(|it| it.trim_start_matches('-'));
                }
            }
        }
    }
    all
}

/// Judges an argument by its own name, or else by the flag before it.
fn by_flag(flag: Option<&str>, text: &str) -> Option<&'static str> {
    match text.split_once('=') {
        Some((name, value)) => by_name(name.trim_start_matches('-'), value),
        None => flag.filter(|_| !text.starts_with('-')).and_then(|name| by_name(name, text)),
    }
}

/// Judges the `name=value` and `name: value` lines of a file in a `ConfigMap`.
fn in_file(text: &str) -> Option<&'static str> {
    if !text.contains('\n') {
        return None;
    }
    text.lines().find_map(|line| {
        let line = line.trim();
        let (name, value) = line.split_once(['=', ':'])?;
        let name = name.trim().trim_matches('"');
        let plain = !name.is_empty() && name.bytes().all(|it| it.is_ascii_alphanumeric() || b"_.-".contains(&it));
        plain.then(|| by_name(name, value.trim().trim_end_matches(',').trim_matches(['"', '\'']))).flatten()
    })
}

/// Returns what a value looks like by itself.
fn by_shape(text: &str) -> Option<&'static str> {
    if has_private_block(text) {
        return Some("a private key");
    }
    if has_password_in_url(text) {
        return Some("a URL with a password");
    }
    let is_part = |it: char| it.is_ascii_alphanumeric() || "_-.".contains(it);
    text.split(|it: char| !is_part(it)).map(|it| it.trim_matches('.')).find_map(known_token)
}

/// The prefixes of tokens: what stands before, how many characters must follow, and whose token it is.
const PREFIXES: [(&str, usize, &str); 24] = [
    ("AKIA", 16, "an AWS access key"),
    ("ASIA", 16, "an AWS access key"),
    ("AIza", 35, "a Google API key"),
    ("GOCSPX-", 20, "a Google client secret"),
    ("ya29.", 20, "a Google access token"),
    ("ghp_", 36, "a GitHub token"),
    ("gho_", 36, "a GitHub token"),
    ("ghu_", 36, "a GitHub token"),
    ("ghs_", 36, "a GitHub token"),
    ("ghr_", 36, "a GitHub token"),
    ("github_pat_", 22, "a GitHub token"),
    ("glpat-", 20, "a GitLab token"),
    ("xoxb-", 10, "a Slack token"),
    ("xoxp-", 10, "a Slack token"),
    ("xoxa-", 10, "a Slack token"),
    ("xoxr-", 10, "a Slack token"),
    ("xoxs-", 10, "a Slack token"),
    ("xapp-", 10, "a Slack token"),
    ("sk_live_", 16, "a Stripe key"),
    ("sk_test_", 16, "a Stripe key"),
    ("rk_live_", 16, "a Stripe key"),
    ("whsec_", 16, "a Stripe key"),
    ("npm_", 36, "an npm token"),
    ("SG.", 40, "a SendGrid key"),
];

fn known_token(token: &str) -> Option<&'static str> {
    for (prefix, length, what) in PREFIXES {
        if token.strip_prefix(prefix).is_some_and(|rest| rest.len() >= length) {
            // AWS keys have one length and one alphabet; without that, words would match.
            let aws = token.len() == 20 && token.bytes().all(|it| it.is_ascii_uppercase() || it.is_ascii_digit());
            if !what.contains("AWS") || aws {
                return Some(what);
            }
        }
    }
    let parts: Vec<&str> = token.split('.').collect();
    if let [header, payload, _] = parts.as_slice()
        && header.starts_with("eyJ")
        && payload.starts_with("eyJ")
        && header.len() >= 16
        && payload.len() >= 16
    {
        return Some("a JSON web token");
    }
    let random = |it: &str| it.bytes().any(|it| it.is_ascii_digit()) && it.bytes().any(|it| it.is_ascii_uppercase());
    token.strip_prefix("sk-").filter(|it| it.len() >= 32 && random(it)).map(|_| "an API key")
}

/// True for a PEM block that is not public by nature.
fn has_private_block(text: &str) -> bool {
    const PUBLIC: [&str; 6] =
        ["CERTIFICATE", "PUBLIC KEY", "CERTIFICATE REQUEST", "X509 CRL", "DH PARAMETERS", "EC PARAMETERS"];
    text.split("-----BEGIN ").skip(1).any(|it| {
        let label = it.split("-----").next().unwrap_or_default();
        !(PUBLIC.contains(&label) || label.ends_with(" PUBLIC KEY") || label.ends_with(" CERTIFICATE"))
    })
}

/// True for `scheme://user:password@host`, unless the password is a placeholder.
fn has_password_in_url(text: &str) -> bool {
    text.match_indices("://").any(|(at, _)| {
        let scheme = text[..at].bytes().next_back().is_some_and(|it| it.is_ascii_alphanumeric());
        let end = |it: char| it.is_whitespace() || "/?#\"'<>`,".contains(it);
        let rest = &text[at + 3..];
        // A password may contain a slash by mistake; the last `@` of the word still ends it.
        let word = rest.split(|it: char| it.is_whitespace() || "\"'`".contains(it)).next().unwrap_or_default();
        let authority = rest.split(end).next().unwrap_or_default();
        let user = authority.rsplit_once('@').or_else(|| word.rsplit_once('@')).map(|(user, _)| user);
        let password = user.and_then(|it| it.split_once(':')).map(|(_, password)| password);
        // `host:8080/path@tag` is a port and a path.
        let port = |it: &str| {
            it.split('/').next().is_some_and(|it| !it.is_empty() && it.bytes().all(|it| it.is_ascii_digit()))
        };
        let in_path = |it: &str| !authority.contains('@') && port(it);
        scheme && password.is_some_and(|it| !it.is_empty() && !is_placeholder(it) && !in_path(it))
    })
}

/// The words that make a name that of a credential.
const SECRET_WORDS: [&str; 10] =
    ["PASSWORD", "PASSWD", "PASSPHRASE", "PASS", "PWD", "SECRET", "TOKEN", "APIKEY", "CREDENTIAL", "CREDENTIALS"];

/// The pairs of words that do.
const SECRET_PAIRS: [(&str, &str); 8] = [
    ("API", "KEY"),
    ("ACCESS", "KEY"),
    ("PRIVATE", "KEY"),
    ("SECRET", "KEY"),
    ("SIGNING", "KEY"),
    ("ENCRYPTION", "KEY"),
    ("AUTH", "KEY"),
    ("ACCOUNT", "KEY"),
];

/// The words after which a name says something about a credential, and no longer means the credential itself.
const ABOUT: [&str; 68] = [
    "AGE",
    "ALG",
    "ALGO",
    "ALGORITHM",
    "ALLOWED",
    "AUDIENCE",
    "BACKEND",
    "BYTES",
    "CLASS",
    "COOKIE",
    "COUNT",
    "DAYS",
    "DIR",
    "DIRECTORY",
    "DISABLED",
    "ENABLED",
    "ENCODER",
    "ENDPOINT",
    "EXPIRATION",
    "EXPIRE",
    "EXPIRES",
    "EXPIRY",
    "FIELD",
    "FILE",
    "FORMAT",
    "HASHER",
    "HASHERS",
    "HEADER",
    "HOST",
    "HOURS",
    "ID",
    "INTERVAL",
    "ISSUER",
    "LEEWAY",
    "LENGTH",
    "LIFETIME",
    "LIMIT",
    "MAX",
    "MIN",
    "MINUTES",
    "MODE",
    "MS",
    "NAME",
    "NAMES",
    "NAMESPACE",
    "PATH",
    "POLICY",
    "PORT",
    "PREFIX",
    "PROVIDER",
    "REF",
    "REQUIRED",
    "RESET",
    "ROLE",
    "ROTATION",
    "SCOPE",
    "SCOPES",
    "SECONDS",
    "SIZE",
    "STORE",
    "SUFFIX",
    "TIMEOUT",
    "TTL",
    "TYPE",
    "URI",
    "URL",
    "VALIDATORS",
    "VERSION",
];

/// The words before which a credential's word is a number or a switch.
const NUMBERED: [&str; 6] = ["MAX", "MIN", "NUM", "ENABLE", "DISABLE", "REQUIRE"];

/// Returns what a value is by its name, where the value is a literal.
fn by_name(name: &str, value: &str) -> Option<&'static str> {
    let words = words(name);
    let at = (0..words.len()).find(|index| {
        let next = words.get(index + 1).map(String::as_str);
        let word = words[*index].as_str();
        // `PWD` alone is the working directory, `PASS` alone a verdict.
        let alone = words.len() == 1 && matches!(word, "PWD" | "PASS");
        (SECRET_WORDS.contains(&word) && !alone) || next.is_some_and(|it| SECRET_PAIRS.contains(&(word, it)))
    })?;
    let about = words[at + 1..].iter().any(|it| ABOUT.contains(&it.as_str()));
    let numbered = words[..at].iter().any(|it| NUMBERED.contains(&it.as_str()));
    let password = words[at].starts_with("PASS") || words[at] == "PWD";
    let number = !password && value.bytes().all(|it| it.is_ascii_digit());
    if about || numbered || number || is_placeholder(value) || is_pointer(value) {
        return None;
    }
    Some(if password { "a password, by its name" } else { "a credential, by its name" })
}

/// Splits `databasePassword`, `DATABASE_PASSWORD` and `database.password` into upper-case words.
fn words(name: &str) -> Vec<String> {
    let mut words = vec![String::new()];
    let mut before = '_';
    for letter in name.chars() {
        let starts = !letter.is_ascii_alphanumeric() || (letter.is_ascii_uppercase() && before.is_ascii_lowercase());
        if starts && words.last().is_some_and(|it| !it.is_empty()) {
            words.push(String::new());
        }
        if letter.is_ascii_alphanumeric()
            && let Some(last) = words.last_mut()
        {
            last.push(letter.to_ascii_uppercase());
        }
        before = letter;
    }
    words.retain(|it| !it.is_empty());
    words
}

/// True for what stands where a value will be: nothing, `$(NAME)`, `${NAME}`, `<password>`, `***`, a switch.
fn is_placeholder(value: &str) -> bool {
    let value = value.trim();
    let word = value.to_ascii_lowercase();
    let switch = ["true", "false", "yes", "no", "on", "off", "none", "null", "nil", "optional", "required"];
    value.is_empty()
        || switch.contains(&word.as_str())
        || value.starts_with("$(")
        || value.starts_with("${")
        || value.starts_with("{{")
        || (value.starts_with('<') && value.ends_with('>'))
        || value.bytes().all(|it| it == b'*' || it == b'x' || it == b'X')
}

/// True for a value that says where the credential is: a file, or an entry of a secret store.
fn is_pointer(value: &str) -> bool {
    let stores =
        ["vault:", "ref+", "arn:aws:secretsmanager:", "arn:aws:ssm:", "secret://", "file://", "http://", "https://"];
    let folders = ["/run/", "/var/", "/etc/", "/mnt/", "/secrets/", "/vault/", "/opt/", "/home/", "/tmp/"];
    stores.iter().chain(&folders).any(|it| value.starts_with(it))
}

#[cfg(test)]
mod tests {
    use super::{by_name, by_shape, in_file};
    use crate::validate::fixture::{any, expect, object, set, with, with_container};
    use crate::validate::house_rules::check;
    use serde_json::{Value, json};

    #[test]
    fn knows_shapes() {
        let (long, digits) = ("a1B2".repeat(20), "0".repeat(36));
        let credential = [
            "-----BEGIN RSA PRIVATE KEY-----\nMII\n-----END RSA PRIVATE KEY-----".to_owned(),
            "-----BEGIN OPENSSH PRIVATE KEY-----".to_owned(),
            "{\"private_key\": \"-----BEGIN PRIVATE KEY-----\\n\"}".to_owned(),
            "postgresql://todo:hunter2@db:5432/todo".to_owned(),
            "see redis://:hunter2@cache".to_owned(),
            "amqp://user:p/ss@broker".to_owned(),
            format!("key={}{}", "AKIA", "IOSFODNN7EXAMPLE"),
            format!("AIza{digits}"),
            format!("ghp_{digits}"),
            format!("github_pat_{digits}"),
            format!("glpat-{digits}"),
            format!("xoxb-{digits}"),
            format!("sk_live_{digits}"),
            format!("Bearer eyJ{digits}.eyJ{digits}.{digits}"),
            format!("sk-{long}"),
        ];
        for text in &credential {
            assert!(by_shape(text).is_some(), "{text}");
        }
        let harmless = [
            "-----BEGIN CERTIFICATE-----\nMII",
            "-----BEGIN PUBLIC KEY-----",
            "http://todo-backend:8000/api/v1",
            "http://localhost:3000,http://localhost:3001",
            "postgresql://todo@db:5432/todo",
            "postgresql://todo:$(PASSWORD)@db:5432/todo",
            "postgresql://todo:${PASSWORD}@db",
            "http://registry:5000/team/app@sha256",
            "AKIA",
            "skip-this-very-long-kebab-case-name-of-a-thing",
            "sk-a-very-long-kebab-case-name-of-something",
            "eyJ.a.b",
            "user@example.com",
        ];
        for text in harmless {
            assert_eq!(by_shape(text), None, "{text}");
        }
    }

    #[test]
    fn knows_names() {
        for name in [
            "PASSWORD",
            "DB_PASSWORD",
            "databasePassword",
            "db.password",
            "SECRET_KEY",
            "JWT_SECRET",
            "AUTH_SECRET",
            "OPENAI_API_KEY",
            "API_KEY",
            "apiKey",
            "GITHUB_TOKEN",
            "DB_PWD",
            "AWS_SECRET_ACCESS_KEY",
            "SECRET_KEY_BASE",
            "db-passwd",
            "PASSWORD_PROD",
        ] {
            assert!(by_name(name, "hunter2x").is_some(), "{name}");
        }
        for name in [
            "SECRET_NAME",
            "TOKEN_URL",
            "PASSWORD_MIN_LENGTH",
            "TOKEN_EXPIRE_MINUTES",
            "ACCESS_TOKEN_EXPIRE_MINUTES",
            "MAX_TOKENS",
            "TOKENIZER",
            "PWD",
            "PASSTHROUGH",
            "JWT_ALGORITHM",
            "COMPASS",
            "SECRETARY",
            "KEY",
            "KEYSPACE",
            "PASSWORD_RESET_URL",
            "API_KEY_HEADER",
            "BACKEND_ENV",
            "PUBLIC_KEY",
            "TOKEN_TYPE",
            "SECRET_PATH",
            "MIN_PASSWORD",
            "ENABLE_TOKEN",
            "",
        ] {
            assert_eq!(by_name(name, "hunter2x"), None, "{name}");
        }
        for value in
            ["", "true", "$(OTHER)", "${OTHER}", "<password>", "****", "/run/secrets/password", "vault:kv/a", "3600"]
        {
            assert_eq!(by_name("TOKEN", value), None, "{value}");
        }
        assert!(by_name("PASSWORD", "123456").is_some());
        assert!(in_file("[db]\npassword = hunter2\n").is_some());
        assert!(in_file("db:\n  password: \"hunter2\"\n").is_some());
        assert_eq!(in_file("db:\n  passwordFile: /run/x\n# password\n"), None);
    }

    #[test]
    fn looks_everywhere_and_tells_nothing() {
        let set = set([]);
        let verdicts = |body: Value, expected: &[&str]| {
            let found = check(&object(body), &set);
            for it in &found {
                assert!(!format!("{it:?}").contains("hunt"), "{it:?}");
            }
            expect(found, expected);
        };
        let url = "postgres://a:hunter2@db";
        let words = "the value looks like a URL with a password";
        let config = |key: &str, value: &str| any("v1", "ConfigMap", "a", &json!({"data": {key: value}}));
        verdicts(config("DATABASE_URL", url), &[&format!("credential-in-config data.DATABASE_URL {words}")]);
        verdicts(config("LOG_LEVEL", "info"), &[]);
        verdicts(
            with(config("A", "b"), "/metadata/annotations", json!({"a": url})),
            &[&format!("credential-in-config metadata.annotations.a {words}")],
        );
        verdicts(with(config("A", "b"), "/metadata/annotations", json!({"auth-secret": "basic-auth"})), &[]);
        let container =
            |pointer: &str, value: Value, expected: &[&str]| verdicts(with_container(pointer, value), expected);
        container(
            "/env",
            json!([{"name": "DB_PASSWORD", "value": "hunter2"}]),
            &["credential-in-config env[DB_PASSWORD].value a password, by its name"],
        );
        container("/env", json!([{"name": "DB_PASSWORD", "value": ""}]), &[]);
        container("/args", json!(["--password=hunter2"]), &["credential-in-config args[0] a password, by its name"]);
        container("/args", json!(["--token", "hunter2"]), &["credential-in-config args[1] a credential, by its name"]);
        container("/args", json!(["--token-file", "/run/token", "--port", "80"]), &[]);
        container("/command", json!(["run", url]), &[&format!("credential-in-config command[1] {words}")]);
    }
}
