//! Lua patterns (manual §6.4.1): a backtracking matcher over byte slices.
//!
//! The matcher interprets the pattern as it goes, so that a malformed part is
//! reported only when the match gets there, as in the reference
//! implementation. Offsets into the subject stand for results; two offsets no
//! subject can have mean "no match" and "error", so that a recursive step is
//! one register wide and an error travels up like a success.
//!
//! Three shortcuts, none of which can be told from plain interpretation:
//! a search skips to where the pattern's first item can match, a repetition
//! runs over the subject in one loop, and backtracking skips positions where
//! the literal byte that must follow is not.

use memchr::{memchr, memmem, memrchr};
use perilune_vm::Dialect;

/// Most captures a pattern may have.
pub const MAX_CAPTURES: usize = 32;
/// Deepest nesting of matching steps, usually.
pub const MAX_DEPTH: u32 = 200;
/// Result of a step that found no match.
const FAIL: usize = usize::MAX;
/// Result of a step that found the pattern faulty; see `Matcher::error`.
const ERROR: usize = usize::MAX - 1;
/// `Capture::len` of a capture whose `)` was not reached yet.
const OPEN: usize = usize::MAX;
/// `Capture::len` of a position capture.
const POSITION: usize = usize::MAX - 1;
/// For `Matcher::search`: no previous match to stay away from.
pub const NO_MATCH: usize = usize::MAX;

/// What is wrong with a pattern.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum PatternError {
    TooComplex,
    EndsWithEscape,
    MissingBracket,
    MissingBalanceArguments,
    MissingFrontierSet,
    TooManyCaptures,
    UnopenedCapture,
    UnfinishedCapture,
    /// `%n` of a capture that is not there (or not closed) yet.
    CaptureIndex(u8),
    /// A result of a capture that the pattern does not have.
    MissingCapture(u8),
}

impl PatternError {
    /// The message, as the dialect words it.
    pub fn message(self, dialect: &Dialect) -> &'static str {
        match self {
            Self::CaptureIndex(_) if !dialect.pattern_errors_tell_capture => {
                "invalid capture index"
            }
            Self::MissingBalanceArguments if !dialect.pattern_errors_tell_capture => {
                "unbalanced pattern"
            }
            Self::MissingCapture(_) if !dialect.missing_capture_told => "invalid capture index",
            Self::TooComplex => "pattern too complex",
            Self::EndsWithEscape => "malformed pattern (ends with '%')",
            Self::MissingBracket => "malformed pattern (missing ']')",
            Self::MissingBalanceArguments => "malformed pattern (missing arguments to '%b')",
            Self::MissingFrontierSet => "missing '[' after '%f' in pattern",
            Self::TooManyCaptures => "too many captures",
            Self::UnopenedCapture => "invalid pattern capture",
            Self::UnfinishedCapture => "unfinished capture",
            Self::CaptureIndex(n) | Self::MissingCapture(n) => {
                const TEXTS: [&str; 10] = [
                    "invalid capture index %0",
                    "invalid capture index %1",
                    "invalid capture index %2",
                    "invalid capture index %3",
                    "invalid capture index %4",
                    "invalid capture index %5",
                    "invalid capture index %6",
                    "invalid capture index %7",
                    "invalid capture index %8",
                    "invalid capture index %9",
                ];
                TEXTS[usize::from(n) % 10]
            }
        }
    }
}

#[derive(Clone, Copy)]
struct Capture {
    start: usize,
    len: usize,
}

/// What a capture holds once a match is complete.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Captured {
    /// Offsets of the first byte and of the one after the last.
    Range(usize, usize),
    /// One-based position.
    Position(i64),
}

/// The captures of a match. Owned by the caller, so that they outlive the
/// borrow of the subject.
pub struct Captures {
    level: usize,
    list: [Capture; MAX_CAPTURES],
}

impl Captures {
    pub fn new() -> Captures {
        Captures { level: 0, list: [Capture { start: 0, len: 0 }; MAX_CAPTURES] }
    }

    /// Number of captures the last match made.
    pub fn count(&self) -> usize {
        self.level
    }

    /// Capture `index` (from 0) of a match over `start..end`; the whole match
    /// stands for the first capture of a pattern without any.
    #[inline]
    pub fn get(&self, index: usize, start: usize, end: usize) -> Result<Captured, PatternError> {
        if index >= self.level {
            return if index == 0 {
                Ok(Captured::Range(start, end))
            } else {
                Err(PatternError::MissingCapture(index as u8 + 1))
            };
        }
        let capture = self.list[index];
        match capture.len {
            OPEN => Err(PatternError::UnfinishedCapture),
            POSITION => Ok(Captured::Position(capture.start as i64 + 1)),
            len => Ok(Captured::Range(capture.start, capture.start + len)),
        }
    }
}

// ---------------------------------------------------------------- classes

const ALPHA: u16 = 1;
const CONTROL: u16 = 1 << 1;
const DIGIT: u16 = 1 << 2;
const GRAPH: u16 = 1 << 3;
const LOWER: u16 = 1 << 4;
const PUNCTUATION: u16 = 1 << 5;
const SPACE: u16 = 1 << 6;
const UPPER: u16 = 1 << 7;
const ALNUM: u16 = 1 << 8;
const HEX: u16 = 1 << 9;
const ZERO: u16 = 1 << 10;
/// In a class's mask: an upper-case letter, the complement of the class.
const COMPLEMENT: u16 = 1 << 15;

/// The classes each byte belongs to (C locale).
static CLASSES: [u16; 256] = {
    let mut table = [0; 256];
    let mut c = 0;
    while c < 256 {
        let b = c as u8;
        let mut bits = 0;
        if b.is_ascii_alphabetic() {
            bits |= ALPHA;
        }
        if b.is_ascii_control() {
            bits |= CONTROL;
        }
        if b.is_ascii_digit() {
            bits |= DIGIT;
        }
        if b.is_ascii_graphic() {
            bits |= GRAPH;
        }
        if b.is_ascii_lowercase() {
            bits |= LOWER;
        }
        if b.is_ascii_punctuation() {
            bits |= PUNCTUATION;
        }
        if b == b' ' || (b >= 9 && b <= 13) {
            bits |= SPACE;
        }
        if b.is_ascii_uppercase() {
            bits |= UPPER;
        }
        if b.is_ascii_alphanumeric() {
            bits |= ALNUM;
        }
        if b.is_ascii_hexdigit() {
            bits |= HEX;
        }
        if b == 0 {
            bits |= ZERO;
        }
        table[c] = bits;
        c += 1;
    }
    table
};

/// The mask of the class a letter after `%` names; 0 if it names none (then
/// the byte stands for itself).
static MASKS: [u16; 256] = {
    let mut table = [0; 256];
    let named = [
        (b'a', ALPHA),
        (b'c', CONTROL),
        (b'd', DIGIT),
        (b'g', GRAPH),
        (b'l', LOWER),
        (b'p', PUNCTUATION),
        (b's', SPACE),
        (b'u', UPPER),
        (b'w', ALNUM),
        (b'x', HEX),
        (b'z', ZERO),
    ];
    let mut i = 0;
    while i < named.len() {
        let (letter, mask) = named[i];
        table[letter as usize] = mask;
        table[letter.to_ascii_uppercase() as usize] = mask | COMPLEMENT;
        i += 1;
    }
    table
};

#[inline(always)]
fn in_mask(c: u8, mask: u16) -> bool {
    (CLASSES[usize::from(c)] & mask & !COMPLEMENT != 0) != (mask & COMPLEMENT != 0)
}

#[inline(always)]
fn in_class(c: u8, letter: u8) -> bool {
    let mask = MASKS[usize::from(letter)];
    if mask == 0 { letter == c } else { in_mask(c, mask) }
}

/// A set of bytes, one bit each.
#[derive(Clone, Copy)]
struct ByteSet([u64; 4]);

impl ByteSet {
    #[inline(always)]
    fn has(&self, c: u8) -> bool {
        self.0[usize::from(c >> 6)] >> (c & 63) & 1 != 0
    }

    fn add(&mut self, c: u8) {
        self.0[usize::from(c >> 6)] |= 1 << (c & 63);
    }

    fn add_range(&mut self, from: u8, to: u8) {
        if from > to {
            return;
        }
        let (first, last) = (usize::from(from >> 6), usize::from(to >> 6));
        for word in first..=last {
            let mut mask = u64::MAX;
            if word == first {
                mask &= u64::MAX << (from & 63);
            }
            if word == last {
                mask &= u64::MAX >> (63 - (to & 63));
            }
            self.0[word] |= mask;
        }
    }

    fn add_class(&mut self, letter: u8) {
        let mask = MASKS[usize::from(letter)];
        if mask == 0 {
            self.add(letter);
            return;
        }
        let complement = if mask & COMPLEMENT != 0 { u64::MAX } else { 0 };
        let members = &CLASS_SETS[(mask & !COMPLEMENT).trailing_zeros() as usize];
        for (word, more) in self.0.iter_mut().zip(members) {
            *word |= more ^ complement;
        }
    }
}

/// The bytes of each class, by bit number.
static CLASS_SETS: [[u64; 4]; 11] = {
    let mut sets = [[0; 4]; 11];
    let mut class = 0;
    while class < 11 {
        let mut c = 0;
        while c < 256 {
            if CLASSES[c] & (1 << class) != 0 {
                sets[class][c >> 6] |= 1 << (c & 63);
            }
            c += 1;
        }
        class += 1;
    }
    sets
};

/// Whether `c` is in the set whose `[` is at `p` and whose `]` is at `close`.
fn in_set(c: u8, pattern: &[u8], p: usize, close: usize) -> bool {
    let items = &pattern[..close];
    let mut i = p + 1;
    let negated = items.get(i) == Some(&b'^');
    if negated {
        i += 1;
    }
    while let Some(&item) = items.get(i) {
        if item == b'%' {
            // A set never ends in an escape: what follows may only be the `]`
            // that the escape hides.
            if in_class(c, pattern.get(i + 1).copied().unwrap_or(0)) {
                return !negated;
            }
            i += 2;
        } else if i + 2 < close && items[i + 1] == b'-' {
            if item <= c && c <= items[i + 2] {
                return !negated;
            }
            i += 3;
        } else {
            if item == c {
                return !negated;
            }
            i += 1;
        }
    }
    negated
}

/// The same set, all bytes at once.
fn build_set(pattern: &[u8], p: usize, close: usize) -> ByteSet {
    let mut set = ByteSet([0; 4]);
    let items = &pattern[..close];
    let mut i = p + 1;
    let negated = items.get(i) == Some(&b'^');
    if negated {
        i += 1;
    }
    while let Some(&item) = items.get(i) {
        if item == b'%' {
            set.add_class(pattern.get(i + 1).copied().unwrap_or(0));
            i += 2;
        } else if i + 2 < close && items[i + 1] == b'-' {
            set.add_range(item, items[i + 2]);
            i += 3;
        } else {
            set.add(item);
            i += 1;
        }
    }
    if negated {
        set.0.iter_mut().for_each(|word| *word = !*word);
    }
    set
}

// ---------------------------------------------------------------- the matcher

/// Where a pattern's match can begin.
enum First {
    Anywhere,
    Byte(u8),
    Class(u16),
    Set(ByteSet),
}

/// One pattern applied to one subject.
pub struct Matcher<'a> {
    subject: &'a [u8],
    pattern: &'a [u8],
    captures: &'a mut Captures,
    depth: u32,
    max_depth: u32,
    error: PatternError,
    /// The set last used in a longer run, by the position of its `[`.
    set: Option<(usize, ByteSet)>,
}

impl<'a> Matcher<'a> {
    /// `pattern` is without the `^` of an anchored pattern.
    pub fn new(
        subject: &'a [u8],
        pattern: &'a [u8],
        captures: &'a mut Captures,
        max_depth: u32,
    ) -> Matcher<'a> {
        Matcher {
            subject,
            pattern,
            captures,
            depth: max_depth,
            max_depth,
            error: PatternError::TooComplex,
            set: None,
        }
    }

    /// The captures of the last match.
    pub fn captures(&self) -> &Captures {
        self.captures
    }

    /// The first match that starts at `from` or later (at `from` alone if
    /// `anchored`) and does not end at `last_end`.
    pub fn search(
        &mut self,
        from: usize,
        anchored: bool,
        last_end: usize,
    ) -> Result<Option<(usize, usize)>, PatternError> {
        let first = if anchored { First::Anywhere } else { self.first_item() };
        let mut s = from;
        while s <= self.subject.len() {
            let rest = &self.subject[s..];
            let skip = match &first {
                First::Anywhere => Some(0),
                First::Byte(b) => memchr(*b, rest),
                First::Class(mask) => rest.iter().position(|&c| in_mask(c, *mask)),
                First::Set(set) => rest.iter().position(|&c| set.has(c)),
            };
            let Some(skip) = skip else { return Ok(None) };
            s += skip;
            self.depth = self.max_depth;
            self.captures.level = 0;
            match self.step(s, 0) {
                ERROR => return Err(self.error),
                end if end != FAIL && end != last_end => return Ok(Some((s, end))),
                _ => {}
            }
            if anchored {
                break;
            }
            s += 1;
        }
        Ok(None)
    }

    /// What the first byte of every match must be, as far as the first item
    /// tells without any chance of an error being missed.
    fn first_item(&mut self) -> First {
        let mut p = 0;
        while self.at(p) == b'(' {
            p += if self.at(p + 1) == b')' { 2 } else { 1 };
            if p > MAX_CAPTURES / 2 {
                return First::Anywhere;
            }
        }
        let Some(&c) = self.pattern.get(p) else { return First::Anywhere };
        match c {
            b'.' | b')' | b'$' => return First::Anywhere,
            b'%' => match self.at(p + 1) {
                b'b' if p + 3 < self.pattern.len() => return First::Byte(self.pattern[p + 2]),
                b'b' | b'f' | b'0'..=b'9' => return First::Anywhere,
                _ => {}
            },
            _ => {}
        }
        let end = self.item_end(p, c);
        if end == ERROR || matches!(self.at(end), b'*' | b'?' | b'-') {
            return First::Anywhere;
        }
        match c {
            b'%' => {
                let letter = self.pattern[p + 1];
                match MASKS[usize::from(letter)] {
                    0 => First::Byte(letter),
                    mask => First::Class(mask),
                }
            }
            b'[' => First::Set(build_set(self.pattern, p, end - 1)),
            _ => First::Byte(c),
        }
    }

    /// The pattern's byte at `p`; 0 beyond its end.
    #[inline(always)]
    fn at(&self, p: usize) -> u8 {
        self.pattern.get(p).copied().unwrap_or(0)
    }

    #[cold]
    fn fault(&mut self, error: PatternError) -> usize {
        self.error = error;
        ERROR
    }

    /// Matches the pattern from `p` on at `s`: the end of the match.
    fn step(&mut self, s: usize, p: usize) -> usize {
        if self.depth == 0 {
            return self.fault(PatternError::TooComplex);
        }
        self.depth -= 1;
        let end = self.items(s, p);
        self.depth += 1;
        end
    }

    fn items(&mut self, mut s: usize, mut p: usize) -> usize {
        while let Some(&c) = self.pattern.get(p) {
            match c {
                b'(' if self.at(p + 1) == b')' => return self.start_capture(s, p + 2, POSITION),
                b'(' => return self.start_capture(s, p + 1, OPEN),
                b')' => return self.end_capture(s, p + 1),
                b'$' if p + 1 == self.pattern.len() => {
                    return if s == self.subject.len() { s } else { FAIL };
                }
                b'%' => {
                    let special = match self.at(p + 1) {
                        b'b' => Some((self.balance(s, p + 2), p + 4)),
                        b'f' => Some(self.frontier(s, p + 2)),
                        digit @ b'0'..=b'9' => Some((self.back_reference(s, digit), p + 2)),
                        _ => None,
                    };
                    if let Some((end, next)) = special {
                        if end >= ERROR {
                            return end;
                        }
                        (s, p) = (end, next);
                        continue;
                    }
                }
                _ => {}
            }
            let end = self.item_end(p, c);
            if end == ERROR {
                return ERROR;
            }
            let suffix = self.at(end);
            if !self.single(s, p, end) {
                match suffix {
                    b'*' | b'?' | b'-' => p = end + 1,
                    _ => return FAIL,
                }
                continue;
            }
            match suffix {
                b'?' => {
                    let taken = self.step(s + 1, end + 1);
                    if taken != FAIL {
                        return taken;
                    }
                    p = end + 1;
                }
                b'+' => return self.longest(s + 1, p, end),
                b'*' => return self.longest(s, p, end),
                b'-' => return self.shortest(s, p, end),
                _ => {
                    s += 1;
                    p = end;
                }
            }
        }
        s
    }

    /// Position after the single-byte item at `p`, whose first byte is `c`.
    #[inline(always)]
    fn item_end(&mut self, p: usize, c: u8) -> usize {
        match c {
            b'%' => {
                if p + 1 >= self.pattern.len() {
                    return self.fault(PatternError::EndsWithEscape);
                }
                p + 2
            }
            b'[' => self.set_end(p),
            _ => p + 1,
        }
    }

    fn set_end(&mut self, p: usize) -> usize {
        let mut p = p + 1;
        if self.at(p) == b'^' {
            p += 1;
        }
        // The first byte of a set is never its end.
        loop {
            let Some(&c) = self.pattern.get(p) else {
                return self.fault(PatternError::MissingBracket);
            };
            p += 1;
            if c == b'%' && p < self.pattern.len() {
                p += 1;
            }
            if self.at(p) == b']' {
                return p + 1;
            }
        }
    }

    /// Whether the item at `p..end` matches the byte at `s`.
    #[inline(always)]
    fn single(&self, s: usize, p: usize, end: usize) -> bool {
        let Some(&c) = self.subject.get(s) else { return false };
        match self.pattern[p] {
            b'.' => true,
            b'%' => in_class(c, self.at(p + 1)),
            b'[' => in_set(c, self.pattern, p, end - 1),
            literal => literal == c,
        }
    }

    /// End of the longest run of the item at `p..end` from `s` on.
    fn run_end(&mut self, s: usize, p: usize, end: usize) -> usize {
        let rest = &self.subject[s..];
        let length = match self.pattern[p] {
            b'.' => None,
            b'%' => {
                let letter = self.at(p + 1);
                match MASKS[usize::from(letter)] {
                    0 => rest.iter().position(|&c| c != letter),
                    mask => rest.iter().position(|&c| !in_mask(c, mask)),
                }
            }
            b'[' => self.set_run(rest, p, end - 1),
            literal => rest.iter().position(|&c| c != literal),
        };
        length.map_or(self.subject.len(), |n| s + n)
    }

    /// Offset in `rest` of the first byte outside a set.
    fn set_run(&mut self, rest: &[u8], p: usize, close: usize) -> Option<usize> {
        /// Bytes tested one by one before the set is worked out as a whole.
        const PROBE: usize = 4;
        if close - p == 3 && self.pattern[p + 1] == b'^' && self.pattern[p + 2] != b'%' {
            return memchr(self.pattern[p + 2], rest);
        }
        let pattern = self.pattern;
        let set = match self.set {
            Some((at, set)) if at == p => set,
            _ => {
                let probe = &rest[..rest.len().min(PROBE)];
                if let Some(n) = probe.iter().position(|&c| !in_set(c, pattern, p, close)) {
                    return Some(n);
                }
                if rest.len() <= PROBE {
                    return None;
                }
                let set = build_set(pattern, p, close);
                self.set = Some((p, set));
                set
            }
        };
        rest.iter().position(|&c| !set.has(c))
    }

    /// The literal byte that must come next for the pattern from `p` on to
    /// match, if that shows without following the match. Only where taking
    /// the steps to that byte could not end in an error.
    fn literal_at(&self, mut p: usize) -> Option<u8> {
        let mut closed = 0;
        while self.at(p) == b')' {
            closed += 1;
            p += 1;
        }
        if closed > 0 {
            let captures = &self.captures.list[..self.captures.level];
            let open = captures.iter().filter(|c| c.len == OPEN).count();
            if closed > open || closed >= self.depth as usize {
                return None;
            }
        }
        let (literal, next) = match *self.pattern.get(p)? {
            b'(' | b'$' | b'.' | b'[' => return None,
            b'%' => match self.at(p + 1) {
                c if c.is_ascii_punctuation() => (c, p + 2),
                _ => return None,
            },
            c => (c, p + 1),
        };
        (!matches!(self.at(next), b'*' | b'?' | b'-')).then_some(literal)
    }

    /// Takes the item at `p..end` as often as it goes, then less.
    fn longest(&mut self, s: usize, p: usize, end: usize) -> usize {
        let mut high = self.run_end(s, p, end);
        let next = end + 1;
        if self.depth == 0 {
            return self.fault(PatternError::TooComplex);
        }
        if next >= self.pattern.len() {
            return high;
        }
        if let Some(literal) = self.literal_at(next) {
            let mut candidates = &self.subject[s..self.subject.len().min(high + 1)];
            while let Some(n) = memrchr(literal, candidates) {
                let found = self.step(s + n, next);
                if found != FAIL {
                    return found;
                }
                candidates = &candidates[..n];
            }
            return FAIL;
        }
        loop {
            let found = self.step(high, next);
            if found != FAIL || high == s {
                return found;
            }
            high -= 1;
        }
    }

    /// Takes the item at `p..end` as rarely as it goes.
    fn shortest(&mut self, mut s: usize, p: usize, end: usize) -> usize {
        let next = end + 1;
        let literal = if self.depth == 0 { None } else { self.literal_at(next) };
        loop {
            if let Some(literal) = literal {
                if self.pattern[p] == b'.' {
                    match memchr(literal, &self.subject[s..]) {
                        Some(n) => s += n,
                        None => return FAIL,
                    }
                } else {
                    while self.subject.get(s) != Some(&literal) {
                        if !self.single(s, p, end) {
                            return FAIL;
                        }
                        s += 1;
                    }
                }
            }
            let found = self.step(s, next);
            if found != FAIL {
                return found;
            }
            if !self.single(s, p, end) {
                return FAIL;
            }
            s += 1;
        }
    }

    fn start_capture(&mut self, s: usize, p: usize, len: usize) -> usize {
        let level = self.captures.level;
        if level >= MAX_CAPTURES {
            return self.fault(PatternError::TooManyCaptures);
        }
        self.captures.list[level] = Capture { start: s, len };
        self.captures.level = level + 1;
        let end = self.step(s, p);
        if end == FAIL {
            self.captures.level -= 1;
        }
        end
    }

    fn end_capture(&mut self, s: usize, p: usize) -> usize {
        let captures = &self.captures.list[..self.captures.level];
        let Some(index) = captures.iter().rposition(|c| c.len == OPEN) else {
            return self.fault(PatternError::UnopenedCapture);
        };
        let start = self.captures.list[index].start;
        self.captures.list[index].len = s - start;
        let end = self.step(s, p);
        if end == FAIL {
            self.captures.list[index].len = OPEN;
        }
        end
    }

    /// `%bxy` whose `x` is at `p`.
    fn balance(&mut self, s: usize, p: usize) -> usize {
        let (Some(&open), Some(&close)) = (self.pattern.get(p), self.pattern.get(p + 1)) else {
            return self.fault(PatternError::MissingBalanceArguments);
        };
        if self.subject.get(s).copied().unwrap_or(0) != open || s >= self.subject.len() {
            return FAIL;
        }
        let mut depth = 1usize;
        for (i, &c) in self.subject[s + 1..].iter().enumerate() {
            if c == close {
                depth -= 1;
                if depth == 0 {
                    return s + i + 2;
                }
            } else if c == open {
                depth += 1;
            }
        }
        FAIL
    }

    /// `%f[set]` whose set is at `p`: the position it leaves the match at, and
    /// where the pattern goes on.
    fn frontier(&mut self, s: usize, p: usize) -> (usize, usize) {
        if self.at(p) != b'[' {
            return (self.fault(PatternError::MissingFrontierSet), p);
        }
        let end = self.set_end(p);
        if end == ERROR {
            return (ERROR, p);
        }
        let previous = if s == 0 { 0 } else { self.subject[s - 1] };
        let next = self.subject.get(s).copied().unwrap_or(0);
        let crossed =
            !in_set(previous, self.pattern, p, end - 1) && in_set(next, self.pattern, p, end - 1);
        (if crossed { s } else { FAIL }, end)
    }

    /// `%n`: the text of an earlier capture again.
    fn back_reference(&mut self, s: usize, digit: u8) -> usize {
        let n = digit - b'0';
        let capture = match usize::from(n).checked_sub(1) {
            Some(i) if i < self.captures.level => self.captures.list[i],
            _ => return self.fault(PatternError::CaptureIndex(n)),
        };
        match capture.len {
            OPEN => self.fault(PatternError::CaptureIndex(n)),
            POSITION => FAIL,
            len => {
                let text = &self.subject[capture.start..capture.start + len];
                if self.subject[s..].starts_with(text) { s + len } else { FAIL }
            }
        }
    }
}

/// Whether a pattern is plain text.
pub fn is_plain(pattern: &[u8]) -> bool {
    !pattern
        .iter()
        .any(|c| matches!(c, b'^' | b'$' | b'*' | b'+' | b'?' | b'.' | b'(' | b'[' | b'%' | b'-'))
}

/// Offset of the first occurrence of `needle`.
pub fn find_plain(haystack: &[u8], needle: &[u8]) -> Option<usize> {
    /// From this size on the two-way searcher pays.
    const LARGE: usize = 128;
    let Some((&first, tail)) = needle.split_first() else { return Some(0) };
    if needle.len() > haystack.len() {
        return None;
    }
    if tail.is_empty() {
        return memchr(first, haystack);
    }
    if haystack.len() >= LARGE {
        return memmem::find(haystack, needle);
    }
    let last_start = haystack.len() - needle.len();
    let mut from = 0;
    while from <= last_start {
        from += memchr(first, &haystack[from..=last_start])?;
        if haystack[from + 1..].starts_with(tail) {
            return Some(from);
        }
        from += 1;
    }
    None
}

/// Where a pattern cannot be taken as it is in a dialect that knows less: up to
/// its first zero, and with `%g` for a `g`. `None` if it can.
pub fn rewritten(pattern: &[u8], dialect: &Dialect) -> Option<Vec<u8>> {
    let cut = dialect.zero_ends_text && memchr(0, pattern).is_some();
    let graph = !dialect.pattern_class_graph
        && pattern.windows(2).any(|pair| matches!(pair, [b'%', b'g' | b'G']));
    if !cut && !graph {
        return None;
    }
    let mut rest = if cut { pattern.split(|&c| c == 0).next()? } else { pattern };
    if !graph {
        return Some(rest.to_vec());
    }
    let mut result = Vec::with_capacity(rest.len() + 1);
    let mut in_set = false;
    while let [first, after @ ..] = rest {
        let escaped = *first == b'%';
        let length = match after {
            [b'b', ..] if escaped && !in_set => rest.len().min(4),
            [_, ..] if escaped => 2,
            // The first byte of a set is never its end.
            [b'^', b']', ..] if *first == b'[' && !in_set => 3,
            [b'^' | b']', ..] if *first == b'[' && !in_set => 2,
            _ => 1,
        };
        let (item, next) = rest.split_at(length);
        match (item, next) {
            // Not to be the beginning of a range.
            ([b'%', b'g' | b'G'], [b'-', ..]) if in_set => {
                result.extend_from_slice(&[item[1], b'%']);
            }
            ([b'%', letter @ (b'g' | b'G')], _) => result.push(*letter),
            _ => result.extend_from_slice(item),
        }
        if !escaped {
            in_set = if in_set { *first != b']' } else { *first == b'[' };
        }
        rest = next;
    }
    Some(result)
}

#[cfg(test)]
mod tests {
    use super::*;
    use perilune_vm::LUA_5_4;

    /// `string.find`'s offsets (one-based, inclusive) and captures as text.
    fn find(subject: &str, pattern: &str) -> Result<Option<(usize, usize, Vec<String>)>, String> {
        let (anchored, p) = match pattern.strip_prefix('^') {
            Some(rest) => (true, rest),
            None => (false, pattern),
        };
        let mut captures = Captures::new();
        let found = Matcher::new(subject.as_bytes(), p.as_bytes(), &mut captures, MAX_DEPTH)
            .search(0, anchored, NO_MATCH)
            .map_err(|e| e.message(&LUA_5_4).to_owned())?;
        let Some((start, end)) = found else { return Ok(None) };
        let mut texts = Vec::new();
        for i in 0..captures.count() {
            let text =
                match captures.get(i, start, end).map_err(|e| e.message(&LUA_5_4).to_owned())? {
                    Captured::Range(a, b) => subject[a..b].to_owned(),
                    Captured::Position(n) => n.to_string(),
                };
            texts.push(text);
        }
        Ok(Some((start + 1, end, texts)))
    }

    fn range(subject: &str, pattern: &str) -> Option<(usize, usize)> {
        find(subject, pattern).unwrap().map(|(a, b, _)| (a, b))
    }

    #[test]
    fn items_and_repetitions() {
        assert_eq!(range("hello world", "o w"), Some((5, 7)));
        assert_eq!(range("hello", "l+"), Some((3, 4)));
        assert_eq!(range("hello", "l-o"), Some((3, 5)));
        assert_eq!(range("hello", "x*"), Some((1, 0)));
        assert_eq!(range("hello", "hx?e"), Some((1, 2)));
        assert_eq!(range("", "^$"), Some((1, 0)));
        assert_eq!(range("a.b", "%."), Some((2, 2)));
        assert_eq!(range("aaab", ".*b"), Some((1, 4)));
        assert_eq!(range("aaa", "^.-$"), Some((1, 3)));
        assert_eq!(range("a$b", "a$b"), Some((1, 3)));
        assert_eq!(range("key = 10", "%d+"), Some((7, 8)));
        assert_eq!(range("\0a\0", "%z%a"), Some((1, 2)));
    }

    #[test]
    fn sets() {
        assert_eq!(range("xx[y]z", "[]]"), Some((5, 5)));
        assert_eq!(range("xx[y]z", "[^x%[]"), Some((4, 4)));
        assert_eq!(range("a-b", "[a%-]+"), Some((1, 2)));
        assert_eq!(range("a-b", "[-a]+"), Some((1, 2)));
        assert_eq!(range("abc0123", "[0-9]+"), Some((4, 7)));
        assert_eq!(range("line one\nline", "[^\n]*"), Some((1, 8)));
        assert_eq!(range("_name1 = 2", "[%a_][%w_]*"), Some((1, 6)));
        assert_eq!(range("0123456789abcdefxyz", "[%da-f]+x"), Some((1, 17)));
        assert_eq!(range("%", "[%%]"), Some((1, 1)));
    }

    #[test]
    fn captures_and_specials() {
        let found = find("key = value", "(%w+)%s*=%s*(%w+)").unwrap().unwrap();
        assert_eq!(found.2, ["key", "value"]);
        let found = find("hello", "()ll()").unwrap().unwrap();
        assert_eq!(found.2, ["3", "5"]);
        assert_eq!(range("f(a(b)c)d", "%b()"), Some((2, 8)));
        assert_eq!(range("THE (quick) fox", "%f[%a]%a+%f[%A]"), Some((1, 3)));
        assert_eq!(range("say \"hi\" x", "([\"'])(.-)%1"), Some((5, 8)));
        assert_eq!(find("a,b,c", "(.-),").unwrap().unwrap().2, ["a"]);
        assert_eq!(find("a,b,c", "(.*),").unwrap().unwrap().2, ["a,b"]);
        assert_eq!(find("((x))", "^((%()%()").unwrap().unwrap().2, ["((", "("]);
    }

    #[test]
    fn faults_come_when_reached() {
        let message = |s: &str, p: &str| find(s, p).unwrap_err();
        assert_eq!(message("a", "%"), "malformed pattern (ends with '%')");
        assert_eq!(message("a", "[a"), "malformed pattern (missing ']')");
        assert_eq!(message("a", "[]"), "malformed pattern (missing ']')");
        assert_eq!(message("a", "[^]"), "malformed pattern (missing ']')");
        assert_eq!(message("a", "[a%"), "malformed pattern (missing ']')");
        assert_eq!(message("a", "%b"), "malformed pattern (missing arguments to '%b')");
        assert_eq!(message("a", "%bx"), "malformed pattern (missing arguments to '%b')");
        assert_eq!(message("a", "%f"), "missing '[' after '%f' in pattern");
        assert_eq!(message("a", "%1"), "invalid capture index %1");
        assert_eq!(message("a", "(%1)"), "invalid capture index %1");
        assert_eq!(message("a", "%0"), "invalid capture index %0");
        assert_eq!(message("a", "(a"), "unfinished capture");
        assert_eq!(message("a", "a)"), "invalid pattern capture");
        assert_eq!(message("a", &"()".repeat(33)), "too many captures");
        assert_eq!(message(&"a".repeat(300), &"a?".repeat(300)), "pattern too complex");
        assert_eq!(find("abc", "x[").unwrap(), None);
        assert_eq!(find("abc", "x)").unwrap(), None);
    }

    #[test]
    fn rewriting() {
        use perilune_vm::LUA_5_1;
        let rewritten = |pattern: &[u8]| rewritten(pattern, &LUA_5_1);
        assert_eq!(rewritten(b"%a%%g"), Some(b"%a%%g".to_vec()));
        assert_eq!(rewritten(b"[%g%a]%G+"), Some(b"[g%a]G+".to_vec()));
        assert_eq!(rewritten(b"%b%g%g"), Some(b"%b%gg".to_vec()));
        assert_eq!(rewritten(b"[%g-z]"), Some(b"[g%-z]".to_vec()));
        assert_eq!(rewritten(b"[]%g-z]%g-"), Some(b"[]g%-z]g-".to_vec()));
        assert_eq!(rewritten(b"[^]%b%g-]%b%g-"), Some(b"[^]%bg%-]%b%g-".to_vec()));
        assert_eq!(rewritten(b"a\0b"), Some(b"a".to_vec()));
        assert_eq!(rewritten(b"%a"), None);
        assert_eq!(super::rewritten(b"%g\0", &LUA_5_4), None);
    }

    #[test]
    fn plain_search() {
        assert_eq!(find_plain(b"abc", b""), Some(0));
        assert_eq!(find_plain(b"aab", b"ab"), Some(1));
        assert_eq!(find_plain(b"aaa", b"ab"), None);
        assert_eq!(find_plain(b"ab", b"abc"), None);
        let long = [b"x".repeat(500), b"needle".to_vec()].concat();
        assert_eq!(find_plain(&long, b"needle"), Some(500));
        assert!(is_plain(b"a\0b]") && !is_plain(b"a\0-"));
    }
}
