//! What the install page says about stacks and files; nothing here asks the server.

use std::collections::{BTreeMap, BTreeSet};

use generator::finding::Severity;
use generator::objects::{Configuration, Kind, Object, ObjectId};
use generator::sort;

use crate::api::install::{
    EnginePlan, FilePlan, FileRole, InstallOutcome, InstallRecord, InstalledFile, StackPlan,
};
use crate::core;
use crate::words;

/// A stack in the table.
#[derive(Clone, Debug, PartialEq)]
pub struct Line {
    pub id: ObjectId,
    /// `COLMVSA.TCPIP`.
    pub name: String,
    pub image: String,
    pub group: Option<ObjectId>,
}

/// The stacks of a saved revision, by name.
pub fn lines(config: &Configuration) -> Vec<Line> {
    let mut lines: Vec<Line> = config
        .of_kind(Kind::Stack)
        .into_iter()
        .map(|(id, _)| line(config, id))
        .collect();
    sort::by(&mut lines, |a, b| a.name.cmp(&b.name));
    lines
}

/// The lines whose names hold these words, in whatever letters.
pub fn matching(lines: &[Line], words: &str) -> Vec<Line> {
    let words = words.trim().to_lowercase();
    let holds = |line: &&Line| line.name.to_lowercase().contains(&words);
    lines.iter().filter(holds).cloned().collect()
}

fn line(config: &Configuration, stack: &ObjectId) -> Line {
    let image = match config.get(stack) {
        Some(Object::Stack(stack)) => stack.image.clone(),
        _ => None,
    };
    let group = image
        .as_ref()
        .and_then(|id| config.get(id))
        .and_then(|object| match object {
            Object::Image(image) => image.group.clone(),
            _ => None,
        });
    let image = image
        .map(|id| core::name_of(config, &id))
        .unwrap_or_default();
    let stack_name = core::name_of(config, stack);
    let name = if image.is_empty() {
        stack_name
    } else {
        format!("{image}.{stack_name}")
    };
    Line {
        id: stack.clone(),
        name,
        image,
        group,
    }
}

/// The groups that hold stacks, and which.
pub fn groups(config: &Configuration, lines: &[Line]) -> Vec<(String, Vec<ObjectId>)> {
    let mut groups: BTreeMap<&ObjectId, Vec<ObjectId>> = BTreeMap::new();
    for line in lines {
        if let Some(group) = &line.group {
            groups.entry(group).or_default().push(line.id.clone());
        }
    }
    let mut groups: Vec<_> = groups
        .into_iter()
        .map(|(group, stacks)| (core::name_of(config, group), stacks))
        .collect();
    sort::by(&mut groups, Ord::cmp);
    groups
}

/// Lines that come and go. Lines of the header are left out: it names revision and time, and always differs.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Size {
    pub new: usize,
    pub gone: usize,
}

pub fn size(before: &str, after: &str) -> Size {
    let mut counts: BTreeMap<&str, isize> = BTreeMap::new();
    let content = |text: &'_ str| {
        text.lines()
            .filter(|line| !line.starts_with("##"))
            .map(str::to_owned)
            .collect::<Vec<_>>()
    };
    let (before, after) = (content(before), content(after));
    for line in &after {
        *counts.entry(line).or_default() += 1;
    }
    for line in &before {
        *counts.entry(line).or_default() -= 1;
    }
    let sum = |sign: isize| {
        counts
            .values()
            .map(|count| (count * sign).max(0).unsigned_abs())
            .sum()
    };
    Size {
        new: sum(1),
        gone: sum(-1),
    }
}

/// "+12 −3 lines".
pub fn size_words(file: &FilePlan) -> String {
    match &file.on_target {
        None => format!(
            "new file, {}",
            words::count(file.text.lines().count(), "line", "lines")
        ),
        Some(now) if *now == file.text => "no difference".to_owned(),
        Some(now) => match size(now, &file.text) {
            Size { new: 0, gone: 0 } => "only the header differs".to_owned(),
            size => lines_words(size),
        },
    }
}

fn lines_words(size: Size) -> String {
    match size {
        Size { new, gone: 0 } => format!("{} more", words::count(new, "line", "lines")),
        Size { new: 0, gone } => format!("{} less", words::count(gone, "line", "lines")),
        Size { new, gone } => format!("+{new} −{gone} lines"),
    }
}

/// The difference of all files of a stack, for the table.
pub fn change_words(plan: &StackPlan) -> String {
    if plan.files.is_empty() {
        return String::new();
    }
    let files = words::count(plan.files.len(), "file", "files");
    let mut all = Size::default();
    for file in &plan.files {
        let size = size(file.on_target.as_deref().unwrap_or_default(), &file.text);
        all = Size {
            new: all.new + size.new,
            gone: all.gone + size.gone,
        };
    }
    match all {
        Size { new: 0, gone: 0 } => format!("{files}, same content"),
        all => format!("{files}, {}", lines_words(all)),
    }
}

/// How many findings a stack has, and the worst of them.
pub fn worst(plan: &StackPlan) -> Option<(usize, Severity)> {
    let worst = plan.findings.iter().map(|finding| finding.severity).max()?;
    Some((plan.findings.len(), worst))
}

/// True when an install would change nothing but headers.
pub fn same_content(stacks: &[StackPlan]) -> bool {
    stacks.iter().flat_map(|stack| &stack.files).all(|file| {
        file.on_target
            .as_deref()
            .is_some_and(|now| size(now, &file.text) == Size::default())
    })
}

pub fn errors(plan: &StackPlan) -> usize {
    plan.findings
        .iter()
        .filter(|finding| finding.severity == Severity::Error)
        .count()
}

/// What became of a file.
pub fn written_words(file: &InstalledFile) -> String {
    match file.sha256.as_ref().and_then(|hash| hash.get(..12)) {
        Some(hash) => format!("written, SHA-256 {hash}…"),
        None => "taken away".to_owned(),
    }
}

pub fn role_words(role: FileRole) -> &'static str {
    match role {
        FileRole::Main => "Main file",
        FileRole::Image => "Image file",
        FileRole::Policy => "Policy file",
        FileRole::Setup => "Set-up part",
    }
}

/// What keeps a plan from being installed; the first reason, in words.
pub fn obstacle(
    stacks: &[StackPlan],
    overwrite: &BTreeSet<ObjectId>,
    files_only: bool,
) -> Option<String> {
    let others = if stacks.len() > 1 {
        " Take it out of the choice to install the others."
    } else {
        ""
    };
    for stack in stacks {
        if let Some(count) = Some(errors(stack)).filter(|count| *count > 0) {
            let errors = words::count(count, "error", "errors");
            return Some(format!(
                "{} has {errors}; errors stop an install.{others}",
                stack.name
            ));
        }
        if let Some(why) = &stack.refused {
            return Some(format!("{}: {why}.{others}", stack.name));
        }
        if let Some(engine) = stack.engines.iter().find(|one| !files_only && stops(one)) {
            return Some(format!(
                "{}: engine {} stands in the way; see below.",
                stack.name, engine.name
            ));
        }
    }
    let drifted = stacks.iter().find(|stack| {
        stack.files.iter().any(|file| file.drifted) && !overwrite.contains(&stack.stack)
    });
    drifted.map(|stack| {
        format!(
            "Files of {} were changed on the target. Decide below what becomes of them.",
            stack.name
        )
    })
}

/// An engine without whose part nothing but files can be installed.
pub fn stops(engine: &EnginePlan) -> bool {
    engine.refuses || engine.trouble.is_some()
}

/// The install before the one that is there now, with other files.
pub fn previous<'a>(records: &'a [InstallRecord], stack: &ObjectId) -> Option<&'a InstallRecord> {
    let done = |record: &&InstallRecord| {
        record.stack == *stack
            && record.outcome == InstallOutcome::Done
            && !record.undone
            && record.undoes.is_none()
    };
    let current = records.iter().filter(done).find(|record| record.current)?;
    records
        .iter()
        .filter(done)
        .filter(|record| record.id < current.id)
        .find(|record| record.files != current.files)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn plan(name: &str) -> StackPlan {
        StackPlan {
            stack: ObjectId(name.to_owned()),
            name: name.to_owned(),
            findings: Vec::new(),
            refused: None,
            files: Vec::new(),
            engines: Vec::new(),
        }
    }

    fn file(on_target: Option<&str>, text: &str) -> FilePlan {
        FilePlan {
            role: FileRole::Policy,
            path: "/p".to_owned(),
            text: text.to_owned(),
            on_target: on_target.map(str::to_owned),
            installed: None,
            drifted: false,
            refused: None,
        }
    }

    #[test]
    fn the_header_is_no_difference() {
        assert_eq!(
            size("## r1\na\nb\n", "## r2\na\nc\nc\n"),
            Size { new: 2, gone: 1 }
        );
        assert_eq!(
            size_words(&file(Some("## r1\na\n"), "## r2\na\n")),
            "only the header differs"
        );
        assert_eq!(size_words(&file(None, "a\n")), "new file, 1 line");
        let both = StackPlan {
            files: vec![file(None, "a\n"), file(Some("x\n"), "y\n")],
            ..plan("A")
        };
        assert_eq!(change_words(&both), "2 files, +2 −1 lines");
    }

    #[test]
    fn drift_stops_an_install_until_it_is_decided() {
        let drifted = StackPlan {
            files: vec![FilePlan {
                drifted: true,
                ..file(Some("a"), "b")
            }],
            ..plan("A")
        };
        let all = [plan("B"), drifted];
        let none = BTreeSet::new();
        assert!(obstacle(&all, &none, false).is_some_and(|why| why.starts_with("Files of A")));
        let overwritten = BTreeSet::from([ObjectId("A".to_owned())]);
        assert_eq!(obstacle(&all, &overwritten, false), None);
    }

    #[test]
    fn an_engine_stops_an_install_of_more_than_files() {
        let engine = |trouble: Option<&str>, refuses| StackPlan {
            engines: vec![EnginePlan {
                name: "main".to_owned(),
                trouble: trouble.map(str::to_owned),
                refuses,
                remarks: Vec::new(),
            }],
            ..plan("A")
        };
        let none = BTreeSet::new();
        assert_eq!(obstacle(&[engine(None, false)], &none, false), None);
        for stopped in [engine(Some("It hangs."), false), engine(None, true)] {
            let why = obstacle(std::slice::from_ref(&stopped), &none, false);
            assert!(why.is_some_and(|why| why.starts_with("A: engine main ")));
            assert_eq!(obstacle(&[stopped], &none, true), None);
        }
    }

    #[test]
    fn the_previous_install_is_the_newest_one_with_other_files() {
        let record = |id: i64, sha: &str, current: bool, outcome: InstallOutcome| InstallRecord {
            id,
            stack: ObjectId("s".to_owned()),
            name: String::new(),
            revision: id,
            by: String::new(),
            at: String::new(),
            comment: String::new(),
            outcome,
            returned_to: None,
            files: vec![InstalledFile {
                role: FileRole::Policy,
                path: "/p".to_owned(),
                sha256: Some(sha.to_owned()),
            }],
            current,
            waits: None,
            undoes: None,
            undone: false,
            engines: Vec::new(),
        };
        let stack = ObjectId("s".to_owned());
        let all = [
            record(5, "b", true, InstallOutcome::Done),
            record(
                4,
                "x",
                false,
                InstallOutcome::Failed("disk full".to_owned()),
            ),
            record(3, "b", false, InstallOutcome::Done),
            record(2, "a", false, InstallOutcome::Done),
        ];
        assert_eq!(previous(&all, &stack).map(|record| record.id), Some(2));
        assert_eq!(previous(&all[..1], &stack), None);
    }
}
