use super::*;
use proptest::prelude::*;
use server::store::{compare, export, import, stores};

async fn exported(db: &Db, store: &StoreRow, from: Option<i64>) -> String {
    let mut out = Vec::new();
    export::export(db, store, from, &mut out).await.unwrap();
    String::from_utf8(out).unwrap()
}

async fn imported(db: &Db, name: &str, text: &[u8]) -> Result<StoreRow, StoreError> {
    import::import(db, &actor("root"), &named(name), text.to_vec()).await
}

/// What one save does to some of the objects a, b and c.
#[derive(Clone, Debug)]
enum Step {
    Put(usize, u16),
    Delete(usize),
    Restore(i64),
}

fn step() -> impl Strategy<Value = Step> {
    prop_oneof![
        4 => (0..3_usize, 1..50_u16).prop_map(|(at, port)| Step::Put(at, port)),
        1 => (0..3_usize).prop_map(Step::Delete),
        1 => (1..6_i64).prop_map(Step::Restore),
    ]
}

async fn play(world: &World, steps: &[Step]) {
    const IDS: [&str; 3] = ["a", "b", "c"];
    for step in steps {
        let change = match step {
            Step::Put(at, port) => {
                let name = format!("Ä \"{port}\"\u{2028}");
                put(IDS[*at], world.etag(IDS[*at]).await, ports(&name, &[*port]))
            }
            Step::Delete(at) => match world.etag(IDS[*at]).await {
                Some(etag) => delete(IDS[*at], Some(etag)),
                None => continue,
            },
            Step::Restore(revision) => {
                let restore = api::store::Restore {
                    revision: *revision,
                    object: None,
                    comment: "back\nto it".into(),
                    head: world.head().await,
                };
                // A revision that is not there, or nothing to restore.
                let _ =
                    store::restore::restore(&world.db, &world.store, &actor("bo"), &restore).await;
                continue;
            }
        };
        world.edit("ana", vec![change]).await.unwrap();
        let _ = world.save("ana", world.head().await).await;
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(12))]
    #[test]
    fn an_import_exports_to_the_same_bytes(steps in proptest::collection::vec(step(), 0..10), from in 1..8_i64) {
        tokio::runtime::Runtime::new().unwrap().block_on(async {
            let world = World::new().await;
            play(&world, &steps).await;
            let head = world.head().await;
            for first in [None, Some(from.min(head))] {
                let text = exported(&world.db, &world.store, first).await;
                let name = format!("COPY-{}", first.unwrap_or(0));
                let copy = imported(&world.db, &name, text.as_bytes()).await.unwrap();
                assert_eq!(exported(&world.db, &copy, None).await, text);
                let shift = first.unwrap_or(1) - 1;
                for number in first.unwrap_or(1)..=head {
                    let (_, old) = compare::configuration(&world.db, &world.store, Some(number)).await.unwrap();
                    let (_, new) = compare::configuration(&world.db, &copy, Some(number - shift)).await.unwrap();
                    assert_eq!(old, new);
                }
            }
        });
    }

    #[test]
    fn a_changed_file_is_refused_and_leaves_nothing(at in 0.0..1.0_f64, bit in 0..8_u8) {
        tokio::runtime::Runtime::new().unwrap().block_on(async {
            let world = World::new().await;
            world.saved("ana", vec![put("a", None, ports("A", &[1]))]).await;
            let mut bytes = exported(&world.db, &world.store, None).await.into_bytes();
            let at = (at * bytes.len() as f64) as usize;
            bytes[at] ^= 1 << bit;
            let error = imported(&world.db, "COPY", &bytes).await.unwrap_err();
            assert!(matches!(error, StoreError::Import { .. }), "{error}");
            assert_eq!(stores::list(&world.db).await.unwrap().len(), 1);
        });
    }
}

/// A small file, for changing it by hand.
async fn file() -> (World, String) {
    let world = World::new().await;
    world
        .saved(
            "ana",
            vec![
                put("a", None, ports("A", &[1])),
                put("b", None, ports("B", &[1])),
            ],
        )
        .await;
    let text = exported(&world.db, &world.store, None).await;
    (world, text)
}

async fn refusal(world: &World, text: &str) -> (u64, String) {
    match imported(&world.db, "COPY", text.as_bytes()).await {
        Err(StoreError::Import { line, reason }) => (line, reason),
        other => panic!("{other:?}"),
    }
}

#[tokio::test]
async fn a_file_looks_as_documented() {
    let (_, text) = file().await;
    let lines: Vec<_> = text.lines().collect();
    assert_eq!(lines.len(), 7);
    assert_eq!(
        lines[0],
        r#"{"gatehouse":"store","format":1,"objects":1,"description":""}"#
    );
    assert!(
        lines[1].starts_with(r#"{"revision":1,"author":"root","at":"2"#),
        "{}",
        lines[1]
    );
    assert!(
        lines[1].ends_with(r#"","comment":"","changes":1}"#),
        "{}",
        lines[1]
    );
    assert!(
        lines[4].starts_with(r#"{"object":"a","hash":""#),
        "{}",
        lines[4]
    );
    assert!(
        lines[4].contains(r#""body":{"kind":"traffic-descriptor","name":"A","rows":[{"#),
        "{}",
        lines[4]
    );
    assert!(
        lines[6].starts_with(r#"{"end":6,"sha256":""#),
        "{}",
        lines[6]
    );
}

#[tokio::test]
async fn each_kind_of_damage_is_told_with_its_line() {
    let (world, text) = file().await;
    let lines: Vec<_> = text.split_inclusive('\n').collect();
    let with = |order: &[usize]| order.iter().map(|at| lines[*at]).collect::<String>();
    let changed = |from: &str, to: &str| text.replacen(from, to, 1);
    for (name, text, line, reason) in [
        ("empty", String::new(), 1, "ends too early"),
        ("other", "{\"a\":1}\n".into(), 1, "no exported store"),
        (
            "newer",
            changed("\"format\":1", "\"format\":2"),
            1,
            "newer version",
        ),
        (
            "newer objects",
            changed("\"objects\":1", "\"objects\":9"),
            1,
            "newer version",
        ),
        ("cut", with(&[0, 1, 2, 3, 4, 5]), 7, "ends too early"),
        (
            "cut line",
            text[..text.len() - 1].to_owned(),
            7,
            "ends too early",
        ),
        (
            "order of objects",
            with(&[0, 1, 2, 3, 5, 4, 6]),
            6,
            "by their ids",
        ),
        (
            "missing revision",
            with(&[0, 3, 4, 5, 6]),
            2,
            "revision 1 belongs here",
        ),
        (
            "missing object",
            with(&[0, 1, 2, 3, 4, 6]),
            6,
            "cannot be read",
        ),
        ("no revision", with(&[0, 6]), 2, "no revision"),
        ("more", format!("{text}\n"), 7, "more after"),
        (
            "body",
            changed("\"local_port\":\"1\"", "\"local_port\":\"2\""),
            5,
            "does not have its hash",
        ),
        (
            "author",
            changed("\"author\":\"ana\"", "\"author\":\"bob\""),
            7,
            "hash of the file",
        ),
        ("time", changed("\"at\":\"2", "\"at\":\"x"), 2, "time"),
        (
            "blank",
            changed("{\"object\":\"a\",", "{\"object\": \"a\","),
            5,
            "not as an export writes it",
        ),
        (
            "field",
            changed("{\"object\":\"a\",", "{\"owner\":\"x\",\"object\":\"a\","),
            5,
            "cannot be read",
        ),
        (
            "id",
            changed("{\"object\":\"a\",", "{\"object\":\"a/b\","),
            5,
            "the id of an object",
        ),
        (
            "carriage return",
            text.replace('\n', "\r\n"),
            1,
            "no exported store",
        ),
        ("mark", format!("\u{feff}{text}"), 1, "no exported store"),
    ] {
        let found = refusal(&world, &text).await;
        assert_eq!(found.0, line, "{name}: {found:?}");
        assert!(found.1.contains(reason), "{name}: {found:?}");
        assert_eq!(stores::list(&world.db).await.unwrap().len(), 1, "{name}");
    }
    let invalid = [text.as_bytes(), b"\xff\n"].concat();
    assert!(imported(&world.db, "COPY", &invalid).await.is_err());
    assert!(matches!(
        imported(&world.db, "prod", text.as_bytes()).await,
        Err(StoreError::NameTaken { .. })
    ));
    imported(&world.db, "COPY", text.as_bytes()).await.unwrap();
}

#[tokio::test]
async fn what_is_too_large_or_too_deep_is_refused() {
    let (world, text) = file().await;
    let head: String = text.split_inclusive('\n').take(2).collect();
    let line = |body: &str| format!("{head}{{\"object\":\"a\",\"hash\":\"0\",\"body\":{body}}}\n");
    let deep = line(&format!("{}{}", "[".repeat(100_000), "]".repeat(100_000)));
    let (at, reason) = refusal(&world, &deep).await;
    assert_eq!(at, 3, "{reason}");
    let large = line(&format!("\"{}\"", "x".repeat(2 << 20)));
    assert_eq!(
        refusal(&world, &large).await,
        (3, "the line or the file is too large".into())
    );
    let endless = "x".repeat(8 << 20);
    assert_eq!(
        refusal(&world, &endless).await.1,
        "the line or the file is too large"
    );
}
