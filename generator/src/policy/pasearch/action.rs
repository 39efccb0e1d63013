//! The part of a listing that is about an action.

use std::fmt::Write as _;

use super::layout::{self, Line};
use super::{UNKNOWN, put, scope_of, word};
use crate::policy::model::{Attribute, Statement};
use crate::policy::named::Named;
use crate::policy::release::Release;
use crate::policy::table::lists::{CodeList, default_codes, suites_of_line};
use crate::policy::table::{
    AttributeDef, Kind, Repeat, Scope, StatementDef, TTLS_CONNECTION_ADVANCED_PARMS,
    TTLS_ENVIRONMENT_ADVANCED_PARMS, TTLS_SIGNATURE_PARMS, statement,
};

/// The block of one action.
pub(super) fn action(named: &Named<'_>, action: &Statement, release: Release) -> String {
    let mut text = title(action, 33);
    let out = &mut text;
    let (Some(scope), Some(def)) = (scope_of(action), action.def()) else {
        return text;
    };
    put(out, 4, "Version", 33, "3", 16);
    put(out, 4, "Status", 33, "Active", 8);
    put(out, 4, "Scope", 33, word(scope), 0);
    let mut writer = Writer {
        named,
        release,
        scope,
        tls13: false,
        any_curve: false,
        switches: false,
    };
    writer.learn(action);
    writer.block(out, Some(action), def, 4);
    stamps(out, 4);
    text
}

/// `TTLS Action:` and the name.
pub(super) fn title(action: &Statement, column: usize) -> String {
    let mut text = String::new();
    let pad = if column == 33 { 47 } else { 0 };
    let name = action.name_str().unwrap_or_default();
    put(&mut text, 2, "TTLS Action", column, name, pad);
    text
}

/// When a Policy Agent took it.
pub(super) fn stamps(out: &mut String, indent: usize) {
    for word in ["created", "updated"] {
        let _ = writeln!(out, "{:indent$}Policy {word}: {UNKNOWN}", "");
    }
}

/// What is known of an action while its lines are written.
struct Writer<'a, 'p> {
    named: &'a Named<'p>,
    release: Release,
    scope: Scope,
    tls13: bool,
    /// The client sends no list of curves.
    any_curve: bool,
    /// A connection action that switches protocol versions.
    switches: bool,
}

impl Writer<'_, '_> {
    /// What changes the defaults of the lists.
    fn learn(&mut self, action: &Statement) {
        let advanced = match self.scope {
            Scope::Connection => &TTLS_CONNECTION_ADVANCED_PARMS,
            Scope::Environment => &TTLS_ENVIRONMENT_ADVANCED_PARMS,
            Scope::Group => return,
        };
        let advanced = self.part(action, advanced);
        let switch = |name: &str| advanced.and_then(|advanced| advanced.value(name));
        let row = TTLS_ENVIRONMENT_ADVANCED_PARMS.attribute("TLSv1.3");
        let default = row.and_then(|row| row.default_in(self.release));
        let default = default.filter(|_| self.scope == Scope::Environment);
        let is =
            |word: Option<&str>, what: &str| word.is_some_and(|w| w.eq_ignore_ascii_case(what));
        let tls13 = is(switch("TLSv1.3").or(default), "On");
        let coded = layout::SWITCHES.iter().any(|name| switch(name).is_some());
        let curves = self.part(action, &TTLS_SIGNATURE_PARMS);
        let any_curve = is(curves.and_then(|block| block.value("ClientECurves")), "Any");
        self.tls13 = tls13;
        self.switches = self.scope == Scope::Connection && coded;
        self.any_curve = any_curve;
    }

    /// The block of this kind in a statement, or the statement that it names for it.
    fn part<'b>(&'b self, around: &'b Statement, def: &StatementDef) -> Option<&'b Statement> {
        let blocks = around.blocks().filter(|block| block.def() == Some(def));
        let is_ref = |attribute: &&Attribute| {
            let kind = attribute.def().map(|row| row.kind);
            kind.is_some_and(|kind| matches!(kind, Kind::Ref(target) if target == def.name))
        };
        let named = || {
            let reference = around.attributes().filter(is_ref).last()?;
            let target = statement(def.name)?;
            self.named.find(target, reference.value())
        };
        blocks.last().or_else(named)
    }

    fn block(
        &self,
        out: &mut String,
        coded: Option<&Statement>,
        def: &'static StatementDef,
        indent: usize,
    ) {
        for line in layout::lines(def) {
            match line.row.kind {
                Kind::Inline(name) => {
                    let Some(inner) = statement(name) else {
                        continue;
                    };
                    let part = coded.and_then(|around| self.part(around, inner));
                    let mut text = String::new();
                    if part.is_some() || line.with_default {
                        self.block(&mut text, part, inner, indent + 1);
                    }
                    if part.is_some() || !text.is_empty() {
                        let blanks = layout::blanks(line.row);
                        let _ = writeln!(out, "{:indent$}{name}:{blanks}", "");
                        out.push_str(&text);
                    }
                }
                // The block that it names stands at the place of the block in line.
                Kind::Ref(_) => {}
                _ => self.attribute(out, coded, def, &line, indent),
            }
        }
    }

    fn attribute(
        &self,
        out: &mut String,
        coded: Option<&Statement>,
        def: &StatementDef,
        line: &Line,
        indent: usize,
    ) {
        let row = line.row;
        let values = coded.map(|block| values(block, row)).unwrap_or_default();
        if values.is_empty() && !self.shows_default(row, line.with_default) {
            return;
        }
        let (label, column) = (layout::label(row), layout::column(def));
        let is_list = matches!(
            row.kind,
            Kind::Suites(_) | Kind::Curves(_) | Kind::SignaturePairs { .. }
        );
        if is_list {
            let any = |value: &&Attribute| value.value().eq_ignore_ascii_case("Any");
            match self.codes(row, &values) {
                _ if values.iter().any(any) => put(out, indent, label, 34, "Any", 15),
                None => put(out, indent, label, 34, UNKNOWN, 15),
                Some(codes) => {
                    let _ = writeln!(out, "{:indent$}{label}:", "");
                    for code in codes {
                        let _ = writeln!(out, "{:indent$} {code}", "");
                    }
                }
            }
            return;
        }
        let pad = layout::pad(def, row);
        for value in &values {
            let shown = row.canonical(value.shown());
            let shown = shown.as_deref().unwrap_or(value.shown());
            put(out, indent, label, column, shown, pad);
        }
        if values.is_empty() {
            let default = row.default_in(self.release).unwrap_or(UNKNOWN);
            put(out, indent, label, column, default, pad);
        }
    }

    /// Whether a line is there although nothing is coded.
    fn shows_default(&self, row: &AttributeDef, with_default: bool) -> bool {
        let mut defaults = row.default.iter();
        let has_one =
            row.since <= self.release && defaults.any(|(since, _)| *since <= self.release);
        let of_scope = self.scope != Scope::Connection
            || (self.switches && layout::OF_CONNECTION.contains(&row.name));
        let sends_none = self.any_curve && row.name == "ClientKeyShareGroups";
        with_default && has_one && of_scope && !sends_none
    }

    /// The lines of a list, coded or by default; `None`: not known for this release.
    fn codes(&self, row: &AttributeDef, values: &[&Attribute]) -> Option<Vec<String>> {
        if values.is_empty() {
            return self.default_codes(row);
        }
        let lines = values.iter().flat_map(|value| {
            // The form is that of the line's own attribute: two of them make one list.
            match value.def().map(|own| own.kind) {
                Some(Kind::Suites(form)) => suites_of_line(value.value(), form)
                    .into_iter()
                    .map(|suite| match suite {
                        Ok(suite) => format!("{}  {}", suite.code, suite.name),
                        Err(text) => text,
                    })
                    .collect(),
                _ => code_lines(row, value.value()),
            }
        });
        Some(lines.collect())
    }

    fn default_codes(&self, row: &AttributeDef) -> Option<Vec<String>> {
        if CodeList::of(row).is_none() {
            return Some(code_lines(row, row.default_in(self.release)?));
        }
        let codes = default_codes(row, self.release, self.tls13)?.into_iter();
        Some(codes.flat_map(|code| code_lines(row, &code)).collect())
    }
}

/// What is coded of an attribute in a block, each line that counts.
fn values<'p>(block: &'p Statement, row: &AttributeDef) -> Vec<&'p Attribute> {
    let is_v3 = |name: &str| matches!(name, "V3CipherSuites" | "V3CipherSuites4Char");
    match row.name {
        // Both write into one list.
        "V3CipherSuites4Char" => Vec::new(),
        "V3CipherSuites" => block.attributes().filter(|one| is_v3(one.name())).collect(),
        name if row.repeat == Repeat::Once => block.values(name).last().into_iter().collect(),
        name => block.values(name).collect(),
    }
}

/// `0023  secp256r1` for each code of a line.
fn code_lines(row: &AttributeDef, line: &str) -> Vec<String> {
    let list = match row.kind {
        Kind::Curves(codes) => CodeList::Curves(codes),
        _ => CodeList::SignaturePairs,
    };
    let codes = list.split(line).into_iter();
    codes
        .map(|code| match list.code(&code) {
            Some(known) => format!("{}  {}", known.code, layout::curve(known.name)),
            None => code,
        })
        .collect()
}
