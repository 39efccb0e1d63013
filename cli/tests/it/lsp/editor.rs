//! A real editor on the other end, where one is installed.

use std::fs;
use std::path::Path;
use std::process::Command;

const LOOSE: &str = "ttlsrule  M\u{e4}Q {\r\nJobname CSQ1CHIN\r\nDirction   Inbound # \u{1F600}\r\nTTLSGroupActionRef ON }\r\nTTLSGroupAction ON\r\n{\r\nTTLSEnabled Off\r\n}\r\n";
const NEAT: &str = "TTLSRule MQ2\r\n{\r\n  Jobname            CSQ1CHIN\r\n  Direction          Inbound # \u{1F600}\r\n  TTLSGroupActionRef ON\r\n}\r\n\r\nTTLSGroupAction ON\r\n{\r\n  TTLSEnabled Off\r\n}\r\n";

#[test]
fn neovim_mends_renames_and_lays_out_a_file() {
    if Command::new("nvim").arg("--version").output().is_err() {
        eprintln!("skipped: there is no nvim");
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("a b.policy");
    fs::write(&file, LOOSE).unwrap();
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/it/lsp/editor.lua");
    let output = Command::new("nvim")
        .args(["--clean", "--headless", "-n", "-c"])
        .arg(format!("luafile {}", script.display()))
        .current_dir(folder.path())
        .env("GATEHOUSE", env!("CARGO_BIN_EXE_gatehouse"))
        .env("FILE", &file)
        .env("XDG_STATE_HOME", folder.path())
        .env("XDG_CACHE_HOME", folder.path())
        .output()
        .unwrap();
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{said}");
    assert!(said.contains("AT002 3:1"), "{said}");
    assert_eq!(fs::read_to_string(&file).unwrap(), NEAT, "{said}");
}
