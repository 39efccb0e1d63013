//! The report as one page to print: no script, and nothing that is loaded.

use api::report::PortReport;
use askama::Template;

use super::{
    COLUMNS, Column, NONE, SCOPE, WriteError, levels, origin, place, stacks, suites, versions,
};

#[derive(Template)]
#[template(path = "ports.html")]
struct Page<'a> {
    title: String,
    origin: String,
    scope: &'a str,
    none: &'a str,
    columns: &'a [Column],
    stacks: Vec<Table>,
    levels: Vec<[String; 4]>,
}

struct Table {
    title: String,
    rows: Vec<Row>,
}

struct Row {
    protects: bool,
    cells: Vec<String>,
}

pub(super) fn write(report: &PortReport) -> Result<String, WriteError> {
    let stacks = stacks(report).map(|ports| Table {
        title: ports.first().map(place).unwrap_or_default(),
        rows: ports
            .iter()
            .map(|port| Row {
                protects: port.protects,
                cells: COLUMNS.iter().map(|column| (column.text)(port)).collect(),
            })
            .collect(),
    });
    let levels = levels(report).map(|port| {
        [
            port.level_name.clone(),
            versions(port),
            suites(port, ", "),
            port.level_description.clone(),
        ]
    });
    let page = Page {
        title: format!(
            "Protected ports of {}, revision {}",
            report.store, report.revision
        ),
        origin: origin(report),
        scope: SCOPE,
        none: NONE,
        columns: COLUMNS,
        stacks: stacks.collect(),
        levels: levels.collect(),
    };
    Ok(page.render()?)
}
