//! What is wrong, told to the editor file by file.

use std::collections::{BTreeMap, BTreeSet};

use generator::finding::{Finding, Severity};
use lsp_types::{
    Diagnostic, DiagnosticRelatedInformation, DiagnosticSeverity, NumberOrString,
    PublishDiagnosticsParams, Uri,
};

use super::session::Session;
use super::world::{Found, View};

/// The files of which the editor was told that something is wrong.
#[derive(Default)]
pub struct Published(BTreeSet<Uri>);

impl Published {
    /// What to tell now: every open text and every other file with something wrong, and the files in
    /// which nothing is wrong any more.
    pub fn renew(&mut self, session: &Session) -> Vec<PublishDiagnosticsParams> {
        let documents = &session.documents;
        let mut files: BTreeMap<Uri, Vec<Diagnostic>> = BTreeMap::new();
        let mut seen = BTreeSet::new();
        let open = documents.0.keys();
        for uri in open.chain(&self.0) {
            files.entry(uri.clone()).or_default();
        }
        for (view, finding, found) in session.world().findings(documents) {
            let uri = found.location.uri.clone();
            let range = found.location.range;
            // Two configurations can share a file.
            let said = (
                uri.clone(),
                range.start,
                range.end,
                finding.page.code,
                finding.message(),
            );
            if seen.insert(said) {
                let diagnostic = diagnostic(session, view, finding, &found);
                files.entry(uri).or_default().push(diagnostic);
            }
        }
        let wrong = files.iter().filter(|(_, found)| !found.is_empty());
        self.0 = wrong.map(|(uri, _)| uri.clone()).collect();
        let params = files.into_iter().map(|(uri, diagnostics)| {
            let version = documents.0.get(&uri).map(|document| document.version);
            PublishDiagnosticsParams::new(uri, diagnostics, version)
        });
        params.collect()
    }
}

/// One finding as the editor shows it.
pub fn diagnostic(session: &Session, view: &View, finding: &Finding, found: &Found) -> Diagnostic {
    let related = finding.related.iter().filter_map(|(place, words)| {
        Some(DiagnosticRelatedInformation {
            location: view.found(place, &session.documents)?.location,
            message: words.clone(),
        })
    });
    let related: Vec<_> = related.collect();
    Diagnostic {
        range: found.location.range,
        severity: Some(match finding.page.severity {
            Severity::Error => DiagnosticSeverity::ERROR,
            Severity::Warning => DiagnosticSeverity::WARNING,
            Severity::Info => DiagnosticSeverity::INFORMATION,
        }),
        code: Some(NumberOrString::String(finding.page.code.to_owned())),
        source: Some("gatehouse".to_owned()),
        message: format!("{}\nhelp: {}", finding.message(), finding.help()),
        related_information: (!related.is_empty()).then_some(related),
        ..Diagnostic::default()
    }
}
