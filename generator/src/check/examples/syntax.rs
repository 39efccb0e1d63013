//! Text that cannot be read as it was meant.

use super::{Example, POLICY};

pub(super) static EXAMPLES: [Example; 6] = [
    Example {
        code: "AT101",
        files: &[(
            POLICY,
            "TTLSGroupAction G\n{\n TTLSEnabled On\nTTLSConnectionAction C\n{\n Trace 2\n}\n",
        )],
        mends: &[("On\n", "On\n}\n")],
        message: "the block of `TTLSGroupAction G` has no closing brace",
    },
    Example {
        code: "AT102",
        files: &[(POLICY, "IpAddr A\n Addr 10.1.1.2\n}\n")],
        mends: &[("A\n", "A\n{\n")],
        message: "`IpAddr` is not followed by an opening brace",
    },
    Example {
        code: "AT103",
        files: &[(POLICY, "IpAddr A\n{\n Addr 10.1.1.2\n}\n}\n")],
        mends: &[("}\n}\n", "}\n")],
        message: "this closing brace ends no block",
    },
    Example {
        code: "AT104",
        files: &[(POLICY, "IpAddr A\n{\n{\n Addr 10.1.1.2\n}\n")],
        mends: &[("{\n{", "{")],
        message: "this opening brace begins the block of no statement",
    },
    Example {
        code: "AT105",
        files: &[(
            POLICY,
            "TTLSConnectionAction C\n{\n HandshakeRole Server or Client\n}\n",
        )],
        mends: &[(" or Client", "")],
        message: "`or Client` after the value of `HandshakeRole` is ignored",
    },
    Example {
        code: "AT106",
        files: &[(POLICY, "IpAddr Büro\n{\n Addr 10.1.1.2\n}\n")],
        mends: &[("Büro", "OFFICE")],
        message: "the line of `IpAddr` holds bytes that are no text",
    },
];
