//! What Perilune is tested with: the real C interpreters, the official test
//! suites, and the machinery that runs a binary over a folder of Lua scripts.
//!
//! Nothing fetched is part of the repository. Everything from outside comes
//! through `cargo` and `pip`, lands below `target/testing/` of the workspace
//! and stays there, so that only the first run needs the network.
//!
//! | module | what it does |
//! |---|---|
//! | [`paths`] | where things lie |
//! | [`process`] | one run of a program: input, limits, time-out, output, CPU time |
//! | [`fetch`] | brings third-party sources below `target/testing/` |
//! | [`oracle`] | builds the C interpreters, one per dialect |
//! | [`stress`] | the suites with as many collections as possible |
//! | [`suites`] | unpacks the official suites and runs their files |
//! | [`perilune`] | builds and finds the binary under test |
//! | [`script`] | a Lua test script and the directives in its leading comments |
//! | [`compare`] | makes two runs comparable and tells how they differ |
//! | [`pool`] | runs independent jobs on a few threads |
//! | [`generate`] | makes random programs and compares the two under them |
//! | [`faults`] | makes single allocations of the binary under test fail |

#![forbid(unsafe_code)]

pub mod compare;
pub mod faults;
pub mod fetch;
pub mod generate;
pub mod oracle;
pub mod paths;
pub mod perilune;
pub mod pool;
pub mod process;
pub mod script;
pub mod stress;
pub mod suites;

/// The error of everything in this crate: a sentence for the person who runs
/// the tests.
#[derive(Debug, Clone)]
pub struct Error(pub String);

/// The result of everything in this crate.
pub type Result<T> = std::result::Result<T, Error>;

impl std::fmt::Display for Error {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for Error {}

impl From<std::io::Error> for Error {
    fn from(e: std::io::Error) -> Self {
        Error(e.to_string())
    }
}

impl From<String> for Error {
    fn from(text: String) -> Self {
        Error(text)
    }
}

/// Adds what was being done to an error.
pub trait Context<T> {
    /// `what` is put in front of the error's own text.
    fn context(self, what: impl std::fmt::Display) -> Result<T>;
}

impl<T, E: std::fmt::Display> Context<T> for std::result::Result<T, E> {
    fn context(self, what: impl std::fmt::Display) -> Result<T> {
        self.map_err(|e| Error(format!("{what}: {e}")))
    }
}
