//! Security levels and their presets.

use super::*;

#[test]
fn security_levels_are_checked() {
    expect(
        level(|level| level.suites = suites(&["1302"])),
        "GH055",
        "versions/tls12",
    );
    expect(
        level(|level| level.versions.tls12 = false),
        "GH056",
        "suites/list/3",
    );
    expect(
        level(|level| level.suites = suites(&["1302", "ABCD"])),
        "GH057",
        "suites/list/1",
    );
    expect(
        level(|level| level.suites = suites(&["1302", "C02C", "1302"])),
        "GH058",
        "suites/list/2",
    );
    expect(
        level(|level| level.versions.tls10 = true),
        "GH059",
        "versions/tls10",
    );
    expect(
        level(|level| level.suites = suites(&["1302", "C02C", "0005"])),
        "GH059",
        "suites/list/2",
    );
    expect(
        level(|level| level.suites = suites(&["1302", "C02C", "2F"])),
        "GH060",
        "suites/list/2",
    );
    expect(
        level(|level| {
            level
                .settings
                .insert("TTLSGroupAction.FIPS140".into(), Setting::One("On".into()));
        }),
        "GH061",
        "suites/list/2",
    );
    expect(
        level(|level| {
            level.settings.insert(
                "TTLSEnvironmentAction.SuiteBProfile".into(),
                Setting::One("128".into()),
            );
        }),
        "GH062",
        "settings/TTLSEnvironmentAction.SuiteBProfile",
    );
    expect(
        level(|level| {
            level.settings.insert(
                "TTLSSignatureParms.ClientECurves".into(),
                many(&["Any", "0023"]),
            );
        }),
        "GH063",
        "settings/TTLSSignatureParms.ClientECurves",
    );
}

/// A newer preset is proposed, as a whole, to a level that is not pinned and not supplied.
#[test]
fn a_newer_preset_is_proposed() {
    let of = |date: &str, pinned: bool| {
        let mut configuration = good();
        let level = configuration.objects.get_mut(&id("level"));
        if let Some(Object::SecurityLevel(level)) = level {
            level.preset = Some(PresetUse {
                name: "AT-TLS__Platinum".into(),
                date: date.to_owned(),
                pinned,
            });
        }
        configuration
    };
    let old = of("2020-01", false);
    let found = problems(&old);
    let finding = found.iter().find(|finding| finding.page.code == "GH064");
    let edits = &finding.unwrap().fix.as_ref().unwrap().edits;
    let before = old.get(&id("level")).unwrap();
    let after = edit::apply(before, edits).unwrap();
    let (Object::SecurityLevel(before), Object::SecurityLevel(after)) = (before, after) else {
        panic!()
    };
    let newest = attls::presets::with_preset(before, "AT-TLS__Platinum");
    assert_eq!(Some(after), newest);
    let mut respelled = of("2020-01", false);
    if let Some(Object::SecurityLevel(level)) = respelled.objects.get_mut(&id("level")) {
        let own = level.preset.take();
        *level = attls::presets::with_preset(level, "AT-TLS__Platinum").unwrap();
        level.preset = own;
        level.client_authentication = ClientAuthentication::Required;
        let suites = ["TLS_AES_256_GCM_SHA384", "1301", "1303"];
        level.suites = Suites::List(suites.map(str::to_owned).to_vec());
    }
    let newest = of(library::LEVELS_DATE, false);
    for quiet in [of("2020-01", true), newest, respelled] {
        let codes: Vec<_> = problems(&quiet).iter().map(|it| it.page.code).collect();
        assert!(!codes.contains(&"GH064"), "{codes:?}");
    }
}
