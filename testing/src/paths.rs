//! Where things lie.

use std::fs::{self, File};
use std::path::{Path, PathBuf};

use crate::{Context, Result};

/// The root of the workspace that this crate was compiled in.
pub fn workspace_root() -> PathBuf {
    let own = Path::new(env!("CARGO_MANIFEST_DIR"));
    own.parent().unwrap_or(own).to_path_buf()
}

/// The folder that Cargo builds into.
pub fn target_dir() -> PathBuf {
    match std::env::var_os("CARGO_TARGET_DIR") {
        Some(dir) => workspace_root().join(dir),
        None => workspace_root().join("target"),
    }
}

/// The folder for what is fetched and for what is built from it.
///
/// It lies below the workspace's own `target/`, wherever Cargo itself builds,
/// so that all builds of one checkout share what was fetched once.
pub fn cache_dir() -> PathBuf {
    workspace_root().join("target").join("testing")
}

/// An empty folder of the given name below the cache folder.
pub fn fresh_dir(name: &str) -> Result<PathBuf> {
    let dir = cache_dir().join(name);
    if dir.exists() {
        fs::remove_dir_all(&dir).context(dir.display())?;
    }
    fs::create_dir_all(&dir).context(dir.display())?;
    Ok(dir)
}

/// Holds an exclusive lock, shared by all processes, until the returned file
/// is dropped.
pub fn lock(name: &str) -> Result<File> {
    let dir = cache_dir();
    fs::create_dir_all(&dir).context(dir.display())?;
    let path = dir.join(format!("{name}.lock"));
    let file = File::create(&path).context(path.display())?;
    file.lock().context(path.display())?;
    Ok(file)
}

/// The Lua files of a folder, sorted by name.
pub fn lua_files(dir: &Path) -> Result<Vec<PathBuf>> {
    let mut files = Vec::new();
    for entry in fs::read_dir(dir).context(dir.display())? {
        let path = entry?.path();
        if path.extension().is_some_and(|e| e == "lua") {
            files.push(path);
        }
    }
    files.sort();
    Ok(files)
}

/// The last part of a path without its extension, for messages.
pub fn stem(path: &Path) -> String {
    path.file_stem().unwrap_or_default().to_string_lossy().into_owned()
}
