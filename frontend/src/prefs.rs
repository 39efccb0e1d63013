//! Preferences of this browser: theme, widths, columns. Nothing else is kept in the browser.

use web_sys::Storage;

fn storage() -> Option<Storage> {
    web_sys::window()?.local_storage().ok()?
}

pub fn read(key: &str) -> Option<String> {
    storage()?.get_item(&format!("gatehouse.{key}")).ok()?
}

pub fn write(key: &str, value: &str) {
    if let Some(storage) = storage() {
        // A full or forbidden storage costs a preference, nothing else.
        let _ = storage.set_item(&format!("gatehouse.{key}"), value);
    }
}
