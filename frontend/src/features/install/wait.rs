//! How long an install waits for its confirmation: chosen beside the button, and remembered.

use leptos::prelude::*;

use super::room::Room;
use crate::api::install::Install;
use crate::prefs;
use crate::ui::{Face, Select, TextField};

const PREFERENCE: &str = "confirm";
/// Minutes to choose from.
const OFFERED: [&str; 3] = ["5", "10", "30"];
const OWN: &str = "own";
const LONGEST: u32 = Install::LONGEST_WAIT / 60;

/// The choice as it is shown: empty for an install that stands, or minutes as text.
#[derive(Clone, Copy)]
pub struct Wait {
    minutes: RwSignal<String>,
    own: RwSignal<bool>,
}

impl Wait {
    /// As it was chosen last.
    pub fn new() -> Self {
        let last = prefs::read(PREFERENCE).unwrap_or_default();
        let own = !last.is_empty() && !OFFERED.contains(&last.as_str());
        Self {
            minutes: RwSignal::new(last),
            own: RwSignal::new(own),
        }
    }

    /// What is wrong with it; tracked.
    pub fn wrong(self) -> Option<String> {
        self.minutes.with(|text| seconds(text)).err()
    }

    /// Seconds, for an install.
    pub fn chosen(self) -> Option<u32> {
        let text = self.minutes.get_untracked();
        prefs::write(PREFERENCE, &text);
        seconds(&text).ok().flatten()
    }
}

fn seconds(minutes: &str) -> Result<Option<u32>, String> {
    match minutes.trim() {
        "" => Ok(None),
        text => match text.parse() {
            Ok(minutes @ 1..=LONGEST) => Ok(Some(minutes * 60)),
            _ => Err(format!(
                "An install waits 1 to {LONGEST} minutes for its confirmation."
            )),
        },
    }
}

#[component]
pub fn WaitField(room: Room) -> impl IntoView {
    let Wait { minutes, own } = room.wait;
    let options: Vec<(String, String)> = [("", "no: the install stands")]
        .into_iter()
        .map(|(value, words)| (value.to_owned(), words.to_owned()))
        .chain(OFFERED.map(|minutes| (minutes.to_owned(), format!("within {minutes} minutes"))))
        .chain([(OWN.to_owned(), "within other minutes…".to_owned())])
        .collect();
    let value = Signal::derive(move || match own.get() {
        true => OWN.to_owned(),
        false => minutes.get(),
    });
    let choose = move |value: String| {
        own.set(value == OWN);
        minutes.set(if value == OWN { "15".to_owned() } else { value });
    };
    view! {
        <Select face=Face::new("Put back what was there unless confirmed") options=Signal::stored(options) value on_change=choose />
        {move || own.get().then(|| view! {
            <TextField face=Face::new("Minutes, 1 to 1440") value=minutes numeric=true on_input=move |text| minutes.set(text) />
        })}
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_wait_is_1_to_1440_minutes() {
        assert_eq!(seconds(""), Ok(None));
        assert_eq!(seconds(" 5 "), Ok(Some(300)));
        assert_eq!(seconds("1440"), Ok(Some(86_400)));
        for wrong in ["0", "1441", "-1", "1.5", "five"] {
            assert!(seconds(wrong).is_err(), "{wrong}");
        }
    }
}
