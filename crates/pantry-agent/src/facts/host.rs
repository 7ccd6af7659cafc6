//! Names, platform and kernel.

use serde_json::{Value, json};

use super::{Object, Root, set};

/// Names of `/etc/os-release` that Chef has others for.
const PLATFORMS: &[(&str, &str)] = &[
    ("alinux", "alibabalinux"),
    ("amzn", "amazon"),
    ("archarm", "arch"),
    ("cumulus-linux", "cumulus"),
    ("ol", "oracle"),
    ("opensuse-leap", "opensuseleap"),
    ("rhel", "redhat"),
    ("sles", "suse"),
    ("sles_sap", "suse"),
    ("xenenterprise", "xenserver"),
];

/// Families, each with parts of the names of the platforms in it; the first that fits counts.
const FAMILIES: &[(&str, &[&str])] = &[
    ("debian", &["ubuntu", "debian", "linuxmint", "raspbian", "cumulus", "kali", "pop"]),
    (
        "rhel",
        &[
            "centos",
            "redhat",
            "oracle",
            "almalinux",
            "rocky",
            "scientific",
            "xenserver",
            "xcp-ng",
            "cloudlinux",
            "alibabalinux",
            "sangoma",
            "clearos",
            "parallels",
            "virtuozzo",
        ],
    ),
    ("amazon", &["amazon"]),
    ("suse", &["suse", "sles-", "sles_", "sled-", "sled_"]),
    ("fedora", &["fedora"]),
    ("gentoo", &["gentoo"]),
    ("arch", &["arch", "manjaro"]),
    ("exherbo", &["exherbo"]),
    ("alpine", &["alpine"]),
    ("clearlinux", &["clear-linux-os", "clearlinux"]),
    ("slackware", &["slackware"]),
];

/// The host's names, its platform and its kernel. `fqdn` is what the resolver says.
pub(super) fn facts(root: &Root, fqdn: Option<String>) -> Object {
    let mut facts = Object::new();
    let system = rustix::system::uname();
    let release = system.release().to_string_lossy().into_owned();
    if let Some(machine_name) = root.read("proc/sys/kernel/hostname") {
        let short = machine_name.split('.').next().unwrap_or_default().to_owned();
        let fqdn = fqdn.or_else(|| in_hosts(root, &machine_name));
        let fqdn = fqdn.unwrap_or_else(|| machine_name.clone());
        let domain = fqdn.split_once('.').map(|(_, domain)| domain.to_owned());
        set(&mut facts, "hostname", Some(short));
        set(&mut facts, "machinename", Some(machine_name));
        set(&mut facts, "domain", domain);
        set(&mut facts, "fqdn", Some(fqdn));
    }
    facts.extend(platform(root, &release));
    let machine = system.machine().to_string_lossy();
    let kernel = json!({
        "name": system.sysname().to_string_lossy(),
        "release": release,
        "version": system.version().to_string_lossy(),
        "machine": machine,
        "processor": machine,
        "os": "GNU/Linux",
    });
    facts.insert("kernel".to_owned(), kernel);
    facts.insert("os".to_owned(), "linux".into());
    facts.insert("os_version".to_owned(), release.into());
    facts
}

/// The full name that `/etc/hosts` has for a name.
fn in_hosts(root: &Root, name: &str) -> Option<String> {
    let hosts = root.read("etc/hosts")?;
    hosts.lines().find_map(|line| {
        let line = line.split('#').next().unwrap_or_default();
        let mut names = line.split_whitespace().skip(1);
        let is_meant = names.clone().any(|known| known == name);
        names.find(|known| is_meant && known.contains('.')).map(str::to_owned)
    })
}

fn platform(root: &Root, release: &str) -> Object {
    let mut facts = Object::new();
    let text = root.read("etc/os-release").or_else(|| root.read("usr/lib/os-release"));
    let text = text.unwrap_or_default();
    let field = |name: &str| {
        let value = text.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix('='))?;
        Some(value.trim().trim_matches(['"', '\'']).to_owned()).filter(|value| !value.is_empty())
    };
    let Some(id) = field("ID").map(|id| id.to_lowercase()) else { return facts };
    let platform = PLATFORMS.iter().find(|(known, _)| *known == id).map_or(id.as_str(), |it| it.1);
    let version = match id.as_str() {
        // It knows the minor version, which os-release there does not.
        "centos" => root.read("etc/redhat-release").as_deref().and_then(number),
        "debian" => field("VERSION_ID").or_else(|| root.read("etc/debian_version")),
        _ => None,
    };
    let version = version.or_else(|| field("VERSION_ID")).unwrap_or_else(|| release.to_owned());
    let has = |parts: &&[&str]| parts.iter().any(|part| platform.contains(part));
    let family = FAMILIES.iter().find(|(_, parts)| has(parts)).map_or(platform, |it| it.0);
    for (name, value) in
        [("platform", platform), ("platform_version", &version), ("platform_family", family)]
    {
        facts.insert(name.to_owned(), Value::from(value));
    }
    facts
}

/// The first version number in a text.
fn number(text: &str) -> Option<String> {
    let is_number = |word: &&str| {
        word.starts_with(|it: char| it.is_ascii_digit())
            && word.chars().all(|it| it.is_ascii_digit() || it == '.')
    };
    text.split_whitespace().find(is_number).map(str::to_owned)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn root(files: &[(&str, &str)]) -> (tempfile::TempDir, Root) {
        let folder = tempfile::tempdir().unwrap();
        for (path, text) in files {
            let path = folder.path().join(path);
            std::fs::create_dir_all(path.parent().unwrap()).unwrap();
            std::fs::write(path, text).unwrap();
        }
        let root = Root(folder.path().to_owned());
        (folder, root)
    }

    #[test]
    fn platforms_have_chefs_names() {
        for (release, other, expected) in [
            ("ID=debian\nVERSION_ID=\"12\"\n", None, ["debian", "12", "debian"]),
            ("ID=debian\n", Some(("etc/debian_version", "sid\n")), ["debian", "sid", "debian"]),
            (
                "NAME=x\nID=ubuntu\nVERSION_ID=\"24.04\"\nID_LIKE=debian\n",
                None,
                ["ubuntu", "24.04", "debian"],
            ),
            ("ID=\"rhel\"\nVERSION_ID=\"9.4\"\n", None, ["redhat", "9.4", "rhel"]),
            (
                "ID=\"centos\"\nVERSION_ID=\"7\"\n",
                Some(("etc/redhat-release", "CentOS Linux release 7.9.2009 (Core)\n")),
                ["centos", "7.9.2009", "rhel"],
            ),
            ("ID=\"amzn\"\nVERSION_ID=\"2023\"\n", None, ["amazon", "2023", "amazon"]),
            ("ID=\"sles\"\nVERSION_ID=\"15.5\"\n", None, ["suse", "15.5", "suse"]),
            ("ID='opensuse-leap'\nVERSION_ID='15.6'\n", None, ["opensuseleap", "15.6", "suse"]),
            ("ID=arch\n", None, ["arch", "6.1.0", "arch"]),
            ("ID=nixos\nVERSION_ID=24.05\n", None, ["nixos", "24.05", "nixos"]),
        ] {
            let files: Vec<_> = [("etc/os-release", release)].into_iter().chain(other).collect();
            let (_folder, root) = root(&files);
            let facts = platform(&root, "6.1.0");
            let found = ["platform", "platform_version", "platform_family"].map(|it| &facts[it]);
            assert_eq!(found, expected, "{release}");
        }
    }

    #[test]
    fn a_full_name_is_the_resolvers_else_that_of_the_hosts_file() {
        let hosts =
            "127.0.0.1 localhost\n# 10.0.0.9 x.example web1\n10.0.0.7 web1.example.org web1\n";
        let (_folder, root) = root(&[("proc/sys/kernel/hostname", "web1\n"), ("etc/hosts", hosts)]);
        let names = |facts: &Object| {
            ["hostname", "fqdn", "domain"].map(|it| facts.get(it).cloned().unwrap_or_default())
        };
        let found = names(&facts(&root, None));
        assert_eq!(found, ["web1", "web1.example.org", "example.org"].map(Value::from));
        let found = names(&facts(&root, Some("web1.local".to_owned())));
        assert_eq!(found, ["web1", "web1.local", "local"].map(Value::from));
        let (_folder, root) = self::root(&[("proc/sys/kernel/hostname", "web1\n")]);
        assert_eq!(names(&facts(&root, None)), ["web1".into(), "web1".into(), Value::Null]);
    }
}
