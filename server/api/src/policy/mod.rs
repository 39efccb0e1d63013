//! Questions about policy text, and their answers.
//!
//! Each question is a type with a function that answers it, from values to values: the server calls it for
//! its routes, and the browser in a module of its own, so that both say the same.

mod adopt;
mod ask;
mod check;
mod differences;
mod expectations;
mod explain;
mod handshake;
mod places;
mod simulate;
mod sources;
mod stacks;
#[cfg(test)]
mod tests;

use generator::lines::{Lines, Position};
use generator::objects::{FieldPath, ObjectId};
use serde::{Deserialize, Serialize};

pub use adopt::{
    Adopt, AdoptCounts, AdoptDifference, AdoptFate, AdoptField, AdoptFile, AdoptGroup, AdoptHeld,
    AdoptImage, AdoptLine, AdoptObject, AdoptProblem, AdoptProof, AdoptResult, AdoptStack,
    AdoptWhat, Adopted, AdoptedStack, adopt,
};
pub use ask::ask;
pub use check::{
    Check, FileStatements, Fix, LeftStatement, Named, PolicyFileRole, PolicyFinding, PolicyStack,
    Related, TextEdit, check,
};
pub use differences::{
    ConnectionDifference, Diff, DiffStacks, Differences, ParameterChange, RulesBefore,
    StackDifferences, diff, diff_stacks,
};
pub use expectations::{
    Test, TestFailure, TestResult, TestStacks, TestVerdict, Tested, test, test_stacks,
};
pub use explain::{Explain, ExplainForm, ExplainKind, ExplainPart, Explanation, explain};
pub use handshake::{
    Agreed, Capture, Chosen, Handshake, HandshakeStack, Handshakes, KnownPeer, Partner, Partners,
    Refused, handshake, handshake_stack, peers,
};
pub use simulate::{
    Connection, Parameter, PassedOver, Said, Simulate, SimulateStack, Simulated, SimulatedRule,
    StackOf, Way, simulate, simulate_stack,
};
pub use sources::{PolicyFile, Sources};
pub use stacks::{RuleAt, compiled_stack};

/// A question that cannot be answered as it is asked; a sentence that says what to do.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Unanswered {
    pub detail: String,
}

impl Unanswered {
    fn new(detail: impl Into<String>) -> Self {
        Self {
            detail: detail.into(),
        }
    }
}

/// A line of a file.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct At {
    pub file: String,
    /// Counts from 1.
    pub line: usize,
    /// The object that wrote the line, where the text comes from a store.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "openapi", schema(value_type = Option<String>))]
    pub object: Option<ObjectId>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "openapi", schema(value_type = Option<String>))]
    pub field: Option<FieldPath>,
}

/// A place in a file. Lines and columns count from 1, columns in characters; the end is behind the last one.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Span {
    pub file: String,
    pub line: usize,
    pub column: usize,
    pub end_line: usize,
    pub end_column: usize,
}

impl Span {
    fn new(file: &str, start: Position, end: Position) -> Self {
        Self {
            file: file.to_owned(),
            line: start.line,
            column: start.column,
            end_line: end.line,
            end_column: end.column,
        }
    }

    fn of(file: &str, lines: &Lines, (start, end): (usize, usize)) -> Self {
        Self::new(file, lines.position(start), lines.position(end))
    }
}
