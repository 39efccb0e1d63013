//! Certificates for tests as files, and where they are put.

use std::fs;
use std::os::unix::fs::{DirBuilderExt, PermissionsExt};
use std::path::Path;

use crate::certificates::Made;

/// Writes a file, with the directories above it.
pub fn put(path: &Path, bytes: &[u8], mode: u32) {
    // Whatever the umask: nobody else may write them.
    let mut directories = fs::DirBuilder::new();
    let directories = directories.recursive(true).mode(0o755);
    directories
        .create(path.parent().expect("a directory"))
        .expect("directories");
    fs::write(path, bytes).expect("a file");
    fs::set_permissions(path, fs::Permissions::from_mode(mode)).expect("a mode");
}

impl Made {
    pub fn pem(&self) -> Vec<u8> {
        self.certificate.to_pem().expect("a certificate")
    }

    /// Certificate and key in one.
    pub fn pem_with_key(&self) -> Vec<u8> {
        let mut pem = self.pem();
        pem.extend(self.key.private_key_to_pem_pkcs8().expect("a key"));
        pem
    }
}
