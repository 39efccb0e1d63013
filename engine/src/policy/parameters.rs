//! What is coded for a rule, kept for people who ask where a value comes from.

use control::{ParameterInfo, SaidInfo};
use generator::policy::effective::{Actions, Parameter, Said, actions, parameters};
use generator::policy::table::Scope;
use generator::policy::{Named, Release, ResolvedStack, Statement, Tag};

/// The parameters of rules with the same actions. Defaults are not among them: every rule has the same.
#[derive(Debug, Default)]
pub struct Parameters {
    release: Release,
    /// In the order of the table.
    coded: Box<[ParameterInfo]>,
}

impl Parameters {
    pub fn of(
        stack: &ResolvedStack,
        named: &Named<'_>,
        rule: &Statement,
        release: Release,
    ) -> Self {
        let told = |said: &Said<'_>| told(said, stack, actions(rule));
        let coded = |one: Parameter<'_>| {
            let own = one.is_own();
            let said = told(&one.said?);
            Some(ParameterInfo {
                name: one.row.name.to_owned(),
                value: said.value.clone(),
                said: Some(said),
                own,
                beaten: one.beaten.iter().map(told).collect(),
            })
        };
        let all = named.effective(rule, release);
        Self {
            release,
            coded: all.into_iter().filter_map(coded).collect(),
        }
    }

    /// Every parameter that is coded or has a default.
    pub fn all(&self) -> Vec<ParameterInfo> {
        let mut coded = self.coded.iter().peekable();
        let all = parameters(self.release).filter_map(|(row, default)| {
            if let Some(found) = coded.next_if(|one| one.name == row.name) {
                return Some(found.clone());
            }
            Some(ParameterInfo {
                name: row.name.to_owned(),
                value: default?.to_owned(),
                said: None,
                own: false,
                beaten: Vec::new(),
            })
        });
        all.collect()
    }
}

fn told(said: &Said<'_>, stack: &ResolvedStack, actions: Actions<'_>) -> SaidInfo {
    let [connection, environment, group] = actions;
    let (scope, action) = match said.scope {
        Scope::Connection => ("connection", connection),
        Scope::Environment => ("environment", environment),
        Scope::Group => ("group", group),
    };
    let values: Vec<_> = said.attributes.iter().map(|one| one.shown()).collect();
    let tag = said.attributes.first().map_or(Tag::NONE, |one| one.tag);
    let place = stack.origins.line(tag);
    SaidInfo {
        scope: scope.to_owned(),
        action: action.unwrap_or_default().to_owned(),
        value: values.join(" "),
        place: place.map_or_else(String::new, |(file, line)| format!("{file}:{line}")),
    }
}
