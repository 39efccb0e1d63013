//! Any bytes: no byte of them is lost, tokens and nodes lie in order, and what was understood is
//! understood again when it is written.

#![no_main]

use generator::policy::{emit, lower, parse};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    let tree = parse(bytes);
    assert_eq!(tree.text(), bytes);
    let mut end = 0;
    for node in tree.nodes() {
        assert!(end <= node.span.start && node.span.start < node.span.end);
        end = node.span.end;
    }
    assert!(end <= bytes.len());
    let policy = lower(&tree, "p").policy;
    let written = emit(&policy).text;
    assert_eq!(lower(&parse(written.as_bytes()), "p").policy, policy);
});
