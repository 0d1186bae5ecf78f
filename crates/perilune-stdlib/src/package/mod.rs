//! Modules: `require` and the `package` table (manual §6.3).

mod module;

use perilune_vm::{LUA_5_2, LibraryTable, NativeFn, Result, Return, State, Value};

use crate::host::{Host, LibraryError, LoadFile, c_string, host, load_file};
use crate::registration::{ALL, Entry, push_library, set_entries, since, until};

/// Names in the registry.
const LOADED: &str = "_LOADED";
const PRELOAD: &str = "_PRELOAD";
const NO_ENVIRONMENT: &str = "LUA_NOENV";

/// A string argument, as C sees it.
fn check_c_string(state: &mut State, arg: i32) -> Result<Vec<u8>> {
    Ok(c_string(state.check_bytes(arg)?).to_vec())
}

/// `text` with every `pattern` replaced; an empty pattern is never found.
fn replace(text: &[u8], pattern: &[u8], replacement: &[u8]) -> Vec<u8> {
    let mut result = Vec::with_capacity(text.len());
    let mut rest = text;
    while !rest.is_empty() {
        if !pattern.is_empty() && rest.starts_with(pattern) {
            result.extend_from_slice(replacement);
            rest = &rest[pattern.len()..];
        } else {
            result.push(rest[0]);
            rest = &rest[1..];
        }
    }
    result
}

// ---------------------------------------------------------------- paths

/// The value of a path variable with the default path in the place of every
/// `;;`.
fn expand_defaults(path: &[u8], default: &[u8]) -> Vec<u8> {
    let between = [b";", default, b";"].concat();
    replace(path, b";;", &between)
}

/// The value of a path variable with the default path in the place of `;;`.
fn expand_default(path: &[u8], default: &[u8]) -> Vec<u8> {
    let Some(mark) = path.windows(2).position(|pair| pair == b";;") else {
        return path.to_vec();
    };
    let mut expanded = Vec::new();
    if mark > 0 {
        expanded.extend_from_slice(&path[..=mark]);
    }
    expanded.extend_from_slice(default);
    if mark + 2 < path.len() {
        expanded.extend_from_slice(&path[mark + 1..]);
    }
    expanded
}

/// Sets a path of the `package` table on top from the environment.
fn set_path(state: &mut State, field: &str, variable: &str, default: &str) -> Result<()> {
    state.push_registry()?;
    state.raw_get_field(-1, NO_ENVIRONMENT)?;
    let ignored = state.to_boolean(-1);
    state.pop(2);
    let dialect = state.dialect();
    let host = host(state);
    let value = if ignored {
        None
    } else {
        let preferred = format!("{variable}{}", dialect.variable_suffix);
        host.variable(preferred.as_bytes()).or_else(|| host.variable(variable.as_bytes()))
    };
    let path = match value {
        Some(value) if dialect.path_default_everywhere => {
            expand_defaults(&value, default.as_bytes())
        }
        Some(value) => expand_default(&value, default.as_bytes()),
        None => default.as_bytes().to_vec(),
    };
    state.set_field_to(-1, field, &path)
}

/// Why no file was found: one line per file tried.
fn not_found_message(path: &[u8]) -> Vec<u8> {
    [b"no file '", &*replace(path, b";", b"'\n\tno file '"), b"'"].concat()
}

/// The first readable file of a path, or the message about all of them.
fn search(
    state: &State,
    name: &[u8],
    path: &[u8],
    separator: &[u8],
    replacement: &[u8],
) -> Result<Vec<u8>, Vec<u8>> {
    let dialect = state.dialect();
    let name = replace(name, separator, replacement);
    if dialect.path_skips_empty {
        return search_parts(&*host(state), path, &name);
    }
    let path = replace(path, b"?", &name);
    let host = host(state);
    // An empty path names no file, not even the one with the empty name.
    if !path.is_empty() {
        for file in path.split(|&byte| byte == b';') {
            if host.is_readable(file) {
                return Ok(file.to_vec());
            }
        }
    }
    Err(not_found_message(&path))
}

/// [`search`] part by part. A name that has a `;` in it does not make two files of
/// one.
fn search_parts(host: &dyn Host, path: &[u8], name: &[u8]) -> Result<Vec<u8>, Vec<u8>> {
    let mut message = Vec::new();
    for part in path.split(|&byte| byte == b';').filter(|part| !part.is_empty()) {
        let file = replace(part, b"?", name);
        if host.is_readable(&file) {
            return Ok(file);
        }
        message.extend_from_slice(b"\n\tno file '");
        message.extend_from_slice(&file);
        message.push(b'\'');
    }
    Err(message)
}

/// `package.searchpath (name, path [, sep [, rep]])`: the first readable file
/// of a path, or fail and a message (manual §6.3).
fn searchpath(state: &mut State) -> Result<Return> {
    let name = check_c_string(state, 1)?;
    let path = check_c_string(state, 2)?;
    let separator = c_string(state.opt_bytes(3)?.unwrap_or(b".")).to_vec();
    let replacement = c_string(state.opt_bytes(4)?.unwrap_or(b"/")).to_vec();
    match search(state, &name, &path, &separator, &replacement) {
        Ok(file) => state.ret(&file),
        Err(message) => {
            state.push(())?;
            state.push(&message)?;
            Ok(Return::values(2))
        }
    }
}

/// Looks for a module along `package.path` or `package.cpath`.
fn find_file(state: &mut State, name: &[u8], field: &str) -> Result<Result<Vec<u8>, Vec<u8>>> {
    state.push_upvalue(1)?;
    state.get_field(-1, field)?;
    let path = state.to_bytes(-1).map(|path| c_string(path).to_vec());
    let Some(path) = path else {
        return Err(state.error(format_args!("'package.{field}' must be a string")));
    };
    state.pop(2);
    Ok(search(state, name, &path, b".", b"/"))
}

// ---------------------------------------------------------------- dynamic libraries

/// Pushes the function of a library, or `true` for the name `*`.
fn push_library_function(
    state: &mut State,
    path: &[u8],
    symbol: &[u8],
) -> Result<Result<(), LibraryError>> {
    match host(state).library_function(path, symbol) {
        Ok(Some(function)) => state.push(function).map(Ok),
        Ok(None) => state.push(true).map(Ok),
        Err(error) => Ok(Err(error)),
    }
}

/// `package.loadlib (libname, funcname)`: a function of a dynamic library
/// (manual §6.3).
fn loadlib(state: &mut State) -> Result<Return> {
    let path = check_c_string(state, 1)?;
    let symbol = check_c_string(state, 2)?;
    match push_library_function(state, &path, &symbol)? {
        Ok(()) => Ok(Return::values(1)),
        Err(error) => {
            state.push(())?;
            state.push(error.message.as_str())?;
            state.push(error.place)?;
            Ok(Return::values(3))
        }
    }
}

/// Pushes the function `luaopen_…` of a module's library. Of a name `X-Y` it
/// is `luaopen_X`, or else `luaopen_Y`.
fn push_open_function(
    state: &mut State,
    file: &[u8],
    module: &[u8],
) -> Result<Result<(), LibraryError>> {
    let name = replace(module, b".", b"_");
    let mut rest = &*name;
    if let Some(mark) = name.iter().position(|&byte| byte == b'-') {
        let symbol = [b"luaopen_", &name[..mark]].concat();
        match push_library_function(state, file, &symbol)? {
            Err(error) if error.place == "init" => rest = &name[mark + 1..],
            result => return Ok(result),
        }
    }
    push_library_function(state, file, &[b"luaopen_", rest].concat())
}

// ---------------------------------------------------------------- searchers

/// What a searcher returns that found nothing: a message about files.
fn nothing_found(state: &mut State, message: &[u8]) -> Result<Return> {
    state.ret(message)
}

/// What a searcher returns that found nothing: a message of one line.
fn nothing_found_line(state: &mut State, line: &[&[u8]]) -> Result<Return> {
    let line = line.concat();
    if state.dialect().searcher_messages_with_break {
        return state.ret(&[b"\n\t", &*line].concat());
    }
    state.ret(&line)
}

/// What a searcher returns for the loader on top: it and, in most dialects, the
/// file's name.
fn found(state: &mut State, file: &[u8]) -> Result<Return> {
    if !state.dialect().loader_data {
        return Ok(Return::values(1));
    }
    state.push(file)?;
    Ok(Return::values(2))
}

fn loading_error(state: &mut State, file: &[u8], message: &[u8]) -> perilune_vm::Error {
    let name = state.bytes(1).map(c_string).unwrap_or_default().to_vec();
    let text =
        [b"error loading module '", &*name, b"' from file '", file, b"':\n\t", c_string(message)];
    state.error_bytes(&text.concat())
}

/// Searcher 1: `package.preload` (manual §6.3, `package.searchers`).
fn search_preload(state: &mut State) -> Result<Return> {
    let name = check_c_string(state, 1)?;
    let dialect = state.dialect();
    if dialect.preload_of_package {
        state.push_upvalue(1)?;
        state.get_field(-1, "preload")?;
        if !state.is_table(-1) {
            return Err(state.error(format_args!("'package.preload' must be a table")));
        }
    } else {
        state.push_registry_table(PRELOAD)?;
    }
    state.push(&name)?;
    state.get(-2)?;
    if state.is_nil(-1) {
        return nothing_found_line(state, &[b"no field package.preload['", &name, b"']"]);
    }
    if !dialect.preload_data {
        return Ok(Return::values(1));
    }
    found(state, b":preload:")
}

/// Searcher 2: a Lua file along `package.path` (manual §6.3,
/// `package.searchers`).
fn search_lua(state: &mut State) -> Result<Return> {
    let name = check_c_string(state, 1)?;
    let file = match find_file(state, &name, "path")? {
        Ok(file) => file,
        Err(message) => return nothing_found(state, &message),
    };
    if load_file(state, Some(&file), b"bt")? == LoadFile::Loaded {
        return found(state, &file);
    }
    let message = state.to_bytes(-1).unwrap_or_default().to_vec();
    Err(loading_error(state, &file, &message))
}

/// Searcher 3: a library along `package.cpath` (manual §6.3,
/// `package.searchers`).
fn search_library(state: &mut State) -> Result<Return> {
    let name = check_c_string(state, 1)?;
    let file = match find_file(state, &name, "cpath")? {
        Ok(file) => file,
        Err(message) => return nothing_found(state, &message),
    };
    match push_open_function(state, &file, &name)? {
        Ok(()) => found(state, &file),
        Err(error) => Err(loading_error(state, &file, error.message.as_bytes())),
    }
}

/// Searcher 4: a submodule in the library of its root, along `package.cpath`
/// (manual §6.3, `package.searchers`).
fn search_root_library(state: &mut State) -> Result<Return> {
    let name = check_c_string(state, 1)?;
    let Some(dot) = name.iter().position(|&byte| byte == b'.') else {
        return Ok(Return::NONE);
    };
    let file = match find_file(state, &name[..dot], "cpath")? {
        Ok(file) => file,
        Err(message) => return nothing_found(state, &message),
    };
    match push_open_function(state, &file, &name)? {
        Ok(()) => found(state, &file),
        Err(error) if error.place == "init" => {
            nothing_found_line(state, &[b"no module '", &name, b"' in file '", &file, b"'"])
        }
        Err(error) => Err(loading_error(state, &file, error.message.as_bytes())),
    }
}

// ---------------------------------------------------------------- require

/// Pushes the loader of a module and its extra value. Index 2 is free for the
/// table of searchers after it.
fn push_loader(state: &mut State, name: &[u8]) -> Result<()> {
    let dialect = state.dialect();
    let field = dialect.searchers_field;
    state.push_upvalue(1)?;
    state.get_field(-1, field)?;
    state.remove(-2);
    if !state.is_table(-1) {
        return Err(state.error(format_args!("'package.{field}' must be a table")));
    }
    let searchers = state.top() as i32;
    let mut message = Vec::new();
    for index in 1.. {
        state.raw_get_integer(searchers, index)?;
        if state.is_nil(-1) {
            let text = [b"module '", name, b"' not found:", c_string(&message)].concat();
            return Err(state.error_bytes(&text));
        }
        state.push(name)?;
        state.call(1, Some(2))?;
        if state.is_function(-2) {
            return Ok(());
        }
        if state.is_string_like(-2) {
            if !dialect.searcher_messages_with_break {
                message.extend_from_slice(b"\n\t");
            }
            message.extend_from_slice(state.to_bytes(-2).unwrap_or_default());
        }
        state.pop(2);
    }
    Ok(())
}

/// What marks a module that is being loaded, by its address.
static LOADING: u8 = 0;

/// The address of the mark.
fn loading_mark() -> usize {
    &raw const LOADING as usize
}

/// Whether the value on top is the mark.
fn is_loading(state: &State) -> bool {
    state.value(-1) == Value::LightUserdata(loading_mark())
}

/// `require (modname)`: loads a module unless it is loaded; returns its value
/// and, in some dialects, the loader's extra value (manual §6.3).
fn require(state: &mut State) -> Result<Return> {
    let dialect = state.dialect();
    let name = check_c_string(state, 1)?;
    state.set_top(1);
    state.push_registry_table(LOADED)?;
    state.push(&name)?;
    state.get(2)?;
    if state.to_boolean(-1) {
        if dialect.require_finds_loops && is_loading(state) {
            let text = [b"loop or previous error loading module '", &*name, b"'"].concat();
            return Err(state.error_bytes(&text));
        }
        return Ok(Return::values(1));
    }
    state.pop(1);
    push_loader(state, &name)?;
    if dialect.require_finds_loops {
        state.push(&name)?;
        state.push_light_userdata(loading_mark())?;
        state.set(2)?;
    }
    // …, loader, extra value → …, extra value, loader, name, extra value
    state.rotate(-2, 1);
    state.push_value(1)?;
    if dialect.loader_data {
        state.push_value(-3)?;
        state.call(2, Some(1))?;
    } else {
        state.call(1, Some(1))?;
    }
    if state.is_nil(-1) {
        state.pop(1);
    } else {
        state.push(&name)?;
        state.insert(-2);
        state.set(2)?;
    }
    state.push(&name)?;
    state.get(2)?;
    if state.is_nil(-1) || is_loading(state) {
        state.pop(1);
        state.push(&name)?;
        state.push(true)?;
        state.set(2)?;
        state.push(true)?;
    }
    if !dialect.require_gives_data {
        return Ok(Return::values(1));
    }
    // The module's value below the extra value.
    state.rotate(-2, 1);
    Ok(Return::values(2))
}

// ---------------------------------------------------------------- opening the library

const FUNCTIONS: &[Entry] = &[
    ("loadlib", loadlib, ALL),
    ("searchpath", searchpath, since(&LUA_5_2)),
    ("seeall", module::seeall, until(&LUA_5_2)),
];

/// Global functions beside `require`.
const GLOBAL_FUNCTIONS: &[Entry] = &[("module", module::module, until(&LUA_5_2))];

const SEARCHERS: [NativeFn; 4] = [search_preload, search_lua, search_library, search_root_library];

/// The finalizer of the table of C libraries: there are none to unload.
fn unload_libraries(state: &mut State) -> Result<Return> {
    state.len(1)?;
    Ok(Return::values(0))
}

/// The finalizer of C libraries, of which there are none.
fn unload_library(state: &mut State) -> Result<Return> {
    Err(state.type_error(1, "_LOADLIB"))
}

/// Makes the place in the registry where C libraries would be noted.
fn note_libraries(state: &mut State, place: LibraryTable) -> Result<()> {
    state.push_registry()?;
    match place {
        LibraryTable::Metatable(name) => {
            state.push_registry_table(name)?;
            state.push(unload_library as NativeFn)?;
            state.raw_set_field(-2, "__gc")?;
        }
        LibraryTable::Plain(name) => {
            state.push_registry_table(name)?;
        }
        LibraryTable::Finalized(name) => {
            match name {
                Some(name) => state.push(name)?,
                None => state.push_light_userdata(unload_libraries as NativeFn as usize)?,
            }
            state.new_table(0, 0)?;
            state.new_table(0, 1)?;
            state.push(unload_libraries as NativeFn)?;
            state.raw_set_field(-2, "__gc")?;
            state.set_metatable(-2)?;
            state.raw_set(-3)?;
            state.pop(1);
            return Ok(());
        }
    }
    state.pop(2);
    Ok(())
}

/// Pushes the table of the `package` library and makes `require` global
/// (manual §6.3).
///
/// ```
/// # perilune::Lua::new().with_native(|state| {
/// perilune::native::stdlib::package::open(state)?;
/// state.raw_get_field(-1, "path")?;
/// assert!(state.bytes(-1).unwrap().ends_with(b"?/init.lua"));
/// # Ok(()) })?; Ok::<(), perilune::Error>(())
/// ```
///
/// # Errors
/// If memory runs out.
pub fn open(state: &mut State) -> Result<()> {
    let dialect = state.dialect();
    note_libraries(state, dialect.library_table)?;
    push_library(state, FUNCTIONS, 7)?;
    state.new_table(SEARCHERS.len(), 0)?;
    for (index, searcher) in (1..).zip(SEARCHERS) {
        state.push_value(-2)?;
        state.push_closure(searcher, 1)?;
        state.raw_set_integer(-2, index)?;
    }
    if dialect.searchers_two_names {
        state.push_value(-1)?;
        state.raw_set_field(-3, "loaders")?;
    }
    state.raw_set_field(-2, dialect.searchers_field)?;
    set_path(state, "path", "LUA_PATH", dialect.default_path)?;
    set_path(state, "cpath", "LUA_CPATH", dialect.default_cpath)?;
    state.set_field_to(-1, "config", dialect.package_config)?;
    state.push_registry_table(LOADED)?;
    state.raw_set_field(-2, "loaded")?;
    state.push_registry_table(PRELOAD)?;
    state.raw_set_field(-2, "preload")?;
    state.push_globals()?;
    set_entries(state, GLOBAL_FUNCTIONS)?;
    state.push_value(-2)?;
    state.push_closure(require, 1)?;
    state.raw_set_field(-2, "require")?;
    state.pop(1);
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::Arc;

    #[test]
    fn default_path_takes_the_place_of_two_semicolons() {
        let expand = |path: &str| String::from_utf8(expand_default(path.as_bytes(), b"D")).unwrap();
        assert_eq!(expand("a;b"), "a;b");
        assert_eq!(expand(";;"), "D");
        assert_eq!(expand(";;a"), "D;a");
        assert_eq!(expand("a;;"), "a;D");
        assert_eq!(expand("a;;b;;c"), "a;D;b;;c");
        assert_eq!(expand_defaults(b"a;;b;;", b"D"), b"a;D;b;D;");
    }

    #[test]
    fn replacing() {
        assert_eq!(replace(b"a.b.c", b".", b"/"), b"a/b/c");
        assert_eq!(replace(b"a.b", b"", b"/"), b"a.b");
        assert_eq!(replace(b"??", b"?", b"a?"), b"a?a?");
        assert_eq!(not_found_message(b"x;y"), b"no file 'x'\n\tno file 'y'");
    }

    #[test]
    fn a_host_without_libraries() {
        let host: Arc<dyn crate::host::Host> = Arc::new(crate::host::NoHost);
        let error = host.library_function(b"x", b"*").unwrap_err();
        assert_eq!(error.place, "absent");
    }
}
