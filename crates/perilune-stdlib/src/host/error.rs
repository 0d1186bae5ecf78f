//! What goes wrong outside: an error number and its text.

use std::borrow::Cow;
use std::fmt;
use std::io;

/// The result of asking the host.
///
/// ```
/// use perilune::host::{Host, HostError, HostResult, MemoryHost};
///
/// fn first_line(host: &dyn Host, path: &[u8]) -> HostResult<Vec<u8>> {
///     let mut file = host.open(path, perilune::host::OpenMode::READ)?;
///     let mut buffer = [0; 64];
///     let n = file.read(&mut buffer)?;
///     Ok(buffer[..n].split(|&byte| byte == b'\n').next().unwrap_or_default().to_vec())
/// }
///
/// let host = MemoryHost::new();
/// host.add_file(b"motd", b"welcome\nback");
/// assert_eq!(first_line(&host, b"motd"), Ok(b"welcome".to_vec()));
/// assert_eq!(first_line(&host, b"none"), Err(HostError::NOT_FOUND));
/// ```
pub type HostResult<T> = Result<T, HostError>;

/// An error of the operating system, or of a host that plays one.
///
/// ```
/// use perilune::host::HostError;
/// use std::io;
///
/// let error = HostError::from(io::Error::from_raw_os_error(2));
/// assert_eq!(error, HostError::NOT_FOUND);
/// assert_eq!(error.to_string(), "No such file or directory");
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HostError {
    code: i32,
    message: Cow<'static, str>,
}

impl HostError {
    /// What a host answers that doesn't allow the thing asked for.
    pub const REFUSED: HostError = HostError::new(1, "not permitted by the host");
    /// ENOENT
    pub const NOT_FOUND: HostError = HostError::new(2, "No such file or directory");
    /// EINTR
    pub const INTERRUPTED: HostError = HostError::new(4, "Interrupted system call");
    /// EBADF
    pub const BAD_FILE: HostError = HostError::new(9, "Bad file descriptor");
    /// ENOMEM
    pub const NO_MEMORY: HostError = HostError::new(12, "Cannot allocate memory");
    /// EACCES
    pub const DENIED: HostError = HostError::new(13, "Permission denied");
    /// EEXIST
    pub const EXISTS: HostError = HostError::new(17, "File exists");
    /// ENOTDIR
    pub const NOT_A_DIRECTORY: HostError = HostError::new(20, "Not a directory");
    /// EISDIR
    pub const IS_A_DIRECTORY: HostError = HostError::new(21, "Is a directory");
    /// EINVAL
    pub const INVALID: HostError = HostError::new(22, "Invalid argument");
    /// ESPIPE
    pub const ILLEGAL_SEEK: HostError = HostError::new(29, "Illegal seek");
    /// ENOTEMPTY
    pub const NOT_EMPTY: HostError = HostError::new(39, "Directory not empty");
    /// EIO
    pub const IO: HostError = HostError::new(5, "Input/output error");

    /// An error with the given number (`errno`) and text (`strerror`).
    ///
    /// ```
    /// use perilune::host::HostError;
    ///
    /// const QUOTA: HostError = HostError::new(122, "Disk quota exceeded");
    /// assert_eq!((QUOTA.code(), QUOTA.message()), (122, "Disk quota exceeded"));
    /// ```
    pub const fn new(code: i32, message: &'static str) -> HostError {
        HostError { code, message: Cow::Borrowed(message) }
    }

    /// The error number, 0 if there is none.
    ///
    /// ```
    /// use perilune::host::HostError;
    ///
    /// assert_eq!(HostError::EXISTS.code(), 17);
    /// ```
    pub fn code(&self) -> i32 {
        self.code
    }

    /// The text.
    ///
    /// ```
    /// use perilune::host::HostError;
    ///
    /// assert_eq!(HostError::REFUSED.message(), "not permitted by the host");
    /// ```
    pub fn message(&self) -> &str {
        &self.message
    }
}

impl fmt::Display for HostError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

impl std::error::Error for HostError {}

impl From<io::Error> for HostError {
    fn from(error: io::Error) -> HostError {
        let Some(code) = error.raw_os_error() else {
            return match error.kind() {
                io::ErrorKind::InvalidInput => HostError::INVALID,
                io::ErrorKind::OutOfMemory => HostError::NO_MEMORY,
                _ => HostError { code: 0, message: Cow::Owned(error.to_string()) },
            };
        };
        // The standard library shows the system's own text with the number after it.
        let mut message = error.to_string();
        let suffix = format!(" (os error {code})");
        if message.ends_with(&suffix) {
            message.truncate(message.len() - suffix.len());
        }
        HostError { code, message: Cow::Owned(message) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_are_those_of_the_system() {
        for known in [
            HostError::NOT_FOUND,
            HostError::BAD_FILE,
            HostError::NO_MEMORY,
            HostError::DENIED,
            HostError::EXISTS,
            HostError::NOT_A_DIRECTORY,
            HostError::IS_A_DIRECTORY,
            HostError::INVALID,
            HostError::ILLEGAL_SEEK,
            HostError::IO,
        ] {
            assert_eq!(HostError::from(io::Error::from_raw_os_error(known.code())), known);
        }
    }
}
