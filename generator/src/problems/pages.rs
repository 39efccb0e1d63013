//! All pages, for the documentation and for looking a code up.

use crate::finding::Page;

use super::{addresses, names, references, rules, security, settings, systems, traffic, variables};

/// The pages of every finding about objects, by code.
pub fn all_pages() -> Vec<&'static Page> {
    let mut pages: Vec<_> = [
        names::PAGES,
        references::PAGES,
        settings::PAGES,
        addresses::PAGES,
        traffic::PAGES,
        security::PAGES,
        rules::PAGES,
        systems::PAGES,
        variables::PAGES,
    ]
    .concat();
    crate::sort::by_key(&mut pages, |page| page.code);
    pages
}

/// Declares pages and the list of them.
macro_rules! pages {
    ($($ident:ident = $code:literal $name:literal $severity:ident {
        $message:literal, help: $help:literal, why: $why:literal
    })*) => {
        $(pub(super) static $ident: $crate::finding::Page = $crate::finding::Page {
            code: $code,
            name: $name,
            severity: $crate::finding::Severity::$severity,
            message: $message,
            help: $help,
            // The browser's pages ask its language module for it, and each KiB of theirs counts.
            why: if cfg!(feature = "texts") { $why } else { "" },
        };)*
        /// The pages of this file.
        pub(super) static PAGES: &[&$crate::finding::Page] = &[$(&$ident),*];
    };
}
pub(super) use pages;
