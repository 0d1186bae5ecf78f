//! `table.sort`.

use std::cmp::Ordering;

use perilune_vm::{ArrayPart, CompareOp, Number, Result, Return, State, Type, Value};

use super::{EVERYTHING, checked_length, is_plain};

/// `table.sort (list [, comp])` (manual §6.6).
pub(super) fn sort(state: &mut State) -> Result<Return> {
    let (length, _) = checked_length(state, EVERYTHING)?;
    let slack = state.dialect().sort_slack;
    if slack.is_some() && !state.is_none_or_nil(2) {
        state.check_type(2, Type::Function)?;
    }
    if length < 2 {
        return Ok(Return::NONE);
    }
    if length >= i64::from(i32::MAX) {
        return Err(state.arg_error(1, "array too big"));
    }
    let length = length as u32;
    if !state.is_none_or_nil(2) {
        state.check_type(2, Type::Function)?;
    } else if let Some(mut elements) = state.array_part(1, length as usize)
        && sort_uniform(&mut elements, length as usize)
    {
        return Ok(Return::NONE);
    }
    state.set_top(2);
    let by_function = !state.is_nil(2);
    let raw = is_plain(state, 1);
    Sorting { state, by_function, raw, slack }.range(1, length, 0)?;
    Ok(Return::NONE)
}

/// Sorts elements that are all numbers or all strings, if every correct
/// algorithm gives the same result. False (and nothing done) for any others.
fn sort_uniform(elements: &mut ArrayPart<'_>, length: usize) -> bool {
    match elements.get(0) {
        Value::Integer(_) => sort_integers(elements, length) || sort_numbers(elements, length),
        Value::Float(_) => sort_floats(elements, length) || sort_numbers(elements, length),
        Value::String(_) => sort_strings(elements, length),
        _ => false,
    }
}

/// Room for `length` keys, if there is any.
fn room<T>(length: usize) -> Option<Vec<T>> {
    let mut keys = Vec::new();
    keys.try_reserve_exact(length).ok()?;
    Some(keys)
}

fn sort_integers(elements: &mut ArrayPart<'_>, length: usize) -> bool {
    let Some(mut keys) = room(length) else { return false };
    for i in 0..length {
        match elements.get(i) {
            Value::Integer(n) => keys.push(n),
            _ => return false,
        }
    }
    keys.sort_unstable();
    for (i, n) in keys.into_iter().enumerate() {
        elements.set_number(i, Number::Integer(n));
    }
    true
}

/// Floats whose bit patterns have the same order as their values: no NaN, and
/// no zeros of both signs.
fn sort_floats(elements: &mut ArrayPart<'_>, length: usize) -> bool {
    let Some(mut keys) = room(length) else { return false };
    let (mut zero, mut negative_zero) = (false, false);
    for i in 0..length {
        match elements.get(i) {
            Value::Float(x) if !x.is_nan() => {
                zero |= x == 0.0 && x.is_sign_positive();
                negative_zero |= x == 0.0 && x.is_sign_negative();
                keys.push(x);
            }
            _ => return false,
        }
    }
    if zero && negative_zero {
        return false;
    }
    keys.sort_unstable_by(f64::total_cmp);
    for (i, x) in keys.into_iter().enumerate() {
        elements.set_number(i, Number::Float(x));
    }
    true
}

/// Not with NaN, which no order suits, nor with numbers that are equal and can
/// be told apart (1 and 1.0, the two zeros).
fn sort_numbers(elements: &mut ArrayPart<'_>, length: usize) -> bool {
    let Some(mut keys) = room(length) else { return false };
    for i in 0..length {
        match elements.get(i) {
            Value::Integer(n) => keys.push(Number::Integer(n)),
            Value::Float(x) if !x.is_nan() => keys.push(Number::Float(x)),
            _ => return false,
        }
    }
    keys.sort_unstable_by(|&a, &b| compare_numbers(a, b));
    let ambiguous = |a: Number, b: Number| match (a, b) {
        (Number::Integer(_), Number::Integer(_)) => false,
        (Number::Float(a), Number::Float(b)) => a == b && a.to_bits() != b.to_bits(),
        _ => compare_numbers(a, b).is_eq(),
    };
    if keys.windows(2).any(|pair| ambiguous(pair[0], pair[1])) {
        return false;
    }
    for (i, number) in keys.into_iter().enumerate() {
        elements.set_number(i, number);
    }
    true
}

/// The exact order of numbers; NaN counts as equal to everything.
fn compare_numbers(a: Number, b: Number) -> Ordering {
    match (a, b) {
        (Number::Integer(a), Number::Integer(b)) => a.cmp(&b),
        (Number::Float(a), Number::Float(b)) => a.partial_cmp(&b).unwrap_or(Ordering::Equal),
        (Number::Integer(a), Number::Float(b)) => compare_mixed(a, b),
        (Number::Float(a), Number::Integer(b)) => compare_mixed(b, a).reverse(),
    }
}

fn compare_mixed(a: i64, b: f64) -> Ordering {
    const LIMIT: f64 = 9_223_372_036_854_775_808.0;
    if b >= LIMIT {
        return Ordering::Less;
    }
    if b < -LIMIT {
        return Ordering::Greater;
    }
    // Exact where `b` has a fraction; elsewhere equal to `b`.
    let whole = b as i64;
    a.cmp(&whole).then_with(|| (whole as f64).partial_cmp(&b).unwrap_or(Ordering::Equal))
}

/// By their first eight bytes where these differ.
fn sort_strings(elements: &mut ArrayPart<'_>, length: usize) -> bool {
    let Some(mut keys) = room::<(u64, u32)>(length) else { return false };
    for i in 0..length {
        let Value::String(text) = elements.get(i) else { return false };
        let mut prefix = [0; 8];
        let known = text.len().min(8);
        prefix[..known].copy_from_slice(&text[..known]);
        keys.push((u64::from_be_bytes(prefix), i as u32));
    }
    let text = |i: u32| match elements.get(i as usize) {
        Value::String(text) => text,
        _ => &[],
    };
    keys.sort_unstable_by(|a, b| a.0.cmp(&b.0).then_with(|| text(a.1).cmp(text(b.1))));
    // Element `keys[i].1` belongs at `i`: exchange along each cycle.
    for start in 0..length {
        let mut at = start;
        loop {
            let from = keys[at].1 as usize;
            keys[at].1 = at as u32;
            if from == start {
                break;
            }
            elements.swap(at, from);
            at = from;
        }
    }
    true
}

/// The reference implementation's quicksort, with its very sequence of
/// comparisons and accesses, which functions and metamethods can observe.
/// Argument 1 is the table, argument 2 the order function, if any.
struct Sorting<'a> {
    state: &'a mut State,
    by_function: bool,
    /// Elements are accessed without metamethods.
    raw: bool,
    /// The pivot is always the middle, and a place beyond the range by more than
    /// this shows that the order is none.
    slack: Option<u32>,
}

/// Larger ranges get a random pivot once a partition was lopsided.
const RANDOM_PIVOT_LIMIT: u32 = 100;

impl Sorting<'_> {
    fn get(&mut self, index: u32) -> Result<()> {
        if self.raw {
            return self.state.raw_get_integer(1, i64::from(index));
        }
        self.state.get_integer(1, i64::from(index))
    }

    fn set(&mut self, index: u32) -> Result<()> {
        if self.raw {
            return self.state.raw_set_integer(1, i64::from(index));
        }
        self.state.set_integer(1, i64::from(index))
    }

    /// Pops two values: the top into `a`, the one below into `b`.
    fn set_two(&mut self, a: u32, b: u32) -> Result<()> {
        self.set(a)?;
        self.set(b)
    }

    /// Whether the value at stack index `a` comes before the one at `b`.
    fn before(&mut self, a: i32, b: i32) -> Result<bool> {
        if !self.by_function {
            return self.state.compare(a, b, CompareOp::Lt);
        }
        self.state.call_order(2, a, b)
    }

    fn invalid_order<T>(&mut self) -> Result<T> {
        Err(self.state.error(format_args!("invalid order function for sorting")))
    }

    /// Sorts `low..=high`. Recursion is on the smaller part: at most 31 deep.
    fn range(&mut self, mut low: u32, mut high: u32, mut random: u32) -> Result<()> {
        while low < high {
            // Order the first, a middle and the last element.
            self.get(low)?;
            self.get(high)?;
            if self.before(-1, -2)? {
                self.set_two(low, high)?;
            } else {
                self.state.pop(2);
            }
            if high - low == 1 {
                return Ok(());
            }
            let middle = if high - low < RANDOM_PIVOT_LIMIT || random == 0 {
                low + (high - low) / 2
            } else {
                let quarter = (high - low) / 4;
                random % (quarter * 2) + low + quarter
            };
            self.get(middle)?;
            self.get(low)?;
            if self.before(-2, -1)? {
                self.set_two(middle, low)?;
            } else {
                self.state.pop(1);
                self.get(high)?;
                if self.before(-1, -2)? {
                    self.set_two(middle, high)?;
                } else {
                    self.state.pop(2);
                }
            }
            if high - low == 2 {
                return Ok(());
            }
            // The pivot stays on the stack and goes to `high - 1`.
            self.get(middle)?;
            self.state.push_value(-1)?;
            self.get(high - 1)?;
            self.set_two(middle, high - 1)?;
            let pivot = self.partition(low, high)?;
            let smaller;
            if pivot - low < high - pivot {
                self.range(low, pivot - 1, random)?;
                smaller = pivot - low;
                low = pivot + 1;
            } else {
                self.range(pivot + 1, high, random)?;
                smaller = high - pivot;
                high = pivot - 1;
            }
            if self.slack.is_none() && high.wrapping_sub(low) / 128 > smaller {
                let (a, b) = self.state.random_seed();
                random = (a ^ b ^ (a >> 32)) as u32;
            }
        }
        Ok(())
    }

    /// Partitions `low..=high` around the pivot on top of the stack, which
    /// equals element `high - 1`: no element before the returned place is
    /// above it, none after it is below. Pops the pivot.
    fn partition(&mut self, low: u32, high: u32) -> Result<u32> {
        let mut i = low;
        let mut j = high - 1;
        // Where the order shows that it is none.
        let above = self.slack.map_or(high - 1, |slack| high + slack);
        let below = self.slack.map(|slack| low - slack);
        loop {
            i += 1;
            self.get(i)?;
            while self.before(-1, -2)? {
                if i >= above {
                    return self.invalid_order();
                }
                self.state.pop(1);
                i += 1;
                self.get(i)?;
            }
            j -= 1;
            self.get(j)?;
            while self.before(-3, -1)? {
                if below.map_or(j < i, |below| j <= below) {
                    return self.invalid_order();
                }
                self.state.pop(1);
                j -= 1;
                self.get(j)?;
            }
            if j < i {
                self.state.pop(1);
                self.set_two(high - 1, i)?;
                return Ok(i);
            }
            self.set_two(i, j)?;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn exact_order_of_numbers() {
        use Ordering::{Equal, Greater, Less};
        let big = 1i64 << 53;
        for (a, b, order) in [
            (1, 1.0, Equal),
            (1, 1.5, Less),
            (-1, -1.5, Greater),
            (0, -0.0, Equal),
            (big + 1, big as f64, Greater),
            (i64::MAX, 9_223_372_036_854_775_808.0, Less),
            (i64::MIN, -9_223_372_036_854_775_808.0, Equal),
            (i64::MIN, f64::NEG_INFINITY, Greater),
            (i64::MAX, f64::INFINITY, Less),
        ] {
            assert_eq!(compare_mixed(a, b), order, "{a} {b}");
        }
    }
}
