//! The software: the platform, its users and packages, chef itself, and what cookbooks set.

use serde_json::{Map, Value, json};

use super::{Dice, Node};

const USERS: &[&str] = &[
    "root",
    "daemon",
    "bin",
    "sys",
    "man",
    "mail",
    "www-data",
    "backup",
    "nobody",
    "systemd-network",
    "messagebus",
    "sshd",
    "postgres",
    "deploy",
];

const PACKAGES: &[&str] = &[
    "adduser",
    "apt",
    "base-files",
    "bash",
    "bsdutils",
    "ca-certificates",
    "coreutils",
    "cron",
    "curl",
    "dash",
    "debconf",
    "dpkg",
    "e2fsprogs",
    "findutils",
    "gcc-12-base",
    "git",
    "gnupg",
    "grep",
    "gzip",
    "hostname",
    "iproute2",
    "iptables",
    "libacl1",
    "libapt-pkg6.0",
    "libc6",
    "libssl3",
    "libsystemd0",
    "login",
    "logrotate",
    "mawk",
    "mount",
    "ncurses-base",
    "nginx",
    "openssh-server",
    "openssl",
    "passwd",
    "perl-base",
    "procps",
    "python3",
    "rsyslog",
    "sed",
    "sudo",
    "systemd",
    "tar",
    "tzdata",
    "util-linux",
    "vim-tiny",
    "wget",
    "xz-utils",
    "zlib1g",
];

pub(super) fn attributes(node: Node, run: usize) -> Map<String, Value> {
    let mut dice = Dice::new(node, 3);
    let (platform, family, version) = match dice.below(4) {
        0 => ("ubuntu", "debian", "22.04"),
        1 => ("rocky", "rhel", "9.3"),
        2 => ("debian", "debian", "11.9"),
        _ => ("debian", "debian", "12.5"),
    };
    let (mut users, mut groups, mut packages) = (Map::new(), Map::new(), Map::new());
    for (id, name) in USERS.iter().enumerate() {
        let user = json!({ "dir": format!("/home/{name}"), "uid": id, "gid": id, "shell": "/usr/sbin/nologin", "gecos": name });
        users.insert((*name).to_owned(), user);
        groups.insert((*name).to_owned(), json!({ "gid": id, "members": [] }));
    }
    for name in PACKAGES {
        let version =
            format!("{}.{}.{}-{}", dice.below(9), dice.below(30), dice.below(9), 1 + dice.below(4));
        packages.insert((*name).to_owned(), json!({ "version": version }));
    }
    let role = node.role();
    let recipes = ["base", "base::users", "ntp", "sshd", role, "deploy::app"];
    let time = 1_700_000_000.0 + 1800.0 * run as f64 + node.number as f64 / 16.0 + 0.0625;
    let attributes = json!({
        "platform": platform, "platform_family": family, "platform_version": version, "os": "linux",
        "os_version": "6.1.0-18-amd64", "packages": packages,
        "etc": { "passwd": users, "group": groups },
        "lsb": { "id": platform, "release": version, "codename": "bookworm", "description": format!("{platform} {version}") },
        "chef_packages": {
            "chef": { "version": "18.4.12", "chef_root": "/opt/chef/embedded/lib/ruby/gems/3.1.0/gems/chef-18.4.12/lib" },
            "ohai": { "version": "18.1.11", "ohai_root": "/opt/chef/embedded/lib/ruby/gems/3.1.0/gems/ohai-18.1.11/lib/ohai" },
        },
        "languages": {
            "ruby": { "platform": "x86_64-linux", "version": "3.1.2", "release_date": "2023-03-30", "bin_dir": "/opt/chef/embedded/bin", "gems_dir": "/opt/chef/embedded/lib/ruby/gems/3.1.0" },
            "python": { "version": "3.11.2", "builddate": "Mar 13 2023, 12:18:29" },
            "perl": { "version": "5.36.0", "archname": "x86_64-linux-gnu-thread-multi" },
        },
        "keys": { "ssh": { "host_rsa_public": dice.hex(372), "host_ed25519_public": dice.hex(68), "host_ecdsa_public": dice.hex(140) } },
        "init_package": "systemd", "shells": ["/bin/sh", "/bin/bash", "/usr/bin/bash", "/bin/dash"],
        "time": { "timezone": "UTC" }, "fips": { "kernel": { "enabled": false } }, "root_group": "root",
        "ohai_time": time, "recipes": recipes, "expanded_run_list": recipes, "roles": ["base", role],
        "cookbooks": { "base": { "version": "4.2.0" }, "deploy": { "version": "1.19.3" }, "ntp": { "version": "5.0.1" } },
        "cloud": { "provider": "gce", "zone": "europe-west3-b", "metadata": {
            "ssh_keys": format!("deploy:ssh-rsa {} deploy@example.com", dice.hex(2_100)),
            "startup_script": format!("#!/bin/sh -e\n{}", "apt-get install -y chef\nchef-client -j /etc/chef/first.json\n".repeat(30)),
            "certificate": format!("-----BEGIN CERTIFICATE-----\n{}\n-----END CERTIFICATE-----\n", dice.hex(4_200)),
        } },
        "current_user": "root", "command": { "ps": "ps -ef" }, "shard_seed": dice.below(1 << 28),
    });
    match attributes {
        Value::Object(attributes) => attributes,
        _ => Map::new(),
    }
}

/// What the cookbooks' attribute files set.
pub(super) fn defaults(node: Node) -> Value {
    json!({
        "nginx": {
            "port": 80, "user": "www-data", "worker_processes": "auto", "worker_connections": 1024,
            "keepalive": "on", "keepalive_timeout": 65, "gzip": "on", "gzip_types": ["text/css", "application/json"],
            "log_dir": "/var/log/nginx", "server_names_hash_bucket_size": 64, "disable_access_log": false,
        },
        "ntp": { "servers": ["0.debian.pool.ntp.org", "1.debian.pool.ntp.org"], "driftfile": "/var/lib/ntp/ntp.drift" },
        "app": { "name": node.role(), "port": 8080 + node.number % 20, "workers": 4, "env": { "RACK_ENV": node.environment() } },
        "sshd": { "port": 2222, "permit_root_login": true, "password_authentication": false },
    })
}
