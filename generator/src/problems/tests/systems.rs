//! Groups, images and stacks.

use super::*;

#[test]
fn systems_are_checked() {
    expect(
        codes("image", change!(Image, |image| image.keyring = "".into())),
        "GH080",
        "keyring",
    );
    let database = change!(Stack, |stack| stack.keyring = "/u/start1/key.kdb".into());
    expect(codes("stack", database), "GH041", "keyring_stash_file");
    expect(
        codes(
            "image",
            change!(Image, |image| image.keyring = "START1.COLINRING".into()),
        ),
        "GH035",
        "keyring",
    );
    expect(
        codes("stack", change!(Stack, |stack| stack.image = None)),
        "GH081",
        "image",
    );
    expect(
        codes(
            "stack",
            change!(Stack, |stack| stack.files.policy = "/a b".into()),
        ),
        "GH082",
        "files/policy",
    );
    expect(
        codes(
            "stack",
            change!(Stack, |stack| stack.trace_clear_text = true),
        ),
        "GH084",
        "trace_clear_text",
    );
    let files = |change: fn(&mut StackFiles)| {
        codes("stack", change!(Stack, |stack| change(&mut stack.files)))
    };
    for (change, code, field) in [
        (
            (|files| files.image_options = "FLUSH maybe".into()) as fn(&mut StackFiles),
            "GH085",
            "files/image_options",
        ),
        (
            |files| files.policy_options = "PURGE 600".into(),
            "GH085",
            "files/policy_options",
        ),
        (
            |files| files.image_more = "IpSecThing\n{\n  A b\n".to_owned(),
            "GH086",
            "files/image_more",
        ),
        (
            |files| files.policy_more = "# mine\nTTLSRule A\n{\n}\n".to_owned(),
            "GH087",
            "files/policy_more",
        ),
    ] {
        expect(files(change), code, field);
    }
    let sound = files(|files| {
        files.image_options = "noflush 600".into();
        files.main_more = "# ours\nLogLevel 511\nCodepage IBM-1047\n".to_owned();
        files.image_more = "IPSecConfig /etc/ipsec\n".to_owned();
    });
    assert_eq!(sound, files(|_| ()));
    let mut configuration = good();
    let files = StackFiles {
        policy: "/etc/pagent.TCPIP.ttls".into(),
        ..StackFiles::default()
    };
    add_stack(&mut configuration, files);
    assert!(
        problems(&configuration)
            .iter()
            .any(|finding| finding.page.code == "GH083")
    );
}
