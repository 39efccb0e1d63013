//! Settings, and what an image does not know.

use super::*;

#[test]
fn settings_are_checked() {
    let with = |key: &str, value: &str| {
        let (key, value) = (key.to_owned(), value.to_owned());
        level(move |level| {
            level.settings.insert(key, Setting::One(value));
        })
    };
    expect(
        with("TTLSEnvironmentAdvancedParms.Nonsense", "On"),
        "GH015",
        "settings/TTLSEnvironmentAdvancedParms.Nonsense",
    );
    expect(
        with("TTLSEnvironmentAdvancedParms.Renegotiation", "Maybe"),
        "GH016",
        "settings/TTLSEnvironmentAdvancedParms.Renegotiation",
    );
    expect(
        with("TTLSGskAdvancedParms.GSK_V3_SIDCACHE_SIZE", "64001"),
        "GH017",
        "settings/TTLSGskAdvancedParms.GSK_V3_SIDCACHE_SIZE",
    );
    let companions = row(|row| {
        row.settings.insert(
            "TTLSEnvironmentAdvancedParms.ServerHandshakeSNI".into(),
            Setting::One("Optional".into()),
        );
    });
    expect(
        companions,
        "GH014",
        "rows/0/settings/TTLSEnvironmentAdvancedParms.ServerHandshakeSNI",
    );
}

#[test]
fn a_parameter_that_the_image_does_not_know_is_found() {
    let mut configuration = good();
    let Some(Object::Image(image)) = configuration.objects.get_mut(&id("image")) else {
        unreachable!()
    };
    image.release = crate::policy::Release::V2R4;
    let Some(Object::SecurityLevel(level)) = configuration.objects.get_mut(&id("level")) else {
        unreachable!()
    };
    level.settings.insert(
        "TTLSGskAdvancedParms.CrlSigAlgPairs".into(),
        many(&["0601"]),
    );
    assert!(
        problems(&configuration)
            .iter()
            .any(|finding| ["GH018", "GH019"].contains(&finding.page.code))
    );
}
