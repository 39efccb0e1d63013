//! Something as files of several kinds.

use leptos::prelude::*;

/// A link for each format that the server writes.
#[component]
pub fn Downloads(
    /// What is in the files: "the protected ports".
    what: String,
    /// The files' name without its ending.
    file: String,
    /// The address for a format's word.
    href: Callback<&'static str, String>,
) -> impl IntoView {
    let formats = [
        ("csv", "csv", "CSV"),
        ("markdown", "md", "Markdown"),
        ("html", "html", "HTML"),
        ("json", "json", "JSON"),
    ];
    let link = |(format, ending, name): (&'static str, &'static str, &'static str)| {
        let title = format!("{name} file with {what}");
        view! { <a href=href.run(format) title=title download=format!("{file}.{ending}") rel="external">{name}</a> " " }
    };
    view! { <span class="links">"Download: " {formats.map(link).collect_view()}</span> }
}
