//! Policy tests that are not passed, or cannot be.

use super::{Example, TESTS};

pub(super) static EXAMPLES: [Example; 5] = [
    Example {
        code: "AT301",
        files: &[
            ("pagent.conf", "TcpImage TCPIP tcpip.image\n"),
            ("tcpip.image", "TTLSConfig tcpip.policy\n"),
            (
                "tcpip.policy",
                "TTLSRule A\n{\n LocalPortRange 21\n Direction Inbound\n TTLSGroupActionRef G\n}\nTTLSGroupAction G\n{\n TTLSEnabled Off\n}\n",
            ),
            (TESTS, "inbound to port 21 must be claer\n"),
        ],
        mends: &[("claer", "clear")],
        message: "`claer` is not understood here",
    },
    Example {
        code: "AT302",
        files: &[
            ("pagent.conf", "TcpImage TCPIP tcpip.image\n"),
            ("tcpip.image", "TTLSConfig tcpip.policy\n"),
            (
                "tcpip.policy",
                "TTLSRule A\n{\n LocalPortRange 21\n Direction Inbound\n TTLSGroupActionRef G\n}\nTTLSGroupAction G\n{\n TTLSEnabled Off\n}\n",
            ),
            (TESTS, "inbound to port 210000 must be clear\n"),
        ],
        mends: &[("210000", "21")],
        message: "`210000` cannot stand here: `210000`: ports go from 0 to 65535",
    },
    Example {
        code: "AT303",
        files: &[
            ("pagent.conf", "TcpImage TCPIP tcpip.image\n"),
            ("tcpip.image", "TTLSConfig tcpip.policy\n"),
            (
                "tcpip.policy",
                "TTLSRule A\n{\n LocalPortRange 21\n Direction Inbound\n TTLSGroupActionRef G\n}\nTTLSGroupAction G\n{\n TTLSEnabled Off\n}\n",
            ),
            (TESTS, "inbound to port 21 must\n"),
        ],
        mends: &[("must", "must be clear")],
        message: "the line ends where `be` or `meet` should follow",
    },
    Example {
        code: "AT304",
        files: &[
            ("pagent.conf", "TcpImage TCPIP tcpip.image\n"),
            ("tcpip.image", "TTLSConfig tcpip.policy\n"),
            (
                "tcpip.policy",
                "TTLSRule A\n{\n LocalPortRange 21\n Direction Inbound\n TTLSGroupActionRef G\n}\nTTLSGroupAction G\n{\n TTLSEnabled Off\n}\n",
            ),
            (TESTS, "inbound to port 21 must be protected\n"),
        ],
        mends: &[("be protected", "be clear")],
        message: "inbound from 192.0.2.1 to 192.0.2.1 port 21 meets rule `A`: it leaves them in the clear",
    },
    Example {
        code: "AT307",
        files: &[
            ("pagent.conf", "TcpImage TCPIP tcpip.image\n"),
            ("tcpip.image", "TTLSConfig tcpip.policy\n"),
            (
                "tcpip.policy",
                "TTLSRule A\n{\n LocalPortRange 21\n Direction Inbound\n TTLSGroupActionRef G\n}\nTTLSGroupAction G\n{\n TTLSEnabled Off\n}\n",
            ),
            (TESTS, "stack TCPIQ:\ninbound to port 21 must be clear\n"),
        ],
        mends: &[("TCPIQ", "TCPIP")],
        message: "there is no stack `TCPIQ`",
    },
];
