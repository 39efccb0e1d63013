//! The statements of main and image files: one line each, a keyword and its parameters.

/// Which file a text is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum FileKind {
    /// The Policy Agent's main configuration file.
    Main,
    /// A stack's image configuration file.
    Image,
    /// A file of AT-TLS statements.
    Policy,
}

/// One statement of a main or image file.
#[derive(Debug)]
pub struct LineDef {
    /// IBM's spelling.
    pub name: &'static str,
    pub synonyms: &'static [&'static str],
    /// One sentence for an administrator.
    pub help: &'static str,
    /// The files in which it has effect.
    pub files: &'static [FileKind],
    /// The form of the parameters.
    pub syntax: &'static str,
}

impl PartialEq for LineDef {
    fn eq(&self, other: &Self) -> bool {
        self.name == other.name
    }
}

impl Eq for LineDef {}

pub static TCP_IMAGE: LineDef = LineDef {
    name: "TcpImage",
    synonyms: &["PEPInstance"],
    help: "Names a stack, its image configuration file, and how often the files are read again.",
    files: &[FileKind::Main],
    syntax: "name [path] [FLUSH|NOFLUSH] [PURGE|NOPURGE] [seconds]",
};

pub static LOG_LEVEL: LineDef = LineDef {
    name: "LogLevel",
    synonyms: &[],
    help: "Adds up what the Policy Agent writes to its log; 31 when not coded.",
    files: &[FileKind::Main],
    syntax: "number",
};

pub static CODEPAGE: LineDef = LineDef {
    name: "Codepage",
    synonyms: &[],
    help: "Names the EBCDIC code page of all files; IBM-1047 when not coded.",
    files: &[FileKind::Main],
    syntax: "name",
};

pub static COMMON_TTLS_CONFIG: LineDef = LineDef {
    name: "CommonTTLSConfig",
    synonyms: &[],
    help: "Names the file of AT-TLS statements that is read before each stack's own.",
    files: &[FileKind::Main],
    syntax: "path",
};

pub static TTLS_CONFIG: LineDef = LineDef {
    name: "TTLSConfig",
    synonyms: &[],
    help: "Names the stack's file of AT-TLS statements; without a path only the common file counts.",
    files: &[FileKind::Image],
    syntax: "[path] [FLUSH|NOFLUSH] [PURGE|NOPURGE]",
};

static LINES: [&LineDef; 5] = [
    &TCP_IMAGE,
    &LOG_LEVEL,
    &CODEPAGE,
    &COMMON_TTLS_CONFIG,
    &TTLS_CONFIG,
];

/// Statements of main and image files that concern other technologies or the Policy Agent itself: read
/// over, not reported as unknown.
static FOREIGN: [&str; 20] = [
    "AutoMonitorApps",
    "AutoMonitorParms",
    "ClientConnection",
    "CommonIDSConfig",
    "CommonIPSecConfig",
    "CommonRoutingConfig",
    "DynamicConfigPolicyLoad",
    "IDSConfig",
    "IPSecConfig",
    "PolicyAction",
    "PolicyPerfMonitorForSDR",
    "PolicyPerformanceCollection",
    "PolicyRule",
    "PolicyServer",
    "QOSConfig",
    "ReadFromDirectory",
    "RoutingConfig",
    "ServerConnection",
    "ServicesConnection",
    "SetSubnetPrioTosMask",
];

/// Every statement of main and image files that matters to AT-TLS.
pub fn lines() -> &'static [&'static LineDef] {
    &LINES
}

/// The statement of this name or synonym, in any case.
pub fn line(name: &str) -> Option<&'static LineDef> {
    LINES.into_iter().find(|line| {
        line.name.eq_ignore_ascii_case(name)
            || line
                .synonyms
                .iter()
                .any(|synonym| synonym.eq_ignore_ascii_case(name))
    })
}

/// Whether a statement belongs to the Policy Agent but not to AT-TLS.
pub fn is_foreign(name: &str) -> bool {
    FOREIGN
        .iter()
        .any(|foreign| foreign.eq_ignore_ascii_case(name))
}
