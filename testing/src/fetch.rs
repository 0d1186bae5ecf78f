//! Brings third-party sources below `target/testing/`, through the ordinary
//! clients of two package registries. None of it is part of the repository.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::{Context, Error, Result, paths};

/// The Cargo packages that tests need, with their exact versions: the C
/// sources of every dialect's interpreter, and the official test suites.
const CRATES: [(&str, &str); 2] = [("lua-src", "551.1.0"), ("luna-core", "3.2.2")];

/// The Python package whose source archive carries each dialect's `lua.c`,
/// which `lua-src` leaves out.
const LUPA: &str = "2.8";

/// The folder of the Cargo package `name`, fetched if need be.
pub fn crate_dir(name: &str) -> Result<PathBuf> {
    let (_, version) = CRATES
        .iter()
        .find(|(known, _)| *known == name)
        .ok_or_else(|| Error(format!("package {name} is not among those the tests fetch")))?;
    let _lock = paths::lock("fetch")?;
    let base = paths::cache_dir().join("crates");
    let dir = base.join("vendor").join(format!("{name}-{version}"));
    if !dir.join("Cargo.toml").exists() {
        vendor(&base)?;
    }
    if dir.exists() { Ok(dir) } else { Err(Error(format!("{} is missing", dir.display()))) }
}

/// Lets Cargo copy the packages below `base`, out of a manifest that belongs
/// to no workspace.
fn vendor(base: &Path) -> Result<()> {
    fs::create_dir_all(base).context(base.display())?;
    let mut manifest = String::from(
        "[package]\nname = \"fetched\"\nversion = \"0.0.0\"\nedition = \"2024\"\n\
         [lib]\npath = \"lib.rs\"\n[workspace]\n[dependencies]\n",
    );
    for (name, version) in CRATES {
        manifest.push_str(&format!("{name} = \"={version}\"\n"));
    }
    fs::write(base.join("Cargo.toml"), manifest).context(base.display())?;
    fs::write(base.join("lib.rs"), "").context(base.display())?;
    let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let mut command = Command::new(cargo);
    command.args(["vendor", "--quiet", "--versioned-dirs", "vendor"]).current_dir(base);
    run(command, "cargo vendor")
}

/// The folder with the subfolders `lua51` … `lua55` of the Python package
/// `lupa`, fetched if need be.
pub fn lupa_dir() -> Result<PathBuf> {
    let _lock = paths::lock("fetch")?;
    let base = paths::cache_dir().join("lupa");
    let dir = base.join(format!("lupa-{LUPA}")).join("third-party");
    if !dir.exists() {
        let archive = base.join(format!("lupa-{LUPA}.tar.gz"));
        if !archive.exists() {
            download_lupa(&base)?;
        }
        unpack(&archive, &base)?;
    }
    if dir.exists() { Ok(dir) } else { Err(Error(format!("{} is missing", dir.display()))) }
}

/// Fetches the source archive with whichever form of pip answers.
fn download_lupa(base: &Path) -> Result<()> {
    fs::create_dir_all(base).context(base.display())?;
    let mut failures = Vec::new();
    for pip in [&["pip3"][..], &["python3", "-m", "pip"], &["pip"]] {
        let mut command = Command::new(pip[0]);
        command.args(&pip[1..]).args(["download", "--quiet", "--no-deps", "--no-binary", "lupa"]);
        command.arg(format!("lupa=={LUPA}")).arg("--dest").arg(base);
        // pip asks the package for its metadata; without this switch the
        // package would build a JIT compiler before it answers.
        command.env("LUPA_NO_LUAJIT", "true");
        match run(command, &pip.join(" ")) {
            Ok(()) => return Ok(()),
            Err(e) => failures.push(e.0),
        }
    }
    Err(Error(format!(
        "cannot fetch the source archive of lupa {LUPA}, which carries lua.c \
         (Python 3 with pip is needed):\n{}",
        failures.join("\n")
    )))
}

/// Unpacks a `.tar.gz` archive below `dir`.
pub fn unpack(archive: &Path, dir: &Path) -> Result<()> {
    fs::create_dir_all(dir).context(dir.display())?;
    let mut command = Command::new("tar");
    command.arg("-xzf").arg(archive).arg("-C").arg(dir);
    run(command, "tar")
}

/// Runs a command that has to succeed; its output is shown only if it fails.
pub fn run(mut command: Command, what: &str) -> Result<()> {
    let output = command.output().context(what)?;
    if output.status.success() {
        return Ok(());
    }
    Err(Error(format!(
        "{what} failed ({}):\n{}{}",
        output.status,
        String::from_utf8_lossy(&output.stdout),
        String::from_utf8_lossy(&output.stderr)
    )))
}

/// Copies a folder with all it holds.
pub fn copy_tree(from: &Path, to: &Path) -> Result<()> {
    fs::create_dir_all(to).context(to.display())?;
    for entry in fs::read_dir(from).context(from.display())? {
        let entry = entry?;
        let target = to.join(entry.file_name());
        if entry.file_type()?.is_dir() {
            copy_tree(&entry.path(), &target)?;
        } else {
            fs::copy(entry.path(), &target).context(target.display())?;
        }
    }
    Ok(())
}
