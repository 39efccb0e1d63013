//! Questions and answers as JSON texts, for a caller that has nothing but text.

use serde::{Deserialize, Serialize};

use super::{
    Diff, Handshake, Simulate, Sources, Test, Unanswered, check, diff, explain, handshake, peers,
    simulate, test,
};

/// Any of the questions.
#[derive(Deserialize)]
#[serde(rename_all = "lowercase")]
enum Question {
    Check(Sources),
    Simulate(Simulate),
    Explain(String),
    Handshake(Handshake),
    /// The library of peers.
    Peers(()),
    Diff(Diff),
    Test(Test),
}

/// Answers `{"check": …}`, `{"simulate": …}`, `{"explain": …}` and the others with `{"answer": …}`, or
/// with `{"detail": …}` when it cannot be answered.
pub fn ask(question: &str) -> String {
    let answer = match serde_json::from_str(question) {
        Ok(Question::Check(sources)) => check(&sources).map(|found| print(&found)),
        Ok(Question::Simulate(asked)) => simulate(&asked).map(|found| print(&found)),
        Ok(Question::Explain(text)) => Ok(print(&explain(&text))),
        Ok(Question::Handshake(asked)) => handshake(&asked).map(|found| print(&found)),
        Ok(Question::Peers(())) => Ok(print(&peers())),
        Ok(Question::Diff(asked)) => diff(&asked).map(|found| print(&found)),
        Ok(Question::Test(asked)) => test(&asked).map(|found| print(&found)),
        Err(error) => Err(Unanswered::new(format!("The question is none: {error}."))),
    };
    match answer {
        Ok(answer) => format!("{{\"answer\":{answer}}}"),
        Err(unanswered) => print(&unanswered),
    }
}

/// INVARIANT: every answer has a JSON text: its keys are strings and its numbers whole.
fn print(answer: &impl Serialize) -> String {
    serde_json::to_string(answer).unwrap_or_else(|_| "null".to_owned())
}
