//! Names for the files of a stack that has none yet.

use generator::objects::{Image, Stack};

/// The three files of a stack, as PAGENT names them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SuggestedFiles {
    pub main: String,
    pub image: String,
    pub policy: String,
}

/// Names that are free of each other for every image and stack, in one folder per image, so that
/// several images can share a target's directory.
pub fn suggest(image: &Image, stack: &Stack) -> SuggestedFiles {
    let image = folder_name(&image.name.to_string());
    let stack = folder_name(&stack.name.to_string());
    SuggestedFiles {
        main: format!("/etc/pagent/{image}/pagent.conf"),
        image: format!("/etc/pagent/{image}/{stack}.conf"),
        policy: format!("/etc/pagent/{image}/{stack}_TTLS.policy"),
    }
}

/// The name itself when it is one; text that is none yet becomes something that is legal in a path.
fn folder_name(name: &str) -> String {
    let name: String = name
        .chars()
        .map(|c| match c {
            'A'..='Z' | '0'..='9' | '@' | '#' | '$' => c,
            _ => '_',
        })
        .collect();
    match name.is_empty() {
        true => "UNNAMED".to_owned(),
        false => name,
    }
}
