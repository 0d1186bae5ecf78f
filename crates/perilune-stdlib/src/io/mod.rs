//! Input and output (manual §6.8).

mod environments;
mod file;
mod guarded;
mod library;
mod read;
mod results;
mod stream;
mod streams;

pub use file::FileHandle;
pub use guarded::Guarded;
pub use library::open;
pub use results::{exec_result, file_result, push_failure};
pub use stream::{Buffering, SharedStream, Stream};
pub use streams::Streams;

#[cfg(test)]
mod tests;
