//! What every input has around it: label, second word, help, and what is wrong.

use leptos::prelude::*;

use super::{Button, Icon, Look, fresh_id};

/// How bad it is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub enum Tone {
    #[default]
    Info,
    Warning,
    Error,
}

impl Tone {
    pub fn icon(self) -> &'static str {
        match self {
            Self::Info => "info",
            Self::Warning => "warning",
            Self::Error => "error",
        }
    }

    pub fn class(self) -> &'static str {
        match self {
            Self::Info => "tone-info",
            Self::Warning => "tone-warning",
            Self::Error => "tone-error",
        }
    }

    /// The word that code views know it by.
    pub fn flag(self) -> &'static str {
        match self {
            Self::Info => "info",
            Self::Warning => "warning",
            Self::Error => "error",
        }
    }

    pub fn word(self) -> &'static str {
        match self {
            Self::Info => "Note",
            Self::Warning => "Warning",
            Self::Error => "Error",
        }
    }
}

/// One message under an input.
#[derive(Clone, Debug)]
pub struct Note {
    pub tone: Tone,
    pub message: String,
    pub help: String,
    /// What one press mends, and how.
    pub fix: Option<(String, Callback<()>)>,
    /// The code of the finding, and why it matters.
    pub why: Option<&'static str>,
}

/// Which field of which object an input edits; the page finds inputs by it.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Place {
    pub object: String,
    pub field: String,
}

/// What stands around an input.
#[derive(Clone)]
pub struct Face {
    pub label: Signal<String>,
    /// A second name of the same thing, small and grey.
    pub word: &'static str,
    pub help: Signal<String>,
    /// What holds when the field is empty.
    pub placeholder: Signal<String>,
    /// For grids: the label is for screen readers only.
    pub compact: bool,
    pub notes: Signal<Vec<Note>>,
    pub read_only: Signal<bool>,
    pub place: Place,
    pub mono: bool,
    pub required: bool,
    pub autocomplete: &'static str,
}

impl Face {
    pub fn new(label: impl Into<Signal<String>>) -> Self {
        Self {
            label: label.into(),
            word: "",
            help: Signal::stored(String::new()),
            placeholder: Signal::stored(String::new()),
            compact: false,
            notes: Signal::stored(Vec::new()),
            read_only: Signal::stored(false),
            place: Place::default(),
            mono: false,
            required: false,
            autocomplete: "off",
        }
    }

    #[must_use]
    pub fn word(mut self, word: &'static str) -> Self {
        self.word = word;
        self
    }

    #[must_use]
    pub fn help(mut self, help: impl Into<Signal<String>>) -> Self {
        self.help = help.into();
        self
    }

    #[must_use]
    pub fn placeholder(mut self, placeholder: impl Into<Signal<String>>) -> Self {
        self.placeholder = placeholder.into();
        self
    }

    #[must_use]
    pub fn compact(mut self) -> Self {
        self.compact = true;
        self
    }

    #[must_use]
    pub fn mono(mut self) -> Self {
        self.mono = true;
        self
    }

    #[must_use]
    pub fn required(mut self) -> Self {
        self.required = true;
        self
    }

    #[must_use]
    pub fn autocomplete(mut self, word: &'static str) -> Self {
        self.autocomplete = word;
        self
    }

    #[must_use]
    pub fn notes(mut self, notes: Signal<Vec<Note>>) -> Self {
        self.notes = notes;
        self
    }

    #[must_use]
    pub fn read_only(mut self, read_only: Signal<bool>) -> Self {
        self.read_only = read_only;
        self
    }

    #[must_use]
    pub fn place(mut self, place: Place) -> Self {
        self.place = place;
        self
    }

    /// True when something is an error here.
    pub fn invalid(&self) -> Signal<bool> {
        let notes = self.notes;
        Signal::derive(move || {
            notes.with(|notes| notes.iter().any(|note| note.tone == Tone::Error))
        })
    }
}

/// Label above, `children` with the given id as the input, notes below.
#[component]
pub fn Field(
    face: Face,
    id: String,
    /// The label names a group of inputs, not one input.
    #[prop(optional)]
    group: bool,
    children: Children,
) -> impl IntoView {
    let Face {
        label,
        word,
        help,
        compact,
        notes,
        ..
    } = face;
    let (help_id, notes_id) = (format!("{id}-help"), format!("{id}-notes"));
    let words = move || {
        view! {
            <span>{label}</span>
            {(!word.is_empty()).then(|| view! { " " <small class="second-word">{word}</small> })}
        }
    };
    view! {
        <div class="cds--form-item field" class:field-compact=compact>
            {if group {
                view! { <span class="cds--label" class:cds--visually-hidden=compact id=format!("{id}-label")>{words()}</span> }.into_any()
            } else {
                view! { <label class="cds--label" class:cds--visually-hidden=compact for=id.clone()>{words()}</label> }.into_any()
            }}
            {children()}
            {move || {
                let text = help.get();
                (!text.is_empty() && !compact).then(|| view! { <div class="cds--form__helper-text" id=help_id.clone()>{with_code(&text)}</div> })
            }}
            <div id=notes_id class="notes" aria-live="polite">
                <Notes notes />
            </div>
        </div>
    }
}

/// Messages with their help and *Fix*.
#[component]
pub fn Notes(notes: Signal<Vec<Note>>) -> impl IntoView {
    view! {
        {move || notes.get().into_iter().map(|note| view! {
            <div class=format!("note {}", note.tone.class())>
                <Icon name=note.tone.icon() />
                <div>
                    <span class="cds--visually-hidden">{note.tone.word()} ": "</span>
                    <span class="note-message">{with_code(&sentence(&note.message))}</span>
                    {(!note.help.is_empty()).then(|| view! { <span class="note-help">" " {with_code(&sentence(&note.help))}</span> })}
                    {note.why.map(|code| view! { <finding-why code=code></finding-why> })}
                </div>
                {note.fix.map(|(title, fix)| view! { <Button label=title look=Look::Ghost on_press=fix /> })}
            </div>
        }).collect_view()}
    }
}

/// The ids for `aria-describedby` of an input.
pub fn described_by(id: &str, face: &Face) -> String {
    let notes = format!("{id}-notes");
    if face.compact || face.help.with_untracked(String::is_empty) {
        notes
    } else {
        format!("{id}-help {notes}")
    }
}

/// The id of an input: taken from its place where it has one, so that it is the same each time.
pub fn input_id() -> String {
    fresh_id("field")
}

/// Words that begin with a capital and end with a period.
pub fn sentence(text: &str) -> String {
    let mut letters = text.chars();
    let first = letters.next().map(char::to_uppercase);
    let mut sentence: String = first.into_iter().flatten().chain(letters).collect();
    if !sentence.is_empty() && !sentence.ends_with(['.', '?', ':']) {
        sentence.push('.');
    }
    sentence
}

/// Text in which backticks stand around what a person typed or a file holds.
pub fn with_code(text: &str) -> Vec<AnyView> {
    let part = |(at, part): (usize, &str)| {
        let part = part.to_owned();
        match at % 2 {
            0 => part.into_any(),
            _ => view! { <code>{part}</code> }.into_any(),
        }
    };
    text.split('`').enumerate().map(part).collect()
}

#[cfg(test)]
mod tests {
    use super::sentence;

    #[test]
    fn messages_become_sentences() {
        assert_eq!(
            sentence("the range runs backwards"),
            "The range runs backwards."
        );
        assert_eq!(sentence("`x` is no port."), "`x` is no port.");
        assert_eq!(sentence(""), "");
    }
}
