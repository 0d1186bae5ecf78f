//! The binary under test.

use std::fs::{self, Permissions};
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::oracle::Dialect;
use crate::{Context, Result, fetch, paths};

/// The dialect that the binary speaks when it is not told which.
pub const DEFAULT_DIALECT: &str = "5.4";

/// The release build of the command, brought up to date first.
///
/// The environment variable `PERILUNE_BIN` names another binary to use
/// instead, and then nothing is built.
pub fn binary() -> Result<PathBuf> {
    if let Some(path) = std::env::var_os("PERILUNE_BIN") {
        let path = PathBuf::from(path);
        return path.canonicalize().context(path.display());
    }
    let target = paths::target_dir();
    let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let mut command = Command::new(cargo);
    command.args(["build", "--quiet", "--release", "--package", "perilune-cli", "--target-dir"]);
    command.arg(&target).current_dir(paths::workspace_root());
    fetch::run(command, "building perilune")?;
    Ok(target.join("release").join("perilune"))
}

/// A folder in which `binary` goes by the name of a dialect's interpreter,
/// `lua5.4` for example. First on `PATH`, it makes scripts that start that
/// program, or plain `lua`, start the binary under test.
pub fn as_lua(binary: &Path, dialect: &Dialect) -> Result<PathBuf> {
    let name = binary.to_string_lossy().replace(['/', ' '], "-");
    let dir = paths::cache_dir().join("as-lua").join(name.trim_start_matches('-'));
    let dir = dir.join(dialect.name);
    let _lock = paths::lock("as-lua")?;
    fs::create_dir_all(&dir).context(dir.display())?;
    let link = dir.join(dialect.program());
    if fs::read_link(&link).ok().as_deref() != Some(binary) {
        std::os::unix::fs::symlink(binary, &link).context(link.display())?;
    }
    // A link would be taken for the default dialect; a program knows only its own name.
    let plain = dir.join("lua");
    if !plain.exists() {
        let starter = format!("#!/bin/sh\nexec {} \"$@\"\n", dialect.program());
        fs::write(&plain, starter).context(plain.display())?;
        fs::set_permissions(&plain, Permissions::from_mode(0o755)).context(plain.display())?;
    }
    Ok(fs::canonicalize(&dir)?)
}
