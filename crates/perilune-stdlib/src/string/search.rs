//! `string.find`, `match`, `gmatch` and `gsub`: the pattern matcher at work
//! on strings of a state.

use memchr::memchr;
use perilune_vm::{Buffer, BufferFull, Error, Result, Return, State, Type};

use super::number::decimal_signed;
use super::pattern::{
    Captured, Captures, MAX_DEPTH, Matcher, NO_MATCH, PatternError, find_plain, is_plain, rewritten,
};
use super::{bytes, start_position};
use crate::arguments::unexpected_type;
use crate::host::c_string;

#[cold]
fn pattern_error(state: &mut State, error: PatternError) -> Error {
    state.error(format_args!("{}", error.message(state.dialect())))
}

/// How deep matching may go: in dialects without a limit as deep as the native
/// stack allows.
fn max_depth(state: &State) -> u32 {
    /// More than a step takes of the native stack.
    const STEP: usize = 2048;
    if !state.dialect().pattern_depth_unlimited {
        return MAX_DEPTH;
    }
    let steps = state.native_stack_left() / 2 / STEP;
    u32::try_from(steps).unwrap_or(u32::MAX).max(MAX_DEPTH)
}

/// Brings the pattern in argument 2 into the form that the matcher knows.
#[inline]
fn prepare_pattern(state: &mut State) -> Result<()> {
    let dialect = state.dialect();
    if dialect.zero_ends_text || !dialect.pattern_class_graph {
        return rewrite_pattern(state);
    }
    Ok(())
}

#[inline(never)]
fn rewrite_pattern(state: &mut State) -> Result<()> {
    if let Some(pattern) = rewritten(bytes(state, 2), state.dialect()) {
        state.push(&pattern)?;
        state.replace(2);
    }
    Ok(())
}

/// The last match, which the next one must not touch with an empty match. (Some
/// dialects allow that.)
fn end_to_avoid(state: &State, last_end: usize) -> usize {
    if state.dialect().empty_match_after_match { NO_MATCH } else { last_end }
}

/// Parts of a pattern with a possible anchor.
fn split_anchor(pattern: &[u8]) -> (bool, &[u8]) {
    match pattern.strip_prefix(b"^") {
        Some(rest) => (true, rest),
        None => (false, pattern),
    }
}

/// Pushes capture `index` of a match over `start..end` of the string at
/// `subject`.
fn push_capture(
    state: &mut State,
    subject: i32,
    captures: &Captures,
    index: usize,
    (start, end): (usize, usize),
) -> Result<()> {
    match captures.get(index, start, end) {
        Ok(Captured::Range(from, to)) => state.push_substring(subject, from, to),
        Ok(Captured::Position(position)) => state.push(position),
        Err(error) => Err(pattern_error(state, error)),
    }
}

/// Pushes all captures, or the whole match if the pattern has none.
fn push_captures(
    state: &mut State,
    subject: i32,
    captures: &Captures,
    found: (usize, usize),
) -> Result<usize> {
    let count = captures.count().max(1);
    if count > 1 {
        state.ensure_stack(count, "too many captures")?;
    }
    for index in 0..count {
        push_capture(state, subject, captures, index, found)?;
    }
    Ok(count)
}

/// `string.find (s, pattern [, init [, plain]])` (manual §6.4).
pub fn find(state: &mut State) -> Result<Return> {
    let Some(init) = find_arguments(state)? else { return state.ret(()) };
    let (subject, pattern) = (bytes(state, 1), bytes(state, 2));
    let seen = if state.dialect().zero_ends_text { c_string(pattern) } else { pattern };
    if state.to_boolean(4) || is_plain(seen) {
        let length = pattern.len();
        let Some(at) = find_plain(&subject[init..], pattern) else { return state.ret(()) };
        state.push((init + at + 1) as i64)?;
        state.push((init + at + length) as i64)?;
        return Ok(Return::values(2));
    }
    let mut captures = Captures::new();
    let Some((start, end)) = search(state, init, &mut captures)? else { return state.ret(()) };
    state.push(start as i64 + 1)?;
    state.push(end as i64)?;
    let mut count = 0;
    if captures.count() > 0 {
        count = push_captures(state, 1, &captures, (start, end))?;
    }
    Ok(Return::values(count + 2))
}

/// `string.match (s, pattern [, init])` (manual §6.4).
pub fn match_(state: &mut State) -> Result<Return> {
    let Some(init) = find_arguments(state)? else { return state.ret(()) };
    let mut captures = Captures::new();
    let Some(found) = search(state, init, &mut captures)? else { return state.ret(()) };
    let count = push_captures(state, 1, &captures, found)?;
    Ok(Return::values(count))
}

/// Checks the arguments of `find` and `match`; the offset to start from, or
/// `None` if it lies beyond the subject.
fn find_arguments(state: &mut State) -> Result<Option<usize>> {
    let length = state.check_bytes(1)?.len();
    state.check_bytes(2)?;
    let init = start_position(state.opt_integer(3, 1)?, length) - 1;
    if state.dialect().find_beyond_end {
        return Ok(Some(init.min(length)));
    }
    Ok((init <= length).then_some(init))
}

fn search(
    state: &mut State,
    init: usize,
    captures: &mut Captures,
) -> Result<Option<(usize, usize)>> {
    prepare_pattern(state)?;
    let (anchored, pattern) = split_anchor(bytes(state, 2));
    let found = Matcher::new(bytes(state, 1), pattern, captures, max_depth(state))
        .search(init, anchored, NO_MATCH);
    found.map_err(|error| pattern_error(state, error))
}

/// `string.gmatch (s, pattern [, init])` (manual §6.4).
///
/// Upvalues of the iterator: subject, pattern, offset to go on from, and end
/// of the last match (-1 before the first).
pub fn gmatch(state: &mut State) -> Result<Return> {
    let length = state.check_bytes(1)?.len();
    state.check_bytes(2)?;
    let mut init = 0;
    if state.dialect().gmatch_start {
        init = start_position(state.opt_integer(3, 1)?, length) - 1;
    }
    state.set_top(2);
    prepare_pattern(state)?;
    state.push(init.min(length + 1) as i64)?;
    state.push(-1i64)?;
    state.push_closure(gmatch_next, 4)?;
    Ok(Return::values(1))
}

fn gmatch_next(state: &mut State) -> Result<Return> {
    let from = state.upvalue_integer(3) as usize;
    // -1 becomes NO_MATCH.
    let last_end = state.upvalue_integer(4) as usize;
    let mut captures = Captures::new();
    let depth = max_depth(state);
    let found = Matcher::new(state.upvalue_bytes(1), state.upvalue_bytes(2), &mut captures, depth)
        .search(from, false, last_end);
    let (start, end) = match found {
        Ok(Some(found)) => found,
        Ok(None) => return Ok(Return::NONE),
        Err(error) => return Err(pattern_error(state, error)),
    };
    if state.dialect().empty_match_after_match {
        state.set_upvalue_integer(3, (end + usize::from(start == end)) as i64);
    } else {
        state.set_upvalue_integer(3, end as i64);
        state.set_upvalue_integer(4, end as i64);
    }
    let count = captures.count().max(1);
    if count > 1 {
        state.ensure_stack(count, "too many captures")?;
    }
    for index in 0..count {
        match captures.get(index, start, end) {
            Ok(Captured::Range(from, to)) => state.push_upvalue_substring(1, from, to)?,
            Ok(Captured::Position(position)) => state.push(position)?,
            Err(error) => return Err(pattern_error(state, error)),
        }
    }
    Ok(Return::values(count))
}

/// `string.gsub (s, pattern, repl [, n])` (manual §6.4).
pub fn gsub(state: &mut State) -> Result<Return> {
    let length = state.check_bytes(1)?.len();
    state.check_bytes(2)?;
    let kind = state.type_of(3);
    let mut limit = state.opt_integer(4, length as i64 + 1)?;
    let dialect = state.dialect();
    if dialect.gsub_count_unsigned && limit < 0 {
        limit = i64::MAX;
    }
    prepare_pattern(state)?;
    match kind {
        Some(Type::String | Type::Number) => {
            state.check_bytes(3)?;
            gsub_string(state, limit)
        }
        Some(Type::Function | Type::Table) => {
            gsub_value(state, limit, kind == Some(Type::Function))
        }
        _ => Err(unexpected_type(state, 3, "string/function/table")),
    }
}

/// What makes a substitution with a replacement string fail.
enum SubstitutionError {
    Pattern(PatternError),
    /// A `%` in the replacement string before anything but a digit or `%`.
    Escape,
    Full(BufferFull),
}

impl From<PatternError> for SubstitutionError {
    fn from(error: PatternError) -> Self {
        Self::Pattern(error)
    }
}

impl From<BufferFull> for SubstitutionError {
    fn from(error: BufferFull) -> Self {
        Self::Full(error)
    }
}

fn gsub_string(state: &mut State, limit: i64) -> Result<Return> {
    let mut captures = Captures::new();
    let mut buffer = state.take_buffer();
    let (anchored, pattern) = split_anchor(bytes(state, 2));
    let mut substitution = Substitution {
        subject: bytes(state, 1),
        replacement: bytes(state, 3),
        matcher: Matcher::new(bytes(state, 1), pattern, &mut captures, max_depth(state)),
        anchored,
        limit,
        empty_after_match: state.dialect().empty_match_after_match,
        lenient: !state.dialect().gsub_escapes_checked,
    };
    let done = substitution.run(&mut buffer);
    match done {
        Ok(0) => {
            state.give_buffer(buffer);
            state.push_value(1)?;
            state.push(0i64)?;
        }
        Ok(count) => {
            state.push_buffer(buffer)?;
            state.push(count)?;
        }
        Err(SubstitutionError::Pattern(error)) => return Err(pattern_error(state, error)),
        Err(SubstitutionError::Escape) => {
            return Err(state.error(format_args!("invalid use of '%' in replacement string")));
        }
        Err(SubstitutionError::Full(error)) => return Err(error.into()),
    }
    Ok(Return::values(2))
}

/// A substitution with a replacement string.
struct Substitution<'a> {
    subject: &'a [u8],
    replacement: &'a [u8],
    matcher: Matcher<'a>,
    anchored: bool,
    limit: i64,
    /// An empty match may follow right on another match.
    empty_after_match: bool,
    /// A `%` in the replacement may stand before anything.
    lenient: bool,
}

impl Substitution<'_> {
    /// Appends the subject to `buffer` with up to `limit` matches replaced; how
    /// many were. (Nothing is appended if none was.)
    fn run(&mut self, buffer: &mut Buffer) -> Result<i64, SubstitutionError> {
        let subject = self.subject;
        let plain = memchr(b'%', self.replacement).is_none();
        let mut count = 0;
        let (mut position, mut copied) = (0, 0);
        let mut last_end = NO_MATCH;
        while count < self.limit {
            let found = self.matcher.search(position, self.anchored, last_end)?;
            let Some((start, end)) = found else { break };
            count += 1;
            buffer.extend(&subject[copied..start])?;
            if plain {
                buffer.extend(self.replacement)?;
            } else {
                self.add_replacement((start, end), buffer)?;
            }
            (position, copied) = (end, end);
            if !self.empty_after_match {
                last_end = end;
            } else if start == end {
                position += 1;
            }
            if self.anchored {
                break;
            }
        }
        if count > 0 {
            buffer.extend(&subject[copied..])?;
        }
        Ok(count)
    }

    /// Appends the replacement string with its `%0`–`%9` and `%%` filled in.
    fn add_replacement(
        &self,
        (start, end): (usize, usize),
        buffer: &mut Buffer,
    ) -> Result<(), SubstitutionError> {
        let subject = self.subject;
        let mut replacement = self.replacement;
        while let Some(at) = memchr(b'%', replacement) {
            buffer.extend(&replacement[..at])?;
            match replacement.get(at + 1) {
                Some(b'%') => buffer.push(b'%')?,
                Some(b'0') => buffer.extend(&subject[start..end])?,
                Some(digit @ b'1'..=b'9') => {
                    match self.matcher.captures().get(usize::from(digit - b'1'), start, end)? {
                        Captured::Range(from, to) => buffer.extend(&subject[from..to])?,
                        Captured::Position(position) => {
                            buffer.extend(decimal_signed(position, &mut [0; 20]))?;
                        }
                    }
                }
                Some(&other) if self.lenient => buffer.push(other)?,
                None if self.lenient => {
                    // What C finds behind the string.
                    buffer.push(0)?;
                    return Ok(());
                }
                _ => return Err(SubstitutionError::Escape),
            }
            replacement = &replacement[at + 2..];
        }
        buffer.extend(replacement)?;
        Ok(())
    }
}

/// Substitution through a function or a table. The text before `copied` is in
/// the buffer; matches that stay as they are cost no copy.
fn gsub_value(state: &mut State, limit: i64, is_function: bool) -> Result<Return> {
    let mut captures = Captures::new();
    let mut buffer: Option<Buffer> = None;
    let mut count = 0;
    let (mut position, mut copied, mut last_end) = (0, 0, NO_MATCH);
    let depth = max_depth(state);
    while count < limit {
        let (anchored, pattern) = split_anchor(bytes(state, 2));
        let found = Matcher::new(bytes(state, 1), pattern, &mut captures, depth)
            .search(position, anchored, last_end);
        let (start, end) = match found {
            Ok(Some(found)) => found,
            Ok(None) => break,
            Err(error) => return Err(pattern_error(state, error)),
        };
        count += 1;
        if is_function {
            state.push_value(3)?;
            let arguments = push_captures(state, 1, &captures, (start, end))?;
            state.call(arguments, Some(1))?;
        } else {
            push_capture(state, 1, &captures, 0, (start, end))?;
            state.get(3)?;
        }
        if state.to_boolean(-1) {
            let mut out = match buffer.take() {
                Some(out) => out,
                None => state.take_buffer(),
            };
            out.extend(&bytes(state, 1)[copied..start])?;
            if !state.append_to(-1, &mut out)? {
                let name = state.type_name(-1);
                return Err(state.error(format_args!("invalid replacement value (a {name})")));
            }
            buffer = Some(out);
            copied = end;
        }
        state.pop(1);
        position = end;
        last_end = end_to_avoid(state, end);
        if last_end == NO_MATCH && start == end {
            position += 1;
        }
        if anchored {
            break;
        }
    }
    match buffer {
        Some(mut out) => {
            out.extend(&bytes(state, 1)[copied..])?;
            state.push_buffer(out)?;
        }
        None => state.push_value(1)?,
    }
    state.push(count)?;
    Ok(Return::values(2))
}
