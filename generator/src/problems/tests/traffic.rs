//! Rows of traffic descriptors, and the return codes that are foreseen.

use super::*;

#[test]
fn traffic_rows_are_checked() {
    expect(
        codes(
            "traffic",
            change!(TrafficDescriptor, |traffic| traffic.rows.clear()),
        ),
        "GH030",
        "rows",
    );
    expect(
        row(|row| row.local_port = "99999".into()),
        "GH031",
        "rows/0/local_port",
    );
    expect(
        row(|row| row.local_port = "1420-1414".into()),
        "GH031",
        "rows/0/local_port",
    );
    for job in ["CSQ9.CHIN", "TOOLONGJOB", "A*B", "1JOB"] {
        expect(
            row(|row| row.jobname = job.into()),
            "GH032",
            "rows/0/jobname",
        );
    }
    expect(
        row(|row| row.role = Some(HandshakeRole::Client)),
        "GH034",
        "rows/0/role",
    );
    expect(
        row(|row| row.keyring = "START1.RING".into()),
        "GH035",
        "rows/0/keyring",
    );
    expect(
        row(|row| row.server_certificate_labels = vec!["L".into(); 9]),
        "GH036",
        "rows/0/server_certificate_labels",
    );
    expect(
        row(|row| row.jobname = "TN3270".into()),
        "GH037",
        "rows/0/application_controlled",
    );
    expect(
        row(|row| row.certificate_label = "a } b".into()),
        "GH038",
        "rows/0/certificate_label",
    );
    expect(
        codes(
            "traffic",
            change!(TrafficDescriptor, |traffic| traffic
                .rows
                .push(traffic.rows[0].clone())),
        ),
        "GH039",
        "rows/1/local_port",
    );
    expect(
        row(|row| (row.keyring, row.keyring_stash_file) = ("A/B".into(), "/a.sth".into())),
        "GH040",
        "rows/0/keyring_stash_file",
    );
    expect(
        row(|row| row.keyring = "/a/b.kdb".into()),
        "GH041",
        "rows/0/keyring_stash_file",
    );
}

#[test]
fn the_return_codes_of_the_seed_are_foreseen() {
    expect(
        level(|level| level.versions = Versions::NONE),
        "GH050",
        "versions",
    );
    expect(
        level(|level| level.suites = suites(&["C02C"])),
        "GH051",
        "suites",
    );
    expect(
        level(|level| level.suites = Suites::SystemDefaults),
        "GH051",
        "suites",
    );
    expect(
        level(|level| level.settings.clear()),
        "GH052",
        "settings/TTLSSignatureParms.ClientKeyShareGroups",
    );
    expect(
        level(|level| {
            level
                .settings
                .insert("TTLSSignatureParms.ClientECurves".into(), many(&["0023"]));
            level.settings.insert(
                "TTLSSignatureParms.ClientKeyShareGroups".into(),
                many(&["0029"]),
            );
        }),
        "GH053",
        "settings/TTLSSignatureParms.ClientKeyShareGroups",
    );
    expect(
        level(|level| {
            (level.versions, level.suites) = (
                Versions {
                    tls11: true,
                    ..Versions::NONE
                },
                suites(&["C02C"]),
            )
        }),
        "GH054",
        "suites",
    );
}
