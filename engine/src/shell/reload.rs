//! Another policy in the place of the one that is in use, for good or on trial, and back.

use std::collections::HashSet;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::thread;
use std::time::{Duration, Instant};

use control::{self as seen, Answer, Ask, Checked, FileText, Outcome, RemarkInfo};
use disk::Unsaved;

use super::kept::{Kept, infos};
use super::orders::{Cause, Work};
use super::shared::Shared;
use super::transparent::Transparent;
use super::trial::Over;
use super::users::Users;
use super::{Crew, Task, privileges};
use crate::messages::Log;
use crate::policy::{Instance, Loaded, Refused, Remark, Weight, load, load_with, now};

/// Remarks of one load that are written.
const REMARKS: usize = 100;
/// How long a replaced policy is kept at most so that no thread has to take it apart.
const RETIREMENT: Duration = Duration::from_secs(5);
/// Bytes of the path of a file.
const LONGEST_PATH: usize = 4096;

const STAYS: &str = "the policy that was loaded before stays in effect";
const NO_RIGHT: &str = "the policy now asks for job names, and the engine gave up the right to look at processes when it started: start it anew";
const WENT_BACK: &str = "the engine went back from these files, and nobody has changed them since; `gatehouse engine refresh` loads them all the same";

/// What the thread that loads policies works with.
pub struct Loader<'a> {
    pub task: &'a Task,
    pub shared: &'a Shared,
    pub crew: &'a Crew,
    pub transparent: Option<&'a Transparent>,
    pub kept: &'a Kept,
}

impl Loader<'_> {
    /// The policy that the engine begins with, and what it does not begin with although it lies on the disk:
    /// that was on trial when the engine before this one ended.
    pub fn first(task: &Task, kept: &Kept, log: &Log) -> Option<(Instance, Option<Over>)> {
        let (remarks, loaded) = read(task);
        let files = loaded.as_ref().map(|loaded| loaded.instance.files());
        let confirmed = files.and_then(|files| kept.instead_of(files));
        if let (Some(confirmed), Some(on_disk)) = (confirmed, &loaded) {
            let why = "the engine ended before the files that are there now were confirmed";
            let (remarks, again) =
                said_of(load_with(&task.source, &task.rings, unsaved(confirmed)));
            if let Some(again) = again {
                log.engine(format!(
                    "{why}; it begins with those that were confirmed last"
                ));
                say(&remarks, log);
                log.engine(is_loaded(&again));
                let over = Over {
                    number: 0,
                    at: now(),
                    files: on_disk.instance.files().to_vec(),
                    why: why.to_owned(),
                };
                return Some((again.instance, Some(over)));
            }
            say(&remarks, log);
            log.engine(format!("{why}, and those from before cannot be loaded"));
        }
        say(&remarks, log);
        let loaded = loaded?;
        log.engine(is_loaded(&loaded));
        let Loaded {
            instance, texts, ..
        } = loaded;
        say_unkept(kept.confirmed(texts), log);
        Some((instance, None))
    }

    pub fn carry_out(&self, work: Work) -> Answer {
        match work {
            Work::Load(cause) => Answer::Loaded(self.reload(cause)),
            Work::Check(files) => self.check(files),
            Work::Activate(seconds) => self.activate(seconds),
            Work::Confirm(number) => self.confirm(number),
            Work::Back(number) => self.back(number, "somebody asked for it"),
            Work::Overdue(number) => self.back(number, "nobody confirmed it in time"),
        }
    }

    /// Reads everything again. What runs is only touched when all of it is good and, but for a refresh, when
    /// something changed.
    fn reload(&self, cause: Cause) -> seen::Loaded {
        let shared = self.shared;
        let _one_at_a_time = shared.changing();
        if cause == Cause::Interval && shared.trials.is_running() {
            // What somebody writes meanwhile waits: it is not to end the trial by itself.
            return self.kept_as(Outcome::Unchanged, Vec::new());
        }
        let (remarks, loaded) = read(self.task);
        let before = shared.instance();
        let same = |loaded: &Loaded| loaded.instance.is_made_of_the_same(&before);
        let went_back = |loaded: &Loaded| shared.trials.went_back_from(loaded.instance.files());
        if cause != Cause::Refresh && loaded.as_ref().is_some_and(went_back) {
            if cause == Cause::Interval {
                return self.kept_as(Outcome::Unchanged, remarks);
            }
            shared.log.engine(WENT_BACK);
            return self.kept_as(Outcome::Kept, vec![WENT_BACK.to_owned()]);
        }
        if loaded.is_some() && shared.trials.others_lie_there() {
            say_unkept(self.kept.nothing_is_on_trial(), &shared.log);
        }
        if cause == Cause::Interval && loaded.as_ref().is_some_and(same) {
            return self.kept_as(Outcome::Unchanged, remarks);
        }
        say(&remarks, &shared.log);
        let mut report = self.kept_as(Outcome::Kept, remarks);
        let Some(loaded) = loaded else {
            shared.log.engine(STAYS);
            return report;
        };
        if cause != Cause::Refresh && same(&loaded) {
            shared
                .log
                .engine("neither files nor key rings have changed");
            report.outcome = Outcome::Unchanged;
            return report;
        }
        let words = is_loaded(&loaded);
        let Loaded {
            instance, texts, ..
        } = loaded;
        let of_trial = shared.trials.is_running() && instance.files() == before.files();
        drop(before);
        let Some(old) = self.put(instance, &mut report) else {
            return report;
        };
        shared.log.engine(words);
        if !of_trial {
            if let Some(number) = shared.trials.forget() {
                let words = format!("trial {number} is over: other files were loaded by order");
                self.say(&mut report, &words);
            }
            say_unkept(self.kept.confirmed(texts), &shared.log);
        }
        retire(old);
        report
    }

    /// Loads what would be if these files lay there, and changes nothing.
    fn check(&self, files: Vec<FileText>) -> Answer {
        let is_wrong = |file: &&FileText| {
            !file.path.is_absolute() || file.path.as_os_str().len() > LONGEST_PATH
        };
        if let Some(wrong) = files.iter().find(is_wrong) {
            let path = wrong.path.display().to_string();
            let shown: String = path.chars().take(100).collect();
            return refused(format!(
                "{shown}: the path of a file begins with `/`, and has at most {LONGEST_PATH} bytes"
            ));
        }
        let instance = self.shared.instance();
        let mut known: HashSet<_> = files
            .iter()
            .map(|file| disk::identity(&file.path))
            .collect();
        known.extend(instance.files().iter().map(|file| file.path.clone()));
        let told = |mut remarks: Vec<Remark>| {
            for remark in &mut remarks {
                self.keep_to_itself(remark, &known);
            }
            told(&remarks)
        };
        let loaded = load_with(&self.task.source, &self.task.rings, unsaved(files));
        let mut checked = Checked {
            accepted: loaded.is_ok(),
            remarks: Vec::new(),
            warnings: 0,
            rules: 0,
            files: Vec::new(),
        };
        match loaded {
            Err(Refused { remarks }) => checked.remarks = told(remarks),
            Ok(mut loaded) => {
                checked.remarks = told(std::mem::take(&mut loaded.remarks));
                checked.warnings = loaded.warnings;
                if self.lacks_right(&loaded.instance) {
                    checked.accepted = false;
                    checked.remarks.push(RemarkInfo {
                        error: true,
                        text: NO_RIGHT.to_owned(),
                    });
                } else {
                    checked.rules = loaded.instance.rules().len();
                    checked.files = infos(loaded.instance.files());
                }
            }
        }
        Answer::Checked(checked)
    }

    /// Whoever asks may name any file in his, and the engine may read more than he: of a file that is
    /// neither his nor part of what is loaded, he learns where something is wrong, not what stands there.
    fn keep_to_itself(&self, remark: &mut Remark, known: &HashSet<PathBuf>) {
        let named = remark.place.rsplit_once(':');
        if named.is_some_and(|(name, _)| !known.contains(&self.task.source.file(name))) {
            remark.words = "something is wrong there, in a file that this policy would read in \
                            addition; `gatehouse check` says what"
                .to_owned();
        }
    }

    /// Loads what lies on the disk, and goes back unless that is confirmed.
    fn activate(&self, seconds: u32) -> Answer {
        if !(1..=Ask::LONGEST_TRIAL).contains(&seconds) {
            let longest = Ask::LONGEST_TRIAL;
            return refused(format!("a trial goes on for 1 to {longest} seconds"));
        }
        let shared = self.shared;
        let _one_at_a_time = shared.changing();
        let (remarks, loaded) = read(self.task);
        say(&remarks, &shared.log);
        let mut loaded_as = self.kept_as(Outcome::Kept, remarks);
        let mut trial = None;
        match loaded {
            None => shared.log.engine(STAYS),
            Some(loaded) => {
                let is_loaded = is_loaded(&loaded);
                let Loaded {
                    instance, texts, ..
                } = loaded;
                if let Err(error) = self.kept.on_trial(instance.files(), texts) {
                    let words = format!("--state: what is on trial cannot be kept: {error}");
                    shared.log.engine(words.as_str());
                    shared.log.engine(STAYS);
                    return refused(words);
                }
                if let Some(before) = self.put(instance, &mut loaded_as) {
                    shared.log.engine(is_loaded);
                    let within = Duration::from_secs(seconds.into());
                    let info = shared.trials.begin(before, within);
                    let words = format!(
                        "trial {}: unless it is confirmed within {seconds} s, the policy from before is in effect again",
                        info.number
                    );
                    self.say(&mut loaded_as, &words);
                    trial = Some(info);
                }
            }
        }
        Answer::Activated {
            loaded: loaded_as,
            trial,
        }
    }

    fn confirm(&self, number: u32) -> Answer {
        if let Err(why) = self.shared.trials.before(number) {
            return refused(why);
        }
        if let Err(error) = self.kept.trial_is_confirmed() {
            let words = format!("--state: what is confirmed cannot be kept: {error}");
            self.shared.log.engine(words.as_str());
            return refused(words);
        }
        match self.shared.trials.confirm(number) {
            Err(why) => refused(why),
            Ok(info) => {
                let words = format!("trial {number} is confirmed: its policy stays in effect");
                self.shared.log.engine(words);
                Answer::Trial(info)
            }
        }
    }

    /// Uses again what was in use before a trial, with its key rings as they are now.
    fn back(&self, number: u32, why: &str) -> Answer {
        let shared = self.shared;
        let _one_at_a_time = shared.changing();
        let before = match shared.trials.before(number) {
            Ok(before) => before,
            // A moment ago somebody else ended it.
            Err(why) => return refused(why),
        };
        let rings = &self.task.rings;
        let mut instance = (*before).clone();
        for (name, stamp) in before.rings() {
            // What cannot be used now stays as it was read; the watch says so.
            if rings.stamp(name) != *stamp
                && let Ok(renewed) = instance.renewed(rings, name)
            {
                instance = renewed.instance;
            }
        }
        let files = shared.instance().files().to_vec();
        let mut report = self.kept_as(Outcome::Kept, Vec::new());
        let Some(old) = self.put(instance, &mut report) else {
            shared.trials.try_again(number);
            let words = format!(
                "trial {number}: the engine cannot go back: {}",
                report.remarks.join("; ")
            );
            return refused(words);
        };
        let info = shared.trials.back(number, files, why);
        let words =
            format!("trial {number} is over, {why}: the policy from before is in effect again");
        shared.log.engine(words);
        retire(old);
        Answer::Trial(info)
    }

    /// Puts a policy in the place of the one that is in use, which is answered; `None`: that failed, and
    /// nothing changed.
    fn put(&self, mut instance: Instance, report: &mut seen::Loaded) -> Option<Arc<Instance>> {
        let shared = self.shared;
        if self.lacks_right(&instance) {
            self.say(report, NO_RIGHT);
            shared.log.engine(STAYS);
            return None;
        }
        instance.count_on(&shared.instance());
        report.rules = instance.rules().len();
        let users = Arc::new(Users::read());
        let replace = |users| Some(shared.programs.as_ref()?.replace_users(users));
        let known = replace(users.clone());
        let old = shared.replace(Arc::new(instance));
        self.crew.wake();
        // Not before: what is caught for the new policy is not to meet the old one.
        let follow = |transparent: &Transparent| transparent.follow(&shared.instance(), &users);
        match self.transparent.map(follow) {
            None | Some(Ok(false)) => {}
            Some(Ok(true)) => self.say(report, "other connections are caught from now on"),
            Some(Err(error)) => {
                self.say(report, &error.to_string());
                report.rules = old.rules().len();
                shared.replace(old);
                known.and_then(replace);
                self.crew.wake();
                shared.log.engine(STAYS);
                return None;
            }
        }
        shared.say_uncontrolled();
        report.outcome = Outcome::Replaced;
        Some(old)
    }

    /// The policy asks for what the engine gave up when it began.
    fn lacks_right(&self, instance: &Instance) -> bool {
        self.transparent.is_some() && instance.asks().jobs && !privileges::sees_processes()
    }

    /// What is told of a load that leaves in use what is in use.
    fn kept_as(&self, outcome: Outcome, remarks: Vec<String>) -> seen::Loaded {
        seen::Loaded {
            outcome,
            remarks,
            rules: self.shared.instance().rules().len(),
        }
    }

    fn say(&self, report: &mut seen::Loaded, words: &str) {
        self.shared.log.engine(words);
        report.remarks.push(words.to_owned());
    }
}

fn refused(why: impl Into<String>) -> Answer {
    Answer::Refused { why: why.into() }
}

fn unsaved(files: Vec<FileText>) -> Unsaved {
    let text = |file: FileText| {
        (
            disk::identity(Path::new(&file.path)),
            file.text.into_bytes().into(),
        )
    };
    files.into_iter().map(text).collect()
}

fn say_unkept(kept: std::io::Result<()>, log: &Log) {
    if let Err(error) = kept {
        log.engine(format!(
            "--state: the policy is not kept, and no other can be activated on trial: {error}"
        ));
    }
}

fn say(remarks: &[String], log: &Log) {
    for line in remarks {
        log.engine(line.as_str());
    }
}

/// What is said of a policy once new connections meet it.
fn is_loaded(loaded: &Loaded) -> String {
    let instance = &loaded.instance;
    let stack = match instance.stack.as_str() {
        "" => String::new(),
        name => format!(" of stack {name}"),
    };
    let warnings = match loaded.warnings {
        0 => String::new(),
        1 => "; `gatehouse check` has 1 warning about it".to_owned(),
        count => format!("; `gatehouse check` has {count} warnings about it"),
    };
    let rules = match instance.rules().len() {
        1 => "1 rule".to_owned(),
        count => format!("{count} rules"),
    };
    format!("policy{stack} loaded: {rules}{warnings}")
}

/// Reads the policy, and what is worth saying of it.
fn read(task: &Task) -> (Vec<String>, Option<Loaded>) {
    said_of(load(&task.source, &task.rings))
}

fn said_of(loaded: Result<Loaded, Refused>) -> (Vec<String>, Option<Loaded>) {
    match loaded {
        Ok(mut loaded) => (lines(&std::mem::take(&mut loaded.remarks)), Some(loaded)),
        Err(Refused { remarks }) => (lines(&remarks), None),
    }
}

/// Remarks as lines.
fn lines(remarks: &[Remark]) -> Vec<String> {
    told(remarks).into_iter().map(|told| told.text).collect()
}

/// As many remarks as somebody reads.
fn told(remarks: &[Remark]) -> Vec<RemarkInfo> {
    let is_error = |remark: &&Remark| remark.weight == Weight::Error;
    let shown = remarks.iter().take(REMARKS);
    let mut told: Vec<_> = shown
        .map(|remark| RemarkInfo {
            error: remark.weight == Weight::Error,
            text: remark.to_string(),
        })
        .collect();
    if remarks.len() > REMARKS {
        let errors = remarks.iter().filter(is_error).count();
        told.push(RemarkInfo {
            error: errors > 0,
            text: format!("and more, {errors} errors in all"),
        });
    }
    told
}

/// Lets go of a policy that was replaced. The last one who does that with a large one takes a while for it;
/// that is not to be a worker.
pub fn retire(old: Arc<Instance>) {
    let until = Instant::now() + RETIREMENT;
    while Arc::strong_count(&old) > 1 && Instant::now() < until {
        thread::sleep(Duration::from_millis(5));
    }
}
