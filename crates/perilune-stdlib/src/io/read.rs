//! Reading by formats (manual §6.8, `file:read`).

use perilune_vm::{Buffer, BufferFull, Dialect, Number, Result, State, Value, number};

use super::results::push_failure;
use super::stream::{SharedStream, Stream};
use super::streams::Streams;
use crate::host::{HostError, c_string};

/// A numeral longer than this is none, unless C's `scanf` reads it.
const MAX_NUMERAL: usize = 200;
/// Lines up to this length take a shorter way.
const SHORT_LINE: usize = 120;
/// Stack slots left to functions called while reading.
const SPARE_SLOTS: usize = 20;

/// Reads from the stream what the arguments from `first` to `last` ask for and
/// pushes the results; returns how many there are: the values, the last of
/// them `nil` if it couldn't be read, or `nil`, message, number after an error.
pub(super) fn read_formats(
    state: &mut State,
    stream: &SharedStream,
    first: usize,
    last: usize,
) -> Result<usize> {
    if last < first && push_ready_line(state, stream)? {
        return Ok(1);
    }
    if may_wait(stream) {
        Streams::of(state).flush_for_person();
    }
    let mut success = true;
    let mut count = 0;
    if last < first {
        success = read_line(state, stream, false)?;
        count = 1;
    } else {
        state.ensure_stack(last + 1 - first + SPARE_SLOTS, "too many arguments")?;
        for arg in first..=last {
            success = read_format(state, stream, arg as i32)?;
            count += 1;
            if !success {
                break;
            }
        }
    }
    let error = stream.borrow_mut().take_error();
    if let Some(error) = error {
        if error.code() == HostError::INTERRUPTED.code() {
            state.check_interrupt()?;
        }
        push_failure(state, &error, None)?;
        return Ok(3);
    }
    if !success {
        state.pop(1);
        state.push(())?;
    }
    Ok(count)
}

/// Pushes the next line of the stream, without its end, if that is short and was
/// read ahead.
#[inline]
pub(super) fn push_ready_line(state: &mut State, stream: &SharedStream) -> Result<bool> {
    let mut line = [0; SHORT_LINE];
    if state.dialect().zeros_join_lines {
        return Ok(false);
    }
    let length = stream.borrow_mut().take_ready_line(&mut line);
    match length {
        Some(length) => state.push(&line[..length]).map(|()| true),
        None => Ok(false),
    }
}

fn may_wait(stream: &SharedStream) -> bool {
    let mut stream = stream.borrow_mut();
    stream.begin_read();
    stream.may_wait_for_person()
}

/// Reads by the format at `arg` and pushes one value; false if it failed.
fn read_format(state: &mut State, stream: &SharedStream, arg: i32) -> Result<bool> {
    if matches!(state.value(arg), Value::Integer(_) | Value::Float(_)) {
        let count = state.check_integer(arg)?;
        return match count {
            0 => {
                state.push("")?;
                Ok(stream.borrow_mut().peek_byte().is_some())
            }
            _ => read_bytes(state, stream, count),
        };
    }
    let dialect = state.dialect();
    if dialect.read_formats_with_star {
        if !state.bytes(arg).is_some_and(|format| format.starts_with(b"*")) {
            return Err(state.arg_error(arg, "invalid option"));
        }
    } else {
        state.check_bytes(arg)?;
    }
    let format = state.bytes(arg).unwrap_or_default();
    if (format == b"l" || format == b"*l") && push_ready_line(state, stream)? {
        return Ok(true);
    }
    let format = state.bytes(arg).unwrap_or_default();
    match format.strip_prefix(b"*").unwrap_or(format).first() {
        Some(b'n') => read_number(state, stream),
        Some(b'l') => read_line(state, stream, false),
        Some(b'L') if dialect.read_line_end => read_line(state, stream, true),
        Some(b'a') => {
            let mut buffer = state.take_buffer();
            stream.borrow_mut().read_to_end(&mut buffer)?;
            state.push_buffer(buffer)?;
            Ok(true)
        }
        _ => Err(state.arg_error(arg, "invalid format")),
    }
}

/// Pushes a line; false if there was none.
pub(super) fn read_line(state: &mut State, stream: &SharedStream, keep: bool) -> Result<bool> {
    let mut buffer = state.take_buffer();
    if state.dialect().zeros_join_lines {
        return read_text_line(state, stream, keep);
    }
    let ended = stream.borrow_mut().read_line(&mut buffer, keep)?;
    let success = ended || !buffer.is_empty();
    state.push_buffer(buffer)?;
    Ok(success)
}

/// Pushes a line as C's text functions see it: from a zero on, what is left of a
/// line is lost, and its end with it.
fn read_text_line(state: &mut State, stream: &SharedStream, keep: bool) -> Result<bool> {
    let mut line = state.take_buffer();
    let mut part = state.take_buffer();
    let ended = loop {
        part.clear();
        let ended = stream.borrow_mut().read_line(&mut part, true)?;
        let text = c_string(part.as_slice());
        let whole = text.len() == part.len();
        line.extend(text)?;
        if whole {
            break ended;
        }
    };
    if ended && !keep {
        line.truncate(line.len() - 1);
    }
    state.give_buffer(part);
    let success = ended || !line.is_empty();
    state.push_buffer(line)?;
    Ok(success)
}

/// Pushes up to `count` bytes; false if there was none.
fn read_bytes(state: &mut State, stream: &SharedStream, count: i64) -> Result<bool> {
    // C would allocate all of it first.
    let dialect = state.dialect();
    let count = match (usize::try_from(count), dialect.negative_count_error) {
        (Ok(count), _) if count < 1 << 47 => count,
        (Err(_), _) if dialect.negative_count_reads_all => usize::MAX,
        (Err(_), Some((least, text))) if count >= least => {
            return Err(state.error(format_args!("{text}")));
        }
        _ => return Err(state.memory_error()),
    };
    let mut buffer = state.take_buffer();
    stream.borrow_mut().read_bytes(&mut buffer, count)?;
    let success = !buffer.is_empty();
    state.push_buffer(buffer)?;
    Ok(success)
}

/// Pushes a number; false (and `nil`) if what comes is no numeral.
fn read_number(state: &mut State, stream: &SharedStream) -> Result<bool> {
    let text = state.take_buffer();
    let (number, text) = Numeral::read(&mut stream.borrow_mut(), text, state.dialect());
    state.give_buffer(text);
    match number? {
        Some(Number::Integer(integer)) => state.push(integer)?,
        Some(Number::Float(float)) => state.push(float)?,
        None => {
            state.push(())?;
            return Ok(false);
        }
    }
    Ok(true)
}

/// The longest prefix of the stream that could become a numeral, in the
/// making. The byte after it stays unread.
struct Numeral<'a> {
    stream: &'a mut Stream,
    next: Option<u8>,
    text: Buffer,
    /// How long it may become.
    longest: usize,
    too_long: bool,
    /// Whether there was memory for it.
    memory: std::result::Result<(), BufferFull>,
}

impl<'a> Numeral<'a> {
    fn new(stream: &'a mut Stream, text: Buffer, longest: usize) -> Numeral<'a> {
        let next = stream.peek_byte();
        Numeral { stream, next, text, longest, too_long: false, memory: Ok(()) }
    }

    /// The number that comes next, if any, and the buffer for its text.
    fn read(
        stream: &mut Stream,
        text: Buffer,
        dialect: &Dialect,
    ) -> (std::result::Result<Option<Number>, BufferFull>, Buffer) {
        let of_c = dialect.read_numbers_of_c;
        while let Some(b' ' | b'\t'..=b'\r') = stream.peek_byte() {
            stream.consume(1);
        }
        let longest = if of_c { usize::MAX } else { MAX_NUMERAL };
        let mut numeral = Numeral::new(stream, text, longest);
        numeral.take_text();
        let number = numeral.value(of_c, dialect);
        (numeral.memory.map(|()| number), numeral.text)
    }

    fn value(&mut self, of_c: bool, dialect: &Dialect) -> Option<Number> {
        if self.too_long {
            return None;
        }
        if of_c && self.text.as_slice().iter().all(|c| matches!(c, b'+' | b'-')) {
            return self.take_name();
        }
        let text = self.text.as_slice();
        match number::parse_as(text, dialect) {
            None if of_c => zero_without_digits(text)
                .or_else(|| number::parse_as(without_exponent(text)?, dialect)),
            parsed => parsed,
        }
    }

    fn take_text(&mut self) {
        let mut digits = 0;
        let mut hexadecimal = false;
        self.accept(b"+-");
        if self.accept(b"0") {
            if self.accept(b"xX") {
                hexadecimal = true;
            } else {
                digits = 1;
            }
        }
        digits += self.digits(hexadecimal);
        if self.accept(b".") {
            digits += self.digits(hexadecimal);
        }
        if digits > 0 && self.accept(if hexadecimal { b"pP" } else { b"eE" }) {
            self.accept(b"+-");
            self.digits(false);
        }
    }

    /// Infinity or NaN, after the sign, as C's `scanf` reads their names: a byte
    /// that spoils a name is lost with it.
    fn take_name(&mut self) -> Option<Number> {
        let negative = self.text.as_slice() == b"-";
        let value = if self.accept(b"nN") {
            self.rest_of_name(b"an").then_some(f64::NAN)
        } else if self.accept(b"iI") {
            let short = self.rest_of_name(b"nf");
            let whole = short && (!self.accept(b"iI") || self.rest_of_name(b"nity"));
            whole.then_some(f64::INFINITY)
        } else {
            None
        };
        value.map(|x| Number::Float(x.copysign(if negative { -1.0 } else { 1.0 })))
    }

    fn rest_of_name(&mut self, letters: &[u8]) -> bool {
        let complete =
            letters.iter().all(|letter| self.accept(&[*letter, letter.to_ascii_uppercase()]));
        if !complete {
            self.take();
        }
        complete
    }

    /// Takes the next byte into the numeral, if there is room.
    fn take(&mut self) -> bool {
        let Some(byte) = self.next else { return false };
        if self.text.len() == self.longest {
            self.too_long = true;
            return false;
        }
        if let Err(full) = self.text.push(byte) {
            self.memory = Err(full);
            return false;
        }
        self.stream.consume(1);
        self.next = self.stream.peek_byte();
        true
    }

    fn accept(&mut self, set: &[u8]) -> bool {
        self.next.is_some_and(|byte| set.contains(&byte)) && self.take()
    }

    fn digits(&mut self, hexadecimal: bool) -> usize {
        let is_digit = |byte: u8| {
            if hexadecimal { byte.is_ascii_hexdigit() } else { byte.is_ascii_digit() }
        };
        let mut count = 0;
        while self.next.is_some_and(is_digit) && self.take() {
            count += 1;
        }
        count
    }
}

/// The zero that C's `scanf` reads where a hexadecimal numeral ends with its point.
fn zero_without_digits(text: &[u8]) -> Option<Number> {
    let negative = text.first() == Some(&b'-');
    let digits = text.strip_prefix(b"-").or(text.strip_prefix(b"+")).unwrap_or(text);
    let zero = if negative { -0.0 } else { 0.0 };
    matches!(digits, [b'0', b'x' | b'X', b'.']).then_some(Number::Float(zero))
}

/// A numeral without the exponent that it begins at its end; `None` if it begins
/// none.
fn without_exponent(text: &[u8]) -> Option<&[u8]> {
    let text = text.strip_suffix(b"+").or(text.strip_suffix(b"-")).unwrap_or(text);
    text.split_last().filter(|(mark, _)| matches!(mark, b'e' | b'E' | b'p' | b'P')).map(|(_, t)| t)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::host::{Host, MemoryHost, OpenMode};

    fn prefix(input: &[u8]) -> (Vec<u8>, Vec<u8>, bool) {
        let host = MemoryHost::new();
        host.add_file(b"f", input);
        let mut stream = Stream::new(host.open(b"f", OpenMode::READ).unwrap(), OpenMode::READ);
        stream.begin_read();
        let buffer = State::new().expect("a state").take_buffer();
        let mut numeral = Numeral::new(&mut stream, buffer, MAX_NUMERAL);
        numeral.take_text();
        let (text, too_long) = (numeral.text.as_slice().to_vec(), numeral.too_long);
        let mut rest = Vec::new();
        while let Some(byte) = stream.next_byte() {
            rest.push(byte);
        }
        (text, rest, too_long)
    }

    #[test]
    fn numerals_end_where_they_must() {
        let check = |input: &str, text: &str, rest: &str| {
            let expected = (text.as_bytes().to_vec(), rest.as_bytes().to_vec(), false);
            assert_eq!(prefix(input.as_bytes()), expected, "{input}");
        };
        check("12 x", "12", " x");
        check("-0xA.8p-1z", "-0xA.8p-1", "z");
        check(".e+", ".", "e+");
        check("0x", "0x", "");
        check("0e12e", "0e12", "e");
        check("1e+-", "1e+", "-");
        check("--1", "-", "-1");
        check("nan", "", "nan");
        check("00x1", "00", "x1");
    }

    #[test]
    fn exponents_without_digits() {
        assert_eq!(without_exponent(b"1e+"), Some(&b"1"[..]));
        assert_eq!(without_exponent(b"0x1p"), Some(&b"0x1"[..]));
        assert_eq!(without_exponent(b"1"), None);
    }

    #[test]
    fn numerals_have_a_longest_length() {
        let digits = [b'1'; 201];
        let (text, rest, too_long) = prefix(&digits);
        assert!(too_long);
        assert_eq!((text.len(), rest.len()), (200, 1));
        let (_, rest, too_long) = prefix(&digits[..200]);
        assert!(!too_long && rest.is_empty());
    }
}
