//! A host that lives in memory.

use std::collections::BTreeMap;
use std::io::SeekFrom;
use std::sync::atomic::{AtomicI64, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use super::{Host, HostError, HostFile, HostResult, OpenMode, StandardStream, ZoneOffset};

type Content = Arc<Shared<Vec<u8>>>;

/// What the owner of the host and the states that use it share, on whatever
/// thread each of them is.
#[derive(Default)]
struct Shared<T>(Mutex<T>);

impl<T> Shared<T> {
    fn borrow_mut(&self) -> MutexGuard<'_, T> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A tree of files in memory, a clock that stands still, standard streams that
/// can be filled and read by the owner, and no processes. Folders exist as far
/// as files lie in them.
///
/// ```
/// use perilune::host::MemoryHost;
/// use perilune::{Lua, LuaOptions, StdLib};
/// use std::sync::Arc;
///
/// let host = Arc::new(MemoryHost::new());
/// host.add_file(b"greet.lua", b"return function(name) return 'Hello, ' .. name end");
/// let options = LuaOptions::new().host(host.clone());
/// let lua = Lua::new_with(StdLib::ALL_SAFE, options)?;
/// lua.load("print(require 'greet'('Ada'))").exec()?;
/// lua.load("io.open('log.txt', 'w'):write('greeted'):close()").exec()?;
/// assert_eq!(host.output(), b"Hello, Ada\n");
/// assert_eq!(host.file(b"log.txt").as_deref(), Some(&b"greeted"[..]));
/// # Ok::<(), perilune::Error>(())
/// ```
#[derive(Default)]
pub struct MemoryHost {
    files: Shared<BTreeMap<Vec<u8>, Content>>,
    variables: Shared<BTreeMap<Vec<u8>, Vec<u8>>>,
    input: Content,
    output: Content,
    errors: Content,
    time: AtomicI64,
    zone: Shared<Option<ZoneOffset>>,
    next_name: AtomicU64,
}

impl MemoryHost {
    /// A host without files, in 1970.
    ///
    /// ```
    /// use perilune::host::{Host, MemoryHost};
    ///
    /// let host = MemoryHost::new();
    /// assert!(host.paths().is_empty());
    /// assert_eq!(host.time(), Ok(0));
    /// ```
    pub fn new() -> MemoryHost {
        MemoryHost::default()
    }

    /// Adds or replaces a file.
    ///
    /// ```
    /// use perilune::host::{Host, MemoryHost};
    ///
    /// let host = MemoryHost::new();
    /// host.add_file(b"data/names.txt", b"Ada\n");
    /// host.add_file(b"data/names.txt", b"Grace\n");
    /// assert!(host.is_readable(b"./data/names.txt"));
    /// assert_eq!(host.file(b"data/names.txt").as_deref(), Some(&b"Grace\n"[..]));
    /// ```
    pub fn add_file(&self, path: &[u8], content: &[u8]) {
        let content = Arc::new(Shared(Mutex::new(content.to_vec())));
        self.files.borrow_mut().insert(normal_path(path), content);
    }

    /// The content of a file; `None` if there is none.
    ///
    /// ```
    /// use perilune::host::MemoryHost;
    ///
    /// let host = MemoryHost::new();
    /// host.add_file(b"a.txt", b"text");
    /// assert_eq!(host.file(b"a.txt"), Some(b"text".to_vec()));
    /// assert_eq!(host.file(b"b.txt"), None);
    /// ```
    pub fn file(&self, path: &[u8]) -> Option<Vec<u8>> {
        self.files.borrow_mut().get(&normal_path(path)).map(|content| content.borrow_mut().clone())
    }

    /// The paths of all files, sorted.
    ///
    /// ```
    /// use perilune::host::MemoryHost;
    ///
    /// let host = MemoryHost::new();
    /// host.add_file(b"src/b.lua", b"");
    /// host.add_file(b"src/a.lua", b"");
    /// assert_eq!(host.paths(), [b"src/a.lua", b"src/b.lua"]);
    /// ```
    pub fn paths(&self) -> Vec<Vec<u8>> {
        self.files.borrow_mut().keys().cloned().collect()
    }

    /// What was written to standard output.
    ///
    /// ```
    /// # use perilune::{Lua, LuaOptions, StdLib, host::MemoryHost};
    /// # use std::sync::Arc;
    /// let host = Arc::new(MemoryHost::new());
    /// let options = LuaOptions::new().host(host.clone());
    /// let lua = Lua::new_with(StdLib::ALL_SAFE, options)?;
    /// lua.load("print('ready')").exec()?;
    /// assert_eq!(host.output(), b"ready\n");
    /// # Ok::<(), perilune::Error>(())
    /// ```
    pub fn output(&self) -> Vec<u8> {
        self.output.borrow_mut().clone()
    }

    /// What was written to standard error.
    ///
    /// ```
    /// # use perilune::{Lua, LuaOptions, StdLib, host::MemoryHost};
    /// # use std::sync::Arc;
    /// let host = Arc::new(MemoryHost::new());
    /// let options = LuaOptions::new().host(host.clone());
    /// let lua = Lua::new_with(StdLib::ALL_SAFE, options)?;
    /// lua.load("io.stderr:write('out of paper')").exec()?;
    /// assert_eq!(host.errors(), b"out of paper");
    /// # Ok::<(), perilune::Error>(())
    /// ```
    pub fn errors(&self) -> Vec<u8> {
        self.errors.borrow_mut().clone()
    }

    /// Adds to what standard input will give.
    ///
    /// ```
    /// # use perilune::{Lua, LuaOptions, StdLib, host::MemoryHost};
    /// # use std::sync::Arc;
    /// let host = Arc::new(MemoryHost::new());
    /// host.add_input(b"Ada\n36\n");
    /// let options = LuaOptions::new().host(host.clone());
    /// let lua = Lua::new_with(StdLib::ALL_SAFE, options)?;
    /// let read: (String, i64) = lua.load("io.read('l', 'n')").eval()?;
    /// assert_eq!(read, ("Ada".into(), 36));
    /// # Ok::<(), perilune::Error>(())
    /// ```
    pub fn add_input(&self, bytes: &[u8]) {
        self.input.borrow_mut().extend_from_slice(bytes);
    }

    /// Sets the clock: seconds since 1970-01-01 00:00:00 UTC.
    ///
    /// ```
    /// # use perilune::{Lua, LuaOptions, StdLib, host::MemoryHost};
    /// # use std::sync::Arc;
    /// let host = Arc::new(MemoryHost::new());
    /// host.set_time(86_400);
    /// let options = LuaOptions::new().host(host.clone());
    /// let lua = Lua::new_with(StdLib::ALL_SAFE, options)?;
    /// assert_eq!(lua.load("os.date('%Y-%m-%d')").eval::<String>()?, "1970-01-02");
    /// # Ok::<(), perilune::Error>(())
    /// ```
    pub fn set_time(&self, time: i64) {
        self.time.store(time, Ordering::Relaxed);
    }

    /// Sets the offset of local time, the same at all times.
    ///
    /// ```
    /// # use perilune::{Lua, LuaOptions, StdLib, host::{MemoryHost, ZoneOffset}};
    /// # use std::sync::Arc;
    /// let host = Arc::new(MemoryHost::new());
    /// host.set_zone(ZoneOffset { seconds_east: 3600, is_dst: false, name: "CET".into() });
    /// let options = LuaOptions::new().host(host.clone());
    /// let lua = Lua::new_with(StdLib::ALL_SAFE, options)?;
    /// assert_eq!(lua.load("os.date('%H:%M %Z')").eval::<String>()?, "01:00 CET");
    /// # Ok::<(), perilune::Error>(())
    /// ```
    pub fn set_zone(&self, zone: ZoneOffset) {
        *self.zone.borrow_mut() = Some(zone);
    }

    /// Sets an environment variable.
    ///
    /// ```
    /// # use perilune::{Lua, LuaOptions, StdLib, host::MemoryHost};
    /// # use std::sync::Arc;
    /// let host = Arc::new(MemoryHost::new());
    /// host.set_variable(b"HOME", b"/home/ada");
    /// let options = LuaOptions::new().host(host.clone());
    /// let lua = Lua::new_with(StdLib::ALL_SAFE, options)?;
    /// assert_eq!(lua.load("os.getenv('HOME')").eval::<String>()?, "/home/ada");
    /// # Ok::<(), perilune::Error>(())
    /// ```
    pub fn set_variable(&self, name: &[u8], value: &[u8]) {
        self.variables.borrow_mut().insert(name.to_vec(), value.to_vec());
    }

    fn is_folder(&self, path: &[u8]) -> bool {
        if path.is_empty() || path == b"/" {
            return true;
        }
        let mut prefix = path.to_vec();
        prefix.push(b'/');
        let files = self.files.borrow_mut();
        files.range(prefix.clone()..).next().is_some_and(|(path, _)| path.starts_with(&prefix))
    }
}

/// Drops empty and `.` steps and resolves `..`.
fn normal_path(path: &[u8]) -> Vec<u8> {
    let mut steps: Vec<&[u8]> = Vec::new();
    for step in path.split(|&byte| byte == b'/') {
        match step {
            b"" | b"." => {}
            b".." => {
                steps.pop();
            }
            step => steps.push(step),
        }
    }
    let joined = steps.join(&b'/');
    if path.first() == Some(&b'/') { [b"/".as_slice(), &joined].concat() } else { joined }
}

impl Host for MemoryHost {
    fn open(&self, path: &[u8], mode: OpenMode) -> HostResult<Box<dyn HostFile>> {
        let path = normal_path(path);
        if self.is_folder(&path) {
            let error = match mode.create && mode.exclusive {
                true => HostError::EXISTS,
                false => HostError::IS_A_DIRECTORY,
            };
            return if mode.write { Err(error) } else { Ok(Box::new(Folder)) };
        }
        let found = self.files.borrow_mut().get(&path).cloned();
        let content = match found {
            Some(_) if mode.create && mode.exclusive => return Err(HostError::EXISTS),
            Some(content) => content,
            None if mode.create => {
                let content = Content::default();
                self.files.borrow_mut().insert(path, Arc::clone(&content));
                content
            }
            None => return Err(HostError::NOT_FOUND),
        };
        if mode.truncate {
            content.borrow_mut().clear();
        }
        let position = if mode.append && !mode.read { content.borrow_mut().len() } else { 0 };
        Ok(Box::new(MemoryFile { content, position, mode, is_pipe: false }))
    }

    fn remove(&self, path: &[u8]) -> HostResult<()> {
        let path = normal_path(path);
        match self.files.borrow_mut().remove(&path) {
            Some(_) => Ok(()),
            None => Err(HostError::NOT_FOUND),
        }
    }

    fn rename(&self, from: &[u8], to: &[u8]) -> HostResult<()> {
        let to = normal_path(to);
        if self.is_folder(&to) {
            return Err(HostError::IS_A_DIRECTORY);
        }
        let mut files = self.files.borrow_mut();
        let content = files.remove(&normal_path(from)).ok_or(HostError::NOT_FOUND)?;
        files.insert(to, content);
        Ok(())
    }

    fn temporary_file(&self) -> HostResult<Box<dyn HostFile>> {
        let mode = OpenMode { read: true, ..OpenMode::WRITE };
        let content = Content::default();
        Ok(Box::new(MemoryFile { content, position: 0, mode, is_pipe: false }))
    }

    fn temporary_name(&self) -> HostResult<Vec<u8>> {
        loop {
            let number = self.next_name.fetch_add(1, Ordering::Relaxed);
            let name = format!("/tmp/lua_{number:06}").into_bytes();
            if !self.files.borrow_mut().contains_key(&name) {
                self.add_file(&name, b"");
                return Ok(name);
            }
        }
    }

    fn standard_stream(&self, stream: StandardStream) -> Box<dyn HostFile> {
        let (content, mode) = match stream {
            StandardStream::Input => (&self.input, OpenMode::READ),
            StandardStream::Output => (&self.output, OpenMode::WRITE),
            StandardStream::Error => (&self.errors, OpenMode::WRITE),
        };
        let content = Arc::clone(content);
        Box::new(MemoryFile { content, position: 0, mode, is_pipe: true })
    }

    fn variable(&self, name: &[u8]) -> Option<Vec<u8>> {
        self.variables.borrow_mut().get(name).cloned()
    }

    fn time(&self) -> HostResult<i64> {
        Ok(self.time.load(Ordering::Relaxed))
    }

    fn processor_time(&self) -> HostResult<f64> {
        Ok(0.0)
    }

    fn zone_offset(&self, _: i64) -> ZoneOffset {
        self.zone.borrow_mut().clone().unwrap_or_else(|| ZoneOffset::utc("UTC"))
    }
}

struct MemoryFile {
    content: Content,
    position: usize,
    mode: OpenMode,
    is_pipe: bool,
}

impl HostFile for MemoryFile {
    fn read(&mut self, buffer: &mut [u8]) -> HostResult<usize> {
        if !self.mode.read {
            return Err(HostError::BAD_FILE);
        }
        let content = self.content.borrow_mut();
        let rest = content.get(self.position..).unwrap_or_default();
        let count = rest.len().min(buffer.len());
        buffer[..count].copy_from_slice(&rest[..count]);
        self.position += count;
        Ok(count)
    }

    fn write(&mut self, bytes: &[u8]) -> HostResult<usize> {
        if !self.mode.write {
            return Err(HostError::BAD_FILE);
        }
        let mut content = self.content.borrow_mut();
        if self.mode.append || self.is_pipe {
            self.position = content.len();
        }
        let end = self.position.checked_add(bytes.len()).ok_or(HostError::INVALID)?;
        if end > content.len() {
            let more = end - content.len();
            content.try_reserve(more).map_err(|_| HostError::NO_MEMORY)?;
            content.resize(end, 0);
        }
        content[self.position..end].copy_from_slice(bytes);
        self.position = end;
        Ok(bytes.len())
    }

    fn seek(&mut self, to: SeekFrom) -> HostResult<u64> {
        if self.is_pipe {
            return Err(HostError::ILLEGAL_SEEK);
        }
        let (base, offset) = match to {
            SeekFrom::Start(position) => (position, 0),
            SeekFrom::Current(offset) => (self.position as u64, offset),
            SeekFrom::End(offset) => (self.content.borrow_mut().len() as u64, offset),
        };
        let position = base.checked_add_signed(offset).ok_or(HostError::INVALID)?;
        self.position = usize::try_from(position).map_err(|_| HostError::INVALID)?;
        Ok(position)
    }
}

/// A folder can be opened, but not read.
struct Folder;

impl HostFile for Folder {
    fn read(&mut self, _: &mut [u8]) -> HostResult<usize> {
        Err(HostError::IS_A_DIRECTORY)
    }

    fn write(&mut self, _: &[u8]) -> HostResult<usize> {
        Err(HostError::BAD_FILE)
    }

    fn seek(&mut self, _: SeekFrom) -> HostResult<u64> {
        Ok(0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn files_and_folders() {
        let host = MemoryHost::new();
        host.add_file(b"lib/a.lua", b"return 1");
        assert!(host.is_readable(b"./lib//a.lua"));
        assert!(host.is_readable(b"lib"));
        assert!(!host.is_readable(b"li"));
        let mut folder = host.open(b"lib", OpenMode::READ).unwrap();
        assert_eq!(folder.read(&mut [0; 4]), Err(HostError::IS_A_DIRECTORY));
        assert_eq!(host.open(b"lib", OpenMode::WRITE).err(), Some(HostError::IS_A_DIRECTORY));
        assert_eq!(host.open(b"none", OpenMode::READ).err(), Some(HostError::NOT_FOUND));
        host.rename(b"lib/a.lua", b"b.lua").unwrap();
        assert_eq!(host.paths(), [b"b.lua".to_vec()]);
        host.remove(b"x/../b.lua").unwrap();
        assert_eq!(host.remove(b"b.lua"), Err(HostError::NOT_FOUND));
    }

    #[test]
    fn appending_goes_to_the_end() {
        let host = MemoryHost::new();
        host.add_file(b"f", b"abc");
        let mut file = host.open(b"f", OpenMode::parse(b"a+").unwrap()).unwrap();
        let mut start = [0; 2];
        assert_eq!(file.read(&mut start), Ok(2));
        assert_eq!(file.write(b"d"), Ok(1));
        assert_eq!(host.file(b"f").unwrap(), b"abcd");
    }

    #[test]
    fn temporary_names_are_new() {
        let host = MemoryHost::new();
        let first = host.temporary_name().unwrap();
        assert_ne!(first, host.temporary_name().unwrap());
        assert_eq!(host.file(&first).unwrap(), b"");
    }
}
