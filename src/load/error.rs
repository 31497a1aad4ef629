//! Why there is no load test.

use std::io;

/// Why a load test could not be made.
#[derive(Debug, thiserror::Error)]
pub enum LoadError {
    /// Nothing would be asked.
    #[error(
        "nothing reaches the authorization server in what was chosen: choose another --policy, \
         --from or --for, or leave out --only"
    )]
    Nothing,
    /// The sorted trace can't be read back.
    #[error("cannot read the sorted trace back: {0}")]
    Trace(io::Error),
    /// A ceiling would be broken.
    #[error(transparent)]
    Ceiling(#[from] super::CeilingError),
    /// The system gives no timer or no thread.
    #[error("cannot start: {0}")]
    System(io::Error),
}
