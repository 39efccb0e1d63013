use generator::objects::{Direction, Entry, SyslogFacility, TrafficRow};
use generator::setup::Check;
use proptest::prelude::*;

use super::fixture::Site;
use super::read;

/// Answers that a check accepts.
fn legal(check: Check) -> BoxedStrategy<String> {
    let pattern = match check {
        Check::UserId => "[A-Za-z0-9@#$]{1,8}",
        Check::UserIds => "[A-Za-z0-9@#$]{1,8}([ ,]{1,2}[A-Za-z0-9@#$]{1,8}){0,15}",
        Check::Member => "[A-Za-z@#$][A-Za-z0-9@#$]{0,7}",
        Check::DataSet => "[A-Z@#$][A-Z0-9@#$]{0,7}(\\.[a-z@#$][A-Z0-9@#$]{0,7}){0,3}",
        Check::DataSetPrefix => "[A-Z@#$][A-Z0-9@#$]{0,7}(\\.[a-z@#$][A-Z0-9@#$]{0,7}){0,2}",
        Check::Place => "([A-Z]{1,8}\\.[A-Z]{1,8}\\([A-Z]{1,8}\\)|(/[A-Za-z0-9._@#$-]{3,40}){1,6})",
        Check::Path => "(/[A-Za-z0-9._@#$-]{3,40}){1,6}",
        Check::ShortPath => "(/[A-Za-z0-9._@#$-]{3,18}){1,3}",
        Check::Account => "[A-Za-z0-9@#$.,/-]{1,50}",
        Check::Class => "[A-Z0-9]",
        Check::TimeZone => "[A-Z]{3}[0-9](<[A-Z]{3}>)?",
        Check::Label => "[A-Za-z0-9_.,:/@#$&'()=+-][A-Za-z0-9 _.,:/@#$&'()=+-]{0,30}",
        Check::NamePart => "[A-Za-z0-9_.,:/@#$&'()=+-][A-Za-z0-9 _.,:/@#$&'()=+-]{0,62}",
        Check::Host => "[a-z0-9][a-z0-9.-]{0,254}",
        Check::Country => "[A-Za-z]{2}",
        Check::Date => "20[3-9][0-9]/0[1-9]/[12][0-8]",
        Check::OneOf(words) => return proptest::sample::select(words).prop_map_into().boxed(),
    };
    pattern.prop_map(|text| text.trim().to_owned()).boxed()
}

fn row() -> impl Strategy<Value = TrafficRow> {
    let ring = prop_oneof![
        Just(String::new()),
        "[A-Za-z0-9@#$]{1,8}/[A-Za-z0-9@#$._-]{1,237}",
        "[A-Za-z0-9@#$._-]{1,60}",
        "[ -~]{0,20}",
    ];
    let label = prop_oneof![Just(String::new()), "[ -~]{1,32}"];
    let direction = prop_oneof![
        Just(Direction::Inbound),
        Just(Direction::Outbound),
        Just(Direction::Either)
    ];
    let port = prop_oneof![
        Just("All".to_owned()),
        "[1-6][0-9]{0,4}",
        "[1-9]-[1-5][0-9]{2,4}"
    ];
    (
        ring,
        label,
        direction,
        port,
        "[A-Z][A-Z0-9]{0,7}",
        "([A-Z][A-Z0-9]{0,6}[A-Z*])?",
    )
        .prop_map(|(ring, label, direction, port, job, user)| TrafficRow {
            keyring: Entry::from(ring.as_str()),
            certificate_label: Entry::from(label.as_str()),
            direction,
            local_port: Entry::from(port.as_str()),
            jobname: Entry::from(job.as_str()),
            userid: Entry::from(user.as_str()),
            ..TrafficRow::default()
        })
}

fn site() -> impl Strategy<Value = Site> {
    let name = "[A-Z@#$][A-Z0-9@#$]{0,7}";
    let rows = prop::collection::vec(row(), 0..5);
    (
        name,
        name,
        rows,
        prop::collection::vec(name, 0..3),
        any::<bool>(),
    )
        .prop_map(|(image, stack, rows, more_stacks, auth)| {
            let mut site = Site::colmvsa().facility(match auth {
                true => SyslogFacility::Auth,
                false => SyslogFacility::Daemon,
            });
            site.image.name = Entry::from(image.as_str());
            site.stack.name = Entry::from(stack.as_str());
            site.rows = rows;
            site.more_stacks = more_stacks;
            site
        })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn whatever_legal_answers_make_can_be_read(
        mut site in site(),
        answers in prop::collection::vec(any::<prop::sample::Index>(), 64),
        seed in any::<[u8; 32]>(),
    ) {
        let mut runner = proptest::test_runner::TestRunner::new_with_rng(
            ProptestConfig::default(),
            proptest::test_runner::TestRng::from_seed(
                proptest::test_runner::RngAlgorithm::ChaCha,
                &seed,
            ),
        );
        for (question, index) in site.questions().iter().zip(answers.iter().cycle()) {
            let answer = legal(question.check).new_tree(&mut runner).unwrap().current();
            if question.required || index.index(2) == 0 {
                prop_assert_eq!(question.refusal(&answer), None, "{}: {}", question.key, answer);
                site.answer(question, &answer);
            }
        }
        // Answers decide what else is asked.
        let site = {
            for question in site.questions().iter().filter(|question| question.required) {
                let answers = [&site.image.setup, &site.stack.setup];
                if !answers.iter().any(|answers| answers.contains_key(&question.key)) {
                    site.answer(question, &question.suggestion);
                }
            }
            site
        };
        for part in site.parts() {
            let open = part.missing.iter().filter(|key| {
                // A path too long for a data set, and a label that belongs to a data set.
                *key != "env_place" && !key.ends_with(".partner_label")
            });
            prop_assert_eq!(open.count(), 0, "{}: {:?}", part.key, part.missing);
            if part.missing.is_empty() {
                prop_assert_eq!(read(&part), Ok(()));
            }
        }
    }

    #[test]
    fn whatever_is_answered_a_part_can_be_read_or_is_open(
        mut site in site(),
        answers in prop::collection::vec(any::<String>(), 48),
        which in prop::collection::vec(0..4_u8, 48),
    ) {
        for ((question, answer), which) in
            site.questions().iter().zip(answers.iter().cycle()).zip(which.iter().cycle())
        {
            match which {
                0 => site.answer(question, answer),
                _ => site.answer(question, &question.suggestion),
            }
        }
        for part in site.parts() {
            if part.missing.is_empty() {
                prop_assert_eq!(read(&part), Ok(()));
            } else {
                prop_assert_eq!(part.text, "");
            }
        }
    }

    #[test]
    fn every_suggestion_passes_its_own_check(site in site()) {
        for question in site.questions() {
            prop_assert_eq!(question.refusal(&question.suggestion), None, "{}", question.key);
        }
    }
}
