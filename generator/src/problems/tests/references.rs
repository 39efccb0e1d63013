//! References from one object to another.

use super::*;

#[test]
fn references_are_checked() {
    expect(
        rule(|rule| rule.map = MapUse::Shared(id("gone"))),
        "GH010",
        "map/shared",
    );
    expect(
        rule(|rule| rule.local = Endpoint::Group(id("map"))),
        "GH011",
        "local/group",
    );
    expect(
        codes(
            "addresses",
            change!(AddressGroup, |group| group.groups.push(id("addresses"))),
        ),
        "GH012",
        "groups",
    );
    expect(
        rule(|rule| rule.local = Endpoint::default()),
        "GH013",
        "name",
    );
}
