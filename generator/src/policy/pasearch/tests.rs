//! The layout against a listing of a real system, and what that listing does not show.

#![expect(clippy::unwrap_used, reason = "a test may panic")]

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;

use super::*;
use crate::policy::table::{AttributeDef, statements};
use crate::policy::{lower, parse};

const ALL: Asked<'static> = Asked {
    release: Release::V3R1,
    rules: true,
    actions: true,
    names: false,
    only: &[],
};

fn shown(text: &str, asked: &Asked<'_>) -> String {
    let policy = lower(&parse(text.as_bytes()), "p").policy;
    listing("TCPIP", &policy, asked).unwrap_or_else(|| NOTHING.to_owned())
}

/// A file of the corpus, which is not ours to keep. `None`: it is not here, and this is not CI.
fn corpus(name: &str) -> Option<String> {
    let path = crate::corpus::found(&format!("open/{name}"))?;
    std::fs::read_to_string(path).ok()
}

const LISTING: &str = "pasearch/gh_colinpaice_easyattls_pasearch_t.txt";
const POLICY: &str = "ttls/gh_colinpaice_easyattls_generated.policy";

/// Lines that no policy determines: how they begin, and why.
const UNDETERMINED: [(&str, &str); 4] = [
    ("  Date:", "the moment of the command"),
    ("  TTLS Instance Id:", "the moment of the load"),
    ("Policy created:", "the moment of the load"),
    ("Policy updated:", "the moment of the load"),
];

/// The policy that is told back from the listing: only what is not the default of the release, so that
/// the defaults have to come from the table.
#[test]
fn every_line_of_a_real_listing_is_reproduced() {
    let Some(theirs) = corpus(LISTING) else {
        return;
    };
    let ours = shown(&told_back(&theirs), &ALL);
    let mut theirs: Vec<_> = theirs.lines().collect();
    // Two empty lines stand between the rules of priority 255 and the others, once in the listing.
    let doubled: Vec<_> = (1..theirs.len())
        .filter(|at| theirs[*at].is_empty() && theirs[at - 1].is_empty())
        .collect();
    assert_eq!(doubled.len(), 1);
    theirs.remove(doubled[0]);
    let mut undetermined = BTreeMap::new();
    let ours: Vec<_> = ours.lines().collect();
    for (at, (own, their)) in ours.iter().zip(&theirs).enumerate() {
        if own == their {
            continue;
        }
        let begins = |line: &str, start: &str| {
            line.starts_with(start) || line.trim_start().starts_with(start)
        };
        let known = UNDETERMINED
            .iter()
            .find(|(start, _)| begins(own, start) && begins(their, start));
        assert!(known.is_some(), "line {}:\n{own:?}\n{their:?}", at + 1);
        *undetermined.entry(known.unwrap().0).or_insert(0) += 1;
    }
    assert_eq!(ours.len(), theirs.len());
    assert!(ours.len() > 2290, "{} lines", ours.len());
    let blocks = theirs
        .iter()
        .filter(|line| line.contains("Policy created:"))
        .count();
    let expected = [
        ("  Date:", 1),
        ("  TTLS Instance Id:", 1),
        ("Policy created:", blocks),
        ("Policy updated:", blocks),
    ];
    assert_eq!(undetermined, BTreeMap::from(expected));
}

/// Label and value of a line of the listing, with its indent.
fn split(line: &str) -> Option<(usize, &str, &str)> {
    let indent = line.len() - line.trim_start().len();
    let (label, value) = line.trim().split_once(':')?;
    Some((indent, label, value.trim()))
}

fn told_back(listing: &str) -> String {
    let (mut text, mut seen) = (String::new(), BTreeSet::new());
    for part in listing.split("\n\n") {
        let part = part.trim_start_matches('\n');
        if part.starts_with("policyRule:") {
            text.push_str(&rule_of(part));
        } else if part.starts_with("  TTLS Action:") && seen.insert(part) {
            text.push_str(&action_of(part));
        }
    }
    text
}

fn rule_of(part: &str) -> String {
    let mut text = String::new();
    let (mut side, mut name) = ("", "");
    for (_, label, value) in part.lines().filter_map(split) {
        let second = |label: &str| {
            let (_, rest) = value.split_once(label).unwrap_or((value, ""));
            rest.trim().to_owned()
        };
        let first = value.split("  ").next().unwrap_or_default();
        let mut say = |words: String| writeln!(text, " {words}").unwrap();
        match label {
            "policyRule" => text = format!("TTLSRule {value}\n{{\n"),
            "Priority" => say(format!("Priority {first}")),
            "policyAction" => name = value,
            "ActionType" => say(format!("{}ActionRef {name}", value.replace(' ', ""))),
            "Local Address" => side = "Local",
            "Remote Address" => side = "Remote",
            "FromAddr" => say(format!("{side}Addr {value}")),
            "LocalPortFrom" => say(format!("LocalPortRange {first}-{}", second("LocalPortTo:"))),
            "RemotePortFrom" => say(format!(
                "RemotePortRange {first}-{}",
                second("RemotePortTo:")
            )),
            "JobName" => {
                let (job, user) = value.split_once("UserId:").unwrap();
                for (word, value) in [("Jobname", job.trim()), ("Userid", user.trim())] {
                    if !value.is_empty() {
                        say(format!("{word} {value}"));
                    }
                }
            }
            "ServiceDirection" => say(format!("Direction {value}")),
            _ => {}
        }
    }
    text + "}\n"
}

fn action_of(part: &str) -> String {
    let field = |name: &str| {
        let mut lines = part.lines().filter_map(split);
        lines.find(|(_, label, _)| *label == name).unwrap().2
    };
    let keyword = format!("TTLS{}Action", field("Scope"));
    let mut text = format!("{keyword} {}\n{{\n", field("TTLS Action"));
    // Indent and kind of the blocks that are open.
    let mut open = vec![(3, statement_of(&keyword))];
    let mut list = None;
    for line in part.lines().skip(4) {
        let Some((indent, label, value)) = split(line) else {
            let name = line.split_whitespace().last().unwrap();
            if let Some(row) =
                list.filter(|row: &&AttributeDef| matches!(row.kind, Kind::Suites(_)))
            {
                writeln!(text, "{} {name}", row.name).unwrap();
            }
            continue;
        };
        while open.last().unwrap().0 >= indent {
            open.pop();
            text.push_str("}\n");
        }
        let def = open.last().unwrap().1;
        match def.attribute(label) {
            Some(row) if matches!(row.kind, Kind::Inline(_)) => {
                writeln!(text, "{label}\n{{").unwrap();
                open.push((indent, statement_of(label)));
            }
            Some(row) if value.is_empty() => list = Some(row),
            Some(row) if row.default_in(Release::V3R1) != Some(value) => {
                writeln!(text, "{} {value}", row.name).unwrap();
            }
            Some(_) => {}
            None => assert!(label.starts_with("Policy "), "{label}"),
        }
    }
    text + &"}\n".repeat(open.len())
}

fn statement_of(name: &str) -> &'static StatementDef {
    crate::policy::table::statement(name).unwrap()
}

/// What a listing says of each rule, its actions laid over each other as they count: connection over
/// environment over group.
fn flattened(listing: &str) -> BTreeMap<String, BTreeMap<String, Vec<String>>> {
    let mut rules: BTreeMap<String, BTreeMap<String, Vec<String>>> = BTreeMap::new();
    let mut layers: Vec<(usize, BTreeMap<String, Vec<String>>)> = Vec::new();
    let mut rule = String::new();
    let mut lay = |rule: &str, layers: &mut Vec<(usize, BTreeMap<String, Vec<String>>)>| {
        layers.sort_by_key(|(layer, _)| *layer);
        for (_, fields) in layers.drain(..) {
            rules.entry(rule.to_owned()).or_default().extend(fields);
        }
    };
    for part in listing
        .split("\n\n")
        .map(|part| part.trim_start_matches('\n'))
    {
        if part.starts_with("policyRule:") {
            lay(&rule, &mut layers);
            rule = split(part.lines().next().unwrap()).unwrap().2.to_owned();
            layers.push((0, fields(part)));
        } else if part.starts_with("  TTLS Action:") {
            let mut fields = fields(part);
            let layer = match fields.remove("Scope").unwrap()[0].as_str() {
                "Group" => 1,
                "Environment" => 2,
                _ => 3,
            };
            layers.push((layer, fields));
        }
    }
    lay(&rule, &mut layers);
    rules
}

fn fields(part: &str) -> BTreeMap<String, Vec<String>> {
    let mut fields: BTreeMap<String, Vec<String>> = BTreeMap::new();
    let (mut last, mut side) = (String::new(), "");
    for line in part.lines() {
        let Some((_, label, value)) = split(line) else {
            fields
                .entry(last.clone())
                .or_default()
                .push(line.trim().to_owned());
            continue;
        };
        match label {
            "Local Address" | "Remote Address" => side = label,
            _ => {}
        }
        last = match label {
            "FromAddr" | "ToAddr" => format!("{side} {label}"),
            label => label.to_owned(),
        };
        // A block has a label and nothing behind it, and so has a list, which is filled by its lines.
        let values = fields.entry(last.clone()).or_default();
        if !value.is_empty() {
            values.push(value.split_whitespace().collect::<Vec<_>>().join(" "));
        }
    }
    fields.retain(|label, values| {
        let name = ["policyRule", "policyAction", "ActionType", "TTLS Action"];
        !values.is_empty() && !name.contains(&label.as_str()) && !label.starts_with("Policy ")
    });
    fields
}

/// Ours and theirs, the rules, and why they differ.
const DIFFERENCES: [(&str, &[&str], &str); 7] = [
    (
        "Action Sequence: 0,0,0 not 0,0",
        &["CSSMTPRule"],
        "the tool gives each rule a connection action",
    ),
    (
        "No. Policy Action: 3 not 2",
        &["CSSMTPRule"],
        "the tool gives each rule a connection action",
    ),
    (
        "ClientKeyShareGroups: 0023  secp256r1 not -",
        &["COLATTLJ", "COLATTLS", "GPMSERVE"],
        "the tool writes `ClientECurves Any` for the connection alone, so the environment has its list",
    ),
    (
        "EnvironmentUserInstance: - not 0",
        &["AZFMutAuthRule", "AZFSrvAuthRule", "CPJES2IN", "CPJES2OUT"],
        "the tool leaves it out",
    ),
    (
        "EnvironmentUserInstance: - not 1",
        &["AZFClientRule"],
        "the tool leaves it out",
    ),
    (
        "TLSv1: On not Off",
        &[
            "AZFClientRule",
            "AZFSrvAuthRule",
            "COLATTLJ",
            "COLATTLS",
            "CPJES2IN",
            "DEFAULTRULE12",
            "DEFAULTRULE13",
            "GPMSERVE",
        ],
        "the tool takes Off for the default, and on 3.1 it is On",
    ),
    (
        "v3CipherSuites: - not C023  TLS_ECDHE_ECDSA_WITH_AES_128_CBC_SHA256,C024  TLS_ECDHE_ECDSA_WITH_AES_256_CBC_SHA384,C027  TLS_ECDHE_RSA_WITH_AES_128_CBC_SHA256,C028  TLS_ECDHE_RSA_WITH_AES_256_CBC_SHA384,C02B  TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256,C02C  TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384,C02F  TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256",
        &[
            "AZFClientRule",
            "AZFMutAuthRule",
            "AZFSrvAuthRule",
            "CPJES2IN",
            "CPJES2OUT",
        ],
        "the tool leaves out the list that it takes for the default",
    ),
];

/// The policy that a tool made from the listing: with names of its own, and without what it took for the
/// default. Everything else that counts for a rule is what the listing says.
#[test]
fn a_policy_made_from_the_listing_gives_what_it_shows() {
    let (Some(theirs), Some(policy)) = (corpus(LISTING), corpus(POLICY)) else {
        return;
    };
    let (theirs, ours) = (flattened(&theirs), flattened(&shown(&policy, &ALL)));
    let mut differences: BTreeMap<String, Vec<&str>> = BTreeMap::new();
    for (rule, own) in &ours {
        let their = &theirs[rule];
        let labels: BTreeSet<_> = own.keys().chain(their.keys()).collect();
        for label in labels {
            let (own, their) = (own.get(label), their.get(label));
            if own == their {
                continue;
            }
            let words =
                |values: Option<&Vec<String>>| values.map_or("-".to_owned(), |v| v.join(","));
            let line = format!("{label}: {} not {}", words(own), words(their));
            differences.entry(line).or_default().push(rule);
        }
    }
    let missing: Vec<_> = theirs
        .keys()
        .filter(|rule| !ours.contains_key(*rule))
        .collect();
    assert_eq!(missing, ["TNZZZZ"]);
    let expected = DIFFERENCES
        .iter()
        .map(|(line, rules, _)| ((*line).to_owned(), rules.to_vec()));
    assert_eq!(differences, expected.collect());
}

#[test]
fn the_order_names_rows_of_the_table_and_each_once() {
    for (def, names) in layout::ORDER {
        let rows: BTreeSet<_> = names.iter().collect();
        assert_eq!(rows.len(), names.len(), "{}", def.name);
        for name in names {
            assert!(def.attribute(name).is_some(), "{} {name}", def.name);
        }
    }
    for def in statements() {
        assert_eq!(
            layout::lines(def).len(),
            def.attributes.len(),
            "{}",
            def.name
        );
    }
    for name in layout::OF_CONNECTION {
        assert!(statement_of("TTLSSignatureParms").attribute(name).is_some());
    }
    for name in layout::SWITCHES {
        assert!(
            statement_of("TTLSConnectionAdvancedParms")
                .attribute(name)
                .is_some()
        );
    }
}

const SMALL: &str = "TTLSRule R\n{\n LocalAddr 10.1.0.0/16\n RemoteAddrGroupRef far\n LocalPortRange 1414 1415\n Jobname CSQ1*\n Direction both\n Priority 7\n TTLSConnectionActionRef Nowhere\n TTLSGroupActionRef G\n TTLSEnvironmentActionRef E\n IpTimeCondition\n {\n  ConditionTimeRange 20120101020000:20121231000000\n  DayOfMonthMask 1000000000000000000000000000000\n  TimeOfDayRange 08:00-18:00\n }\n}
TTLSGroupAction G\n{\n TTLSEnabled ON\n}
TTLSEnvironmentAction E\n{\n HandshakeRole server\n TTLSKeyringParmsRef K\n TTLSCipherParms\n {\n  V3CipherSuites 2F35\n  V3CipherSuites4Char C02F\n }\n}
TTLSKeyringParms K\n{\n Keyring A/B\n KeyringPw geheim\n}
IpAddrGroup far\n{\n IpAddr\n {\n  Addr 10.9.9.9\n }\n IpAddrSet\n {\n  Range 10.8.0.1-10.8.0.9\n }\n}
";

#[track_caller]
fn has(text: &str, lines: &str) {
    assert!(text.contains(lines), "{lines:?} is not in\n{text}");
}

#[test]
fn conditions_are_shown_as_they_are_coded() {
    let text = shown(SMALL, &ALL);
    let trimmed: Vec<_> = text.lines().map(str::trim_end).collect();
    let text = trimmed.join("\n");
    has(
        &text,
        "  Weight:               7                 ForLoadDist:       False\n",
    );
    has(
        &text,
        "   Local Address:\n    FromAddr:           10.1.0.0\n    Prefix:             16\n",
    );
    has(
        &text,
        "   Remote Address:\n    FromAddr:           10.9.9.9\n    ToAddr:             10.9.9.9\n    FromAddr:           10.8.0.1\n    ToAddr:             10.8.0.9\n",
    );
    has(
        &text,
        "   LocalPortFrom:       1414              LocalPortTo:       1415\n",
    );
    has(
        &text,
        "   JobName:             CSQ1*             UserId:\n   ServiceDirection:    Both\n",
    );
    has(
        &text,
        "   First to Last:       1000000000000000000000000000000\n   Last to First:       0000000000000000000000000000000\n",
    );
    has(
        &text,
        "   Start Date Time:     Sun Jan  1 02:00:00 2012\n   End Date Time:       Mon Dec 31 00:00:00 2012\n",
    );
    has(
        &text,
        "   Fr TimeOfDay:        08:00             To TimeOfDay:      18:00\n   Fr TimeOfDay UTC:    <not available>   To TimeOfDay UTC:  <not available>\n",
    );
    has(
        &text,
        "  No. Policy Action:    3\n  policyAction:         Nowhere\n   ActionType:          TTLS Connection\n",
    );
    has(
        &text,
        "      002F  TLS_RSA_WITH_AES_128_CBC_SHA\n      0035  TLS_RSA_WITH_AES_256_CBC_SHA\n      C02F  TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256\n",
    );
    has(&text, "    TTLSEnabled:                On\n");
    has(&text, "     KeyringPw:                 ********\n");
    assert_eq!(text.matches("v3CipherSuites:").count(), 1);
    assert!(!text.contains("geheim"));
}

#[test]
fn names_alone_rules_alone_and_actions_alone() {
    let names = Asked { names: true, ..ALL };
    has(
        &shown(SMALL, &names),
        "\npolicyRule:             R\n  TTLS Action:          Nowhere\n  TTLS Action:          G\n  TTLS Action:          E\n",
    );
    let rules = Asked {
        actions: false,
        ..ALL
    };
    assert!(!shown(SMALL, &rules).contains("  TTLS Action:"));
    let actions = Asked {
        rules: false,
        ..ALL
    };
    let text = shown(SMALL, &actions);
    assert!(!text.contains("policyRule:") && text.matches("TTLS Action:").count() == 2);
    let names_of = |asked: &Asked<'_>| {
        let text = shown(SMALL, asked);
        let lines = text.lines().filter(|line| line.contains("TTLS Action:"));
        lines.count()
    };
    let only = ["E".to_owned()];
    assert_eq!(
        names_of(&Asked { only: &only, ..ALL }),
        1,
        "an action of that name"
    );
    let only = ["R".to_owned()];
    assert_eq!(
        names_of(&Asked { only: &only, ..ALL }),
        2,
        "a rule and its actions"
    );
    let only = ["r".to_owned()];
    assert_eq!(shown(SMALL, &Asked { only: &only, ..ALL }), NOTHING);
    assert_eq!(shown("", &ALL), NOTHING);
}

#[test]
fn defaults_are_those_of_the_release() {
    let of = |release| shown(SMALL, &Asked { release, ..ALL });
    let line = |release, label: &str| {
        let text = of(release);
        let found = text
            .lines()
            .find(|line| line.trim_start().starts_with(label));
        found.map(|line| line.split_whitespace().last().unwrap().to_owned())
    };
    assert_eq!(line(Release::V3R1, "TLSv1.1:").as_deref(), Some("On"));
    assert_eq!(line(Release::V3R2, "TLSv1.1:").as_deref(), Some("Off"));
    assert_eq!(line(Release::V2R1, "TLSv1.3:"), None, "not there yet");
    assert!(of(Release::V2R4).contains("TCP/IP pasearch CS V2R4 "));
    // The order of 3.2 is not known.
    has(
        &of(Release::V3R2),
        "     ClientECurves:              <not available>\n",
    );
}

#[test]
fn switching_versions_in_a_connection_works_out_its_lists_anew() {
    let connection = |lines: &str| {
        let text = format!(
            "TTLSConnectionAction C\n{{\n TTLSConnectionAdvancedParms\n {{\n{lines} }}\n}}\n"
        );
        shown(
            &text,
            &Asked {
                rules: false,
                ..ALL
            },
        )
    };
    assert!(!connection("  HandshakeTimeout 3\n").contains("TTLSSignatureParms"));
    let text = connection("  TLSv1.2 On\n");
    assert!(text.contains("SignaturePairs:") && !text.contains("ServerKexECurves"));
    assert!(!text.contains("X25519") && !text.contains("0806"));
    let text = connection("  TLSv1.3 On\n");
    assert!(
        text.contains("      0029  X25519\n")
            && text.contains("0806  TLS_SIGALG_SHA512_WITH_RSASSA_PSS\n")
    );
}
