//! Lines of the Policy Agent's log: `05/30 07:21:12 OBJERR :005: function: text`.
//!
//! Its messages have no numbers, so a line is known by the class and by words of its text. They never say
//! a file or a line; `gatehouse check` does.

/// The classes of a line, the bit of `LogLevel` that writes them, and what they say.
pub(super) static CLASSES: [(&str, u16, &str); 9] = [
    (
        "SYSERR",
        1,
        "A call of the system failed for the Policy Agent.",
    ),
    (
        "OBJERR",
        2,
        "Something that the Policy Agent works on is in error, a statement most often. Of AT-TLS policy with an error nothing new is installed: what was there stays.",
    ),
    (
        "PROTERR",
        4,
        "A partner of the Policy Agent broke the rules of their protocol.",
    ),
    (
        "WARNING",
        8,
        "Something was left out or taken otherwise than it was written.",
    ),
    ("EVENT", 16, "Something happened as it should."),
    ("ACTION", 32, "The Policy Agent does something."),
    ("INFO", 64, "The Policy Agent says what it does."),
    ("ACNTING", 128, "Figures of the Policy Agent."),
    ("TRACE", 256, "A step inside the Policy Agent."),
];

/// What is known of one text.
#[derive(Debug)]
pub(super) struct TextDef {
    /// Words that the line holds, in any case.
    pub words: &'static str,
    pub meaning: &'static str,
    pub to_do: &'static [&'static str],
    pub foreseen: &'static [&'static str],
}

pub(super) static TEXTS: [TextDef; 9] = [
    TextDef {
        words: "Unknown attribute",
        meaning: "An attribute is misspelt, or does not exist in this statement or in this release.",
        to_do: &[
            "Run `gatehouse check` on the main configuration file: it says file and line, and the word that may be meant.",
        ],
        foreseen: &["AT002"],
    },
    TextDef {
        words: "Ignoring non-image config file",
        meaning: "A statement stands in the image file and belongs elsewhere: statements of AT-TLS belong into the file that TTLSConfig names.",
        to_do: &[
            "Let TcpImage name an image file, and let that one have `TTLSConfig` with the name of the policy file.",
        ],
        foreseen: &[],
    },
    TextDef {
        words: "does not contain any recognizable",
        meaning: "The image file has no statement of an image file. Most often TcpImage names the AT-TLS policy itself.",
        to_do: &[
            "Let TcpImage name an image file, and let that one have `TTLSConfig` with the name of the policy file.",
        ],
        foreseen: &[],
    },
    TextDef {
        words: "errno2=74610296",
        meaning: "The stack waits for its first AT-TLS policy, and the Policy Agent's user ID may not open sockets meanwhile.",
        to_do: &[
            "Permit its user ID to EZB.INITSTACK of the system and the stack in class SERVAUTH. While the profile is not defined nobody is permitted, and RACF writes no message.",
        ],
        foreseen: &[],
    },
    TextDef {
        words: "Kernel initialization failed",
        meaning: "The Policy Agent could not reach the stack. A SYSERR line before it has the reason.",
        to_do: &["Look the errno and errno2 of the line before it up."],
        foreseen: &[],
    },
    TextDef {
        words: "cannot open",
        meaning: "A configuration file could not be opened.",
        to_do: &[
            "Compare the name with the files, and see that the Policy Agent's user ID may read it; a data set is written `//'HLQ.NAME(MEMBER)'`.",
        ],
        foreseen: &[],
    },
    TextDef {
        words: "Cannot get FILE handle",
        meaning: "A configuration file could not be opened; a member that is missing in a data set is said so.",
        to_do: &["Compare the name with the members of the data set."],
        foreseen: &[],
    },
    TextDef {
        words: "Finished installing policy rule",
        meaning: "A rule is in the stack now.",
        to_do: &[],
        foreseen: &[],
    },
    TextDef {
        words: "Processing Image TTLS config file",
        meaning: "It names the AT-TLS policy file that is being read for a stack.",
        to_do: &[],
        foreseen: &[],
    },
];

/// What is known of a text.
pub(super) fn text(text: &str) -> Option<&'static TextDef> {
    let text = text.to_ascii_lowercase();
    TEXTS
        .iter()
        .find(|def| text.contains(&def.words.to_ascii_lowercase()))
}

/// The class of this name, in any case.
pub(super) fn class(name: &str) -> Option<(&'static str, u16, &'static str)> {
    CLASSES
        .into_iter()
        .find(|(class, ..)| class.eq_ignore_ascii_case(name))
}
