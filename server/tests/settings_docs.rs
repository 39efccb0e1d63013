//! The page of settings in the user's documentation is generated from the settings.

#![expect(clippy::unwrap_used, reason = "a test may panic")]

use std::fmt::Write as _;
use std::path::Path;

use server::settings::ROWS;

#[test]
fn the_documentation_of_settings_is_current() {
    let mut text = String::from(
        "# Settings\n\nGenerated from the settings; `make docs` writes it again.\n\n\
         A flag counts more than the environment, the environment more than the file, the file more than the default. \
         The file is the one that `--config` names, or `gatehouse.toml` in the data directory; its keys are the names of the flags.\n\n\
         | flag | environment | meaning |\n| --- | --- | --- |\n",
    );
    for row in ROWS {
        let value = if row.is_switch() {
            String::new()
        } else {
            format!(" {}", row.value)
        };
        writeln!(
            text,
            "| `--{}{value}` | `{}` | {} |",
            row.name,
            row.variable(),
            row.help.replace('|', "\\|")
        )
        .unwrap();
    }
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs/settings.md");
    if std::env::var_os("UPDATE_DOCS").is_some() {
        std::fs::write(&path, &text).unwrap();
    }
    let current = std::fs::read_to_string(&path).unwrap_or_default();
    assert!(
        current == text,
        "docs/settings.md is behind the settings: run `make docs`"
    );
}
