//! The layout of `pasearch`.

use clap::ArgMatches;
use generator::check::Checked;
use generator::policy::pasearch::{self, heading, listing, object};

use super::Asked;

/// The listings of the stacks, and whether one of them holds what was asked for.
pub fn render(matches: &ArgMatches, checked: &Checked, asked: &Asked) -> (String, bool) {
    let flag = |name: &str| matches.get_flag(name);
    let both = flag("everything") || flag("rules") == flag("actions");
    let of = pasearch::Asked {
        release: asked.release,
        rules: both || flag("rules"),
        actions: both || flag("actions"),
        names: flag("names"),
        only: &asked.rules,
    };
    let (mut text, mut found) = (String::new(), false);
    for stack in &checked.stacks {
        if flag("files") {
            text.push_str(&object(stack, asked.release));
            found = true;
            continue;
        }
        match listing(&stack.name, &stack.policy, &of) {
            Some(listing) => {
                text.push_str(&listing);
                found = true;
            }
            None => {
                text.push_str(&heading(&stack.name, asked.release));
                text.push_str(&format!("\n{}\n", pasearch::NOTHING));
            }
        }
    }
    (text, found)
}
