//! Who may do what in the store.

use leptos::prelude::*;
use leptos::task::spawn_local;

use super::not_mine;
use crate::api::account::{Member, Role};
use crate::api::{self, Answer};
use crate::session::Session;
use crate::ui::{Button, Face, Look, Select, Skeleton, TextField};
use crate::words::{self, role_key, role_words};
use crate::workspace::Workspace;

#[derive(Clone, Copy)]
struct Members {
    workspace: Workspace,
    all: RwSignal<Option<Answer<Vec<Member>>>>,
    failed: RwSignal<Option<String>>,
    /// What was done last, for screen readers and tired eyes.
    done: RwSignal<String>,
}

impl Members {
    fn load(self) {
        spawn_local(async move {
            drop(
                self.all
                    .try_set(Some(api::people::members(&self.workspace.name()).await)),
            )
        });
    }

    /// Applies one change to the list as it is now, which somebody else may have changed meanwhile.
    fn change(self, done: String, change: impl Fn(&mut Vec<Member>) + 'static, then: Callback<()>) {
        spawn_local(async move {
            let store = self.workspace.name();
            let answer = match api::people::members(&store).await {
                Ok(mut members) => {
                    change(&mut members);
                    api::people::set_members(&store, &members).await
                }
                Err(failure) => Err(failure),
            };
            match answer {
                Ok(members) => {
                    self.all.set(Some(Ok(members)));
                    self.failed.set(None);
                    self.done.set(done);
                    then.try_run(());
                }
                Err(failure) => {
                    self.done.set(String::new());
                    self.failed.set(Some(failure.words()));
                    // What was chosen and refused must not stay on the screen.
                    self.all.set(None);
                    self.load();
                }
            }
        });
    }
}

fn roles() -> Vec<(String, String)> {
    words::ROLES
        .iter()
        .map(|role| (role_key(*role).to_owned(), role_words(*role).to_owned()))
        .collect()
}

#[component]
pub fn Members() -> impl IntoView {
    let members = Members {
        workspace: Workspace::here(),
        all: RwSignal::new(None),
        failed: RwSignal::new(None),
        done: RwSignal::new(String::new()),
    };
    members.load();
    let fixed = not_mine();
    view! {
        <section class="section" aria-labelledby="members-title">
            <h2 id="members-title">"Members"</h2>
            <p class="soft">"Administrators of this server may do everything here and are not listed."</p>
            {move || fixed.get().map(|why| view! { <p class="soft">{why}</p> })}
            {move || members.failed.get().map(|why| view! { <p class="error" role="alert">{why}</p> })}
            {move || match members.all.get() {
                None => view! { <Skeleton lines=3 /> }.into_any(),
                Some(Err(failure)) => view! { <p class="error" role="alert">{failure.words()}</p> }.into_any(),
                Some(Ok(all)) if all.is_empty() => view! { <p>"No members yet."</p> }.into_any(),
                Some(Ok(all)) => table(members, all, fixed).into_any(),
            }}
            <p role="status" class="soft">{members.done}</p>
            {move || fixed.get().is_none().then(|| view! { <Add members /> })}
        </section>
    }
}

fn table(members: Members, all: Vec<Member>, fixed: Signal<Option<String>>) -> impl IntoView {
    view! {
        <table class="plain" aria-label="Members">
            <thead><tr><th scope="col">"Name"</th><th scope="col">"Role"</th><th scope="col"><span class="cds--visually-hidden">"Actions"</span></th></tr></thead>
            <tbody>{all.into_iter().map(|member| row(members, member, fixed)).collect_view()}</tbody>
        </table>
    }
}

fn row(members: Members, member: Member, fixed: Signal<Option<String>>) -> impl IntoView {
    let name = member.name.clone();
    let me = name == Session::here().name() && !Session::here().administrator();
    let set = {
        let name = name.clone();
        move |key: String| {
            let Some(role) = words::role_of_key(&key) else {
                return;
            };
            let (own, done) = (name.clone(), format!("{name} is {key} now."));
            members.change(
                done,
                move |all| {
                    all.iter_mut()
                        .filter(|other| other.name == own)
                        .for_each(|other| other.role = role)
                },
                Callback::new(|()| ()),
            );
        }
    };
    let remove = {
        let name = name.clone();
        move || {
            let (own, done) = (name.clone(), format!("{name} is no member any more."));
            members.change(
                done,
                move |all| all.retain(|other| other.name != own),
                Callback::new(|()| ()),
            );
        }
    };
    let blocked = Signal::derive(move || {
        me.then(|| "You cannot take your own rights; another administrator can.".to_owned())
    });
    let face = Face::new(format!("Role of {name}"))
        .compact()
        .read_only(Signal::derive(move || me || fixed.get().is_some()));
    let button = format!("Remove {name}");
    view! {
        <tr>
            <td>{name}</td>
            <td><div class="narrow"><Select face options=roles() value=role_key(member.role).to_owned() on_change=set /></div></td>
            <td class="plain-actions">
                {move || fixed.get().is_none().then(|| view! { <Button label="Remove" name=button.clone() look=Look::Ghost blocked on_press=remove.clone() /> })}
            </td>
        </tr>
    }
}

#[component]
fn Add(members: Members) -> impl IntoView {
    let (name, role) = (
        RwSignal::new(String::new()),
        RwSignal::new("editor".to_owned()),
    );
    let add = move || {
        let typed = name.get_untracked().trim().to_owned();
        let Some(as_role) = words::role_of_key(&role.get_untracked()) else {
            return;
        };
        if typed.is_empty() {
            members
                .failed
                .set(Some("Give the name of an account.".to_owned()));
            return;
        }
        let done = format!("{typed} is {} now.", role_key(as_role));
        let change = move |all: &mut Vec<Member>| put(all, &typed, as_role);
        members.change(
            done,
            change,
            Callback::new(move |()| name.set(String::new())),
        );
    };
    view! {
        <form class="inline-form" aria-label="Add a member" on:submit=move |event| { event.prevent_default(); add() }>
            <TextField face=Face::new("Account") value=name on_input=move |text| name.set(text) />
            <Select face=Face::new("Role") options=roles() value=role on_change=move |key| role.set(key) />
            <Button label="Add the member" submit=true />
        </form>
    }
}

/// Adds a member; who is one already gets the role.
fn put(all: &mut Vec<Member>, name: &str, role: Role) {
    match all
        .iter_mut()
        .find(|member| member.name.eq_ignore_ascii_case(name))
    {
        Some(member) => member.role = role,
        None => all.push(Member {
            name: name.to_owned(),
            role,
        }),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_member_is_listed_once() {
        let mut all = Vec::new();
        put(&mut all, "ben", Role::Editor);
        put(&mut all, "BEN", Role::Viewer);
        assert_eq!(
            all,
            [Member {
                name: "ben".into(),
                role: Role::Viewer
            }]
        );
    }
}
