//! The operating system (manual §6.9), as far as the host allows.

mod date;

use std::sync::Arc;

use perilune_vm::{Payload, Result, Return, State};

use crate::host::{ExitStatus, Host, HostResult, LocaleCategory, ZoneOffset, c_string, host};
use crate::io::{Streams, exec_result, file_result};
use crate::registration::{ALL, Entry, push_library};
use date::{Date, Fields};

/// Conversions of `os.date`: single letters, and those after `E` and `O`,
/// which mean nothing in the C locale.
const CONVERSIONS: &[u8] = b"aAbBcCdDeFgGhHIjmMnprRStTuUVwWxXyYzZ%";
const CONVERSIONS_AFTER_E: &[u8] = b"cCxXyY";
const CONVERSIONS_AFTER_O: &[u8] = b"deHImMSuUVwWy";

/// A string argument, as C sees it.
fn check_c_string(state: &mut State, arg: i32) -> Result<Vec<u8>> {
    Ok(c_string(state.check_bytes(arg)?).to_vec())
}

/// `os.execute ([command])`: runs a shell command, or tells whether there is a
/// shell (manual §6.9).
fn execute(state: &mut State) -> Result<Return> {
    let command = state.opt_bytes(1)?.map(|command| c_string(command).to_vec());
    let host = host(state);
    if state.dialect().execute_gives_number {
        let number = match command {
            Some(command) => wait_status(host.execute(&command)),
            None => i64::from(host.has_shell()),
        };
        return state.ret(number);
    }
    match command {
        Some(command) => exec_result(state, host.execute(&command)),
        None => state.ret(host.has_shell()),
    }
}

/// What C's `system` returns for a command that ended so.
fn wait_status(status: HostResult<ExitStatus>) -> i64 {
    match status {
        Ok(ExitStatus::Exited(code)) => i64::from(code) << 8,
        Ok(ExitStatus::Signaled(signal)) => i64::from(signal),
        Err(_) => -1,
    }
}

/// `os.remove (filename)`: deletes a file or an empty directory (manual §6.9).
fn remove(state: &mut State) -> Result<Return> {
    let name = check_c_string(state, 1)?;
    let result = host(state).remove(&name);
    file_result(state, result, Some(&name))
}

/// `os.rename (oldname, newname)`: renames a file (manual §6.9).
fn rename(state: &mut State) -> Result<Return> {
    let from = check_c_string(state, 1)?;
    let to = check_c_string(state, 2)?;
    let result = host(state).rename(&from, &to);
    let named = state.dialect().rename_names_file.then_some(&*from);
    file_result(state, result, named)
}

/// `os.tmpname ()`: the name of a new empty file (manual §6.9).
fn temporary_name(state: &mut State) -> Result<Return> {
    match host(state).temporary_name() {
        Ok(name) => state.ret(&name),
        Err(_) => Err(state.error(format_args!("unable to generate a unique filename"))),
    }
}

/// `os.getenv (varname)`: an environment variable (manual §6.9).
fn getenv(state: &mut State) -> Result<Return> {
    let name = check_c_string(state, 1)?;
    let value = host(state).variable(&name);
    state.ret(value.as_deref())
}

/// `os.clock ()`: processor time used, in seconds (manual §6.9).
fn clock(state: &mut State) -> Result<Return> {
    match host(state).processor_time() {
        Ok(seconds) => state.ret(seconds),
        Err(error) => Err(state.error(format_args!("no processor time: {error}"))),
    }
}

// ---------------------------------------------------------------- dates

/// Now, by the host's clock.
fn now(state: &mut State) -> Result<i64> {
    match host(state).time() {
        Ok(time) => Ok(time),
        Err(error) => Err(state.error(format_args!("no clock: {error}"))),
    }
}

/// A time.
fn check_time(state: &mut State, arg: i32) -> Result<i64> {
    if state.dialect().float_only_numbers {
        // C casts it, whatever is lost.
        return Ok(state.check_float(arg)? as i64);
    }
    state.check_integer(arg)
}

/// `os.date ([format [, time]])`: a time as text or as a table (manual §6.9).
fn date(state: &mut State) -> Result<Return> {
    let format = state.opt_bytes(1)?.unwrap_or(b"%c").to_vec();
    let dialect = state.dialect();
    let time = if state.is_none_or_nil(2) { now(state)? } else { check_time(state, 2)? };
    let (format, zone) = match format.strip_prefix(b"!") {
        Some(format) => (format, ZoneOffset::utc("GMT")),
        None => (&*format, host(state).zone_offset(time)),
    };
    let Some(date) = Date::new(time, zone) else {
        let Some(what) = dialect.date_error else { return state.ret(()) };
        let text = format_args!("{what} cannot be represented in this installation");
        return Err(state.error(text));
    };
    let format = if dialect.zeros_in_dates { format } else { c_string(format) };
    if c_string(format) == b"*t" {
        state.new_table(0, 9)?;
        set_fields(state, &date)?;
        return Ok(Return::values(1));
    }
    let mut buffer = state.take_buffer();
    let mut item = Vec::with_capacity(32);
    let mut rest = format;
    while let Some((&byte, after)) = rest.split_first() {
        rest = after;
        if byte != b'%' {
            buffer.push(byte)?;
            continue;
        }
        let found = conversion(rest);
        if !dialect.date_checks_conversions {
            let Some(&letter) = rest.first() else {
                buffer.push(b'%')?;
                break;
            };
            rest = &rest[1..];
            item.clear();
            any_conversion(&date, time, letter, &mut item);
            buffer.extend(&item)?;
            continue;
        }
        let Some((conversion, length)) = found else {
            let text = String::from_utf8_lossy(c_string(rest)).into_owned();
            return Err(state.arg_error(1, &format!("invalid conversion specifier '%{text}'")));
        };
        rest = &rest[length..];
        item.clear();
        date.format(conversion, &mut item);
        buffer.extend(&item)?;
    }
    state.ret_buffer(buffer)
}

/// A conversion as the GNU C library takes it: it has more of them than the
/// standard, and what is none stands for itself, filled up to a digit's width.
fn any_conversion(date: &Date, time: i64, letter: u8, out: &mut Vec<u8>) {
    let text = match letter {
        _ if CONVERSIONS.contains(&letter) => return date.format(letter, out),
        b'k' => format!("{:2}", date.hour),
        b'l' => format!("{:2}", (date.hour + 11) % 12 + 1),
        b'P' => (if date.hour < 12 { "am" } else { "pm" }).to_owned(),
        b's' => time.to_string(),
        b'3'..=b'9' => format!("{:>1$}", format!("%{}", letter - b'0'), usize::from(letter - b'0')),
        _ => return out.extend_from_slice(&[b'%', letter]),
    };
    out.extend_from_slice(text.as_bytes());
}

/// The conversion at the start of the text: its letter, and its length there.
fn conversion(text: &[u8]) -> Option<(u8, usize)> {
    match *text {
        [b'E', letter, ..] if CONVERSIONS_AFTER_E.contains(&letter) => Some((letter, 2)),
        [b'O', letter, ..] if CONVERSIONS_AFTER_O.contains(&letter) => Some((letter, 2)),
        [letter, ..] if CONVERSIONS.contains(&letter) => Some((letter, 1)),
        _ => None,
    }
}

/// Sets the fields of the table on top.
fn set_fields(state: &mut State, date: &Date) -> Result<()> {
    for (key, value) in [
        ("year", i64::from(date.year) + 1900),
        ("month", i64::from(date.month) + 1),
        ("day", i64::from(date.day)),
        ("hour", i64::from(date.hour)),
        ("min", i64::from(date.minute)),
        ("sec", i64::from(date.second)),
        ("yday", i64::from(date.day_of_year) + 1),
        ("wday", i64::from(date.weekday) + 1),
    ] {
        state.push(value)?;
        state.set_field(-2, key)?;
    }
    state.push(date.zone.is_dst)?;
    state.set_field(-2, "isdst")
}

/// An integer field of the table on top, less `delta`.
fn field(state: &mut State, key: &str, default: Option<i32>, delta: i64) -> Result<i32> {
    let greatest = state.dialect().greatest_date_field;
    state.get_field(-1, key)?;
    let value = match state.to_integer(-1) {
        Some(value) if greatest == 0 => (value as i32).wrapping_sub(delta as i32),
        Some(value) => match in_range(value, delta, greatest) {
            Some(value) => value,
            None => return Err(state.error(format_args!("field '{key}' is out-of-bound"))),
        },
        None if greatest != 0 && !state.is_nil(-1) => {
            return Err(state.error(format_args!("field '{key}' is not an integer")));
        }
        None => match default {
            Some(default) => default,
            None => return Err(state.error(format_args!("field '{key}' missing in date table"))),
        },
    };
    state.pop(1);
    Ok(value)
}

/// A field's value less `delta`, as a C `int`; with a greatest one that leaves
/// room, the value itself is looked at.
fn in_range(value: i64, delta: i64, greatest: i64) -> Option<i32> {
    if greatest < i64::from(i32::MAX) && !(-greatest..=greatest).contains(&value) {
        return None;
    }
    i32::try_from(value.checked_sub(delta)?).ok()
}

/// What the last time that `os.time` found was ahead of its fields.
struct LastOffset(i64);

/// `os.time ([table])`: now, or the time that a table of local time means,
/// whose fields are normalized (manual §6.9).
fn time(state: &mut State) -> Result<Return> {
    if state.is_none_or_nil(1) {
        let time = now(state)?;
        return state.ret(time);
    }
    state.check_table(1)?;
    state.set_top(1);
    let dialect = state.dialect();
    let mut fields = Fields::default();
    // Which one is missed first depends on the order.
    let mut order = [0, 1, 2, 3, 4, 5];
    if !dialect.time_year_first {
        order.reverse();
    }
    for which in order {
        match which {
            0 => fields.year = field(state, "year", None, 1900)?,
            1 => fields.month = field(state, "month", None, 1)?,
            2 => fields.day = field(state, "day", None, 0)?,
            3 => fields.hour = field(state, "hour", Some(12), 0)?,
            4 => fields.minute = field(state, "min", Some(0), 0)?,
            _ => fields.second = field(state, "sec", Some(0), 0)?,
        }
    }
    state.get_field(-1, "isdst")?;
    fields.is_dst = if state.is_nil(-1) { None } else { Some(state.to_boolean(-1)) };
    state.pop(1);
    let host: Arc<dyn Host> = host(state);
    let mut offset = state.app_data::<LastOffset>().map_or(0, |last| last.0);
    let found = Date::from_fields(&fields, &mut offset, |time| host.zone_offset(time));
    state.set_app_data(Payload::new_send(LastOffset(offset)));
    if let Some((time, date)) = found {
        if dialect.time_normalizes {
            set_fields(state, &date)?;
        }
        // C's mktime says -1 when it fails, so that second is no result.
        if time != -1 {
            return state.ret(time);
        }
    }
    if dialect.date_error.is_none() {
        return state.ret(());
    }
    Err(state.error(format_args!("time result cannot be represented in this installation")))
}

/// `os.difftime (t2, t1)`: the difference in seconds (manual §6.9).
fn difftime(state: &mut State) -> Result<Return> {
    let later = check_time(state, 1)?;
    let optional = state.dialect().float_only_numbers;
    let earlier = if optional && state.is_none_or_nil(2) { 0 } else { check_time(state, 2)? };
    state.ret((i128::from(later) - i128::from(earlier)) as f64)
}

/// `os.setlocale (locale [, category])`: sets or tells the locale (manual
/// §6.9).
fn setlocale(state: &mut State) -> Result<Return> {
    let name = state.opt_bytes(1)?.map(|name| c_string(name).to_vec());
    let names = ["all", "collate", "ctype", "monetary", "numeric", "time"];
    let category = match state.check_option(2, Some("all"), &names)? {
        0 => LocaleCategory::All,
        1 => LocaleCategory::Collate,
        2 => LocaleCategory::Ctype,
        3 => LocaleCategory::Monetary,
        4 => LocaleCategory::Numeric,
        _ => LocaleCategory::Time,
    };
    let now = host(state).locale(category, name.as_deref());
    state.ret(now.as_deref())
}

/// `os.exit ([code [, close]])`: ends the program, after closing the state if
/// asked to (manual §6.9).
fn exit(state: &mut State) -> Result<Return> {
    let closes = state.dialect().exit_closes;
    let code = if closes && state.type_of(1) == Some(perilune_vm::Type::Boolean) {
        if state.to_boolean(1) { 0 } else { 1 }
    } else {
        state.opt_integer(1, 0)? as i32
    };
    let close = closes && state.to_boolean(2);
    let host = host(state);
    let streams = Streams::of(state);
    if close {
        state.close();
    }
    streams.flush_all();
    let error = host.exit(code);
    Err(state.error(format_args!("cannot exit: {error}")))
}

const FUNCTIONS: &[Entry] = &[
    ("clock", clock, ALL),
    ("date", date, ALL),
    ("difftime", difftime, ALL),
    ("execute", execute, ALL),
    ("exit", exit, ALL),
    ("getenv", getenv, ALL),
    ("remove", remove, ALL),
    ("rename", rename, ALL),
    ("setlocale", setlocale, ALL),
    ("time", time, ALL),
    ("tmpname", temporary_name, ALL),
];

/// Pushes the table of the `os` library (manual §6.9).
///
/// ```
/// # perilune::Lua::new().with_native(|state| {
/// perilune::native::stdlib::os::open(state)?;
/// state.raw_get_field(-1, "time")?;
/// state.call(0, Some(1))?;
/// assert!(state.is_integer(-1));
/// # Ok(()) })?; Ok::<(), perilune::Error>(())
/// ```
///
/// # Errors
/// If memory runs out.
pub fn open(state: &mut State) -> Result<()> {
    push_library(state, FUNCTIONS, 0)
}

#[cfg(test)]
mod tests {
    use super::conversion;

    #[test]
    fn conversions() {
        assert_eq!(conversion(b"Yx"), Some((b'Y', 1)));
        assert_eq!(conversion(b"Ecx"), Some((b'c', 2)));
        assert_eq!(conversion(b"Oy"), Some((b'y', 2)));
        for bad in [&b""[..], b"E", b"O", b"Ez", b"OY", b"l", b"s", b"\0"] {
            assert_eq!(conversion(bad), None);
        }
    }
}
