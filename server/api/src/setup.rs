//! The set-up around a stack's policy files: what is asked, and the parts that are made of the answers.

use generator::objects::{Configuration, Kind, Object, ObjectId};
use generator::setup::{self, Check, Level, Part, PartKind, Question};
use serde::{Deserialize, Serialize};

/// The set-up of one stack.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct StackSetup {
    /// The image of the stack; it keeps the answers that its stacks share.
    #[cfg_attr(feature = "openapi", schema(value_type = String))]
    pub image: ObjectId,
    pub image_name: String,
    /// Image and stack, joined by a dot.
    pub name: String,
    /// In the order of asking.
    pub questions: Vec<SetupQuestion>,
    /// In the order in which they are put in place.
    pub parts: Vec<SetupPart>,
}

/// Something that only the administrator knows.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct SetupQuestion {
    /// The key of the answer among those of its image or stack.
    pub key: String,
    pub level: SetupLevel,
    pub label: String,
    /// What it is used for, as a sentence.
    pub help: String,
    /// A legal answer to start from; empty only for questions that may stay open.
    pub suggestion: String,
    pub required: bool,
    /// The only answers that are possible; empty: others are, too.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub choices: Vec<String>,
    /// Empty: it is open.
    pub answer: String,
    /// Why the answer cannot be used, or why there has to be one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub refusal: Option<String>,
}

/// What an answer holds for.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub enum SetupLevel {
    /// All stacks of the image.
    Image,
    Stack,
    /// The key ring of this name; the image keeps the answer.
    Ring(String),
}

/// One thing to put in place.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct SetupPart {
    /// Chooses the part in an install.
    pub key: String,
    pub title: String,
    /// What it is for, in whole sentences.
    pub why: String,
    /// What it is, in words: `RACF job`.
    pub kind: String,
    /// Where it belongs on z/OS, a data set with member or a path; a plain name for what is run or read only.
    pub file_name: String,
    /// Empty while answers are missing.
    pub text: String,
    /// Keys of the questions that are still open.
    pub missing: Vec<String>,
}

/// How far the set-up of a stack is.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct SetupProgress {
    #[cfg_attr(feature = "openapi", schema(value_type = String))]
    pub stack: ObjectId,
    /// Questions without an answer that can be used.
    pub open: usize,
    /// Parts that can be put in place.
    pub ready: usize,
    pub parts: usize,
    /// Why there is no set-up yet.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub refused: Option<String>,
}

impl StackSetup {
    /// The set-up of a stack; `Err` says why there is none.
    pub fn of(configuration: &Configuration, stack: &ObjectId) -> Result<Self, setup::SetupError> {
        let asked = setup::questions(configuration, stack)?;
        let parts = setup::parts(configuration, stack)?;
        let own = configuration.get(stack);
        let image = own.and_then(|stack| match stack {
            Object::Stack(stack) => stack.image.clone(),
            _ => None,
        });
        let image = image.ok_or(setup::SetupError::NoImage)?;
        let [of_image, of_stack] = [configuration.get(&image), own]
            .map(|owner| owner.map_or_else(String::new, Object::name));
        let answer = |question: &Question| {
            let owner = match question.level {
                Level::Stack => own,
                Level::Image | Level::Ring(_) => configuration.get(&image),
            };
            let answers = owner.and_then(|owner| match owner {
                Object::Stack(stack) => Some(&stack.setup),
                Object::Image(image) => Some(&image.setup),
                _ => None,
            });
            answers.and_then(|answers| answers.get(&question.key).cloned())
        };
        let questions = asked.into_iter().map(|question| {
            let answer = answer(&question).unwrap_or_default();
            SetupQuestion::of(question, answer)
        });
        Ok(Self {
            questions: questions.collect(),
            parts: parts.into_iter().map(SetupPart::of).collect(),
            name: format!("{of_image}.{of_stack}"),
            image_name: of_image,
            image,
        })
    }

    /// The questions that keep a part from being made.
    pub fn open(&self) -> impl Iterator<Item = &SetupQuestion> {
        let questions = self.questions.iter();
        questions.filter(|question| question.refusal.is_some())
    }

    /// The parts that can be put in place.
    pub fn ready(&self) -> impl Iterator<Item = &SetupPart> {
        self.parts.iter().filter(|part| part.missing.is_empty())
    }
}

impl SetupQuestion {
    fn of(question: Question, answer: String) -> Self {
        let choices: &[&str] = match question.check {
            Check::OneOf(words) => words,
            _ => &[],
        };
        Self {
            refusal: question.refusal(&answer),
            choices: choices.iter().map(|word| (*word).to_owned()).collect(),
            answer,
            key: question.key,
            level: match question.level {
                Level::Image => SetupLevel::Image,
                Level::Stack => SetupLevel::Stack,
                Level::Ring(ring) => SetupLevel::Ring(ring),
            },
            label: question.label,
            help: question.help,
            suggestion: question.suggestion,
            required: question.required,
        }
    }
}

impl SetupPart {
    fn of(part: Part) -> Self {
        let kind = match part.kind {
            PartKind::ProfileLines => "TCP/IP profile",
            PartKind::RacfJob => "RACF job",
            PartKind::Procedure => "Procedure",
            PartKind::EnvFile => "Environment file",
            PartKind::SyslogRules => "syslogd rules",
            PartKind::RingJob => "Key ring job",
            PartKind::Checklist => "To run and check",
        };
        Self {
            key: part.key,
            title: part.title,
            why: part.why,
            kind: kind.to_owned(),
            file_name: part.file_name,
            text: part.text,
            missing: part.missing,
        }
    }
}

/// How far the set-up of each stack is, by name.
pub fn progress(configuration: &Configuration) -> Vec<SetupProgress> {
    let of = |stack: &ObjectId| {
        let found = StackSetup::of(configuration, stack);
        let refused = found.as_ref().err().map(ToString::to_string);
        let found = found.ok();
        let count = |of: &dyn Fn(&StackSetup) -> usize| found.as_ref().map_or(0, of);
        SetupProgress {
            stack: stack.clone(),
            open: count(&|found| found.open().count()),
            ready: count(&|found| found.ready().count()),
            parts: count(&|found| found.parts.len()),
            refused,
        }
    };
    let stacks = configuration.of_kind(Kind::Stack).into_iter();
    stacks.map(|(stack, _)| of(stack)).collect()
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "a test may panic")]
mod tests {
    use super::*;

    fn configuration() -> Configuration {
        let objects = serde_json::json!({
            "i": { "kind": "image", "name": "MVSA", "setup": { "pagent_user": "NOT A USER" } },
            "s": { "kind": "stack", "name": "TCPIP", "image": "i" },
            "t": { "kind": "stack", "name": "TCPIP2" },
        });
        serde_json::from_value(objects)
            .map(|objects: std::collections::BTreeMap<ObjectId, Object>| {
                objects.into_iter().collect()
            })
            .unwrap()
    }

    #[test]
    fn an_answer_that_cannot_be_used_is_told_with_its_question() {
        let found = StackSetup::of(&configuration(), &ObjectId("s".into())).unwrap();
        assert_eq!(
            (found.name.as_str(), found.image_name.as_str()),
            ("MVSA.TCPIP", "MVSA")
        );
        let of = |key: &str| found.questions.iter().find(|one| one.key == key).unwrap();
        let user = of("pagent_user");
        assert_eq!(user.answer, "NOT A USER");
        assert!(user.refusal.as_ref().unwrap().contains("not possible here"));
        assert_eq!(
            found.open().count(),
            found.questions.iter().filter(|one| one.required).count()
        );
    }

    #[test]
    fn progress_counts_what_is_ready_and_says_what_is_none() {
        let mut configuration = configuration();
        let found = StackSetup::of(&configuration, &ObjectId("s".into())).unwrap();
        for question in &found.questions {
            let owner = match question.level {
                SetupLevel::Stack => "s",
                SetupLevel::Image | SetupLevel::Ring(_) => "i",
            };
            let answers = match configuration
                .objects
                .get_mut(&ObjectId(owner.into()))
                .unwrap()
            {
                Object::Image(image) => &mut image.setup,
                Object::Stack(stack) => &mut stack.setup,
                _ => unreachable!(),
            };
            answers.insert(question.key.clone(), question.suggestion.clone());
        }
        let [of_s, of_t] = &progress(&configuration)[..] else {
            panic!("two stacks")
        };
        assert_eq!(
            (of_s.open, of_s.ready, of_s.refused.as_deref()),
            (0, of_s.parts, None)
        );
        assert!(of_s.parts > 3);
        assert_eq!(
            (of_t.parts, of_t.refused.as_deref()),
            (0, Some("the stack belongs to no system image"))
        );
    }
}
