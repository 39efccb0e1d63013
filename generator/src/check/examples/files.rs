//! Configurations of several files.

use super::Example;

pub(super) static EXAMPLES: [Example; 9] = [
    Example {
        code: "AT201",
        files: &[
            ("pagent.conf", "TcpImage TCPIP tcpip.image\n"),
            ("tcpip.image", "TTLSConfig tcpip.plicy\n"),
            (
                "tcpip.policy",
                "TTLSRule A\n{\n LocalPortRange 21\n Direction Inbound\n TTLSGroupActionRef G\n}\nTTLSGroupAction G\n{\n TTLSEnabled Off\n}\n",
            ),
        ],
        mends: &[("tcpip.plicy", "tcpip.policy")],
        message: "the file `tcpip.plicy` cannot be read: there is no such file",
    },
    Example {
        code: "AT202",
        files: &[
            ("pagent.conf", "TcpImage TCPIP tcpip.image\n"),
            ("tcpip.image", "# the AT-TLS policy of TCPIP\n"),
            (
                "tcpip.policy",
                "TTLSRule A\n{\n LocalPortRange 21\n Direction Inbound\n TTLSGroupActionRef G\n}\nTTLSGroupAction G\n{\n TTLSEnabled Off\n}\n",
            ),
        ],
        mends: &[("TCPIP\n", "TCPIP\nTTLSConfig tcpip.policy\n")],
        message: "the image file of stack `TCPIP` has no `TTLSConfig` statement",
    },
    Example {
        code: "AT203",
        files: &[
            ("pagent.conf", "TcpImage TCPIP tcpip.image\n"),
            (
                "tcpip.image",
                "TTLSConfig old.policy\nTTLSConfig tcpip.policy\n",
            ),
            (
                "tcpip.policy",
                "TTLSRule A\n{\n LocalPortRange 21\n Direction Inbound\n TTLSGroupActionRef G\n}\nTTLSGroupAction G\n{\n TTLSEnabled Off\n}\n",
            ),
        ],
        mends: &[("TTLSConfig old.policy\n", "")],
        message: "this `TTLSConfig` has no effect because another one follows",
    },
    Example {
        code: "AT204",
        files: &[
            ("pagent.conf", "TcpImage TCPIP tcpip.image\n"),
            (
                "tcpip.image",
                "TTLSConfig tcpip.policy\nTTLSGroupAction H\n{\n TTLSEnabled Off\n}\n",
            ),
            (
                "tcpip.policy",
                "TTLSRule A\n{\n LocalPortRange 21\n Direction Inbound\n TTLSGroupActionRef G\n}\nTTLSGroupAction G\n{\n TTLSEnabled Off\n}\n",
            ),
        ],
        mends: &[("TTLSGroupAction H\n{\n TTLSEnabled Off\n}\n", "")],
        message: "`TTLSGroupAction` is ignored in an image configuration file",
    },
    Example {
        code: "AT205",
        files: &[
            (
                "pagent.conf",
                "TcpImage TCPIP tcpip.image\nTTLSConfig tcpip.policy\n",
            ),
            ("tcpip.image", "TTLSConfig tcpip.policy\n"),
            (
                "tcpip.policy",
                "TTLSRule A\n{\n LocalPortRange 21\n Direction Inbound\n TTLSGroupActionRef G\n}\nTTLSGroupAction G\n{\n TTLSEnabled Off\n}\n",
            ),
        ],
        mends: &[("image\nTTLSConfig tcpip.policy\n", "image\n")],
        message: "`TTLSConfig` is ignored in the main configuration file",
    },
    Example {
        code: "AT206",
        files: &[
            ("pagent.conf", "TcpImage TCPIP tcpip.image\n"),
            ("tcpip.image", "TTLSConfig tcpip.policy\n"),
            ("tcpip.policy", "# to be written\n"),
        ],
        mends: &[(
            "# to be written\n",
            "TTLSRule A\n{\n LocalPortRange 21\n Direction Inbound\n TTLSGroupActionRef G\n}\nTTLSGroupAction G\n{\n TTLSEnabled Off\n}\n",
        )],
        message: "`tcpip.policy` holds no `TTLSRule`",
    },
    Example {
        code: "AT207",
        files: &[
            ("pagent.conf", "TcpImage TCPIP tcpip.image\nLogLevl 15\n"),
            ("tcpip.image", "TTLSConfig tcpip.policy\n"),
            (
                "tcpip.policy",
                "TTLSRule A\n{\n LocalPortRange 21\n Direction Inbound\n TTLSGroupActionRef G\n}\nTTLSGroupAction G\n{\n TTLSEnabled Off\n}\n",
            ),
        ],
        mends: &[("LogLevl", "LogLevel")],
        message: "`LogLevl` is no statement of a main or image file, and is passed over",
    },
    Example {
        code: "AT216",
        files: &[
            ("pagent.conf", "TcpImage TCPIP tcpip.image\n"),
            (
                "tcpip.image",
                "TTLSConfig tcpip.policy\nIPSecConfig ipsec.plicy\n",
            ),
            (
                "tcpip.policy",
                "TTLSRule A\n{\n LocalPortRange 21\n Direction Inbound\n TTLSGroupActionRef G\n}\nTTLSGroupAction G\n{\n TTLSEnabled Off\n}\n",
            ),
        ],
        mends: &[("IPSecConfig ipsec.plicy\n", "")],
        message: "the file `ipsec.plicy` with IPSec policy cannot be read: there is no such file",
    },
    Example {
        code: "AT240",
        files: &[
            (
                "pagent.conf",
                "CommonTTLSConfig common.policy\nTcpImage TCPIP tcpip.image\n",
            ),
            ("tcpip.image", "TTLSConfig tcpip.policy\n"),
            (
                "common.policy",
                "TTLSRule B\n{\n LocalPortRange 23\n Direction Inbound\n TTLSGroupActionRef G\n}\n",
            ),
            (
                "tcpip.policy",
                "TTLSRule A\n{\n LocalPortRange 21\n Direction Inbound\n TTLSGroupActionRef G\n}\nTTLSGroupAction G\n{\n TTLSEnabled Off\n}\n",
            ),
        ],
        mends: &[(
            "23\n Direction Inbound\n TTLSGroupActionRef G\n}\n",
            "23\n Direction Inbound\n TTLSGroupActionRef H\n}\nTTLSGroupAction H\n{\n TTLSEnabled Off\n}\n",
        )],
        message: "the common file refers to `TTLSGroupAction G`, which only the stack's own file has",
    },
];
