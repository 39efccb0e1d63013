//! Addresses of files as editors write them (RFC 8089), and paths.

use std::path::{Path, PathBuf};
use std::str::FromStr;

use lsp_types::Uri;

/// The path of a file on this machine; `None` for what is no file.
pub fn path(uri: &Uri) -> Option<PathBuf> {
    let rest = uri.as_str().strip_prefix("file://")?;
    let rest = rest.strip_prefix("localhost").unwrap_or(rest);
    let bytes = decoded(rest.starts_with('/').then_some(rest)?);
    #[cfg(unix)]
    {
        use std::os::unix::ffi::OsStringExt;
        Some(PathBuf::from(std::ffi::OsString::from_vec(bytes)))
    }
    #[cfg(not(unix))]
    {
        let text = String::from_utf8(bytes).ok()?;
        // `/c:/etc`
        Some(PathBuf::from(text.trim_start_matches('/')))
    }
}

/// The address of a path.
pub fn uri(path: &Path) -> Option<Uri> {
    let path = std::path::absolute(path).ok()?;
    let mut text = String::from("file://");
    #[cfg(not(unix))]
    text.push('/');
    for byte in path.as_os_str().as_encoded_bytes() {
        match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'/' | b'-' | b'.' | b'_' | b'~' => {
                text.push(char::from(*byte));
            }
            #[cfg(not(unix))]
            b'\\' => text.push('/'),
            byte => text.push_str(&format!("%{byte:02X}")),
        }
    }
    Uri::from_str(&text).ok()
}

fn decoded(text: &str) -> Vec<u8> {
    let (mut bytes, mut rest) = (Vec::with_capacity(text.len()), text.as_bytes());
    while let [first, behind @ ..] = rest {
        let digits = behind
            .get(..2)
            .and_then(|two| std::str::from_utf8(two).ok());
        let byte = digits.and_then(|two| u8::from_str_radix(two, 16).ok());
        rest = match (first, byte) {
            (b'%', Some(byte)) => {
                bytes.push(byte);
                &behind[2..]
            }
            _ => {
                bytes.push(*first);
                behind
            }
        };
    }
    bytes
}

#[cfg(all(test, unix))]
mod tests {
    use super::*;

    #[test]
    fn a_path_comes_back() {
        for name in ["/etc/pagent.conf", "/a b/%/\u{e4}#?.policy", "/A'B(C)"] {
            let written = uri(Path::new(name)).map(|uri| path(&uri));
            assert_eq!(written, Some(Some(PathBuf::from(name))));
        }
        let read = |text: &str| Uri::from_str(text).ok().and_then(|uri| path(&uri));
        assert_eq!(read("file://localhost/a%20b"), Some(PathBuf::from("/a b")));
        assert_eq!(read("untitled:Untitled-1"), None);
        assert_eq!(read("file://elsewhere/a"), None);
    }
}
