//! Fields that differ by stack.

use super::*;

/// `good` with the image's rule, a second stack, and this text in the port.
fn with_variables(port: &str, given: &[(&str, &str, &str)]) -> Configuration {
    let mut configuration = good();
    add_stack(&mut configuration, StackFiles::default());
    if let Some(Object::Rule(rule)) = configuration.objects.get_mut(&id("rule")) {
        rule.owner = Some(id("image"));
    }
    if let Some(Object::TrafficDescriptor(traffic)) = configuration.objects.get_mut(&id("traffic"))
    {
        traffic.rows[0].local_port = port.into();
    }
    for (place, name, value) in given {
        let variables = match configuration.objects.get_mut(&id(place)).unwrap() {
            Object::Group(group) => &mut group.variables,
            Object::Image(image) => &mut image.variables,
            Object::Stack(stack) => &mut stack.variables,
            _ => unreachable!("no place"),
        };
        variables.insert((*name).to_owned(), (*value).to_owned());
    }
    configuration
}

fn said(configuration: &Configuration) -> Vec<String> {
    let found = problems(configuration);
    found
        .iter()
        .map(|finding| {
            let related = finding.related.iter().map(|(_, words)| words.as_str());
            let words: Vec<_> = related.collect();
            format!(
                "{} {} {}",
                finding.page.code,
                finding.message(),
                words.join(", ")
            )
        })
        .map(|words| words.trim_end().to_owned())
        .collect()
}

#[test]
fn a_variable_is_judged_on_each_stack_that_has_the_field() {
    let everywhere = [("group", "PORT", "1414"), ("stack2", "PORT", "1500-1600")];
    /// Owner, name and value of each variable; the findings.
    type Case<'a> = (&'a [(&'a str, &'a str, &'a str)], &'a [&'a str]);
    let all: &[Case] = &[
        (&everywhere, &[]),
        (
            &[("stack2", "PORT", "1414")],
            &["GH090 `${PORT}` has no value on stack TCPIP"],
        ),
        (
            &[("image", "PORT", "1414"), ("stack", "PORT", "2-1")],
            &["GH031 Local port: the range runs backwards: 2 is above 1 as stack TCPIP has it"],
        ),
        (
            &[("image", "PORT", "1414"), ("image", "port", "1")],
            &["GH091 `port` cannot be the name of a variable"],
        ),
    ];
    for (given, expected) in all {
        let found = said(&with_variables("${PORT}", given));
        assert_eq!(&found, expected, "{given:?}");
    }
}

#[test]
fn what_no_stack_has_is_not_judged() {
    let mut configuration = with_variables("${PORT}", &[]);
    configuration.objects.remove(&id("rule"));
    let found = said(&configuration);
    assert!(
        !found.iter().any(|words| words.contains("PORT")),
        "{found:?}"
    );
}

#[test]
fn rules_that_meet_through_a_variable_are_found() {
    let given = [("image", "PORT", "1414"), ("stack2", "PORT", "1500")];
    let mut configuration = with_variables("${PORT}", &given);
    let rule = configuration.objects[&id("rule")].clone();
    let mut fixed = configuration.objects[&id("traffic")].clone();
    if let Object::TrafficDescriptor(traffic) = &mut fixed {
        traffic.name = "FIXED".into();
        traffic.rows[0].local_port = "1414".into();
    }
    let Object::Rule(mut second) = rule else {
        unreachable!("a rule")
    };
    second.name = "SECOND".into();
    second.order = "zz".parse().unwrap();
    second.map = MapUse::Own(vec![Mapping {
        traffic: Some(id("fixed")),
        level: Some(id("level")),
    }]);
    configuration.objects.insert(id("fixed"), fixed);
    configuration.objects.insert(id("second"), second.into());
    let found = said(&configuration);
    // On the second stack the ports are apart.
    assert_eq!(found.len(), 1, "{found:?}");
    assert!(
        found[0].contains("TCPIP") && !found[0].contains("TCPIP2"),
        "{found:?}"
    );
}
