//! Key rings: directories of labelled certificates, keys and authorities.
//!
//! ```text
//! KEYRINGS/OWNER/RING/personal/LABEL.pem   certificate, its private key, and the chain if it has one
//! KEYRINGS/OWNER/RING/personal/LABEL.ocsp  what an OCSP responder said of the certificate, in DER
//! KEYRINGS/OWNER/RING/certauth/LABEL.pem   certificates of authorities
//! KEYRINGS/OWNER/RING/crl/NAME.pem         lists of revoked certificates, or NAME.crl in DER
//! KEYRINGS/OWNER/RING/default              the label of the default certificate
//! KEYRINGS/OWNER/RING/requests/LABEL.pem   key that waits for its certificate
//! KEYRINGS/certmap                         to whom certificates belong
//! ```
//!
//! A ring without an owner belongs to the user that the engine runs as, as one without a user id belongs to
//! the application on z/OS. In a file's name, `%2F` stands for a slash of the label and `%25` for a percent
//! sign. The engine only reads; the command line writes, one writer at a time and each file as a whole.
//!
//! Beside that: reading certificates in the forms in which they come ([`read_bundle`]), making them
//! ([`certificate`], [`request`]), and saying what is wrong ([`judge`]). Clocks are asked by whoever calls.

mod bundle;
#[cfg(test)]
#[path = "../tests/it/certificates.rs"]
#[expect(dead_code, reason = "the tests of the engine use more of it")]
mod certificates;
mod error;
mod export;
#[cfg(test)]
#[path = "../tests/it/files.rs"]
mod files;
mod guard;
mod held;
mod judge;
mod make;
mod name;
mod ring;
mod rings;
mod scan;
mod subject;
#[cfg(test)]
mod tests;
mod write;

pub use bundle::{Bundle, BundleError, Password, read as read_bundle};
pub use error::{RingError, WriteError};
pub use export::{pem, pkcs12};
pub use held::{Expiry, Held, Key, KeyKind, held, hosts, is_authority, name, serial};
pub use judge::{Remark, SOON, Weight, date, judge};
pub use make::{Host, Issuer, NewKey, NoHost, NoKey, Wish, certificate, request};
pub use name::{Label, LabelError, RingName, RingNameError};
pub use ring::{Certificate, Ring, chain, is_root, issued};
pub use rings::{Rings, Stamp, user, user_named, users_of};
pub use subject::{SubjectError, subject};
pub use write::{Usage, Writer};
