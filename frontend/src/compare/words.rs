//! Changes in words, object by object.

use std::sync::Arc;

use generator::objects::Configuration;
use generator::objects::diff::{ObjectChange, diff};
use leptos::prelude::*;

use super::Sides;
use crate::core;
use crate::ui::Chip;

/// What became of an object.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fate {
    New,
    Changed,
    Deleted,
}

pub fn changes_between(sides: Sides) -> Memo<Arc<Vec<ObjectChange>>> {
    Memo::new(move |_| {
        Arc::new(
            sides
                .before
                .with(|before| sides.after.with(|after| diff(before, after))),
        )
    })
}

pub fn fate(change: &ObjectChange, before: &Configuration, after: &Configuration) -> Fate {
    match (before.get(&change.id), after.get(&change.id)) {
        (None, _) => Fate::New,
        (_, None) => Fate::Deleted,
        _ => Fate::Changed,
    }
}

/// The sentences of a change without their subject, which stands above them.
pub fn short_words(change: &ObjectChange) -> Vec<String> {
    let cut = |sentence: &String| match sentence.split_once(": ") {
        // The subject ends with the name; a name itself may hold no colon.
        Some((subject, rest)) if subject.ends_with(&change.name) || change.name.is_empty() => {
            first_upper(rest)
        }
        _ => sentence.clone(),
    };
    change.words.iter().map(cut).collect()
}

fn first_upper(text: &str) -> String {
    let mut letters = text.chars();
    letters.next().map_or_else(String::new, |first| {
        first.to_uppercase().chain(letters).collect()
    })
}

/// One object's changes: name, kind, what became of it, and a sentence for each change.
#[component]
pub fn ChangeWords(
    change: ObjectChange,
    sides: Sides,
    /// The address of its page, where it still has one.
    #[prop(optional, into)]
    href: Option<String>,
) -> impl IntoView {
    let (before, after) = (sides.before.get_untracked(), sides.after.get_untracked());
    let fate = fate(&change, &before, &after);
    let name = if change.name.is_empty() {
        "(no name)".to_owned()
    } else {
        change.name.clone()
    };
    let named = match (href, fate) {
        (Some(href), Fate::New | Fate::Changed) => view! { <a href=href>{name}</a> }.into_any(),
        _ => view! { <strong>{name}</strong> }.into_any(),
    };
    let chip = match fate {
        Fate::New => Some(("new", "green")),
        Fate::Deleted => Some(("deleted", "red")),
        Fate::Changed => None,
    };
    let contents = match fate {
        Fate::New => after
            .get(&change.id)
            .map(|object| core::contents(&after, object)),
        Fate::Deleted => before
            .get(&change.id)
            .map(|object| core::contents(&before, object)),
        Fate::Changed => None,
    };
    let sentences = if fate == Fate::Changed {
        short_words(&change)
    } else {
        Vec::new()
    };
    view! {
        <div class="change">
            <div class="change-head">
                {named} <span class="soft">{change.kind.singular()}</span>
                {chip.map(|(text, colour)| view! { <Chip text colour /> })}
            </div>
            {contents.filter(|text| !text.is_empty()).map(|text| view! { <p class="change-contents">{text}</p> })}
            {(!sentences.is_empty()).then(|| view! {
                <ul class="change-words">{sentences.into_iter().map(|sentence| view! { <li>{sentence}</li> }).collect_view()}</ul>
            })}
        </div>
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use generator::objects::{Kind, ObjectId};

    fn change(name: &str, words: &str) -> ObjectChange {
        ObjectChange {
            id: ObjectId("x".into()),
            kind: Kind::SecurityLevel,
            name: name.into(),
            words: vec![words.into()],
        }
    }

    #[test]
    fn the_subject_is_not_said_twice() {
        let words = short_words(&change(
            "GOLD",
            "Security level GOLD: cipher suite 1303 removed",
        ));
        assert_eq!(words, ["Cipher suite 1303 removed"]);
    }

    #[test]
    fn a_sentence_without_a_subject_stays() {
        assert_eq!(
            short_words(&change("GOLD", "Security level GOLD added")),
            ["Security level GOLD added"]
        );
        let row = "Traffic descriptor MQ: row 1: local port changed from 1 to 2";
        assert_eq!(
            short_words(&change("MQ", row)),
            ["Row 1: local port changed from 1 to 2"]
        );
    }
}
