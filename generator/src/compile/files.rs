//! The three files of a stack and their header.

use std::sync::Arc;

use sha2::{Digest, Sha256};

use crate::objects::{Configuration, Entry, Object, RefreshOptions, Stack};
use crate::policy::emit::{Emitted, emit};
use crate::policy::model::{Comment, Policy, Statement, Tag};
use crate::policy::table::lines;

use super::{CompiledFile, Origin, Place, attls::AttlsPolicy, more};

/// What stands at the top of a file beside its content. Without a product, no header is written.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Header {
    /// `Gatehouse 0.1.0`.
    pub product: String,
    pub store: String,
    /// A saved revision; `None` for a draft.
    pub revision: Option<i64>,
    /// Who saved the revision, when, and the comment, in one line; empty for a draft.
    pub saved: String,
    /// The newest last, one line each: time, user, revision, comment.
    pub history: Vec<String>,
}

/// The paths of main, image and policy file that empty fields stand for.
pub fn default_paths(stack: &Stack) -> [String; 3] {
    let name = stack.name.to_string();
    [
        "/etc/pagent.conf".to_owned(),
        format!("/etc/pagent.{name}.conf"),
        format!("/etc/pagent.{name}.ttls"),
    ]
}

fn paths(stack: &Stack) -> [String; 3] {
    let typed = [&stack.files.main, &stack.files.image, &stack.files.policy];
    let mut paths = default_paths(stack);
    for (path, typed) in paths.iter_mut().zip(typed) {
        match typed {
            Entry::Value(value) if !value.is_empty() => *path = value.to_string(),
            Entry::Value(_) | Entry::Typed(_) => {}
        }
    }
    paths
}

/// The main file: one `TcpImage` for each stack of the image that shares it.
pub(super) fn main(
    configuration: &Configuration,
    place: &Place<'_>,
    header: &Header,
) -> CompiledFile {
    let [path, ..] = paths(place.stack);
    let image = place.stack.image.as_ref();
    let mut stacks: Vec<_> = configuration
        .objects
        .iter()
        .filter_map(|(id, object)| match object {
            Object::Stack(stack)
                if id == place.stack_id || (image.is_some() && stack.image.as_ref() == image) =>
            {
                Some((id, stack))
            }
            _ => None,
        })
        .filter(|(_, stack)| paths(stack)[0] == path)
        .collect();
    crate::sort::by_key(&mut stacks, |(id, stack)| {
        (stack.name.to_string(), (*id).clone())
    });
    let mut origins = Vec::new();
    let says_level = |text: &str| {
        let mut keywords = more::keywords(text).into_iter();
        keywords.any(|(_, keyword)| keyword.eq_ignore_ascii_case(lines::LOG_LEVEL.name))
    };
    let level = Statement::line(&lines::LOG_LEVEL, &["127"], Tag::NONE);
    let own = stacks
        .iter()
        .any(|(_, stack)| says_level(&stack.files.main_more));
    let mut statements: Vec<_> = level.into_iter().filter(|_| !own).collect();
    for (id, stack) in &stacks {
        let [_, image_file, _] = paths(stack);
        origins.push(Arc::new(Origin {
            object: (*id).clone(),
            field: "files/image".into(),
        }));
        let tag = Tag(origins.len() as u32);
        let name = stack.name.to_string();
        let options = options(&stack.files.image_options, "FLUSH PURGE 1800");
        let words = [&[name.as_str(), &image_file], &words(&options)[..]].concat();
        statements.extend(Statement::line(&lines::TCP_IMAGE, &words, tag));
    }
    let mut emitted = emit(&Policy {
        statements,
        ..Policy::default()
    });
    // Of stacks that say the same, one.
    let mut said: Vec<&str> = Vec::new();
    for (id, stack) in &stacks {
        let text = stack.files.main_more.as_str();
        if said.contains(&text) {
            continue;
        }
        said.push(text);
        origins.push(Arc::new(Origin {
            object: (*id).clone(),
            field: "files/main_more".into(),
        }));
        more::add(&mut emitted, text, Tag(origins.len() as u32));
    }
    finish(
        place,
        header,
        "Policy Agent main configuration file for:",
        path,
        emitted,
        |tag| {
            (tag.0 as usize)
                .checked_sub(1)
                .and_then(|at| origins.get(at))
                .cloned()
        },
    )
}

/// The image file: where the policy file is.
pub(super) fn image(place: &Place<'_>, header: &Header) -> CompiledFile {
    let [_, path, policy_file] = paths(place.stack);
    let options = options(&place.stack.files.policy_options, "FLUSH PURGE");
    let words = [&[policy_file.as_str()], &words(&options)[..]].concat();
    let statements = Statement::line(&lines::TTLS_CONFIG, &words, Tag(1))
        .into_iter()
        .collect();
    let mut emitted = emit(&Policy {
        statements,
        ..Policy::default()
    });
    more::add(&mut emitted, &place.stack.files.image_more, Tag(2));
    finish(
        place,
        header,
        "Policy Agent image configuration file for:",
        path,
        emitted,
        |tag| {
            let fields = ["files/policy", "files/image_more"];
            let at = (tag.0 as usize).checked_sub(1)?;
            Some(Arc::new(place.stack_field(fields.get(at)?)))
        },
    )
}

/// The words after a path.
fn options(typed: &Entry<RefreshOptions>, default: &str) -> String {
    match typed.value().map(ToString::to_string) {
        Some(said) if !said.is_empty() => said,
        _ => default.to_owned(),
    }
}

fn words(text: &str) -> Vec<&str> {
    text.split(' ').collect()
}

/// The policy file.
pub(super) fn policy(place: &Place<'_>, header: &Header, policy: AttlsPolicy) -> CompiledFile {
    let [_, _, path] = paths(place.stack);
    let origins = policy.origins;
    finish(
        place,
        header,
        "AT-TLS Policy Agent Configuration file for:",
        path,
        policy.emitted,
        |tag| origins.of(tag).cloned(),
    )
}

fn finish(
    place: &Place<'_>,
    header: &Header,
    title: &str,
    path: String,
    mut emitted: Emitted,
    origin: impl Fn(Tag) -> Option<Arc<Origin>>,
) -> CompiledFile {
    if !header.product.is_empty() {
        let lines = header_lines(place, header, title, &emitted.text);
        emitted = emitted.under(&lines);
    }
    CompiledFile {
        path,
        text: emitted.text,
        origins: emitted.lines.into_iter().map(origin).collect(),
    }
}

fn header_lines(place: &Place<'_>, header: &Header, title: &str, content: &str) -> Vec<Comment> {
    let image = place
        .image
        .map_or_else(|| "-".to_owned(), |(_, image)| image.name.to_string());
    let revision = header
        .revision
        .map_or_else(|| "draft".to_owned(), |number| number.to_string());
    let mut lines = vec![
        title.to_owned(),
        format!("   Image: {image}"),
        format!("   Stack: {}", place.stack.name),
        String::new(),
        format!("Written by {}", header.product),
        format!("Store: {}   Revision: {revision}", header.store),
        format!("Content: sha256 {}", content_hash(content)),
    ];
    if !header.saved.is_empty() {
        lines.insert(6, format!("Saved: {}", header.saved));
    }
    if !header.history.is_empty() {
        lines.push("Install history:".to_owned());
        lines.extend(header.history.iter().map(|line| format!("   {line}")));
    }
    lines.push("Do not edit: changes made here are found and offered for import.".to_owned());
    lines.iter().map(|line| comment(line)).collect()
}

/// A comment of this text, with what no line can hold shown as `?`.
pub(super) fn comment(text: &str) -> Comment {
    let safe: String = text
        .chars()
        .map(|c| if c.is_control() { '?' } else { c })
        .collect();
    let safe = safe.trim_end();
    Comment::new(safe)
        .or_else(|_| Comment::new(&safe.escape_default().to_string()))
        .unwrap_or_default()
}

/// The hash of a file's content below its header, in hex.
pub fn content_hash(content: &str) -> String {
    Sha256::digest(content.as_bytes())
        .iter()
        .map(|byte| format!("{byte:02x}"))
        .collect()
}
