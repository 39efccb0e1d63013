//! From files and key rings to the policy of one stack: all of it, or nothing.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::hash::{DefaultHasher, Hash, Hasher};
use std::io::ErrorKind;
use std::path::{Path, PathBuf};
use std::rc::Rc;
use std::sync::Arc;
use std::time::Duration;

use disk::{Disk, Mapping, Unsaved};
use generator::analysis::handshake::Settings;
use generator::check::{Checked, check_file};
use generator::finding::{Finding, Place, Severity};
use generator::policy::lookup::{Lookup, Pattern, Time, rules};
use generator::policy::{Named, Release, ResolvedStack, Statement, encoding};

use super::remark::{Remark, Weight};
use super::settings::{Effective, lacks_key_share};
use super::{Actions, Asks, Counters, FileRead, Instance, Name, Parameters, Protection, Rule, now};
use crate::tls::{ClientAuth, Environment, Plan, Users};
use keyring::{Ring, RingError, Rings, Stamp};

/// Where a policy comes from.
#[derive(Clone, Debug)]
pub struct Source {
    /// A main or image configuration file, or a file of AT-TLS policy.
    pub path: PathBuf,
    /// Paths that files name are looked for below it.
    pub root: Option<PathBuf>,
    pub mappings: Vec<Mapping>,
    pub release: Release,
    /// `None`: the only one.
    pub stack: Option<String>,
}

impl Source {
    /// Where a file lies that a remark names.
    pub fn file(&self, name: &str) -> PathBuf {
        let mut mapped = self.mappings.iter();
        let path = match (mapped.find_map(|one| one.file_of(name)), &self.root) {
            (Some(file), _) => file.to_owned(),
            (None, Some(root)) if Path::new(name) != self.path => {
                root.join(name.trim_start_matches('/'))
            }
            (None, _) => PathBuf::from(name),
        };
        disk::identity(&path)
    }
}

/// A policy that may be used.
#[derive(Debug)]
pub struct Loaded {
    pub instance: Instance,
    /// What is worth knowing all the same.
    pub remarks: Vec<Remark>,
    /// Warnings of the checker, which are not among the remarks.
    pub warnings: usize,
    /// What it was made of, as readable text, by the path of each file.
    pub texts: Vec<(PathBuf, String)>,
}

/// Why a policy is not used.
#[derive(Debug)]
pub struct Refused {
    /// At least one of them is an error.
    pub remarks: Vec<Remark>,
}

/// Reads a policy, checks it, and makes it ready. Nothing of what runs is touched.
pub fn load(source: &Source, rings: &Rings) -> Result<Loaded, Refused> {
    load_with(source, rings, Unsaved::default())
}

/// The same as it would be if these texts lay on the disk.
pub fn load_with(source: &Source, rings: &Rings, instead: Unsaved) -> Result<Loaded, Refused> {
    let (root, mappings) = (source.root.clone(), source.mappings.clone());
    let disk = Disk::with(root, mappings, Rc::new(instead)).exact();
    let refused = |remark: Remark| Refused {
        remarks: vec![remark],
    };
    let name = disk.name(&source.path);
    let name = name.map_err(|error| refused(Remark::error("", "", error.to_string())))?;
    let checked = check_file(&name, &disk, source.release);
    let at =
        stack_of(&checked, source).map_err(|words| refused(Remark::error(&name, "", words)))?;
    let (mut remarks, warnings) = found(&checked, at, &disk);
    let Some(stack) = checked.stacks.get(at).filter(|_| remarks.is_empty()) else {
        return Err(Refused { remarks });
    };
    let mut loader = Loader {
        stack,
        named: Named::of(&stack.policy),
        release: source.release,
        rings,
        read: HashMap::new(),
        stamps: BTreeMap::new(),
        environments: HashMap::new(),
        settings: HashMap::new(),
        actions: HashMap::new(),
        groups: HashMap::new(),
        users: None,
        users_text: Vec::new(),
        now: now(),
        remarks: Vec::new(),
    };
    let mut instance = loader.instance();
    let mut made_of = DefaultHasher::new();
    (disk.digest(), &loader.users_text).hash(&mut made_of);
    instance.made_of = made_of.finish();
    let names = own_files(&name, stack);
    instance.files = names.iter().map(|name| file_read(&disk, name)).collect();
    remarks.append(&mut loader.remarks);
    match remarks.iter().any(|remark| remark.weight == Weight::Error) {
        true => Err(Refused { remarks }),
        false => Ok(Loaded {
            texts: names.iter().map(|name| text_of(&disk, name)).collect(),
            instance,
            remarks,
            warnings,
        }),
    }
}

/// The names of the files that a stack's policy is made of, the main file first.
fn own_files<'a>(main: &'a str, stack: &'a ResolvedStack) -> Vec<&'a str> {
    let named = std::iter::once(&stack.image_path).chain(&stack.origins.files);
    let mut names = vec![main];
    for name in named.map(String::as_str) {
        if !names.contains(&name) {
            names.push(name);
        }
    }
    names
}

fn path_of(disk: &Disk, name: &str) -> PathBuf {
    let path = disk.path(name);
    disk::identity(path.as_deref().unwrap_or(Path::new(name)))
}

fn file_read(disk: &Disk, name: &str) -> FileRead {
    FileRead {
        path: path_of(disk, name),
        sha256: disk::sha256(&disk.bytes(name)),
    }
}

fn text_of(disk: &Disk, name: &str) -> (PathBuf, String) {
    let bytes = disk.bytes(name);
    let text = String::from_utf8_lossy(&encoding::readable(&bytes)).into_owned();
    (path_of(disk, name), text)
}

/// The stack that is asked for.
fn stack_of(checked: &Checked, source: &Source) -> Result<usize, String> {
    let names = || {
        let names: Vec<_> = checked
            .stacks
            .iter()
            .map(|stack| stack.name.as_str())
            .collect();
        names.join(", ")
    };
    match &source.stack {
        Some(wanted) => {
            let mut stacks = checked.stacks.iter();
            let found = stacks.position(|stack| stack.name.eq_ignore_ascii_case(wanted));
            found.ok_or_else(|| format!("names no stack {wanted}; there are: {}", names()))
        }
        None if checked.stacks.len() > 1 => Err(format!(
            "names several stacks; choose one with --stack: {}",
            names()
        )),
        // An unreadable main file leads to none, which a finding says.
        None => Ok(0),
    }
}

/// The errors of the checker about this stack, and how many warnings there are.
fn found(checked: &Checked, at: usize, disk: &Disk) -> (Vec<Remark>, usize) {
    let files = |which: &dyn Fn(usize) -> bool| -> BTreeSet<&String> {
        let stacks = checked
            .stacks
            .iter()
            .enumerate()
            .filter(|(at, _)| which(*at));
        stacks
            .flat_map(|(_, stack)| std::iter::once(&stack.image_path).chain(&stack.origins.files))
            .collect()
    };
    let (own, others) = (files(&|one| one == at), files(&|one| one != at));
    let concerns = |finding: &&Finding| match &finding.place {
        Place::Text { file, .. } => own.contains(file) || !others.contains(file),
        Place::Field { .. } => true,
    };
    let concerning = || checked.findings.iter().filter(concerns);
    let errors = concerning().filter(|finding| finding.page.severity == Severity::Error);
    let warnings = concerning().filter(|finding| finding.page.severity == Severity::Warning);
    (
        errors.map(|finding| Remark::of(finding, disk)).collect(),
        warnings.count(),
    )
}

/// The names of a rule's actions.
type Refs<'p> = [Option<&'p str>; 3];

struct Loader<'p> {
    stack: &'p ResolvedStack,
    named: Named<'p>,
    release: Release,
    rings: &'p Rings,
    /// The rings that were read, by name; `None`: that failed and was said.
    read: HashMap<String, Option<Arc<Ring>>>,
    /// What their files were like before they were read.
    stamps: BTreeMap<String, Stamp>,
    /// The environments by their plans, written out; `None`: that failed and was said.
    environments: HashMap<String, Option<(Arc<Environment>, u32)>>,
    /// What can be foretold of handshakes, by the environment.
    settings: HashMap<u32, Vec<Arc<Settings>>>,
    actions: HashMap<Refs<'p>, Option<Arc<Actions>>>,
    groups: HashMap<&'p str, u32>,
    /// Once it was looked for; within, `None`: that failed and was said.
    users: Option<Option<Users>>,
    /// The list as it stands in its file.
    users_text: Vec<u8>,
    /// When it is loaded, in Unix seconds.
    now: u64,
    remarks: Vec<Remark>,
}

impl<'p> Loader<'p> {
    fn instance(&mut self) -> Instance {
        let found = rules(&self.stack.policy);
        let timed = found.iter().any(|rule| {
            let time = rule.conditions.as_ref().map(|conditions| &conditions.time);
            matches!(time, Some(Time::During(_)))
        });
        let conditions = || found.iter().filter_map(|rule| rule.conditions.as_ref());
        let (jobs, users) = (
            conditions().any(|all| all.job != Pattern::Any),
            conditions().any(|all| all.user != Pattern::Any),
        );
        let lookup = Lookup::of(&found);
        let statements = found.iter().map(|rule| rule.statement);
        let made: Vec<_> = statements.filter_map(|rule| self.rule(rule)).collect();
        // Which connections belong together, they say.
        let secondary = made.iter().any(|rule| rule.actions.secondary);
        let asks = Asks {
            jobs: jobs || secondary,
            users: users || secondary,
        };
        // Where one is missing, an error was said, and nothing of this is used.
        Instance {
            stack: self.stack.name.clone(),
            lookup: Arc::new(lookup),
            rules: made,
            timed,
            rings: std::mem::take(&mut self.stamps),
            asks,
            // 0 would be all the time.
            interval: Duration::from_secs(u64::from(self.stack.reading.interval.max(1))),
            loaded: self.now,
            made_of: 0,
            files: Vec::new(),
        }
    }

    fn rule(&mut self, rule: &'p Statement) -> Option<Rule> {
        let refs = [
            rule.value("TTLSGroupActionRef"),
            rule.value("TTLSEnvironmentActionRef"),
            rule.value("TTLSConnectionActionRef"),
        ];
        let actions = match self.actions.get(&refs) {
            Some(known) => known.clone(),
            None => {
                let made = self.actions_of(rule, refs).map(Arc::new);
                self.actions.insert(refs, made.clone());
                made
            }
        };
        Some(Rule {
            name: rule.name_str().unwrap_or_default().into(),
            actions: actions?,
            counters: Arc::new(Counters::new(self.now)),
        })
    }

    fn actions_of(&mut self, rule: &'p Statement, refs: Refs<'p>) -> Option<Actions> {
        let parameters = Parameters::of(self.stack, &self.named, rule, self.release);
        let effective = Effective::of(self.stack, &self.named, rule, self.release);
        let [group, environment, connection] = refs.map(|name| name.unwrap_or_default().to_owned());
        let next = u32::try_from(self.groups.len())
            .unwrap_or(u32::MAX)
            .saturating_add(1);
        let number = *self
            .groups
            .entry(refs[0].unwrap_or_default())
            .or_insert(next);
        let mut actions = Actions {
            group: Name {
                text: group,
                number,
            },
            environment: Name {
                text: environment,
                number: 0,
            },
            connection: Name {
                text: connection,
                number: 0,
            },
            trace: effective.trace(),
            clear_text: effective.shows_clear_text(),
            parameters: Arc::new(parameters),
            protection: Protection::Clear,
            handshake: effective.handshake(),
            controlled: false,
            secondary: false,
            settings: None,
        };
        match self.named.protects(rule) {
            Some(false) => return Some(actions),
            Some(true) => {}
            None => {
                let words = "the group action of the rule says neither `TTLSEnabled On` nor `TTLSEnabled Off`";
                self.remarks
                    .push(Remark::error(effective.place(rule.tag), "", words));
                return None;
            }
        }
        let refused = effective.refused();
        if !refused.is_empty() {
            // What two rules share is said once.
            let new = refused
                .into_iter()
                .filter(|one| !self.remarks.contains(one));
            let new: Vec<_> = new.collect();
            self.remarks.extend(new);
            return None;
        }
        let (environment, number) = self.environment(&effective)?;
        actions.settings = Some(self.settings(&effective, &environment.plan, number));
        actions.environment.number = number;
        actions.protection = Protection::Tls(environment);
        actions.controlled = effective.is_controlled();
        actions.secondary = effective.has_secondary();
        Some(actions)
    }

    fn environment(&mut self, effective: &Effective<'p>) -> Option<(Arc<Environment>, u32)> {
        let (mut plan, remarks) = effective.plan();
        remarks.into_iter().for_each(|remark| self.say(remark));
        if plan.client_auth == ClientAuth::User {
            plan.users = self.users(effective)?;
        }
        let written = format!("{plan:?}");
        if let Some(known) = self.environments.get(&written) {
            return known.clone();
        }
        let number = u32::try_from(self.environments.len())
            .unwrap_or(u32::MAX)
            .saturating_add(1);
        let made = self
            .made(plan, effective)
            .map(|made| (Arc::new(made), number));
        self.environments.insert(written, made.clone());
        made
    }

    /// What can be foretold of handshakes; actions that differ in nothing that counts share it.
    fn settings(
        &mut self,
        effective: &Effective<'p>,
        plan: &Plan,
        environment: u32,
    ) -> Arc<Settings> {
        /// Actions of an environment that are looked at whether they have the same.
        const COMPARED: usize = 8;
        let new = effective.foretold(plan);
        let known = self.settings.entry(environment).or_default();
        let same = known.iter().rev().take(COMPARED).find(|one| ***one == new);
        if let Some(same) = same {
            return same.clone();
        }
        let new = Arc::new(new);
        known.push(new.clone());
        new
    }

    fn say(&mut self, remark: Remark) {
        // What two rules share is said once.
        if !self.remarks.contains(&remark) {
            self.remarks.push(remark);
        }
    }

    /// To whom certificates belong.
    fn users(&mut self, effective: &Effective<'p>) -> Option<Users> {
        if let Some(known) = &self.users {
            return known.clone();
        }
        let (path, text) = self.rings.certificate_map();
        let path = path.display();
        let read = match text {
            Err(RingError::Unread { source, .. }) if source.kind() == ErrorKind::NotFound => {
                Err(format!(
                    "`ClientAuthType SAFCheck` asks to whom certificates belong, which {path} is to say: it is not there"
                ))
            }
            Err(error) => Err(error.to_string()),
            Ok(text) => {
                let list = Users::read(&String::from_utf8_lossy(&text));
                self.users_text = text;
                list.map_err(|error| format!("{path}: {error}"))
            }
        };
        let read = read.map_err(|words| {
            let place = effective.client_auth_place();
            self.say(Remark::error(place, code(5002), words));
        });
        self.users = Some(read.ok());
        self.users.clone().flatten()
    }

    fn made(&mut self, plan: Plan, effective: &Effective<'p>) -> Option<Environment> {
        let place = effective.keyring_place();
        if lacks_key_share(&plan) {
            let words = "TLS 1.3 is on and no key share group is coded that it could use";
            self.remarks.push(Remark::error(place, code(515), words));
            return None;
        }
        let name = plan.keyring.clone();
        if !self.read.contains_key(&name) {
            self.stamps.insert(name.clone(), self.rings.stamp(&name));
            let read = self.rings.read(&name).map_err(|error| {
                let words = format!("key ring {name}: {error}");
                self.remarks
                    .push(Remark::error(&place, code(error.code()), words));
            });
            self.read.insert(name.clone(), read.ok().map(Arc::new));
        }
        let ring = self.read.get(&name)?.as_ref()?;
        let about = |words: &str| Remark::warning(&place, "", format!("key ring {name}: {words}"));
        if plan.revocation.is_some() && ring.revoked().is_empty() {
            let remark = about(
                "revocation is to be checked, and the ring has no list of revoked certificates (directory `crl`)",
            );
            if !self.remarks.contains(&remark) {
                self.remarks.push(remark);
            }
        }
        match Environment::new(plan, ring) {
            Ok(made) => {
                for words in &made.remarks {
                    let remark = about(words);
                    if !self.remarks.contains(&remark) {
                        self.remarks.push(remark);
                    }
                }
                Some(made)
            }
            Err(error) => {
                let words = match error.is_of_ring() {
                    true => format!("key ring {name}: {error}"),
                    false => error.to_string(),
                };
                let remark = Remark::error(place, code(error.code()), words);
                if !self.remarks.contains(&remark) {
                    self.remarks.push(remark);
                }
                None
            }
        }
    }
}

/// A return code as the messages of AT-TLS write it.
fn code(number: u16) -> String {
    format!("RC {number}")
}
