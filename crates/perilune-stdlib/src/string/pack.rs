//! `string.pack`, `packsize` and `unpack`: the format's grammar as pure
//! functions, and the library functions over it (manual §6.4.2).

use memchr::memchr;
use perilune_vm::{Buffer, Dialect, Error, Result, Return, State};

use super::{bytes, start_position};

/// Most bytes an integer can be packed into.
const MAX_INTEGER_SIZE: usize = 16;
/// Size of a Lua integer.
const INTEGER_SIZE: usize = 8;
/// What `!` without a number asks for: the platform's greatest alignment.
const NATIVE_ALIGNMENT: usize = 8;

/// One option of a format.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Kind {
    Signed,
    Unsigned,
    Float,
    Double,
    /// `cn`: as many bytes as its size says.
    Fixed,
    /// `sn`: a length, then so many bytes.
    Counted,
    /// `z`: bytes up to a zero.
    ZeroEnded,
    /// `x`: one byte that means nothing.
    Padding,
    /// `X`: alignment alone.
    Align,
    /// Blanks and changes of endianness or alignment.
    Nothing,
}

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum PackError {
    /// An integer of so many bytes.
    SizeOutOfLimits(usize),
    MissingSize,
    UnknownOption(u8),
    NothingToAlignTo,
    OddAlignment,
}

impl PackError {
    #[cold]
    fn raise(self, state: &mut State) -> Error {
        match self {
            Self::SizeOutOfLimits(size) => state
                .error(format_args!("integral size ({size}) out of limits [1,{MAX_INTEGER_SIZE}]")),
            Self::MissingSize => state.error(format_args!("missing size for format option 'c'")),
            Self::UnknownOption(c) => {
                state.error_bytes(&[b"invalid format option '", &[c][..], b"'"].concat())
            }
            Self::NothingToAlignTo => state.arg_error(1, "invalid next option for option 'X'"),
            Self::OddAlignment => state.arg_error(1, "format asks for alignment not power of 2"),
        }
    }
}

/// Reads a format. Holds no borrow, so that the state can be used between
/// two options.
struct Reader {
    position: usize,
    little_endian: bool,
    max_alignment: usize,
    /// Greatest size of anything.
    max_size: usize,
}

/// An option and its space.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
struct Item {
    kind: Kind,
    size: usize,
    /// Bytes to skip before it.
    padding: usize,
}

impl Reader {
    fn new(dialect: &Dialect) -> Reader {
        Reader {
            position: 0,
            little_endian: cfg!(target_endian = "little"),
            max_alignment: 1,
            max_size: dialect.greatest_packed_size as usize,
        }
    }

    /// The next option at offset `total` of the data; `None` at the end of
    /// the format (or at a zero in it).
    fn next(&mut self, format: &[u8], total: usize) -> Result<Option<Item>, PackError> {
        if matches!(format.get(self.position), None | Some(0)) {
            return Ok(None);
        }
        let (kind, size) = self.option(format)?;
        let mut alignment = size;
        if kind == Kind::Align {
            if matches!(format.get(self.position), None | Some(0)) {
                return Err(PackError::NothingToAlignTo);
            }
            let (next, size) = self.option(format)?;
            if next == Kind::Fixed || size == 0 {
                return Err(PackError::NothingToAlignTo);
            }
            alignment = size;
        }
        let mut padding = 0;
        if alignment > 1 && kind != Kind::Fixed {
            alignment = alignment.min(self.max_alignment);
            if !alignment.is_power_of_two() {
                return Err(PackError::OddAlignment);
            }
            padding = total.wrapping_neg() & (alignment - 1);
        }
        Ok(Some(Item { kind, size, padding }))
    }

    fn option(&mut self, format: &[u8]) -> Result<(Kind, usize), PackError> {
        let c = format[self.position];
        self.position += 1;
        Ok(match c {
            b'b' => (Kind::Signed, 1),
            b'B' => (Kind::Unsigned, 1),
            b'h' => (Kind::Signed, 2),
            b'H' => (Kind::Unsigned, 2),
            b'l' | b'j' => (Kind::Signed, 8),
            b'L' | b'J' | b'T' => (Kind::Unsigned, 8),
            b'f' => (Kind::Float, 4),
            b'n' | b'd' => (Kind::Double, 8),
            b'i' => (Kind::Signed, self.limited_number(format, 4)?),
            b'I' => (Kind::Unsigned, self.limited_number(format, 4)?),
            b's' => (Kind::Counted, self.limited_number(format, 8)?),
            b'c' => (Kind::Fixed, self.number(format).ok_or(PackError::MissingSize)?),
            b'z' => (Kind::ZeroEnded, 0),
            b'x' => (Kind::Padding, 1),
            b'X' => (Kind::Align, 0),
            b' ' => (Kind::Nothing, 0),
            b'<' | b'>' | b'=' => {
                self.little_endian = match c {
                    b'<' => true,
                    b'>' => false,
                    _ => cfg!(target_endian = "little"),
                };
                (Kind::Nothing, 0)
            }
            b'!' => {
                self.max_alignment = self.limited_number(format, NATIVE_ALIGNMENT)?;
                (Kind::Nothing, 0)
            }
            other => return Err(PackError::UnknownOption(other)),
        })
    }

    /// A numeral, as far as it stays within the greatest size.
    fn number(&mut self, format: &[u8]) -> Option<usize> {
        let mut number = None;
        while let Some(c) = format.get(self.position).filter(|c| c.is_ascii_digit()) {
            let so_far = number.unwrap_or(0);
            if so_far > (self.max_size - 9) / 10 {
                break;
            }
            number = Some(so_far * 10 + usize::from(c - b'0'));
            self.position += 1;
        }
        number
    }

    fn limited_number(&mut self, format: &[u8], default: usize) -> Result<usize, PackError> {
        let size = self.number(format).unwrap_or(default);
        if size == 0 || size > MAX_INTEGER_SIZE {
            return Err(PackError::SizeOutOfLimits(size));
        }
        Ok(size)
    }
}

/// The bytes of an integer in `space[..size]`.
fn pack_integer(
    n: i64,
    size: usize,
    little_endian: bool,
    signed: bool,
    space: &mut [u8; MAX_INTEGER_SIZE],
) -> &[u8] {
    let wide = if signed { i128::from(n) } else { i128::from(n as u64) };
    if little_endian {
        *space = wide.to_le_bytes();
        &space[..size]
    } else {
        *space = wide.to_be_bytes();
        &space[MAX_INTEGER_SIZE - size..]
    }
}

/// The integer in `data`; `None` if it does not fit.
fn unpack_integer(data: &[u8], little_endian: bool, signed: bool) -> Option<i64> {
    let size = data.len();
    let mut space = [0; MAX_INTEGER_SIZE];
    let wide = if little_endian {
        space[..size].copy_from_slice(data);
        u128::from_le_bytes(space)
    } else {
        space[MAX_INTEGER_SIZE - size..].copy_from_slice(data);
        u128::from_be_bytes(space)
    };
    let low = wide as u64 as i64;
    if size < INTEGER_SIZE {
        let unused = 64 - 8 * size as u32;
        return Some(if signed { low << unused >> unused } else { low });
    }
    if size > INTEGER_SIZE {
        let above = wide >> 64;
        let all_ones = (1u128 << (8 * (size - INTEGER_SIZE))) - 1;
        let expected = if signed && low < 0 { all_ones } else { 0 };
        if above != expected {
            return None;
        }
    }
    Some(low)
}

fn unpack_double(data: &[u8], little_endian: bool) -> f64 {
    let mut space = [0; 8];
    space.copy_from_slice(data);
    if little_endian { f64::from_le_bytes(space) } else { f64::from_be_bytes(space) }
}

fn unpack_float(data: &[u8], little_endian: bool) -> f32 {
    let mut space = [0; 4];
    space.copy_from_slice(data);
    if little_endian { f32::from_le_bytes(space) } else { f32::from_be_bytes(space) }
}

fn next_item(state: &mut State, reader: &mut Reader, total: usize) -> Result<Option<Item>> {
    reader.next(bytes(state, 1), total).map_err(|error| error.raise(state))
}

/// `string.pack (fmt, v1, v2, ···)` (manual §6.4).
pub fn pack(state: &mut State) -> Result<Return> {
    state.check_bytes(1)?;
    // A missing argument reads as nil, as in the reference implementation.
    state.push(())?;
    let mut buffer = state.take_buffer();
    let mut reader = Reader::new(state.dialect());
    let mut arg = 1;
    let mut total = 0usize;
    while let Some(item) = next_item(state, &mut reader, total)? {
        if total as u64 + (item.padding + item.size) as u64 > i64::MAX as u64 {
            return Err(state.arg_error(arg, "result too long"));
        }
        total = total.wrapping_add(item.padding + item.size);
        if item.padding > 0 {
            buffer.grow(item.padding)?;
        }
        match item.kind {
            Kind::Padding => buffer.push(0)?,
            Kind::Align | Kind::Nothing => {}
            _ => {
                arg += 1;
                let before = buffer.len();
                pack_value(state, &mut buffer, &reader, item, arg)?;
                if matches!(item.kind, Kind::Counted | Kind::ZeroEnded) {
                    total = total.wrapping_add(buffer.len() - before - item.size);
                }
            }
        }
    }
    state.ret_buffer(buffer)
}

/// Appends argument `arg`.
fn pack_value(
    state: &mut State,
    out: &mut Buffer,
    reader: &Reader,
    item: Item,
    arg: i32,
) -> Result<()> {
    let size = item.size;
    let little = reader.little_endian;
    let space = &mut [0; MAX_INTEGER_SIZE];
    match item.kind {
        Kind::Signed => {
            let n = state.check_integer(arg)?;
            if size < INTEGER_SIZE {
                let limit = 1i64 << (size * 8 - 1);
                if n < -limit || n >= limit {
                    return Err(state.arg_error(arg, "integer overflow"));
                }
            }
            out.extend(pack_integer(n, size, little, true, space))?;
        }
        Kind::Unsigned => {
            let n = state.check_integer(arg)?;
            if size < INTEGER_SIZE && n as u64 >= 1 << (size * 8) {
                return Err(state.arg_error(arg, "unsigned overflow"));
            }
            out.extend(pack_integer(n, size, little, false, space))?;
        }
        Kind::Float => {
            let x = state.check_float(arg)? as f32;
            out.extend(&if little { x.to_le_bytes() } else { x.to_be_bytes() })?;
        }
        Kind::Double => {
            let x = state.check_float(arg)?;
            out.extend(&if little { x.to_le_bytes() } else { x.to_be_bytes() })?;
        }
        Kind::Fixed => {
            let text = state.check_bytes(arg)?;
            let length = text.len();
            if length > size {
                return Err(state.arg_error(arg, "string longer than given size"));
            }
            out.extend(text)?;
            out.grow(size - length)?;
        }
        Kind::Counted => {
            let text = state.check_bytes(arg)?;
            let length = text.len();
            if size < INTEGER_SIZE && length as u64 >= 1 << (size * 8) {
                return Err(state.arg_error(arg, "string length does not fit in given size"));
            }
            out.extend(pack_integer(length as i64, size, little, false, space))?;
            out.extend(text)?;
        }
        _ => {
            let text = state.check_bytes(arg)?;
            if memchr(0, text).is_some() {
                return Err(state.arg_error(arg, "string contains zeros"));
            }
            out.extend(text)?;
            out.push(0)?;
        }
    }
    Ok(())
}

/// `string.packsize (fmt)` (manual §6.4).
pub fn packsize(state: &mut State) -> Result<Return> {
    state.check_bytes(1)?;
    let mut reader = Reader::new(state.dialect());
    let mut total = 0;
    while let Some(item) = next_item(state, &mut reader, total)? {
        if matches!(item.kind, Kind::Counted | Kind::ZeroEnded) {
            return Err(state.arg_error(1, "variable-length format"));
        }
        let size = item.size + item.padding;
        if total + size > reader.max_size {
            return Err(state.arg_error(1, "format result too large"));
        }
        total += size;
    }
    state.ret(total as i64)
}

/// `string.unpack (fmt, s [, pos])` (manual §6.4).
pub fn unpack(state: &mut State) -> Result<Return> {
    state.check_bytes(1)?;
    let length = state.check_bytes(2)?.len();
    let start = state.opt_integer(3, 1)?;
    let before = start == 0 || start < -(length as i64);
    let mut position = start_position(start, length) - 1;
    if position > length || (before && !state.dialect().unpack_clips_position) {
        return Err(state.arg_error(3, "initial position out of string"));
    }
    let mut reader = Reader::new(state.dialect());
    let mut count = 0;
    while let Some(item) = next_item(state, &mut reader, position)? {
        if position + item.padding + item.size > length {
            return Err(state.arg_error(2, "data string too short"));
        }
        position += item.padding;
        state.ensure_stack(2, "too many results")?;
        if !matches!(item.kind, Kind::Align | Kind::Padding | Kind::Nothing) {
            count += 1;
            position += unpack_value(state, &reader, item, position, length)?;
        }
        position += item.size;
    }
    state.push(position as i64 + 1)?;
    Ok(Return::values(count + 1))
}

/// Pushes the value at `position`; how many bytes it takes beyond its size.
fn unpack_value(
    state: &mut State,
    reader: &Reader,
    item: Item,
    position: usize,
    length: usize,
) -> Result<usize> {
    let little = reader.little_endian;
    let end = position + item.size;
    let data = &bytes(state, 2)[position..];
    let own = &data[..item.size];
    match item.kind {
        Kind::Signed | Kind::Unsigned => {
            let n = unpack_integer(own, little, item.kind == Kind::Signed);
            let n = n.ok_or_else(|| too_wide(state, item.size))?;
            state.push(n)?;
        }
        Kind::Float => {
            let x = f64::from(unpack_float(own, little));
            state.push(x)?;
        }
        Kind::Double => {
            let x = unpack_double(own, little);
            state.push(x)?;
        }
        Kind::Fixed => state.push_substring(2, position, end)?,
        Kind::Counted => {
            let count = unpack_integer(own, little, false);
            let count = count.ok_or_else(|| too_wide(state, item.size))? as u64;
            if count > (length - end) as u64 {
                return Err(state.arg_error(2, "data string too short"));
            }
            let count = count as usize;
            state.push_substring(2, end, end + count)?;
            return Ok(count);
        }
        _ => {
            let count = match memchr(0, data) {
                Some(count) => count,
                None if !state.dialect().unpack_finds_end => data.len(),
                None => return Err(state.arg_error(2, "unfinished string for format 'z'")),
            };
            state.push_substring(2, position, position + count)?;
            return Ok(count + 1);
        }
    }
    Ok(0)
}

#[cold]
fn too_wide(state: &mut State, size: usize) -> Error {
    state.error(format_args!("{size}-byte integer does not fit into Lua Integer"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use perilune_vm::LUA_5_4;

    fn items(format: &[u8]) -> Result<Vec<(Kind, usize, usize)>, PackError> {
        let mut reader = Reader::new(&LUA_5_4);
        let (mut total, mut items) = (0, Vec::new());
        while let Some(item) = reader.next(format, total)? {
            total += item.padding + item.size;
            items.push((item.kind, item.size, item.padding));
        }
        Ok(items)
    }

    #[test]
    fn formats() {
        assert_eq!(items(b"<!4 b i3 Xi8 s2").unwrap_err(), PackError::OddAlignment,);
        let found = items(b"!8 b Xi8 d c10 z").unwrap();
        assert!(found.contains(&(Kind::Align, 0, 7)));
        assert!(found.contains(&(Kind::Fixed, 10, 0)));
        assert_eq!(items(b"i17"), Err(PackError::SizeOutOfLimits(17)));
        assert_eq!(items(b"i0"), Err(PackError::SizeOutOfLimits(0)));
        assert_eq!(items(b"c"), Err(PackError::MissingSize));
        assert_eq!(items(b"r"), Err(PackError::UnknownOption(b'r')));
        assert_eq!(items(b"X"), Err(PackError::NothingToAlignTo));
        assert_eq!(items(b"Xc1"), Err(PackError::NothingToAlignTo));
        assert_eq!(items(b"Xz"), Err(PackError::NothingToAlignTo));
        assert_eq!(items(b"b\0r"), Ok(vec![(Kind::Signed, 1, 0)]));
        assert_eq!(items(b"c2147483639"), Ok(vec![(Kind::Fixed, 2147483639, 0)]));
        assert_eq!(items(b"c21474836390"), Err(PackError::UnknownOption(b'0')));
    }

    #[test]
    fn integers() {
        let pack =
            |n, size, little, signed| pack_integer(n, size, little, signed, &mut [0; 16]).to_vec();
        assert_eq!(pack(-2, 3, true, true), [0xfe, 0xff, 0xff]);
        assert_eq!(pack(0x1234, 2, false, true), [0x12, 0x34]);
        assert_eq!(pack(-1, 16, false, true), [0xff; 16]);
        assert_eq!(pack(-1, 10, true, false)[8..], [0, 0]);
        for size in 1..=16 {
            for little in [false, true] {
                let data = pack(-3, size, little, true);
                assert_eq!(unpack_integer(&data, little, true), Some(-3));
                let data = pack(100, size, little, false);
                assert_eq!(unpack_integer(&data, little, false), Some(100));
            }
        }
        assert_eq!(unpack_integer(&[0, 0, 0, 0, 0, 0, 0, 0, 1], true, false), None);
        assert_eq!(unpack_integer(&[0xff; 9], true, false), None);
        assert_eq!(unpack_integer(&[0xff; 9], true, true), Some(-1));
        assert_eq!(unpack_integer(&[0xff; 8], true, false), Some(-1));
    }
}
