//! What the safe interface to OpenSSL lacks: four functions.
//!
//! The only file of the engine with unsafe code. It takes and returns safe types, and keeps nothing.

use std::ffi::{c_int, c_long};

use openssl::error::ErrorStack;
use openssl::ssl::{SslContextBuilder, SslRef, SslSessionRef};
use openssl::x509::X509VerifyResult;
use openssl_sys as ffi;

unsafe extern "C" {
    /// Of libssl since 0.9; openssl-sys does not declare it.
    fn SSL_CTX_set_timeout(context: *mut ffi::SSL_CTX, seconds: c_long) -> c_long;
}

/// Sets how long sessions and tickets can be resumed.
pub fn set_session_seconds(context: &mut SslContextBuilder, seconds: u32) {
    // SAFETY: the pointer is that of a context that is alive and that nobody else holds, and the function
    // only stores the number.
    unsafe {
        SSL_CTX_set_timeout(context.as_ptr(), c_long::from(seconds.min(i32::MAX as u32)));
    }
}

/// Lets the library choose the group of ephemeral Diffie-Hellman by the strength of the certificate's key.
pub fn set_automatic_dh(context: &mut SslContextBuilder) {
    // SAFETY: as above; the control stores a flag.
    unsafe {
        ffi::SSL_CTX_set_dh_auto(context.as_ptr(), 1);
    }
}

/// Offers a session that is to be resumed.
pub fn resume(ssl: &mut SslRef, session: &SslSessionRef) -> Result<(), ErrorStack> {
    // SAFETY: the callers keep one store of sessions for each context, so that the session was made by the
    // context of this connection; the function takes a reference of its own.
    unsafe { ssl.set_session(session) }
}

/// A result of the check of a certificate, by its number in x509_vfy.h.
pub fn verify_result(number: c_int) -> X509VerifyResult {
    // SAFETY: the type wraps a number, and what takes it takes any number.
    unsafe { X509VerifyResult::from_raw(number) }
}
