//! Passwords: hashing them, a few at a time.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use argon2::password_hash::phc::{Output, ParamsString, PasswordHash, Salt};
use argon2::{Algorithm, Argon2, Block, Params, Version};
use tokio::sync::Semaphore;

use crate::error::{ApiError, ApiResult};

/// Computes password hashes. One hash takes 19 MiB and some 100 ms of a core, so strangers must not
/// be able to start many: two at once, a short queue, and then refusal.
#[derive(Clone)]
pub struct Passwords {
    at_once: Arc<Semaphore>,
    queue: Arc<Semaphore>,
    memory: Memory,
}

/// What hashes are computed in, one for each that is computed at once. It is used again, because
/// glibc gives freed blocks of this size and alignment back late: the process would hold hundreds of
/// MiB after some log-ins.
#[derive(Clone, Default)]
struct Memory(Arc<Mutex<Vec<Vec<Block>>>>);

impl Memory {
    fn blocks(&self) -> MutexGuard<'_, Vec<Vec<Block>>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn output(&self, hasher: &Argon2<'_>, password: &str, salt: &[u8]) -> ApiResult<Output> {
        let mut blocks = self.blocks().pop().unwrap_or_default();
        blocks.resize(hasher.params().block_count(), Block::default());
        let mut output = [0; Params::DEFAULT_OUTPUT_LEN];
        let password = password.as_bytes();
        let done =
            hasher.hash_password_into_with_memory(password, salt, &mut output, &mut blocks[..]);
        self.blocks().push(blocks);
        done.map_err(ApiError::internal)?;
        Output::new(&output).map_err(ApiError::internal)
    }
}

const AT_ONCE: usize = 2;
const QUEUE: usize = 16;
/// Seconds that a refused client is told to wait.
const RETRY_AFTER: u64 = 5;

impl Default for Passwords {
    fn default() -> Self {
        Self::new()
    }
}

impl Passwords {
    pub fn new() -> Self {
        Self {
            at_once: Arc::new(Semaphore::new(AT_ONCE)),
            queue: Arc::new(Semaphore::new(AT_ONCE + QUEUE)),
            memory: Memory::default(),
        }
    }

    /// The hash of a new password.
    pub async fn hash(&self, password: String) -> ApiResult<String> {
        let memory = self.memory.clone();
        self.compute(move || {
            let hasher = hasher()?;
            let mut salt = [0; 16];
            getrandom::fill(&mut salt).map_err(|error| ApiError::internal(error.to_string()))?;
            let hash = PasswordHash {
                algorithm: Algorithm::Argon2id.ident(),
                version: Some(Version::V0x13.into()),
                params: ParamsString::try_from(hasher.params()).map_err(ApiError::internal)?,
                salt: Some(Salt::new(&salt).map_err(ApiError::internal)?),
                hash: Some(memory.output(&hasher, &password, &salt)?),
            };
            Ok(hash.to_string())
        })
        .await?
    }

    /// Whether the password belongs to the hash. Without a hash it takes as long, and it does not.
    pub async fn verify(&self, password: String, hash: Option<String>) -> ApiResult<bool> {
        let memory = self.memory.clone();
        self.compute(move || {
            let known = hash.is_some();
            let text = hash.unwrap_or_else(|| NOBODY.to_owned());
            let hash = PasswordHash::new(&text).map_err(ApiError::internal)?;
            let (Some(salt), Some(expected)) = (hash.salt, hash.hash) else {
                return Ok(false);
            };
            let params = Params::try_from(&hash).map_err(ApiError::internal)?;
            let hasher = Argon2::new(Algorithm::Argon2id, Version::V0x13, params);
            // Outputs are compared in constant time.
            let right = memory.output(&hasher, &password, &salt)? == expected;
            Ok(right && known)
        })
        .await?
    }

    /// Returns when a hash is being computed; for tests that need one under way.
    pub async fn busy(&self) {
        while self.at_once.available_permits() == AT_ONCE {
            tokio::task::yield_now().await;
        }
    }

    async fn compute<T: Send + 'static>(
        &self,
        work: impl FnOnce() -> T + Send + 'static,
    ) -> ApiResult<T> {
        let busy = || ApiError::TooManyRequests {
            retry_after: RETRY_AFTER,
        };
        let queued = self.queue.clone().try_acquire_owned().map_err(|_| busy())?;
        let turn = self
            .at_once
            .clone()
            .acquire_owned()
            .await
            .map_err(|_| busy())?;
        // The permits go with the work: a client that leaves does not make room for another hash.
        tokio::task::spawn_blocking(move || {
            let result = work();
            drop((turn, queued));
            result
        })
        .await
        .map_err(ApiError::internal)
    }
}

/// argon2id with 19 MiB and two passes (OWASP's first choice for it).
fn hasher() -> ApiResult<Argon2<'static>> {
    let params = Params::new(19 * 1024, 2, 1, None).map_err(ApiError::internal)?;
    Ok(Argon2::new(Algorithm::Argon2id, Version::V0x13, params))
}

/// The hash of a random password that nobody knows, for names that do not exist.
const NOBODY: &str = "$argon2id$v=19$m=19456,t=2,p=1$c29tZXNhbHRzb21lc2FsdA$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA";

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "a test may panic")]
mod tests {
    use std::time::{Duration, Instant};

    use super::*;

    #[tokio::test]
    async fn a_password_belongs_to_its_own_hash_only() {
        let passwords = Passwords::new();
        let hash = passwords.hash("a long enough one".into()).await.unwrap();
        assert!(hash.starts_with("$argon2id$v=19$m=19456,t=2,p=1$"));
        let verify = |text: &str, hash: Option<String>| passwords.verify(text.into(), hash);
        assert!(
            verify("a long enough one", Some(hash.clone()))
                .await
                .unwrap()
        );
        assert!(!verify("a long enough two", Some(hash)).await.unwrap());
        assert!(!verify("a long enough one", None).await.unwrap());
    }

    #[tokio::test]
    async fn an_unknown_name_takes_as_long_as_a_wrong_password() {
        let passwords = Passwords::new();
        let hash = passwords.hash("a long enough one".into()).await.unwrap();
        let mut best = [Duration::MAX; 2];
        // The quickest of several runs: other work on the machine only makes them slower.
        for _ in 0..5 {
            for (best, hash) in best.iter_mut().zip([Some(hash.clone()), None]) {
                let start = Instant::now();
                let right = passwords.verify("wrong".into(), hash).await.unwrap();
                *best = start.elapsed().min(*best);
                assert!(!right);
            }
        }
        assert!(best[1] * 2 > best[0] && best[0] * 2 > best[1], "{best:?}");
    }

    #[test]
    fn memory_that_was_used_before_changes_no_hash() {
        let memory = Memory::default();
        for (password, kib) in [("a", 64), ("b", 1024), ("c", 64), ("a", 64)] {
            let params = Params::new(kib, 2, 1, None).unwrap();
            let hasher = Argon2::new(Algorithm::Argon2id, Version::V0x13, params);
            let mut fresh = [0; Params::DEFAULT_OUTPUT_LEN];
            hasher
                .hash_password_into(password.as_bytes(), b"some salt", &mut fresh)
                .unwrap();
            let reused = memory.output(&hasher, password, b"some salt").unwrap();
            assert_eq!(reused.as_bytes(), fresh, "{password} in {kib} KiB");
        }
        assert_eq!(memory.blocks().len(), 1);
    }

    #[tokio::test]
    async fn a_full_queue_refuses() {
        let passwords = Passwords::new();
        let _all = passwords
            .queue
            .clone()
            .acquire_many_owned(18)
            .await
            .unwrap();
        let refused = passwords.verify("x".into(), None).await;
        assert!(matches!(refused, Err(ApiError::TooManyRequests { .. })));
    }
}
