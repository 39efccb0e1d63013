//! The first question: which application.

use generator::objects::library::Application;
use leptos::prelude::*;

use super::{Guide, applications, plan};
use crate::ui::{Button, Chip, Look, SearchField};

/// True when every word stands in the names, words or ports of an application.
fn fits(application: &Application, needle: &str) -> bool {
    let ports: Vec<String> = application.rows().iter().map(plan::ports_text).collect();
    let text = format!(
        "{} {} {} {} {}",
        application.title,
        application.name,
        application.words,
        application.text,
        ports.join(" ")
    )
    .to_lowercase();
    needle
        .to_lowercase()
        .split_whitespace()
        .all(|word| text.contains(word))
}

#[component]
pub fn Cards(guide: Guide) -> impl IntoView {
    let search = RwSignal::new(String::new());
    let shown = Memo::new(move |_| {
        let needle = search.get();
        let found = applications()
            .iter()
            .enumerate()
            .filter(|(_, application)| fits(application, &needle));
        found.map(|(at, _)| at).collect::<Vec<_>>()
    });
    view! {
        <section class="question" aria-labelledby="guided-1">
            <h2 id="guided-1"><span class="question-number">"1"</span>"Which application?"</h2>
            <SearchField label="Search applications" placeholder="IBM MQ, telnet, database, 1414…" value=search on_input=move |text| search.set(text) />
            <div class="applications" role="radiogroup" aria-label="Application">
                <For each=move || shown.get() key=|at| *at let:at>
                    {applications().get(at).map(|application| view! { <Card guide application /> })}
                </For>
                {move || shown.with(Vec::is_empty).then(|| view! {
                    <div class="applications-none">
                        <p>{format!("No application fits “{}”. Any other one: take the application that is most like it, and change the ports.", search.get())}</p>
                        <Button label="Clear the search" look=Look::Ghost on_press=move || search.set(String::new()) />
                    </div>
                })}
            </div>
        </section>
    }
}

#[component]
fn Card(guide: Guide, application: &'static Application) -> impl IntoView {
    let chosen = move || {
        guide
            .application
            .with(|chosen| chosen.is_some_and(|chosen| chosen.name == application.name))
    };
    let text_id = format!("card-{}", application.name);
    view! {
        <label class="application" class:is-chosen=chosen>
            <input type="radio" name="application" aria-label=application.title aria-describedby=text_id.clone()
                prop:checked=chosen on:change=move |_| guide.choose(application) />
            <span class="application-title">{application.title}{(!application.zos).then(|| view! { " " <Chip text="Linux" /> })}</span>
            <span class="application-text" id=text_id>{application.text}</span>
        </label>
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_application_is_found_by_its_other_names() {
        let found = |needle: &str| {
            applications()
                .iter()
                .filter(|application| fits(application, needle))
                .map(|a| a.title)
                .collect::<Vec<_>>()
        };
        assert!(found("queue manager").contains(&"IBM MQ"));
        assert!(found("telnet").contains(&"TN3270"));
        assert_eq!(found("1414"), ["IBM MQ"]);
        assert!(found("DB2").contains(&"Db2"));
        assert_eq!(found("no such thing"), Vec::<&str>::new());
    }
}
