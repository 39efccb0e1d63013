//! Processes, by what they have open.

use std::fs;

/// What is taken for the name of a job.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum JobName {
    /// The name of the process.
    #[default]
    Process,
    /// The unit of systemd that the process belongs to, without `.service`.
    Unit,
}

impl std::str::FromStr for JobName {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        match text {
            "process" => Ok(Self::Process),
            "unit" => Ok(Self::Unit),
            _ => Err("process or unit"),
        }
    }
}

/// All processes, those that began last first: who connects has often begun a moment ago.
pub fn all() -> Vec<u32> {
    let entries = fs::read_dir("/proc").into_iter().flatten().flatten();
    let numbers = entries.filter_map(|entry| entry.file_name().to_str()?.parse().ok());
    let mut numbers: Vec<u32> = numbers.collect();
    numbers.sort_unstable_by(|one, other| other.cmp(one));
    numbers
}

/// A process that is told from a later one with the same number.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Process {
    pub number: u32,
    /// In ticks of the kernel since it began.
    begun: u64,
}

impl Process {
    pub fn of(number: u32) -> Option<Self> {
        let text = fs::read_to_string(format!("/proc/{number}/stat")).ok()?;
        // The name of the program, in parentheses, may hold anything.
        let (_, fields) = text.rsplit_once(')')?;
        let begun = fields.split_whitespace().nth(19)?.parse().ok()?;
        Some(Self { number, begun })
    }

    /// Whether it still runs.
    pub fn runs(self) -> bool {
        Self::of(self.number) == Some(self)
    }
}

/// Whether a process has a socket open.
pub fn has_open(process: u32, inode: u32) -> bool {
    let wanted = format!("socket:[{inode}]");
    let entries = fs::read_dir(format!("/proc/{process}/fd"));
    let entries: Vec<_> = entries.into_iter().flatten().flatten().collect();
    // What was opened last has mostly the highest number.
    let mut entries = entries.into_iter().rev();
    entries.any(|entry| {
        let link = fs::read_link(entry.path());
        link.is_ok_and(|link| link.as_os_str() == wanted.as_str())
    })
}

/// The job that a process is; empty: it is not there any more, or in no unit.
pub fn job(process: u32, by: JobName) -> String {
    match by {
        JobName::Process => {
            let name = fs::read_to_string(format!("/proc/{process}/comm"));
            name.unwrap_or_default().trim_end_matches('\n').to_owned()
        }
        JobName::Unit => {
            let groups = fs::read_to_string(format!("/proc/{process}/cgroup"));
            unit(&groups.unwrap_or_default()).to_owned()
        }
    }
}

/// The innermost service or scope in a list of control groups.
fn unit(groups: &str) -> &str {
    let of_systemd = |line: &&str| line.starts_with("0::") || line.contains(":name=systemd:");
    let paths = groups.lines().filter(of_systemd);
    let mut parts = paths.flat_map(|line| line.rsplit('/'));
    let found = parts.find(|part| part.ends_with(".service") || part.ends_with(".scope"));
    let part = found.unwrap_or_default();
    part.strip_suffix(".service")
        .or_else(|| part.strip_suffix(".scope"))
        .unwrap_or(part)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_unit_is_the_innermost_service_or_scope() {
        assert_eq!(unit("0::/system.slice/nginx.service\n"), "nginx");
        assert_eq!(
            unit(
                "12:cpu:/x.service\n1:name=systemd:/user.slice/user-0.slice/session-3.scope\n0::/\n"
            ),
            "session-3"
        );
        let nested = "0::/user.slice/user@0.service/app.slice/web@1.service/part\n";
        assert_eq!(unit(nested), "web@1");
        assert_eq!(unit("0::/\n"), "");
    }

    #[test]
    fn this_process_has_what_it_opened() {
        let own = std::process::id();
        assert!(all().contains(&own));
        assert!(!job(own, JobName::Process).is_empty());
        assert!(!has_open(own, u32::MAX));
        let process = Process::of(own).expect("a process");
        assert!(process.runs());
        assert_eq!(Process::of(u32::MAX), None);
        assert_eq!(job(u32::MAX, JobName::Process), "");
    }
}
