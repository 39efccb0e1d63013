//! For each code, text that raises it and the same text mended: the pages show them, and the tests run them.

mod expectations;
mod files;
mod policy;
mod syntax;
#[cfg(test)]
mod tests;

/// Text that raises a code and nothing else, and how it is mended so that nothing is raised.
#[derive(Debug)]
pub struct Example {
    pub code: &'static str,
    /// Names and texts, the one that leads to the others first. See [`SHARED`].
    files: &'static [(&'static str, &'static str)],
    /// Each is replaced by its second.
    mends: &'static [(&'static str, &'static str)],
    /// What the finding says.
    pub message: &'static str,
}

/// A file of an example.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Text {
    pub name: &'static str,
    /// Latin-1: each character is a byte of the file.
    pub text: String,
}

/// The name of a policy that is read alone.
const POLICY: &str = "tcpip.policy";
/// The name of a file of policy tests.
const TESTS: &str = "policy.tests";

/// Text that many examples share: a rule that protects, its key ring, and versions that are sound.
const SHARED: [(&str, &str); 3] = [
    (
        "@rule",
        "TTLSRule A\n{\n Jobname J\n Direction Both\n TTLSGroupActionRef G\n TTLSEnvironmentActionRef E\n}\nTTLSGroupAction G\n{\n TTLSEnabled On\n}\n",
    ),
    ("@ring", " TTLSKeyringParms\n {\n  Keyring A/B\n }\n"),
    ("@new", "  TLSv1 Off\n  TLSv1.1 Off\n  TLSv1.2 On\n"),
];

/// The first example of a code. None of a finding that has nothing to mend, or that only a large
/// policy raises.
pub fn example(code: &str) -> Option<&'static Example> {
    examples().find(|example| example.code == code)
}

fn examples() -> impl Iterator<Item = &'static Example> {
    let all = [
        policy::EXAMPLES.as_slice(),
        &syntax::EXAMPLES,
        &files::EXAMPLES,
        &expectations::EXAMPLES,
    ];
    all.into_iter().flatten()
}

impl Example {
    /// The files that raise the finding.
    pub fn bad(&self) -> Vec<Text> {
        self.written(&[])
    }

    /// The files, mended.
    pub fn good(&self) -> Vec<Text> {
        self.written(self.mends)
    }

    /// What a page shows: headings and texts. Of the mended files, those that differ.
    pub fn parts(&self) -> Vec<(String, String)> {
        let (bad, good) = (self.bad(), self.good());
        let part = |word: &str, file: Text| match self.files.len() {
            1 => (word.to_owned(), file.text),
            _ => (format!("{word}: {}", file.name), file.text),
        };
        let differs = good.into_iter().filter(|file| !bad.contains(file));
        let right: Vec<_> = differs.map(|file| part("Right", file)).collect();
        let wrong = bad.iter().cloned().map(|file| part("Wrong", file));
        wrong.chain(right).collect()
    }

    fn written(&self, mends: &[(&str, &str)]) -> Vec<Text> {
        let text = |text: &str| whole(&replaced(text, mends));
        let files = self.files.iter();
        files
            .map(|(name, written)| Text {
                name,
                text: text(written),
            })
            .collect()
    }
}

/// With what many examples share written out.
pub(super) fn whole(text: &str) -> String {
    replaced(text, &SHARED)
}

fn replaced(text: &str, pairs: &[(&str, &str)]) -> String {
    let replace = |text: String, (from, to): &(&str, &str)| text.replace(from, to);
    pairs.iter().fold(text.to_owned(), replace)
}
