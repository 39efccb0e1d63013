//! The flags that choose connections.

use std::net::IpAddr;

use clap::{Arg, ArgMatches, value_parser};
use control::Which;

pub fn flags() -> [Arg; 5] {
    let flag = |id: &'static str, value: &'static str| Arg::new(id).long(id).value_name(value);
    [
        flag("rule", "NAME").help("Connections that this rule takes"),
        flag("remote", "ADDRESS")
            .value_parser(value_parser!(IpAddr))
            .help("Connections with the partner at this address"),
        flag("port", "PORT")
            .value_parser(value_parser!(u16).range(1..))
            .help("Connections with this local or remote port"),
        flag("job", "NAME").help("Connections of this job, in upper or lower case"),
        connection()
            .help("This connection alone, by the hexadecimal digits that messages have for it"),
    ]
}

/// `--connection CONNID`
pub fn connection() -> Arg {
    let flag = Arg::new("connection").long("connection");
    flag.value_name("CONNID").value_parser(number)
}

/// What the command line chooses; nothing said is all.
pub fn of(matches: &ArgMatches) -> Which {
    let word = |id: &str| matches.get_one::<String>(id).cloned();
    Which {
        rule: word("rule"),
        remote: matches.get_one("remote").copied(),
        port: matches.get_one("port").copied(),
        job: word("job"),
        connection: matches.get_one("connection").copied(),
    }
}

/// `rule Web, port 8443`
pub fn words(which: &Which) -> String {
    let words = [
        which.rule.as_ref().map(|rule| format!("rule {rule}")),
        which.remote.map(|remote| format!("remote {remote}")),
        which.port.map(|port| format!("port {port}")),
        which.job.as_ref().map(|job| format!("job {job}")),
        which.connection.map(|id| format!("connection {id:08X}")),
    ];
    let words: Vec<_> = words.into_iter().flatten().collect();
    match words.is_empty() {
        true => "all connections".to_owned(),
        false => words.join(", "),
    }
}

/// CONNID as messages write it.
fn number(text: &str) -> Result<u32, String> {
    let digits = text.len() <= 8 && text.bytes().all(|byte| byte.is_ascii_hexdigit());
    let number = u32::from_str_radix(text, 16).ok();
    number
        .filter(|_| digits)
        .ok_or_else(|| "up to 8 hexadecimal digits, such as 0000004F".to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn connections_are_numbered_as_in_messages() {
        assert_eq!(number("00000053"), Ok(0x53));
        assert_eq!(number("1eef1"), Ok(0x1EEF1));
        for wrong in ["", "+53", "0x53", "000000053", "no"] {
            assert!(number(wrong).is_err(), "{wrong}");
        }
    }
}
