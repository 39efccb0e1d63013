//! Address groups and hosts.

use super::*;

#[test]
fn addresses_are_checked() {
    expect(addresses(&["10.1.1.300"]), "GH020", "addresses/0");
    expect(addresses(&["10.1.1.9-10.1.1.2"]), "GH020", "addresses/0");
    expect(addresses(&["10.1.1.2-fe80::1"]), "GH020", "addresses/0");
    expect(addresses(&["::ffff:10.1.1.2"]), "GH020", "addresses/0");
    expect(addresses(&["10.1.1.2/24"]), "GH021", "addresses/0");
    expect(
        addresses(&["10.1.0.0/16", "10.1.1.2"]),
        "GH022",
        "addresses/1",
    );
    expect(addresses(&["10.1.1.2", "10.1.1.2"]), "GH022", "addresses/1");
    expect(
        addresses(&["10.1.1.2", "10.1.1.1-10.1.1.9"]),
        "GH022",
        "addresses/0",
    );
    expect(addresses(&["0.0.0.0", "10.1.1.2"]), "GH023", "addresses/0");
    expect(addresses(&[]), "GH024", "addresses");
    expect(addresses(&["6793"]), "GH025", "addresses/0");
    assert_eq!(
        addresses(&["All", "fe80::/10"])
            .iter()
            .filter(|(code, _)| code == "GH022")
            .count(),
        1
    );
}

#[test]
fn hosts_need_a_name_and_its_answer() {
    let hosts = |name: &str, asked: &str, answer: &[&str]| {
        let answer = Answer {
            asked: asked.to_owned(),
            addresses: answer.iter().map(|text| Entry::read(text)).collect(),
            at: "2026-11-21T10:00:00Z".to_owned(),
        };
        let host = Host {
            name: Entry::read(name),
            answer: Some(answer),
        };
        let given = change!(AddressGroup, |group| {
            group.addresses = Vec::new();
            group.hosts = vec![host.clone()];
        });
        codes("addresses", given)
    };
    let mq = "mq1.example.com";
    assert_eq!(hosts(mq, "MQ1.example.com", &["10.1.1.2", "fd00::2"]), []);
    expect(hosts("10.1.1.2", "", &[]), "GH026", "hosts/0/name");
    expect(hosts("mq one", "", &[]), "GH026", "hosts/0/name");
    expect(hosts("", "", &[]), "GH026", "hosts/0/name");
    expect(hosts(mq, mq, &[]), "GH027", "hosts/0/name");
    // The answer to another name does not count.
    expect(
        hosts(mq, "mq2.example.com", &["10.1.1.2"]),
        "GH027",
        "hosts/0/name",
    );
    let field = "hosts/0/answer/addresses/1";
    expect(hosts(mq, mq, &["10.1.1.2", "no"]), "GH020", field);
    for local in ["0.0.0.0", "127.0.1.1", "::1", "fe80::1"] {
        expect(hosts(mq, mq, &["10.1.1.2", local]), "GH028", field);
    }
    assert_eq!(hosts("mq1.example.com.", mq, &["10.1.1.2"]), []);
}
