//! A combobox: type to search names and contents, pick, or make what is missing.

use std::sync::Arc;

use generator::sort;
use leptos::prelude::*;

use super::field::{described_by, input_id};
use super::{Face, Field, Icon};

/// One thing to pick.
#[derive(Clone, Debug, PartialEq)]
pub struct Choice {
    pub id: String,
    pub name: String,
    /// What is in it; searched, and shown small.
    pub detail: String,
}

/// What a line of the open list does.
#[derive(Clone, Debug, PartialEq)]
enum Line {
    New(String),
    /// The typed text itself is the value.
    Text(String),
    Pick(Choice),
}

/// More than this is not drawn; typing narrows it down.
const SHOWN: usize = 60;

#[component]
pub fn Picker(
    face: Face,
    #[prop(into)] choices: Signal<Arc<Vec<Choice>>>,
    /// What stands in the closed field.
    #[prop(into)]
    shown: Signal<String>,
    #[prop(optional, into)] picked: MaybeProp<String>,
    #[prop(into)] on_pick: Callback<String>,
    /// Words of the first line, such as `New address group…`, and what it does with the typed text.
    #[prop(optional_no_strip)]
    on_new: Option<(&'static str, Callback<String>)>,
    /// Text that is a value itself: returns the words of its line, if it is one.
    #[prop(optional)]
    text_line: Option<Callback<String, Option<String>>>,
    #[prop(optional)] on_text: Option<Callback<String>>,
) -> impl IntoView {
    let id = input_id();
    let list_id = format!("{id}-list");
    let open = RwSignal::new(false);
    let typed = RwSignal::new(None::<String>);
    let active = RwSignal::new(0_usize);
    let lines = Memo::new(move |_| {
        if !open.get() {
            return Vec::new();
        }
        let needle = typed.get().unwrap_or_default();
        lines_for(
            &choices.get(),
            needle.trim(),
            on_new.map(|(words, _)| words),
            text_line,
        )
    });
    let close = move || {
        open.set(false);
        typed.set(None);
    };
    let take = move |line: Line| {
        let text = typed.get_untracked().unwrap_or_default().trim().to_owned();
        close();
        match line {
            Line::Pick(choice) => on_pick.run(choice.id),
            Line::Text(_) => {
                if let Some(call) = on_text {
                    call.run(text);
                }
            }
            Line::New(_) => {
                if let Some((_, call)) = on_new {
                    call.run(text);
                }
            }
        }
    };
    let read_only = face.read_only;
    let show = move || {
        if !read_only.get_untracked() && !open.get_untracked() {
            open.set(true);
            // The first thing to pick, not *New …*, unless there is nothing else.
            let first = lines.with_untracked(|lines| {
                lines.iter().position(|line| !matches!(line, Line::New(_)))
            });
            active.set(first.unwrap_or(0));
        }
    };
    let move_to = move |step: isize| {
        show();
        let count = lines.with_untracked(Vec::len);
        if count > 0 {
            active.update(|at| *at = at.saturating_add_signed(step).min(count - 1));
        }
    };
    let key = move |event: web_sys::KeyboardEvent| match event.key().as_str() {
        "ArrowDown" if !open.get_untracked() => {
            event.prevent_default();
            show();
        }
        "ArrowDown" => {
            event.prevent_default();
            move_to(1);
        }
        "ArrowUp" => {
            event.prevent_default();
            move_to(-1);
        }
        "Enter" if open.get_untracked() => {
            event.prevent_default();
            if let Some(line) =
                lines.with_untracked(|lines| lines.get(active.get_untracked()).cloned())
            {
                take(line);
            }
        }
        "Enter" => {
            event.prevent_default();
            show();
        }
        "Escape" if open.get_untracked() => {
            event.prevent_default();
            event.stop_propagation();
            close();
        }
        _ => {}
    };
    // Typed text that is a value counts when the field is left.
    let left = move |_: web_sys::FocusEvent| {
        let text = typed.get_untracked();
        let value = text
            .zip(text_line)
            .filter(|(text, line)| line.run(text.trim().to_owned()).is_some());
        close();
        if let (Some((text, _)), Some(call)) = (value, on_text) {
            call.run(text.trim().to_owned());
        }
    };
    let input = move |event: web_sys::Event| {
        show();
        typed.set(Some(event_target_value(&event)));
        let first = lines
            .with_untracked(|lines| lines.iter().position(|line| !matches!(line, Line::New(_))));
        active.set(first.unwrap_or(0));
    };
    let select_all =
        |event: web_sys::FocusEvent| event_target::<web_sys::HtmlInputElement>(&event).select();
    let (invalid, label) = (face.invalid(), face.label);
    let described = described_by(&id, &face);
    let (place, placeholder) = (face.place.clone(), face.placeholder);
    let option_id = {
        let id = id.clone();
        move |at: usize| format!("{id}-option-{at}")
    };
    let active_id = {
        let option_id = option_id.clone();
        move || open.get().then(|| option_id(active.get()))
    };
    view! {
        <Field face id=id.clone()>
            <div class="picker">
                <input
                    id=id
                    type="text"
                    role="combobox"
                    class="cds--text-input cds--text-input--sm"
                    class:cds--text-input--invalid=invalid
                    aria-label=move || label.get()
                    aria-expanded=move || open.get().to_string()
                    aria-controls=list_id.clone()
                    aria-autocomplete="list"
                    aria-activedescendant=active_id
                    aria-describedby=described
                    autocomplete="off"
                    spellcheck="false"
                    placeholder=move || placeholder.get()
                    readonly=read_only
                    data-object=place.object
                    data-field=place.field
                    prop:value=move || typed.get().unwrap_or_else(|| shown.get())
                    on:click=move |_| show()
                    on:focus=select_all
                    on:input=input
                    on:keydown=key
                    on:blur=left
                />
                <Icon name="down" />
                <ul id=list_id role="listbox" class="picker-list" aria-label="Choices" class:is-open=open>
                    {move || lines.get().into_iter().enumerate().map(|(at, line)| {
                        let chosen = matches!(&line, Line::Pick(choice) if picked.get().as_deref() == Some(choice.id.as_str()));
                        let taken = line.clone();
                        view! {
                            <li
                                id=option_id(at)
                                role="option"
                                class="picker-option"
                                class:is-active=move || active.get() == at
                                class:is-picked=chosen
                                aria-selected=chosen.to_string()
                                on:mousedown=move |event| {
                                    event.prevent_default();
                                    take(taken.clone());
                                }
                                on:mousemove=move |_| if active.get_untracked() != at { active.set(at) }
                            >
                                {line_view(line)}
                            </li>
                        }
                    }).collect_view()}
                    {move || (open.get() && lines.with(Vec::is_empty)).then(|| view! {
                        <li class="picker-none" role="option" aria-selected="false" aria-disabled="true">"Nothing fits."</li>
                    })}
                </ul>
            </div>
        </Field>
    }
}

fn lines_for(
    choices: &[Choice],
    needle: &str,
    new: Option<&'static str>,
    text_line: Option<Callback<String, Option<String>>>,
) -> Vec<Line> {
    let mut lines = Vec::new();
    if let Some(words) = new {
        lines.push(Line::New(if needle.is_empty() {
            words.to_owned()
        } else {
            format!("{words} “{needle}”")
        }));
    }
    if let Some(words) = text_line
        .filter(|_| !needle.is_empty())
        .and_then(|line| line.run(needle.to_owned()))
    {
        lines.push(Line::Text(words));
    }
    lines.extend(ranked(choices, needle).into_iter().map(Line::Pick));
    lines
}

/// The choices that fit, best first: name begins with it, name holds it, contents hold it.
fn ranked(choices: &[Choice], needle: &str) -> Vec<Choice> {
    let needle = needle.to_lowercase();
    let rank = |choice: &Choice| {
        let name = choice.name.to_lowercase();
        if name.starts_with(&needle) {
            Some(0)
        } else if name.contains(&needle) {
            Some(1)
        } else {
            choice.detail.to_lowercase().contains(&needle).then_some(2)
        }
    };
    let mut found: Vec<(u8, &Choice)> = choices
        .iter()
        .filter_map(|choice| Some((rank(choice)?, choice)))
        .collect();
    sort::by_key(&mut found, |(rank, _)| *rank);
    found
        .into_iter()
        .take(SHOWN)
        .map(|(_, choice)| choice.clone())
        .collect()
}

fn line_view(line: Line) -> AnyView {
    match line {
        Line::New(words) => view! { <Icon name="add" /> <span>{words}</span> }.into_any(),
        Line::Text(words) => view! { <span>{words}</span> }.into_any(),
        Line::Pick(choice) => view! {
            <span class="picker-name">{choice.name}</span>
            <span class="picker-detail">{choice.detail}</span>
        }
        .into_any(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_port_finds_the_descriptor_that_holds_it() {
        let choice = |name: &str, detail: &str| Choice {
            id: name.into(),
            name: name.into(),
            detail: detail.into(),
        };
        let all = [
            choice("FTP", "21"),
            choice("MQ", "1414, 1415-1420"),
            choice("M1414", "all ports"),
        ];
        let names: Vec<String> = ranked(&all, "1414")
            .into_iter()
            .map(|choice| choice.name)
            .collect();
        assert_eq!(names, ["M1414", "MQ"]);
    }
}
