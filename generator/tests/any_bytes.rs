//! Whatever bytes a file holds: they are read without a panic, every finding lies in the file, and asking
//! further questions of what was read is safe, too.

#[path = "shared/connection.rs"]
mod connection;

use connection::connection;
use generator::check::check_file;
use generator::finding::Place;
use generator::policy::lookup::rules;
use generator::policy::{Files, Named, Release, effective, encoding, pasearch};
use proptest::prelude::*;

struct One<'a>(&'a [u8]);

impl Files for One<'_> {
    fn read(&self, path: &str) -> Result<Vec<u8>, String> {
        // The file that everything leads to, itself included.
        match path.len() < 40 {
            true => Ok(self.0.to_vec()),
            false => Err("too long".to_owned()),
        }
    }
}

fn look(bytes: &[u8]) {
    let checked = check_file("p", &One(bytes), Release::default());
    let length = encoding::readable(bytes).len();
    let places = checked.findings.iter().flat_map(|finding| {
        assert!(!finding.message().is_empty() && !finding.help().is_empty());
        let related = finding.related.iter().map(|(place, _)| place);
        std::iter::once(&finding.place).chain(related)
    });
    for place in places {
        let Place::Text { start, end, .. } = place else {
            panic!("{place:?}");
        };
        assert!(start <= end && *end <= length, "{place:?} of {length}");
    }
    let connection = connection();
    let asked = pasearch::Asked {
        release: Release::V3R1,
        rules: true,
        actions: true,
        names: false,
        only: &[],
    };
    for stack in &checked.stacks {
        let _ = pasearch::listing(&stack.name, &stack.policy, &asked);
        let _ = pasearch::object(stack, Release::V3R1);
        let fates = stack.account.fates();
        assert_eq!(fates.len(), stack.policy.statements.len());
        let named = Named::of(&stack.policy);
        for rule in rules(&stack.policy) {
            let _ = rule.first_failure(&connection);
            let _ = named.conditions(rule.statement);
            let _ = effective(&stack.policy, rule.statement, Release::V3R2);
        }
    }
}

/// What a policy is made of, and what it is not.
fn piece() -> impl Strategy<Value = Vec<u8>> {
    let words = prop::sample::select(vec![
        "TTLSRule",
        "TTLSGroupAction",
        "TTLSEnvironmentAction",
        "TTLSConnectionAction",
        "TTLSCipherParms",
        "TTLSKeyringParms",
        "IpAddrGroup",
        "PortGroup",
        "TTLSEnabled",
        "Direction",
        "Jobname",
        "LocalAddr",
        "LocalPortRange",
        "TTLSGroupActionRef",
        "TTLSEnvironmentActionRef",
        "TTLSCipherParmsRef",
        "IpAddrRef",
        "V3CipherSuites",
        "V3CipherSuites4Char",
        "ClientECurves",
        "ClientKeyShareGroups",
        "TLSv1.3",
        "HandshakeRole",
        "DayOfMonthMask",
        "TimeOfDayRange",
        "ConditionTimeRange",
        "IpTimeCondition",
        "20120101020000:20121231000000",
        "08:00-18:00",
        "TTLSSignatureParms",
        "TTLSConnectionAdvancedParms",
        "TTLSConnectionActionRef",
        "TcpImage",
        "TTLSConfig",
        "CommonTTLSConfig",
        "IDSConfig",
        "a",
        "b",
        "On",
        "Off",
        "Inbound",
        "1-65535",
        "0-0",
        "10.0.0.0/8",
        "::/0",
        "10.1.1.9-10.1.1.2",
        "13011302",
        "C02F",
        "Any",
        "0023",
        "{",
        "}",
        "#",
    ]);
    prop_oneof![
        8 => words.prop_map(|word| word.as_bytes().to_vec()),
        3 => Just(b"\n".to_vec()),
        2 => Just(b" ".to_vec()),
        1 => prop::collection::vec(any::<u8>(), 0..4),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]

    #[test]
    fn pieces_in_any_order(pieces in prop::collection::vec(piece(), 0..120)) {
        look(&pieces.join(&b" "[..]));
    }

    #[test]
    fn any_bytes_at_all(bytes in prop::collection::vec(any::<u8>(), 0..300)) {
        look(&bytes);
    }
}

#[test]
fn files_that_lead_to_themselves_end() {
    look(b"TcpImage A p\nTTLSConfig p\nCommonTTLSConfig p\n");
    look(&b"{ ".repeat(10_000));
    look(&b"TTLSRule A {\n".repeat(2_000));
}
