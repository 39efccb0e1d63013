//! Statements of a TCP/IP profile.

use super::jcl::is_name;

pub fn read(text: &str) -> Result<(), String> {
    super::plain(text)?;
    let mut inside = "";
    for line in text.lines() {
        if line.len() > 71 {
            return Err(format!("beyond column 71: {line}"));
        }
        let words: Vec<_> = line.split(' ').filter(|word| !word.is_empty()).collect();
        match words[..] {
            [comment, ..] if comment.starts_with(';') => {}
            ["TCPCONFIG", "TTLS" | "NOTTLS"] => inside = "",
            ["AUTOLOG", "5"] => inside = "AUTOLOG",
            ["ENDAUTOLOG"] if inside == "AUTOLOG" => inside = "",
            ["PORT"] => inside = "PORT",
            ["PORTRANGE"] => inside = "PORTRANGE",
            [job] if inside == "AUTOLOG" && is_name(job) => {}
            [port, "TCP", job] if inside == "PORT" && is_name(job) => {
                port.parse::<u16>()
                    .map_err(|_| format!("no port: {line}"))?;
            }
            [port, count, "TCP", job] if inside == "PORTRANGE" && is_name(job) => {
                let number =
                    |text: &str| text.parse::<u32>().map_err(|_| format!("no port: {line}"));
                if number(port)? + number(count)? > 65536 || number(count)? < 2 {
                    return Err(format!("no range: {line}"));
                }
            }
            _ => return Err(format!("unknown: {line}")),
        }
    }
    match inside {
        "AUTOLOG" => Err("AUTOLOG does not end".into()),
        _ => Ok(()),
    }
}
