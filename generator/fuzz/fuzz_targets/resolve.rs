//! A main file and what it leads to, cut out of one input: pieces end at a byte 0 and are called `a`,
//! `b`, `c` and so on; `a` is the main file. The full account of all statements is asserted where it is
//! drawn up.

#![no_main]

use generator::check::check_file;
use generator::policy::{Fate, Files, Release};
use libfuzzer_sys::fuzz_target;

struct Pieces<'a>(Vec<&'a [u8]>);

impl Files for Pieces<'_> {
    fn read(&self, path: &str) -> Result<Vec<u8>, String> {
        let [letter] = path.as_bytes() else {
            return Err("there is no such file".to_owned());
        };
        let piece = self.0.get(usize::from(letter.wrapping_sub(b'a')));
        piece.map(|piece| piece.to_vec()).ok_or_else(|| "there is no such piece".to_owned())
    }
}

fuzz_target!(|bytes: &[u8]| {
    let pieces = Pieces(bytes.split(|byte| *byte == 0).collect());
    let checked = check_file("a", &pieces, Release::default());
    for file in checked.account() {
        let counts: usize = Fate::ALL.iter().map(|fate| file.count(*fate)).sum();
        assert_eq!(counts, file.fates().len());
        for left in file.left() {
            assert_eq!(left.by.is_some(), left.fate == Fate::Overridden);
        }
    }
});
