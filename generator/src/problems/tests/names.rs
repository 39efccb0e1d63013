//! Names of objects.

use super::*;

#[test]
fn names_are_checked() {
    expect(
        codes(
            "level",
            change!(SecurityLevel, |level| level.name = "MY LEVEL".into()),
        ),
        "GH001",
        "name",
    );
    expect(
        codes(
            "image",
            change!(Image, |image| image.name = "TOOLONGNAME".into()),
        ),
        "GH001",
        "name",
    );
    let mut configuration = good();
    configuration.objects.insert(
        id("other"),
        TrafficDescriptor {
            name: "mq".into(),
            rows: vec![TrafficRow::default()],
            ..Default::default()
        }
        .into(),
    );
    assert!(
        problems(&configuration)
            .iter()
            .any(|finding| finding.page.code == "GH002")
    );
}
