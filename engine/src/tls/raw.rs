//! What the safe interface to OpenSSL lacks: a dozen functions.
//!
//! The only file of the engine with unsafe code. It takes and returns safe types, and keeps nothing.

use std::ffi::{CStr, c_char, c_int, c_long, c_void};
use std::ptr;

use foreign_types::ForeignTypeRef;
use openssl::error::ErrorStack;
use openssl::nid::Nid;
use openssl::ssl::{SslContext, SslContextBuilder, SslMethod, SslRef, SslSessionRef, SslStream};
use openssl::x509::{X509CrlRef, X509VerifyResult, store::X509StoreBuilderRef};
use openssl_sys as ffi;

use super::alerts::{self, Alert};
use super::tap::{self, Heard};

unsafe extern "C" {
    // Of libssl and libcrypto since 1.1.1, two of them since 3.0; openssl-sys does not declare them.
    fn SSL_CTX_set_timeout(context: *mut ffi::SSL_CTX, seconds: c_long) -> c_long;
    fn SSL_CTX_set_tlsext_max_fragment_length(context: *mut ffi::SSL_CTX, mode: u8) -> c_int;
    fn SSL_SESSION_get_max_fragment_length(session: *const ffi::SSL_SESSION) -> u8;
    fn SSL_key_update(ssl: *mut ffi::SSL, kind: c_int) -> c_int;
    fn SSL_renegotiate(ssl: *mut ffi::SSL) -> c_int;
    fn SSL_CTX_set_info_callback(context: *mut ffi::SSL_CTX, callback: Option<Info>);
    fn SSL_set_msg_callback(ssl: *mut ffi::SSL, callback: Option<Message>);
    fn SSL_new_session_ticket(ssl: *mut ffi::SSL) -> c_int;
    fn X509_STORE_add_crl(store: *mut ffi::X509_STORE, list: *mut ffi::X509_CRL) -> c_int;
    fn SSL_CTX_new_ex(
        library: *mut ffi::OSSL_LIB_CTX,
        properties: *const c_char,
        method: *const ffi::SSL_METHOD,
    ) -> *mut ffi::SSL_CTX;
}

/// What the library calls about states and alerts: what it is about, and a value.
type Info = unsafe extern "C" fn(*const ffi::SSL, c_int, c_int);

/// What the library calls about messages: whether this side wrote it, version, type, bytes, connection.
type Message =
    unsafe extern "C" fn(c_int, c_int, c_int, *const c_void, usize, *mut ffi::SSL, *mut c_void);

/// `SSL3_RT_HEADER` and `SSL3_RT_INNER_CONTENT_TYPE` of ssl3.h: what is no message.
const HEADER: c_int = 0x100;
const INNER: c_int = 0x101;

/// `SSL_CB_READ_ALERT` and `SSL_CB_WRITE_ALERT` of ssl.h.
const ALERT_RECEIVED: c_int = 0x4004;
const ALERT_SENT: c_int = 0x4008;
/// `SSL_CTRL_GET_RI_SUPPORT` of ssl.h.
const GET_RENEGOTIATION_INDICATION: c_int = 76;
/// `SSL_CTRL_GET_NEGOTIATED_GROUP` of ssl.h.
const GET_GROUP: c_int = 134;
/// `TLSEXT_nid_unknown` of tls1.h: what follows is a number of IANA's registry.
const UNKNOWN_GROUP: c_int = 0x0100_0000;
/// `SSL_KEY_UPDATE_REQUESTED`: the partner is to renew its keys, too.
const BOTH_KEYS: c_int = 1;
/// `SSL_KEY_UPDATE_NOT_REQUESTED`: it keeps those that it has.
const OWN_KEYS: c_int = 0;

/// Sets how long sessions and tickets can be resumed.
pub fn set_session_seconds(context: &mut SslContextBuilder, seconds: u32) {
    // SAFETY: the pointer is that of a context that is alive and that nobody else holds, and the function
    // only stores the number.
    unsafe {
        SSL_CTX_set_timeout(context.as_ptr(), c_long::from(seconds.min(i32::MAX as u32)));
    }
}

/// Has the alerts of all connections noted, for [`alerts::take`].
pub fn note_alerts(context: &mut SslContextBuilder) {
    unsafe extern "C" fn info(_: *const ffi::SSL, about: c_int, value: c_int) {
        // The lower byte is the alert, the upper one how grave it is.
        let code = (value & 0xff) as u8;
        match about {
            ALERT_RECEIVED => alerts::note(Alert { sent: false, code }),
            ALERT_SENT => alerts::note(Alert { sent: true, code }),
            _ => {}
        }
    }
    // SAFETY: the pointer is that of a context that is alive and that nobody else holds; the function stores
    // the other one, of a function that lives for ever and touches nothing of the connection.
    unsafe {
        SSL_CTX_set_info_callback(context.as_ptr(), Some(info));
    }
}

/// Has what one connection says noted, for [`tap`].
pub fn note_messages(ssl: &mut SslRef) {
    unsafe extern "C" fn message(
        written: c_int,
        _: c_int,
        kind: c_int,
        bytes: *const c_void,
        length: usize,
        _: *mut ffi::SSL,
        _: *mut c_void,
    ) {
        if bytes.is_null() || length == 0 {
            return;
        }
        // SAFETY: the library gives so many bytes, which stay as they are until this returns.
        let bytes = unsafe { std::slice::from_raw_parts(bytes.cast::<u8>(), length) };
        let from_partner = written == 0;
        match (kind, bytes) {
            (HEADER, [kind, major, minor, high, low, ..]) => tap::note(
                from_partner,
                Heard::Record {
                    kind: *kind,
                    version: u16::from_be_bytes([*major, *minor]),
                    length: u16::from_be_bytes([*high, *low]).into(),
                },
            ),
            (INNER, [kind, ..]) => tap::note(from_partner, Heard::Inner(*kind)),
            // Change of ciphers, alert, handshake: never what programs say.
            (kind @ 20..=22, bytes) => tap::note_message(from_partner, kind as u8, bytes),
            _ => {}
        }
    }
    // SAFETY: the connection is alive and borrowed by nobody else; the function stores the other one, which
    // lives for ever and touches nothing of the connection.
    unsafe {
        SSL_set_msg_callback(ssl.as_ptr(), Some(message));
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

/// A context whose algorithms have these properties, such as `fips=yes`.
pub fn context_with(method: SslMethod, properties: &CStr) -> Result<SslContextBuilder, ErrorStack> {
    // SAFETY: method and text live longer than the call, which copies the text; no library of its own means
    // the default one. What comes back is owned by nobody else, unless it is null.
    unsafe {
        let made = SSL_CTX_new_ex(ptr::null_mut(), properties.as_ptr(), method.as_ptr());
        if made.is_null() {
            return Err(ErrorStack::get());
        }
        Ok(SslContextBuilder::from_ptr(made))
    }
}

/// Has a client ask for records of at most 512 bytes times two to the power of `mode` less one; 0: does not.
pub fn ask_for_fragments(context: &mut SslContextBuilder, mode: u8) -> Result<(), ErrorStack> {
    // SAFETY: the pointer is that of a context that is alive, and the function only stores the number.
    match unsafe { SSL_CTX_set_tlsext_max_fragment_length(context.as_ptr(), mode) } {
        1 => Ok(()),
        _ => Err(ErrorStack::get()),
    }
}

/// Whether both sides agreed on smaller records.
pub fn has_fragments(ssl: &SslRef) -> bool {
    let Some(session) = ssl.session() else {
        return false;
    };
    // SAFETY: the session is alive while it is borrowed, and the function only reads a number of it.
    unsafe { SSL_SESSION_get_max_fragment_length(session.as_ptr()) != 0 }
}

/// Whether the partner showed the indication of RFC 5746.
pub fn shows_renegotiation(ssl: &SslRef) -> bool {
    // SAFETY: the control reads a flag of a connection that is alive.
    unsafe {
        ffi::SSL_ctrl(
            ssl.as_ptr(),
            GET_RENEGOTIATION_INDICATION,
            0,
            ptr::null_mut(),
        ) == 1
    }
}

/// The group of the key exchange, as OpenSSL names it.
pub fn group(ssl: &SslRef) -> Option<String> {
    // SAFETY: the control reads a number of a connection that is alive.
    let number = unsafe { ffi::SSL_ctrl(ssl.as_ptr(), GET_GROUP, 0, ptr::null_mut()) };
    let number = c_int::try_from(number).ok().filter(|number| *number > 0)?;
    if number & UNKNOWN_GROUP != 0 {
        return Some(format!("{:04X}", number & !UNKNOWN_GROUP));
    }
    let name = Nid::from_raw(number).short_name().ok()?;
    Some(name.to_owned())
}

/// Begins another handshake below TLS 1.3, or new keys both ways in TLS 1.3; the next call sends it.
pub fn renew<S>(stream: &mut SslStream<S>, is_13: bool) -> Result<(), ErrorStack>
where
    S: std::io::Read + std::io::Write,
{
    let ssl = stream.ssl().as_ptr();
    // SAFETY: the connection is alive and borrowed by nobody else; the functions note what is to be sent.
    let noted = unsafe {
        match is_13 {
            true => SSL_key_update(ssl, BOTH_KEYS),
            false => SSL_renegotiate(ssl),
        }
    };
    match noted {
        1 => Ok(()),
        _ => Err(ErrorStack::get()),
    }
}

/// Takes new keys for what this side sends, in TLS 1.3; the next call sends it.
pub fn renew_write<S>(stream: &mut SslStream<S>) -> Result<(), ErrorStack>
where
    S: std::io::Read + std::io::Write,
{
    let ssl = stream.ssl().as_ptr();
    // SAFETY: the connection is alive and borrowed by nobody else; the function notes what is to be sent.
    match unsafe { SSL_key_update(ssl, OWN_KEYS) } {
        1 => Ok(()),
        _ => Err(ErrorStack::get()),
    }
}

/// Has a server of TLS 1.3 send another ticket; the next call sends it.
pub fn add_ticket<S>(stream: &mut SslStream<S>) -> Result<(), ErrorStack>
where
    S: std::io::Read + std::io::Write,
{
    let ssl = stream.ssl().as_ptr();
    // SAFETY: as above.
    match unsafe { SSL_new_session_ticket(ssl) } {
        1 => Ok(()),
        _ => Err(ErrorStack::get()),
    }
}

/// Has the session of a connection not be resumed, which the context keeps by which the connection began.
pub fn forget(context: &SslContext, ssl: &SslRef) {
    let Some(session) = ssl.session() else {
        return;
    };
    // SAFETY: context and session are alive, and the function gives up the reference that the context has of
    // the session, if it has one.
    unsafe {
        ffi::SSL_CTX_remove_session(context.as_ptr(), session.as_ptr());
    }
}

/// Adds a list of revoked certificates.
pub fn add_revoked(store: &mut X509StoreBuilderRef, list: &X509CrlRef) -> Result<(), ErrorStack> {
    // SAFETY: both are alive, and the function takes a reference of its own to the list.
    match unsafe { X509_STORE_add_crl(store.as_ptr(), list.as_ptr()) } {
        1 => Ok(()),
        _ => Err(ErrorStack::get()),
    }
}

/// Has a side present another certificate in its next handshake.
#[cfg(test)]
pub fn present<S>(
    stream: &mut SslStream<S>,
    certificate: &openssl::x509::X509Ref,
    key: &openssl::pkey::PKeyRef<openssl::pkey::Private>,
) where
    S: std::io::Read + std::io::Write,
{
    let ssl = stream.ssl().as_ptr();
    // SAFETY: all three are alive, and the functions take references of their own.
    let set = unsafe {
        ffi::SSL_use_certificate(ssl, certificate.as_ptr()) == 1
            && ffi::SSL_use_PrivateKey(ssl, key.as_ptr()) == 1
    };
    assert!(set, "{}", ErrorStack::get());
}
