//! What commands do alike after a certificate came into a ring: its default, and what is to be said.

use ::keyring::{Held, RingName, Usage, WriteError, Writer};

use super::{Shelf, text, warn};

/// The default of a ring before a personal certificate comes.
pub struct Before {
    /// The default stays what it is, and is marked if it was only the single one.
    marked: bool,
    /// The new one becomes the default.
    pub is_first: bool,
}

impl Before {
    /// Looks at a ring, and marks what a second certificate would leave without a mark. A ring has one
    /// default all along, so that whoever reads it in between finds it. An authority with its key does not
    /// count: it is there to sign.
    pub fn of(writer: &Writer, label: &str, authority: bool) -> Result<Self, WriteError> {
        let (ring, _) = writer.survey();
        let held = ::keyring::held(&ring);
        let mut others = held
            .iter()
            .filter(|one| one.usage == Usage::Personal && !one.is_authority && one.label != label);
        let other = others.next();
        if ring.has_marked_default() {
            return Ok(Self {
                marked: true,
                is_first: false,
            });
        }
        if let (Some(other), None) = (other, others.next()) {
            writer.set_default(Some(&other.label))?;
            return Ok(Self {
                marked: true,
                is_first: false,
            });
        }
        Ok(Self {
            marked: false,
            is_first: other.is_none() && !authority,
        })
    }

    /// Marks the new one, if it is the first or is to be the default; whether it is the default now.
    pub fn settle(&self, writer: &Writer, label: &str, asked: bool) -> Result<bool, WriteError> {
        let marks = asked || (self.is_first && !self.marked);
        if marks {
            writer.set_default(Some(label))?;
        }
        Ok(marks)
    }
}

/// Says what stands under a label now, and what is wrong with it.
pub fn tell(shelf: &Shelf, writer: &Writer, name: &RingName, usage: Usage, label: &str) {
    let (ring, _) = writer.survey();
    let held = ::keyring::held(&ring);
    let remarks = ::keyring::judge(&ring, &[], shelf.now);
    let ours = |one: &&Held| one.label == label && one.usage == usage;
    for one in held.iter().filter(ours) {
        let default = match one.is_default {
            true => "; the default of the ring",
            false => "",
        };
        println!("{name} {label}: {}{default}", text::line(one, shelf.now));
        let twins = held
            .iter()
            .filter(|other| other.fingerprint == one.fingerprint && other.usage == usage);
        for twin in twins.filter(|other| other.label != label) {
            warn(&format!("{name}: `{}` is the same certificate", twin.label));
        }
    }
    for remark in remarks {
        if remark.label.as_deref() == Some(label) {
            warn(&format!("{name} {label}: {}", remark.words));
        }
    }
}
