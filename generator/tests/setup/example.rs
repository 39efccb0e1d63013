use super::fixture::Site;

fn text(key: &str) -> String {
    let part = Site::colmvsa().answered().part(key);
    assert_eq!(part.missing, [""; 0]);
    format!("{}\n{}", part.file_name, part.text)
}

macro_rules! snapshots {
    ($($name:ident $key:literal;)*) => {$(
        #[test]
        fn $name() {
            insta::assert_snapshot!(text($key));
        }
    )*};
}

snapshots! {
    started_tasks "started-tasks";
    servauth "servauth";
    syslogd_rules "syslogd-rules";
    syslogd_procedure "syslogd-procedure";
    pagent_environment "pagent-environment";
    pagent_procedure "pagent-procedure";
    profile "profile";
    turn_on "turn-on";
    turn_off "turn-off";
    ring "ring-START1~COLINRING";
    checklist "checklist";
}

#[test]
fn the_page_has_these_parts_in_this_order() {
    let keys: Vec<_> = Site::colmvsa()
        .parts()
        .into_iter()
        .map(|part| part.key)
        .collect();
    assert_eq!(
        keys,
        [
            "started-tasks",
            "servauth",
            "syslogd-rules",
            "syslogd-procedure",
            "pagent-environment",
            "pagent-procedure",
            "profile",
            "turn-on",
            "turn-off",
            "ring-START1~COLINRING",
            "checklist",
        ]
    );
}
