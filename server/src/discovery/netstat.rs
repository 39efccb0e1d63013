//! Listening sockets in the text that a command has shown: z/OS's `NETSTAT` in its short and long
//! form, from TSO, the shell or the console; on Linux `ss -ltnp` and `netstat -ltnp`.
//!
//! Layout of the reports: z/OS Communications Server, IP System Administrator's Commands, *Netstat
//! ALLConn/-a* and *COnn/-c*. What is no line of a listening TCP socket is passed over.

use api::discovery::Listener;

use super::{address_of, each_once};

/// Every listening TCP socket in the text, by port.
pub fn listeners(text: &str) -> Vec<Listener> {
    let mut found = Vec::new();
    // A long report names job and state on one line, and the local socket on the next.
    let mut job: Option<&str> = None;
    for line in text.lines() {
        let mut words: Vec<&str> = line.split_whitespace().collect();
        // TSO and the console put a message number before the lines of some reports.
        if words.first().is_some_and(|word| is_message(word)) {
            words.remove(0);
        }
        match words.as_slice() {
            [name, connection, state] if is_connection(connection) => {
                job = is_listen(state).then_some(*name);
            }
            [name, connection, local, _, state] if is_connection(connection) => {
                job = None;
                found.extend(is_listen(state).then(|| socket(name, local)).flatten());
            }
            [one, two, local] if is_local_socket(one, two) => {
                found.extend(job.take().and_then(|name| socket(name, local)));
            }
            words => found.extend(of_linux(words)),
        }
    }
    each_once(found)
}

/// `EZZ2587I`.
fn is_message(word: &str) -> bool {
    let digits = word.strip_prefix("EZ").and_then(|rest| rest.get(1..));
    let digits = digits.and_then(|rest| rest.strip_suffix('I'));
    digits.is_some_and(|rest| rest.len() == 4 && rest.bytes().all(|byte| byte.is_ascii_digit()))
}

/// The number of a connection: 8 hexadecimal digits.
fn is_connection(word: &str) -> bool {
    word.len() == 8 && word.bytes().all(|byte| byte.is_ascii_hexdigit())
}

fn is_listen(state: &str) -> bool {
    state.eq_ignore_ascii_case("listen")
}

fn is_local_socket(one: &str, two: &str) -> bool {
    one.eq_ignore_ascii_case("local") && two.eq_ignore_ascii_case("socket:")
}

/// `0.0.0.0..21`, `::ffff:10.1.1.2..9355`.
fn socket(job: &str, local: &str) -> Option<Listener> {
    let (address, port) = local.rsplit_once("..")?;
    listener(job, address, port)
}

fn listener(program: &str, address: &str, port: &str) -> Option<Listener> {
    let address = match address.trim_matches(['[', ']']) {
        "*" => String::new(),
        // `ss` writes the interface behind the address.
        address => address_of(address.split('%').next()?.parse().ok()?),
    };
    Some(Listener {
        port: port.parse().ok()?,
        address,
        program: program.to_owned(),
        user: String::new(),
    })
}

/// `LISTEN 0 128 0.0.0.0:22 0.0.0.0:* users:(("sshd",pid=1,fd=3))` of `ss`, and
/// `tcp 0 0 0.0.0.0:22 0.0.0.0:* LISTEN 1/sshd` of `netstat`.
fn of_linux(words: &[&str]) -> Option<Listener> {
    // `ss` names the protocol when it was asked for more than one.
    let words = match words {
        ["tcp", rest @ ..] if rest.first() == Some(&"LISTEN") => rest,
        words => words,
    };
    let (local, program) = match words {
        ["LISTEN", _, _, local, _, rest @ ..] => (
            local,
            rest.first().and_then(|users| users.split('"').nth(1)),
        ),
        [protocol, _, _, local, _, "LISTEN", rest @ ..] if protocol.starts_with("tcp") => (
            local,
            rest.first()
                .and_then(|owner| owner.split_once('/'))
                .map(|(_, name)| name.trim_end_matches(':')),
        ),
        _ => return None,
    };
    let (address, port) = local.rsplit_once(':')?;
    listener(program.unwrap_or_default(), address, port)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(text: &str) -> Vec<String> {
        let line = |one: Listener| format!("{} {} {}", one.port, one.program, one.address);
        let found = listeners(text).into_iter();
        found
            .map(line)
            .map(|line| line.trim_end().to_owned())
            .collect()
    }

    #[test]
    fn the_short_report_of_zos() {
        let text = "\
MVS TCP/IP NETSTAT CS V2R5       TCPIP Name: TCPIP           00:20:01
User Id  Conn     Local Socket           Foreign Socket         State
-------  ----     ------------           --------------         -----
CSQ9CHIN 000000A2 0.0.0.0..1414          0.0.0.0..0             Listen
CSQ9CHIN 000000B7 10.1.1.2..1414         10.9.9.9..40022        Establsh
TN3270   0000003F 10.1.1.3..992          0.0.0.0..0             Listen
SYSLOGD1 00000012 0.0.0.0..514           *..*                   UDP
";
        assert_eq!(shown(text), ["992 TN3270 10.1.1.3", "1414 CSQ9CHIN"]);
    }

    #[test]
    fn the_long_report_of_zos_and_of_its_console() {
        let text = "\
EZZ2350I MVS TCP/IP NETSTAT CS V3R1       TCPIP Name: TCPIP           13:47:39
EZZ2585I User Id  Conn     State
EZZ2587I BBON001  000014F6 Establsh
EZZ2587I   Local Socket:   ::ffff:10.57.165.181..9355
EZZ2587I   Foreign Socket: ::ffff:10.27.11.182..4886
EZZ2587I FTPD1    0000004B Listen
EZZ2587I   Local Socket:   ::..21
EZZ2587I   Foreign Socket: ::..0
DB2MDIST 0000005C LISTEN
  LOCAL SOCKET:   ::FFFF:10.1.1.7..448
  FOREIGN SOCKET: ::..0
";
        assert_eq!(shown(text), ["21 FTPD1", "448 DB2MDIST 10.1.1.7"]);
    }

    #[test]
    fn the_commands_of_linux() {
        let text = "\
State    Recv-Q   Send-Q     Local Address:Port      Peer Address:Port  Process
LISTEN   0        4096       127.0.0.53%lo:53             0.0.0.0:*
LISTEN   0        128              0.0.0.0:22             0.0.0.0:*      users:((\"sshd\",pid=811,fd=3))
LISTEN   0        128                 [::]:22                [::]:*      users:((\"sshd\",pid=811,fd=4))
LISTEN   0        511                    *:8443                 *:*
tcp   LISTEN 0      128              0.0.0.0:23             0.0.0.0:*      users:((\"in.telnetd\",pid=9,fd=3))
Proto Recv-Q Send-Q Local Address           Foreign Address         State       PID/Program name
tcp        0      0 0.0.0.0:1414            0.0.0.0:*               LISTEN      912/amqrmppa
tcp6       0      0 :::8080                 :::*                    LISTEN      77/nginx: master
tcp        0      0 10.1.1.2:22             10.1.1.9:50022          ESTABLISHED 813/sshd: ana
udp        0      0 0.0.0.0:68              0.0.0.0:*                           604/dhclient
";
        let expected = [
            "22 sshd",
            "23 in.telnetd",
            "53  127.0.0.53",
            "1414 amqrmppa",
            "8080 nginx",
            "8443",
        ];
        assert_eq!(shown(text), expected);
    }

    #[test]
    fn other_text_holds_none() {
        for text in [
            "",
            "Listen",
            "JOB 0000004B Listen",
            "JOB 0000004B 1..2 Listen",
            "EZ",
            "EZZ\u{e9}",
            "LISTEN a b c:d e",
            "tcp",
        ] {
            assert_eq!(shown(text), [""; 0], "{text}");
        }
    }

    proptest::proptest! {
        #[test]
        fn no_text_is_too_odd(text in "[ A-Za-z0-9.:\\n*\"/\u{e9}]{0,200}") {
            listeners(&text);
        }
    }
}
