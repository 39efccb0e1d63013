#![expect(clippy::unwrap_used, reason = "a test may panic")]

mod adopt;
mod check;
mod differences;
mod expectations;
mod explain;
mod handshake;
mod simulate;

use generator::objects::{Configuration, Kind, Object, ObjectId, library};

use super::*;

fn text(path: &str, text: &str) -> PolicyFile {
    PolicyFile {
        path: path.to_owned(),
        text: Some(text.to_owned()),
        base64: None,
    }
}

const MAIN: &str = "TcpImage TCPIP /etc/image.conf\nTcpImage OTHER //'SYS1.PARM(OTHER)'\n";
const IMAGE: &str = "TTLSConfig /etc/tcpip.policy\n";
const POLICY: &str = "\
TTLSRule MQ~1\n{\n  LocalPortRange 1414\n  Direction Inbound\n  Priority 20\n  TTLSGroupActionRef On\n  TTLSEnvironmentActionRef Server\n}
TTLSRule Telnet\n{\n  LocalPortRange 23\n  Direction Inbound\n  Priority 30\n  TTLSGroupActionRef On\n  TTLSEnvironmentActionRef Server\n}
TTLSGroupAction On\n{\n  TTLSEnabled On\n}
TTLSEnvironmentAction Server\n{\n  HandshakeRole Server\n  TTLSKeyringParms\n  {\n    Keyring /etc/k.kdb\n    KeyringPw zaubernuss\n  }\n  TTLSEnvironmentAdvancedParms\n  {\n    TLSv1 Off\n    TLSv1.1 Off\n    TLSv1.2 On\n  }\n}
";

fn sources() -> Sources {
    Sources {
        files: vec![
            text("up/tcpip.policy", POLICY),
            text("up/main.conf", MAIN),
            text("up/image.conf", IMAGE),
        ],
        ..Sources::default()
    }
}

/// All files are there and nothing is wrong in them.
fn of_mvsa() -> Sources {
    Sources {
        files: vec![
            text("mvsa/etc/main.conf", "TcpImage TCPIP /etc/image.conf\n"),
            text("mvsa/etc/image.conf", IMAGE),
            text("mvsa/etc/tcpip.policy", POLICY),
        ],
        ..Sources::default()
    }
}

fn connection(port: u16) -> Connection {
    Connection {
        way: Way::Inbound,
        local: "10.1.1.2".into(),
        local_port: port,
        remote: "10.1.0.2".into(),
        remote_port: 51844,
        job: String::new(),
        user: String::new(),
        at: None,
    }
}

/// The policy with TLS 1.2 and one suite of it.
fn with_suite(suite: &str) -> Sources {
    let policy = POLICY.replace(
        "  TTLSEnvironmentAdvancedParms\n",
        &format!(
            "  TTLSCipherParms\n  {{\n    V3CipherSuites {suite}\n  }}\n  TTLSEnvironmentAdvancedParms\n"
        ),
    );
    let mut sources = sources();
    sources.files[0].text = Some(policy);
    sources
}

/// The same without the stack whose file is not there.
fn whole() -> Sources {
    let mut sources = sources();
    let main = MAIN.lines().next().map(|line| format!("{line}\n"));
    sources.files[1].text = main;
    sources
}

/// A store with two images of one group, each with a stack; one rule of the group.
fn stored() -> generator::objects::Configuration {
    let objects = serde_json::json!({
        "g": { "kind": "group", "name": "GR", "tests": "any local port 23 must be clear" },
        "i": { "kind": "image", "name": "MVSA", "group": "g", "keyring": "A/RING" },
        "j": { "kind": "image", "name": "MVSB", "group": "g", "keyring": "B/RING" },
        "s": { "kind": "stack", "name": "TCPIP", "image": "i",
            "tests": "inbound local port 1414 must be protected with keyring A/RING" },
        "t": { "kind": "stack", "name": "TCPIP", "image": "j" },
        "d": { "kind": "traffic-descriptor", "name": "MQ", "rows": [{ "local_port": "1414", "direction": "inbound" }] },
        "l": { "kind": "security-level", "name": "OWN", "versions": { "tls13": false } },
        "r": { "kind": "rule", "name": "Mq_in", "owner": "g", "order": "b",
            "map": { "own": [{ "traffic": "d", "level": "l" }] } },
    });
    let serde_json::Value::Object(objects) = objects else {
        panic!("no objects")
    };
    let object = |(id, body)| (ObjectId(id), serde_json::from_value(body).unwrap());
    objects.into_iter().map(object).collect()
}
