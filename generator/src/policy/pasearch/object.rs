//! The files and flags of a stack (`-c`).

use super::{UNKNOWN, first_line, put, put_two};
use crate::policy::release::Release;
use crate::policy::resolve::ResolvedStack;

/// Where the AT-TLS policy of a stack comes from and how it is installed. How the lines of a file without
/// `FLUSH` look was not seen.
pub fn object(stack: &ResolvedStack, release: Release) -> String {
    let mut text = first_line(&stack.name, release);
    let out = &mut text;
    put_two(
        out,
        2,
        ("PAPI Version", UNKNOWN),
        ("DLL Version", UNKNOWN),
        0,
    );
    out.push_str("\nTTLS Policy Object:\n");
    let word = |is: bool| if is { "True" } else { "False" };
    let reading = &stack.reading;
    put_two(
        out,
        2,
        ("ConfigLocation", "Local"),
        ("LDAPServer", "False"),
        0,
    );
    let files = [
        ("CommonFileName", &stack.common_path),
        ("ImageFileName", &stack.policy_path),
    ];
    for (label, path) in files {
        put(out, 2, label, 25, path.as_deref().unwrap_or_default(), 0);
    }
    let flush = ("PolicyFlush", word(reading.flush));
    put_two(out, 2, ("ApplyFlush", "True"), flush, 0);
    let purge = ("PurgePolicies", word(reading.purge));
    put_two(out, 2, ("ApplyPurge", "True"), purge, 0);
    let delete = ("DeleteOnNoflush", "False");
    put_two(out, 2, ("AtomicParse", "True"), delete, 0);
    let modify = ("ModifyOnIDChange", "False");
    put_two(out, 2, ("DummyOnEmptyPolicy", "True"), modify, 0);
    let interval = reading.interval.to_string();
    let configured = word(stack.reading.configured);
    put_two(
        out,
        2,
        ("Configured", configured),
        ("UpdateInterval", &interval),
        0,
    );
    // The profile of the stack says so, and no file of the Policy Agent.
    put(out, 2, "TTLS Enabled", 25, UNKNOWN, 0);
    put(out, 2, "InstanceId", 25, UNKNOWN, 0);
    put(out, 2, "LastPolicyChanged", 25, UNKNOWN, 0);
    text
}
