//! Ports that programs wait at, found instead of typed: which are protected, and protecting one.

use std::net::IpAddr;
use std::sync::Arc;

use generator::compile::{RowConditions, conditions};
use generator::objects::library::{DEFAULT_LEVEL, id_of, row_of_listener};
use generator::objects::{
    Configuration, Endpoint, Entry, Kind, MapUse, Mapping, ObjectId, Rule, TrafficDescriptor,
};
use generator::policy::lookup::{self, Pattern, Way};
use generator::sort;
use leptos::prelude::*;
use leptos::task::spawn_local;

use crate::api::discovery::{self, Listener};
use crate::api::{Answer, Failure};
use crate::session::Session;
use crate::ui::{Button, Face, Look, TextArea};
use crate::workspace::{Changes, Workspace, new_id};
use crate::{core, paths, words};

/// The rule that a connection to a port meets first.
#[derive(Clone, Debug, PartialEq)]
struct Met {
    rule: ObjectId,
    name: String,
    protect: bool,
    /// Only from some partners, at some of the program's addresses, or for some programs and users.
    in_part: bool,
}

/// `rows`: of the stack, in search order.
fn met(config: &Configuration, rows: &[RowConditions], listener: &Listener) -> Option<Met> {
    let address: Option<IpAddr> = listener.address.parse().ok();
    let row = rows.iter().find(|row| {
        let of = &row.conditions;
        of.direction.takes(Way::Inbound)
            && of.local_ports.contains(listener.port)
            && address.is_none_or(|address| of.local.contains(address))
            && (listener.program.is_empty() || of.job.matches(&listener.program))
    })?;
    let of = &row.conditions;
    Some(Met {
        name: core::name_of(config, &row.row.rule),
        rule: row.row.rule.clone(),
        protect: row.protect,
        in_part: !of.remote.is_all()
            || !of.remote_ports.is_all()
            || (address.is_none() && !of.local.is_all())
            || (listener.program.is_empty() && of.job != Pattern::Any)
            || of.user != Pattern::Any
            || of.time != lookup::Time::Always,
    })
}

/// A descriptor and a rule for the port, at the end of the stack's rules.
fn protection(config: &Configuration, stack: &ObjectId, listener: &Listener) -> Changes {
    let kept = |c: &char| c.is_ascii_alphanumeric() || "_-.@#$".contains(*c);
    let program: String = listener.program.chars().filter(kept).collect();
    let wish = match program.is_empty() {
        true => format!("PORT-{}", listener.port),
        false => format!("{program}-{}", listener.port),
    };
    let (traffic, rule) = (new_id(), new_id());
    let descriptor = TrafficDescriptor {
        name: Entry::read(&core::free_name(config, Kind::TrafficDescriptor, &wish)),
        rows: vec![row_of_listener(listener.port, &listener.program)],
        ..TrafficDescriptor::default()
    };
    let made = Rule {
        name: Entry::read(&core::free_name(config, Kind::Rule, &wish)),
        owner: Some(stack.clone()),
        order: config.next_order(stack),
        local: match listener.address.as_str() {
            "" => Endpoint::default(),
            address => Endpoint::Address(Entry::read(address)),
        },
        map: MapUse::Own(vec![Mapping {
            traffic: Some(traffic.clone()),
            level: Some(id_of(DEFAULT_LEVEL)),
        }]),
        ..Rule::default()
    };
    sort::map([
        (traffic, Some(descriptor.into())),
        (rule, Some(made.into())),
    ])
}

/// The panel's body.
#[component]
pub fn Listeners(stack: ObjectId) -> impl IntoView {
    let (workspace, session) = (Workspace::here(), Session::here());
    let stack = StoredValue::new(stack);
    let text = RwSignal::new(String::new());
    let found = RwSignal::new(None::<Answer<Vec<Listener>>>);
    let asking = RwSignal::new(false);
    let ask = move |here: bool| {
        asking.set(true);
        spawn_local(async move {
            let store = workspace.name();
            let answer = match here {
                true => discovery::listeners_here(&store).await,
                false => discovery::listeners_in(&store, text.get_untracked()).await,
            };
            asking.try_set(false);
            found.try_set(Some(answer));
        });
    };
    let busy = Signal::derive(move || asking.get().then(|| "The list is on its way.".to_owned()));
    let empty = Signal::derive(move || {
        let none = text.with(|text| text.trim().is_empty());
        busy.get()
            .or(none.then(|| "Paste a report first.".to_owned()))
    });
    let face = Face::new("Report of another system")
        .help("From z/OS: NETSTAT, onetstat, or D TCPIP,,NETSTAT,ALLCONN. From Linux: ss -ltnp.")
        .mono();
    view! {
        <div class="stack">
            <TextArea face value=text on_input=move |typed| text.set(typed) rows=6 />
            <div class="button-row">
                <Button label="List ports of the report" look=Look::Primary blocked=empty on_press=move || ask(false) />
                {move || session.administrator().then(|| view! { <Button label="List ports of this server" blocked=busy on_press=move || ask(true) /> })}
            </div>
            {move || found.get().map(|found| match found {
                Err(failure) => view! { <p class="error" role="alert">{Failure::words(&failure)}</p> }.into_any(),
                Ok(found) if found.is_empty() => view! { <p role="status">"No program that waits for TCP connections was found."</p> }.into_any(),
                Ok(found) => view! { <Table stack found /> }.into_any(),
            })}
        </div>
    }
}

#[component]
fn Table(stack: StoredValue<ObjectId>, found: Vec<Listener>) -> impl IntoView {
    let workspace = Workspace::here();
    let count = words::count(found.len(), "listening port", "listening ports");
    let rows = Memo::new_with_compare(
        move |_| {
            let of = |config: &Arc<Configuration>| stack.with_value(|id| conditions(config, id));
            Arc::new(workspace.settled.with(of))
        },
        |_, _| true,
    );
    view! {
        <p role="status">{count}</p>
        <table class="plain" aria-label="Listening ports">
            <thead><tr><th scope="col">"Port"</th><th scope="col">"Address"</th><th scope="col">"Program"</th><th scope="col">"Rule"</th></tr></thead>
            <tbody>
                {found.into_iter().map(|listener| view! { <Line stack rows listener /> }).collect_view()}
            </tbody>
        </table>
    }
}

#[component]
fn Line(
    stack: StoredValue<ObjectId>,
    rows: Memo<Arc<Vec<RowConditions>>>,
    listener: Listener,
) -> impl IntoView {
    let workspace = Workspace::here();
    let port = listener.port;
    let address = match listener.address.as_str() {
        "" => "all".to_owned(),
        address => address.to_owned(),
    };
    let program = match listener.user.as_str() {
        "" => listener.program.clone(),
        user => format!("{} ({user})", listener.program),
    };
    let listener = StoredValue::new(listener);
    let met = Memo::new(move |_| {
        let (config, rows) = (workspace.settled.get(), rows.get());
        listener.with_value(|listener| met(&config, &rows, listener))
    });
    let blocked = Signal::derive(move || workspace.closed());
    let protect = move || {
        let changes = workspace.config.with_untracked(|config| {
            stack.with_value(|stack| {
                listener.with_value(|listener| protection(config, stack, listener))
            })
        });
        workspace.edit(format!("protect port {port}"), changes);
    };
    let rule = move || {
        match met.get() {
        None => view! { <Button label="Protect" name=format!("Protect port {port}") look=Look::Ghost blocked on_press=protect /> }.into_any(),
        Some(met) => {
            let href = paths::object(&workspace.name(), Kind::Rule, &met.rule);
            let how = match (met.protect, met.in_part) {
                (false, true) => "leaves a part of it in the clear",
                (false, false) => "leaves it in the clear",
                (true, true) => "protects it in part",
                (true, false) => "protects it",
            };
            view! { <a href=href>{met.name}</a> " " <span class="soft">{how}</span> }.into_any()
        }
    }
    };
    view! { <tr><td>{port}</td><td>{address}</td><td>{program}</td><td>{rule}</td></tr> }
}
