//! Installs and the engines that read their files: each says what it thinks of the new ones before anything is
//! written, loads them on trial, and keeps or leaves them with the install.

use std::collections::{BTreeMap, BTreeSet};

use api::install::{
    EnginePlan, EngineResult, EngineStep, FileRole, InstallOutcome, InstallStep, StackPlan,
};
use control::{FileText, ProbeInfo, TlsInfo};

use super::plan::Job;
use super::{DeployError, Site};
use crate::engines::activate::{Reader, Stands, Steered, readers, stands};
use crate::engines::{self, EngineError};
use crate::store::install::InstallRow;
use crate::store::trial::Trial;

/// How much longer than an install an engine waits, in seconds: the server ends both; the engine does it alone
/// when there is no server any more.
const SLACK: u32 = 10;
/// How long an engine waits for an install that confirms by itself, in seconds: it makes handshakes meanwhile.
pub(super) const OWN: u32 = 180;
/// Handshakes that are told one by one.
const TOLD: usize = 20;

/// What the engines say of each job that reads, or may read, its files.
pub(super) async fn plans(site: &Site, jobs: &[&Job]) -> Vec<Vec<EnginePlan>> {
    let mut plans = vec![Vec::new(); jobs.len()];
    for reader in readers(&site.engines).await {
        let concerns = |job: &Job| match &reader.status {
            Ok(_) => texts(job).any(|(path, _)| reader.reads(&path)),
            // Nobody knows what it reads.
            Err(_) => !job.files.is_empty(),
        };
        let concerned = jobs.iter().map(|job| concerns(job));
        let concerned: Vec<_> = concerned.collect();
        if !concerned.contains(&true) {
            continue;
        }
        let jobs = jobs.iter().zip(&concerned);
        let files = jobs.filter_map(|(job, concerned)| concerned.then_some(texts(job)));
        let _one_at_a_time = site.deployments.0.checks.lock().await;
        let said = said(&reader, files.flatten().collect()).await;
        for (plans, concerned) in plans.iter_mut().zip(concerned) {
            if concerned {
                plans.push(said.clone());
            }
        }
    }
    plans
}

/// Files that an engine may read, as they would be.
fn texts(job: &Job) -> impl Iterator<Item = (String, &str)> {
    let root = job.root.trim_end_matches('/');
    let files = job.files.iter();
    let files = files.filter(|file| file.role != FileRole::Setup);
    files.map(move |file| (format!("{root}{}", file.path), file.text.as_str()))
}

async fn said(reader: &Reader, files: BTreeMap<String, &str>) -> EnginePlan {
    let checked = match &reader.status {
        Err(error) => Err(engines::what_to_do(error)),
        Ok(_) => {
            let file = |(path, text): (String, &str)| FileText {
                path: path.into(),
                text: text.to_owned(),
            };
            let checked = reader.check(files.into_iter().map(file).collect()).await;
            checked.map_err(|error| engines::what_to_do(&error))
        }
    };
    let mut plan = EnginePlan {
        name: reader.name.clone(),
        trouble: None,
        refuses: false,
        remarks: Vec::new(),
    };
    match checked {
        Err(trouble) => plan.trouble = Some(trouble),
        Ok(checked) => {
            plan.refuses = !checked.accepted;
            plan.remarks = checked.remarks;
        }
    }
    plan
}

/// Why the engines stand in the way of an install on a stack.
pub(super) fn obstacles(stack: &str, plans: &[EnginePlan]) -> Vec<String> {
    let reason = |plan: &EnginePlan| {
        let name = &plan.name;
        if let Some(trouble) = &plan.trouble {
            return Some(format!(
                "{stack}: engine {name} cannot be asked, and may read these files: {trouble}"
            ));
        }
        let error = plan.remarks.iter().find(|remark| remark.error);
        let words = error.map_or("it does not say why", |error| &error.text);
        plan.refuses
            .then(|| format!("{stack}: engine {name} would refuse the policy: {words}"))
    };
    plans.iter().filter_map(reason).collect()
}

/// The names of the engines that are to load what an install writes.
pub(super) fn names<'a>(plans: impl IntoIterator<Item = &'a EnginePlan>) -> Vec<String> {
    let names: BTreeSet<_> = plans.into_iter().map(|plan| plan.name.clone()).collect();
    names.into_iter().collect()
}

/// The same of all stacks of a plan.
pub(super) fn of_stacks(stacks: &[StackPlan]) -> Vec<String> {
    names(stacks.iter().flat_map(|stack| &stack.engines))
}

/// Has engines load what was written, and make handshakes with it.
pub(super) async fn activate(
    site: &Site,
    names: &[String],
    within: u32,
    say: impl Fn(InstallStep),
) -> Result<Vec<EngineResult>, DeployError> {
    let within = within.saturating_add(SLACK);
    let (mut results, mut loaded) = (Vec::new(), Vec::new());
    say(InstallStep::Activate);
    for name in names {
        let not = |error: EngineError| failed(name, &engines::what_to_do(&error));
        let engine = Steered::find(&site.engines, name).await.map_err(not)?;
        let (report, trial) = engine.activate(within).await.map_err(not)?;
        if trial.is_none() {
            let words = format!("it refuses the policy: {}", report.remarks.join("; "));
            return Err(failed(name, &words));
        }
        let rules = match report.rules {
            1 => "1 rule".to_owned(),
            count => format!("{count} rules"),
        };
        let step = EngineStep {
            step: InstallStep::Activate,
            text: format!("loaded {rules}, which new connections meet"),
        };
        results.push(EngineResult {
            name: name.clone(),
            steps: vec![step],
        });
        loaded.push(engine);
    }
    say(InstallStep::Probe);
    for (result, engine) in results.iter_mut().zip(&loaded) {
        let not = |error: EngineError| failed(&result.name, &engines::what_to_do(&error));
        let probes = engine.probe().await.map_err(not)?;
        if let Some(probe) = probes.iter().find(|probe| !probe.good) {
            let code = probe.rc.map_or_else(String::new, |rc| format!(", RC {rc}"));
            let words = format!(
                "a handshake by rule {} fails{code}: {}",
                probe.rule, probe.words
            );
            return Err(failed(&result.name, &words));
        }
        result.steps.extend(handshakes(&probes));
    }
    Ok(results)
}

fn handshakes(probes: &[ProbeInfo]) -> Vec<EngineStep> {
    let step = |text| EngineStep {
        step: InstallStep::Probe,
        text,
    };
    if probes.is_empty() {
        return vec![step(
            "nothing is protected, so no handshake was made".to_owned(),
        )];
    }
    let told = probes.iter().take(TOLD).map(|probe| step(handshake(probe)));
    let mut told: Vec<_> = told.collect();
    if let more @ 1.. = probes.len().saturating_sub(TOLD) {
        told.push(step(format!("and {more} more, all of them done")));
    }
    told
}

fn handshake(probe: &ProbeInfo) -> String {
    let presents = |tls: &TlsInfo| {
        let certificate = tls.own.as_ref().map_or_else(String::new, |one| {
            format!(", {}, valid until {}", one.subject, one.until)
        });
        format!("{}, {}{certificate}", tls.version, tls.suite)
    };
    let what = match &probe.tls {
        Some(tls) => presents(tls),
        None => "ready as a client; no server was asked".to_owned(),
    };
    let words = match probe.words.as_str() {
        "" => String::new(),
        words => format!(" ({words})"),
    };
    format!("{}: {what}{words}", probe.rule)
}

/// The files that a trial wrote, by their path on this machine, with their SHA-256.
fn written(rows: &[InstallRow]) -> BTreeMap<String, String> {
    let mut written = BTreeMap::new();
    // The newest comes first, and stacks share files.
    for row in rows.iter().rev() {
        let root = row.root.trim_end_matches('/');
        if row.outcome == InstallOutcome::Done {
            let files = row.files.iter();
            let named = files
                .filter_map(|file| Some((format!("{root}{}", file.path), file.sha256.clone()?)));
            written.extend(named);
        }
    }
    written
}

/// Has the engines of a trial keep its policy: all of them, or none as far as that is known beforehand.
pub(super) async fn confirm(
    site: &Site,
    trial: &Trial,
    rows: &[InstallRow],
) -> Result<(), DeployError> {
    let files = written(rows);
    let mut confirmed = Vec::new();
    for name in &trial.engines {
        let not = |error: EngineError| failed(name, &engines::what_to_do(&error));
        let engine = Steered::find(&site.engines, name).await.map_err(not)?;
        match stands(&engine.status().await.map_err(not)?, &files) {
            Stands::OnTrial(number) => confirmed.push((name, engine, number)),
            Stands::Loaded => {}
            Stands::Back(why) => {
                let words = format!("it went back to the policy from before: {why}");
                return Err(failed(name, &words));
            }
            Stands::Other => {
                return Err(failed(name, "it has loaded other files meanwhile"));
            }
        }
    }
    for (name, engine, number) in confirmed {
        let not = |error: EngineError| failed(name, &engines::what_to_do(&error));
        engine.confirm(number).await.map_err(not)?;
    }
    Ok(())
}

/// Tells the engines of a trial that what was there before is there again. One that does not hear it goes back
/// by itself.
pub(super) async fn back(site: &Site, trial: &Trial, rows: &[InstallRow]) {
    let files = written(rows);
    for name in &trial.engines {
        let told = async {
            let engine = Steered::find(&site.engines, name).await?;
            engine.back(&files).await
        };
        if let Err(error) = told.await {
            let trial = trial.id;
            tracing::warn!(trial, engine = %name, %error, "an engine was not told that files are back; it goes back by itself");
        }
    }
}

fn failed(name: &str, why: &str) -> DeployError {
    DeployError::Engine {
        name: name.to_owned(),
        why: why.trim_end_matches('.').to_owned(),
    }
}
