//! The host that refuses everything.

use std::io::SeekFrom;

use super::{Host, HostError, HostFile, HostResult};

/// A host without files, clock, environment or processes: whatever is asked of
/// it fails with "not permitted by the host".
///
/// ```
/// # use perilune::{Lua, LuaOptions, StdLib};
/// use perilune::host::NoHost;
///
/// let options = LuaOptions::new().host(std::sync::Arc::new(NoHost));
/// let lua = Lua::new_with(StdLib::ALL_SAFE, options)?;
/// let (_, why): (Option<bool>, String) = lua.load("io.open('/etc/passwd')").eval()?;
/// assert_eq!(why, "/etc/passwd: not permitted by the host");
/// # Ok::<(), perilune::Error>(())
/// ```
#[derive(Clone, Copy, Debug, Default)]
pub struct NoHost;

impl Host for NoHost {}

/// The standard streams of such a host.
pub(super) struct NoFile;

impl HostFile for NoFile {
    fn read(&mut self, _: &mut [u8]) -> HostResult<usize> {
        Err(HostError::REFUSED)
    }

    fn write(&mut self, _: &[u8]) -> HostResult<usize> {
        Err(HostError::REFUSED)
    }

    fn seek(&mut self, _: SeekFrom) -> HostResult<u64> {
        Err(HostError::REFUSED)
    }
}
