//! The questions, each with its suggestion, and answers that are checked while they are typed.

use std::sync::Arc;

use api::setup::{SetupLevel, SetupQuestion, StackSetup};
use generator::objects::{Configuration, Object, ObjectId};
use leptos::prelude::*;

use crate::core;
use crate::ui::{Button, Face, Look, Note, Place, Select, TextField, Tone};
use crate::words;
use crate::workspace::{Changes, Workspace};

/// Where the answers of a level live, and how the level is called.
fn home(setup: &StackSetup, stack: &ObjectId, level: &SetupLevel) -> ObjectId {
    match level {
        SetupLevel::Stack => stack.clone(),
        SetupLevel::Image | SetupLevel::Ring(_) => setup.image.clone(),
    }
}

fn title(setup: &StackSetup, level: &SetupLevel) -> (String, String) {
    match level {
        SetupLevel::Image => (
            format!("For the image {}", setup.image_name),
            "Asked once: all stacks of the image share these answers.".to_owned(),
        ),
        SetupLevel::Stack => (format!("For {} alone", setup.name), String::new()),
        SetupLevel::Ring(ring) => (
            format!("For the key ring {ring}"),
            "All stacks of the image that use the ring share these answers.".to_owned(),
        ),
    }
}

/// The answer as it stands here.
fn answer(config: &Configuration, home: &ObjectId, key: &str) -> String {
    let answers = match config.get(home) {
        Some(Object::Image(image)) => &image.setup,
        Some(Object::Stack(stack)) => &stack.setup,
        _ => return String::new(),
    };
    answers.get(key).cloned().unwrap_or_default()
}

/// An object with one answer changed; an empty answer takes it away.
fn answered(object: &Object, key: &str, answer: &str) -> Option<Object> {
    let mut object = object.clone();
    let answers = match &mut object {
        Object::Image(image) => &mut image.setup,
        Object::Stack(stack) => &mut stack.setup,
        _ => return None,
    };
    if answer.is_empty() {
        answers.remove(key);
    } else {
        answers.insert(key.to_owned(), answer.to_owned());
    }
    Some(object)
}

#[component]
pub fn Questions(setup: Memo<Result<Arc<StackSetup>, String>>, stack: ObjectId) -> impl IntoView {
    let workspace = Workspace::here();
    // The questions change with the rings and the stack, not with the answers.
    let groups = Memo::new(move |_| {
        let Ok(setup) = setup.get() else {
            return Vec::new();
        };
        let mut groups: Vec<(SetupLevel, Vec<SetupQuestion>)> = Vec::new();
        for question in &setup.questions {
            let asked = SetupQuestion {
                answer: String::new(),
                refusal: None,
                ..question.clone()
            };
            match groups
                .iter_mut()
                .find(|(level, _)| *level == question.level)
            {
                Some((_, group)) => group.push(asked),
                None => groups.push((question.level.clone(), vec![asked])),
            }
        }
        groups
    });
    let own = StoredValue::new(stack);
    let open = Memo::new(move |_| {
        let Ok(setup) = setup.get() else {
            return Vec::new();
        };
        // What was answered since is not there yet.
        let lacks = |question: &&SetupQuestion| {
            let home = own.with_value(|stack| home(&setup, stack, &question.level));
            !question.suggestion.is_empty()
                && workspace
                    .config
                    .with(|config| answer(config, &home, &question.key))
                    .is_empty()
        };
        let lacking = setup.questions.iter().filter(lacks);
        lacking.cloned().collect::<Vec<_>>()
    });
    let use_all = move || {
        let Ok(setup) = setup.get_untracked() else {
            return;
        };
        let mut changes = Changes::new();
        for question in open.get_untracked() {
            let id = own.with_value(|stack| home(&setup, stack, &question.level));
            let before = changes.get(&id).cloned().flatten().or_else(|| {
                workspace
                    .config
                    .with_untracked(|config| config.get(&id).cloned())
            });
            if let Some(object) =
                before.and_then(|object| answered(&object, &question.key, &question.suggestion))
            {
                changes.insert(id, Some(object));
            }
        }
        workspace.edit(
            format!("answer the set-up questions of {}", setup.name),
            changes,
        );
    };
    let blocked = Signal::derive(move || workspace.closed());
    view! {
        <section aria-labelledby="setup-questions" class="stack">
            <div class="page-head">
                <h2 id="setup-questions">"Questions"</h2>
                {move || (!open.with(Vec::is_empty)).then(|| view! {
                    <Button label=format!("Use {}", words::count(open.with(Vec::len), "suggestion", "suggestions")) blocked on_press=use_all />
                })}
            </div>
            {move || groups.get().into_iter().map(|(level, questions)| {
                let (title, hint) = setup.with_untracked(|setup| setup.as_ref().map(|setup| title(setup, &level)).unwrap_or_default());
                let home = setup.with_untracked(|setup| setup.as_ref().map(|setup| own.with_value(|stack| home(setup, stack, &level))).unwrap_or_else(|_| own.get_value()));
                view! {
                    <fieldset class="group">
                        <legend>{title}</legend>
                        {(!hint.is_empty()).then(|| view! { <p class="hint">{hint}</p> })}
                        <div class="form-grid">
                            {questions.into_iter().map(|question| view! { <Asked setup question home=home.clone() /> }).collect_view()}
                        </div>
                    </fieldset>
                }
            }).collect_view()}
        </section>
    }
}

#[component]
fn Asked(
    setup: Memo<Result<Arc<StackSetup>, String>>,
    question: SetupQuestion,
    home: ObjectId,
) -> impl IntoView {
    let workspace = Workspace::here();
    let key = StoredValue::new((home.clone(), question.key.clone(), question.label.clone()));
    let answer = Memo::new(move |_| {
        key.with_value(|(home, key, _)| workspace.config.with(|config| answer(config, home, key)))
    });
    // An empty field is open, not wrong; and what is said of another answer does not count.
    let notes = Signal::derive(move || {
        let answer = answer.get();
        let refusal = setup.with(|setup| {
            let questions = &setup.as_ref().ok()?.questions;
            let asked =
                key.with_value(|(_, key, _)| questions.iter().find(|one| one.key == *key))?;
            let counts = !answer.is_empty() && asked.answer == answer;
            asked.refusal.clone().filter(|_| counts)
        });
        let note = refusal.map(|message| Note {
            tone: Tone::Error,
            message,
            help: String::new(),
            fix: None,
            why: None,
        });
        note.into_iter().collect::<Vec<_>>()
    });
    let read_only = Memo::new(move |_| key.with_value(|(home, ..)| workspace.read_only(home)));
    let put = move |text: String, typing: bool| {
        let (home, key, label) = key.get_value();
        let Some(object) = workspace
            .config
            .with_untracked(|config| config.get(&home).cloned())
        else {
            return;
        };
        let words = format!("answer “{label}” for {}", core::called(&object));
        let Some(changed) = answered(&object, &key, &text) else {
            return;
        };
        if typing {
            workspace.edit_typing(words, home, changed);
        } else {
            workspace.edit(words, [(home, Some(changed))]);
        }
    };
    let required = question.required;
    let help = {
        let (help, optional) = (
            question.help.clone(),
            if required { "" } else { " May stay open." },
        );
        format!("{help}{optional}").replace('`', "")
    };
    let face = Face::new(question.label.clone())
        .help(help)
        .notes(notes)
        .mono()
        .read_only(Signal::derive(move || read_only.get().is_some()))
        .place(Place {
            object: home.0,
            field: format!("setup/{}", question.key),
        });
    let suggestion = question.suggestion.clone();
    let use_it = {
        let suggestion = suggestion.clone();
        move || put(suggestion.clone(), false)
    };
    let use_it = StoredValue::new(use_it);
    let suggested = StoredValue::new(suggestion);
    let input = match question.choices.is_empty() {
        false => {
            let mut options = vec![(String::new(), "Choose…".to_owned())];
            options.extend(question.choices.iter().map(|word| (word.clone(), word.clone())));
            view! { <Select face options=Signal::stored(options) value=answer on_change=move |text: String| put(text, false) /> }.into_any()
        }
        true => view! { <TextField face value=answer on_input=move |text: String| put(text, true) on_enter=move || workspace.flush() /> }.into_any(),
    };
    view! {
        <div class="asked" class:is-open=move || required && answer.with(String::is_empty)>
            {input}
            {move || {
                let suggestion = suggested.get_value();
                (!suggestion.is_empty() && read_only.get().is_none() && answer.with(|answer| *answer != suggestion) && answer.with(String::is_empty)).then(|| view! {
                    <Button label=format!("Use {suggestion}") look=Look::Ghost on_press=move || use_it.with_value(|use_it| use_it()) />
                })
            }}
        </div>
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use generator::objects::Image;

    #[test]
    fn an_answer_that_is_emptied_is_no_answer() {
        let image = Object::Image(Image::default());
        let with = answered(&image, "ring.START1/R.owner", "START1").unwrap();
        assert_ne!(with, image);
        assert_eq!(answered(&with, "ring.START1/R.owner", ""), Some(image));
    }
}
