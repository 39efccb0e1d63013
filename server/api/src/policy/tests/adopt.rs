//! What files become in a store.

use super::*;

/// Asks what files become; ids count from 1.
fn adopted(asked: &Adopt, base: &Configuration) -> Adopted {
    let mut made = base.objects.len();
    let mut new_id = || {
        made += 1;
        ObjectId(format!("new-{made}"))
    };
    let etag = |id: &ObjectId| Some(format!("etag of {id}"));
    adopt(asked, base, &etag, &mut new_id).unwrap()
}

fn empty() -> Configuration {
    library::supplied().into_iter().collect()
}

fn onto(image: &str) -> Adopt {
    let stack = AdoptStack {
        stack: "TCPIP".into(),
        image: Some(image.into()),
        ..AdoptStack::default()
    };
    Adopt {
        sources: of_mvsa(),
        stacks: Some(vec![stack]),
        despite_errors: false,
    }
}

/// The configuration after the edit.
fn after(base: &Configuration, adopted: &Adopted) -> Configuration {
    let mut after = base.clone();
    for change in &adopted.changes {
        match &change.body {
            Some(body) => after.objects.insert(change.id.clone(), body.clone()),
            None => after.objects.remove(&change.id),
        };
    }
    after
}

#[test]
fn files_become_a_stack_that_treats_every_connection_alike() {
    let base = empty();
    let found = adopted(&onto("MVSA"), &base);
    let stack = &found.stacks[0];
    assert_eq!((stack.image_is_new, stack.is_new), (true, true));
    assert!(stack.problems.is_empty(), "{:?}", stack.problems);
    let result = stack.result.as_ref().unwrap();
    // Without its password a key database cannot be opened; nothing else is different.
    let differences: Vec<_> = (result.proof.differences.iter())
        .flat_map(|one| &one.changes)
        .collect();
    assert_eq!(differences, ["KeyringPw ******** → nothing"; 2]);
    assert_eq!((result.proof.same, result.proof.total), (false, 2));
    assert_eq!(result.counts, found.counts);
    assert_eq!(found.counts.new, found.changes.len());
    assert!(found.changes.iter().all(|change| change.etag.is_none()));
    let title = |group: &AdoptGroup| group.title.clone();
    let titles: Vec<_> = result.report.iter().map(title).collect();
    assert_eq!(titles, ["Left out", "Taken over"], "{:?}", result.report);
    let at = result.report[0].lines[0].at.as_ref().unwrap();
    assert_eq!((at.file.as_str(), at.line), ("mvsa/etc/tcpip.policy", 27));
    let json = serde_json::to_string(&found).unwrap();
    assert!(!json.contains("zaubernuss"), "passwords are not kept");
}

#[test]
fn paths_of_another_machine_do_not_become_paths_of_the_stack() {
    let base = empty();
    let main = |asked: &Adopt| {
        let found = adopted(asked, &base);
        let changes = found.changes.iter();
        let mut stacks = changes.filter_map(|change| match &change.body {
            Some(Object::Stack(stack)) => Some(stack.files.clone()),
            _ => None,
        });
        let files = stacks.next().unwrap();
        (files.main.to_string(), files.policy.to_string())
    };
    let (here, policy) = main(&onto("MVSA"));
    assert_eq!(
        (here.as_str(), policy.as_str()),
        ("/etc/main.conf", "/etc/tcpip.policy")
    );
    let mut flat = onto("MVSA");
    for file in &mut flat.sources.files {
        file.path = file.path.replace("mvsa/etc/", "");
    }
    assert_eq!(main(&flat).0, "", "the usual one");
    let alone = Adopt {
        sources: Sources {
            files: vec![text("pasted-1", POLICY)],
            ..Sources::default()
        },
        stacks: Some(vec![AdoptStack {
            image: Some("MVSA".into()),
            ..AdoptStack::default()
        }]),
        despite_errors: false,
    };
    assert_eq!(main(&alone), (String::new(), String::new()));
}

#[test]
fn what_was_taken_over_changes_nothing_again() {
    let base = empty();
    let first = adopted(&onto("MVSA"), &base);
    let base = after(&base, &first);
    let again = adopted(&onto("mvsa"), &base);
    let stack = &again.stacks[0];
    assert_eq!((stack.image_is_new, stack.is_new), (false, false));
    assert!(again.changes.is_empty(), "{:?}", again.changes);
    assert!(again.counts.reused > 0);
    // What is not said is proposed.
    let proposed = Adopt {
        stacks: None,
        ..onto("")
    };
    let proposed = adopted(&proposed, &base);
    assert_eq!(proposed.stacks[0].image, "MVSA");
    assert_eq!(proposed.images[0].stacks, ["TCPIP"]);
    let written = &stack.result.as_ref().unwrap().files;
    assert_eq!(written[0].read.as_deref(), Some("mvsa/etc/tcpip.policy"));
    // The files that the store writes are its own.
    let mut own = onto("MVSA");
    for (file, path) in own.sources.files.iter_mut().zip([2, 1, 0]) {
        file.text = Some(written[path].text.clone());
    }
    let own = adopted(&own, &base);
    assert!(own.changes.is_empty(), "{:?}", own.changes);
    assert_eq!(own.errors, 0);
}

#[test]
fn an_edited_file_changes_what_was_edited_and_says_what_was_seen() {
    let base = empty();
    let first = adopted(&onto("MVSA"), &base);
    let base = after(&base, &first);
    let mut edited = onto("MVSA");
    let (mq, _) = POLICY.split_once("TTLSRule Telnet").unwrap();
    let rest = &POLICY[POLICY.find("TTLSGroupAction On\n{").unwrap()..];
    edited.sources.files[2].text = Some(format!("{}{rest}", mq.replace("1414", "1415")));
    let found = adopted(&edited, &base);
    assert!(found.counts.removed >= 1, "{:?}", found.counts);
    let (seen, new): (Vec<_>, Vec<_>) =
        (found.changes.iter()).partition(|change| base.get(&change.id).is_some());
    assert!(seen.iter().all(|change| change.etag.is_some()));
    assert!(new.iter().all(|change| change.etag.is_none()));
    let result = found.stacks[0].result.as_ref().unwrap();
    assert_eq!(result.objects[0].fate, AdoptFate::Removed);
}

#[test]
fn errors_stop_everything_unless_somebody_says_otherwise() {
    let base = empty();
    let mut asked = onto("MVSA");
    asked.sources.files[2].text = Some(POLICY.replace(
        "Priority 20\n  TTLSGroupActionRef On",
        "Priority 20\n  TTLSGroupActionRef None",
    ));
    let found = adopted(&asked, &base);
    assert_eq!((found.errors, found.changes.len()), (1, 0));
    assert!(found.stacks[0].result.is_none());
    asked.despite_errors = true;
    let found = adopted(&asked, &base);
    assert!(!found.changes.is_empty());
    let result = found.stacks[0].result.as_ref().unwrap();
    assert_eq!(result.report[0].what, AdoptWhat::LeftOut);
    // An error of a stack that stays is no error of the one that is taken.
    let mut other = onto("MVSA");
    other.sources.files[0].text = Some(MAIN.into());
    let found = adopted(&other, &base);
    assert_eq!(found.errors, 0);
    assert_eq!(found.stacks.len(), 2);
    assert!(!found.changes.is_empty());
}

#[test]
fn what_cannot_be_a_name_is_said_at_its_field() {
    let base = empty();
    let problems = |change: &dyn Fn(&mut AdoptStack)| {
        let mut asked = onto("MVSA");
        change(&mut asked.stacks.as_mut().unwrap()[0]);
        let found = adopted(&asked, &base);
        assert!(found.changes.is_empty());
        let problems = found.stacks[0].problems.iter();
        problems
            .map(|one| (one.field, one.detail.clone()))
            .collect::<Vec<_>>()
    };
    let found = problems(&|stack| stack.name = Some("TCP-IP".into()));
    assert_eq!(found[0].0, AdoptField::As);
    assert!(
        found[0]
            .1
            .starts_with("`TCP-IP` cannot be the name of the stack:"),
        "{found:?}"
    );
    let found = problems(&|stack| stack.image = Some(String::new()));
    assert_eq!(
        found,
        [(AdoptField::Image, "Type a name for the image.".to_owned())]
    );
    let found = problems(&|stack| stack.release = Some("9.9".into()));
    assert_eq!(found[0].0, AdoptField::Release);
}

#[test]
fn two_stacks_of_the_files_can_share_a_new_image_and_not_a_name() {
    let base = empty();
    let mut asked = onto("MVSA");
    asked.sources.files[0].text =
        Some("TcpImage TCPIP /etc/image.conf\nTcpImage OTHER /etc/image.conf\n".into());
    let mut other = asked.stacks.as_ref().unwrap()[0].clone();
    other.stack = "OTHER".into();
    asked.stacks.as_mut().unwrap().push(other);
    let found = adopted(&asked, &base);
    assert!(
        found.stacks.iter().all(|stack| stack.result.is_some()),
        "{:?}",
        found.stacks
    );
    let of = |kind| {
        let bodies = found
            .changes
            .iter()
            .filter_map(|change| change.body.as_ref());
        bodies.filter(|body| body.kind() == kind).count()
    };
    assert_eq!((of(Kind::Image), of(Kind::Stack)), (1, 2));
    for stack in &found.stacks {
        // Both stay in the main file.
        let result = stack.result.as_ref().unwrap();
        let mut groups = result.report.iter();
        assert!(
            groups.all(|group| group.what != AdoptWhat::Conflict),
            "{:?}",
            result.report
        );
        assert_eq!(result.files[2].text.matches("TcpImage").count(), 2);
    }
    let mut one = asked.clone();
    one.stacks.as_mut().unwrap().pop();
    let one = adopted(&one, &base);
    let report = &one.stacks[0].result.as_ref().unwrap().report;
    assert!(
        report.iter().any(|group| group.what == AdoptWhat::Conflict),
        "{report:?}"
    );
    assert_eq!(found.counts.new, found.changes.len());
    asked.stacks.as_mut().unwrap()[1].name = Some("TCPIP".into());
    let found = adopted(&asked, &base);
    assert_eq!(found.stacks[1].problems[0].field, AdoptField::As);
    assert!(found.changes.is_empty());
}

#[test]
fn a_question_about_a_stack_that_is_not_there_cannot_be_answered() {
    let base = empty();
    let mut asked = onto("MVSA");
    asked.stacks.as_mut().unwrap()[0].stack = "NONE".into();
    let answer = adopt(&asked, &base, &|_| None, &mut || ObjectId(String::new()));
    let detail = answer.unwrap_err().detail;
    assert_eq!(detail, "The files describe no stack `NONE`.");
}
