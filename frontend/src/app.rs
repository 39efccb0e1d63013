//! Which page stands at which address.

use generator::objects::Kind;
use leptos::prelude::*;
use leptos_router::components::{ParentRoute, Redirect, Route, Router, Routes};
use leptos_router::path;

use crate::features::{
    account, accounts, addresses, analysis, explain, guided, history, import, install, levels,
    log_in, maps, overview, review, rule, runtime, server, setup, setup_first, stack,
    store_settings, stores, systems, traffic,
};
use crate::frame::{NotFound, StoreFrame};
use crate::paths;
use crate::session::Session;
use crate::workspace;

#[component]
pub fn App() -> impl IntoView {
    Session::provide();
    workspace::provide_lasting_owner();
    view! {
        <Router>
            <Routes fallback=NotFound>
                <Route path=path!("/") view=|| view! { <Redirect path=paths::STORES /> } />
                <Route path=path!("/login") view=log_in::LogInPage />
                <Route path=path!("/setup") view=setup_first::SetupPage />
                <Route path=path!("/stores") view=stores::StoresPage />
                <Route path=path!("/account") view=account::AccountPage />
                <Route path=path!("/accounts") view=accounts::AccountsPage />
                <Route path=path!("/server") view=server::ServerPage />
                <Route path=path!("/explain/:text?") view=explain::ExplainPage />
                <ParentRoute path=path!("/s/:store") view=StoreFrame>
                    <Route path=path!("/") view=|| view! { <Redirect path="overview" /> } />
                    <Route path=path!("/guided") view=guided::GuidedPage />
                    <Route path=path!("/analysis") view=analysis::AnalysisPage />
                    <Route path=path!("/import") view=import::ImportPage />
                    <Route path=path!("/install") view=install::InstallPage />
                    <Route path=path!("/setup") view=setup::SetupListPage />
                    <Route path=path!("/setup/:id") view=setup::SetupPage />
                    <Route path=path!("/systems") view=systems::SystemsPage />
                    <Route path=path!("/stack/:id/:tab") view=stack::StackPage />
                    <Route path=path!("/group/:id") view=|| view! { <systems::SystemPage kind=Kind::Group /> } />
                    <Route path=path!("/image/:id") view=|| view! { <systems::SystemPage kind=Kind::Image /> } />
                    <Route path=path!("/rule/:id") view=rule::RulePage />
                    <Route path=path!("/traffic") view=traffic::ListPage />
                    <Route path=path!("/traffic/:id") view=traffic::ObjectPage />
                    <Route path=path!("/levels") view=levels::ListPage />
                    <Route path=path!("/levels/:id") view=levels::ObjectPage />
                    <Route path=path!("/addresses") view=addresses::ListPage />
                    <Route path=path!("/addresses/:id") view=addresses::ObjectPage />
                    <Route path=path!("/maps") view=maps::ListPage />
                    <Route path=path!("/maps/:id") view=maps::ObjectPage />
                    <Route path=path!("/history") view=history::HistoryPage />
                    <Route path=path!("/runtime") view=runtime::RuntimePage />
                    <Route path=path!("/overview") view=overview::OverviewPage />
                    <Route path=path!("/settings") view=store_settings::SettingsPage />
                    <Route path=path!("/review") view=review::ReviewPage />
                    <Route path=path!("/*any") view=NotFound />
                </ParentRoute>
            </Routes>
        </Router>
    }
}
