//! A store of 5,000 rules. Times and sizes are printed; `make bench` holds them to their bars.

use std::time::Instant;

use api::account::Role;
use api::draft::{Edit, EditChange, Save};
use api::store::StoredConfiguration;
use generator::objects::{Endpoint, Entry, MapUse, Mapping, Object, ObjectId, Rule};
use server::store::{self, Actor, StoreRow};

use crate::common::{Answer, Client, TestServer};

const RULES: usize = 5_000;

fn rule(number: usize) -> Object {
    let address = format!("10.{}.{}.0/24", number / 250, number % 250);
    Rule {
        name: Entry::read(&format!("RULE{number}")),
        description: "One of many.".to_owned(),
        owner: Some(ObjectId("stack".to_owned())),
        remote: Endpoint::Address(Entry::read(&address)),
        map: MapUse::Own(vec![Mapping {
            traffic: Some(ObjectId("traffic".to_owned())),
            level: Some(ObjectId("gold".to_owned())),
        }]),
        ..Rule::default()
    }
    .into()
}

async fn edit(server: &TestServer, store: &StoreRow, rules: std::ops::Range<usize>) {
    let change = |number| EditChange {
        id: ObjectId(format!("r{number}")),
        etag: None,
        body: Some(rule(number)),
        rebase: None,
    };
    let edit = Edit {
        words: "many".to_owned(),
        changes: rules.map(change).collect(),
    };
    let db = &server.state.db;
    store::draft::edit(db, store, &ana(), &edit).await.unwrap();
}

fn ana() -> Actor {
    Actor {
        name: "ana".to_owned(),
        source: "test".to_owned(),
    }
}

async fn timed(client: &Client, path: &str) -> Answer {
    let begun = Instant::now();
    let answer = client.get(path).await;
    let (bytes, took) = (answer.body.len(), begun.elapsed());
    assert_eq!(answer.status, 200, "{}", answer.text());
    println!("{path}: {bytes} bytes in {took:?}");
    answer
}

#[tokio::test]
async fn a_store_of_many_rules_is_read() {
    let server = TestServer::new().await;
    server.store("alpha").await;
    let db = &server.state.db;
    let store = store::stores::find(db, "alpha", "").await.unwrap().0;
    edit(&server, &store, 0..RULES).await;
    let save = Save {
        head: 1,
        ..Save::default()
    };
    store::save::save(db, &store, &ana(), &save).await.unwrap();
    edit(&server, &store, RULES..RULES + 100).await;
    let client = server.member("ana", "alpha", Role::Editor).await;

    let path = "/stores/alpha/configuration";
    let first = timed(&client, path).await;
    let again = timed(&client, path).await;
    assert_eq!(first.body, again.body);
    let stored: StoredConfiguration = serde_json::from_slice(&first.body).unwrap();
    assert_eq!(stored.objects.len(), RULES + 1);
    let whole = store::object::configuration(db, &store, None).await;
    let whole = serde_json::to_vec(&whole.unwrap()).unwrap();
    assert_eq!(
        first.body, whole,
        "the text is another than that of the objects"
    );

    let older = timed(&client, "/stores/alpha/configuration?revision=1").await;
    let whole = store::object::configuration(db, &store, Some(1)).await;
    assert_eq!(older.body, serde_json::to_vec(&whole.unwrap()).unwrap());

    let state = timed(&client, "/stores/alpha/state").await;
    assert_eq!(state.json()["locks"].as_array().unwrap().len(), 100);
    timed(&client, "/stores/alpha/state").await;
    timed(&client, "/stores/alpha/draft").await;
    timed(&client, "/stores/alpha/draft/objects/r5050").await;
    timed(&client, "/stores/alpha/objects?offset=2500&limit=100").await;
    timed(&client, "/stores/alpha/revisions").await;
    timed(&client, "/stores").await;
}
