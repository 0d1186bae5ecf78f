use super::*;

fn text(n: f64) -> String {
    let mut buffer = [0; 64];
    String::from_utf8(format_float(n, &mut buffer, true).to_vec()).expect("ASCII")
}

fn int(i: i64) -> RawValue {
    RawValue::integer(i)
}

fn float(n: f64) -> RawValue {
    RawValue::float(n)
}

const TWO_53: i64 = 1 << 53;
const TWO_63: f64 = 9_223_372_036_854_775_808.0;

#[test]
fn floats_as_text() {
    for (n, expected) in [
        (0.0, "0.0"),
        (-0.0, "-0.0"),
        (1.0, "1.0"),
        (-17.0, "-17.0"),
        (0.1, "0.1"),
        (-0.5, "-0.5"),
        (1.0 / 3.0, "0.33333333333333"),
        (std::f64::consts::PI, "3.1415926535898"),
        (100_000.0, "100000.0"),
        (1e13, "10000000000000.0"),
        (99_999_999_999_999.0, "99999999999999.0"),
        (99_999_999_999_999.9, "1e+14"),
        (1e14, "1e+14"),
        (123_456_789_012_345.0, "1.2345678901234e+14"),
        (12_345_678_901_234.5, "12345678901234.0"),
        (12_345_678_901_235.5, "12345678901236.0"),
        (1e15, "1e+15"),
        (1e100, "1e+100"),
        (1e-4, "0.0001"),
        (0.000_123_456_789_012_345, "0.00012345678901234"),
        (1e-5, "1e-05"),
        (1.5e-10, "1.5e-10"),
        (2.5e300, "2.5e+300"),
        (5e-324, "4.9406564584125e-324"),
        (f64::MAX, "1.7976931348623e+308"),
        (TWO_63, "9.2233720368548e+18"),
        (f64::INFINITY, "inf"),
        (f64::NEG_INFINITY, "-inf"),
        (f64::NAN.copysign(1.0), "nan"),
        (f64::NAN.copysign(-1.0), "-nan"),
    ] {
        assert_eq!(text(n), expected);
    }
    let mut buffer = [0; 64];
    assert_eq!(format_float(3.0, &mut buffer, false), b"3");
    assert_eq!(format_float(-0.0, &mut buffer, false), b"-0");
    assert_eq!(format_float(12_345_678_901_234.5, &mut buffer, false), b"12345678901234");
    assert_eq!(format_float(1e14, &mut buffer, false), b"1e+14");
}

#[test]
fn integers_as_text() {
    let mut buffer = [0; 64];
    for n in [0, 1, -1, 9, 10, 99, 100, -100, 12345, i64::MAX, i64::MIN] {
        assert_eq!(format_integer(n, &mut buffer), n.to_string().as_bytes());
    }
}

#[test]
fn floats_to_integers() {
    assert_eq!(float_to_integer(-0.0), Some(0));
    assert_eq!(float_to_integer(1.5), None);
    assert_eq!(float_to_integer(f64::NAN), None);
    assert_eq!(float_to_integer(f64::INFINITY), None);
    assert_eq!(float_to_integer(TWO_63), None);
    assert_eq!(float_to_integer(-TWO_63), Some(i64::MIN));
    assert_eq!(float_to_integer(TWO_63 - 1024.0), Some(i64::MAX - 1023));
    for (n, floor, ceiling) in
        [(1.5, 1, 2), (-1.5, -2, -1), (-0.5, -1, 0), (0.5, 0, 1), (7.0, 7, 7)]
    {
        assert_eq!(round_to_integer(n, Rounding::Floor), Some(floor));
        assert_eq!(round_to_integer(n, Rounding::Ceiling), Some(ceiling));
    }
    assert_eq!(round_to_integer(-TWO_63 - 2048.0, Rounding::Ceiling), None);
}

#[test]
fn floors() {
    for n in [0.0, -0.0, 0.5, -0.5, 1.0, -1.0, 1e15, -1e15 - 0.5, 4.5e15, 1e300, -1e300] {
        assert_eq!(floor(n).to_bits(), n.floor().to_bits(), "{n}");
    }
    assert_eq!(floor(f64::NEG_INFINITY), f64::NEG_INFINITY);
    assert!(floor(f64::NAN).is_nan());
}

#[test]
fn integer_division() {
    for (m, n, quotient, remainder) in [
        (7, 2, 3, 1),
        (-7, 2, -4, 1),
        (7, -2, -4, -1),
        (-7, -2, 3, -1),
        (6, -3, -2, 0),
        (i64::MIN, -1, i64::MIN, 0),
        (i64::MIN, 1, i64::MIN, 0),
        (i64::MIN, i64::MAX, -2, i64::MAX - 1),
        (i64::MAX, i64::MIN, -1, -1),
        (0, -5, 0, 0),
    ] {
        assert_eq!(integer_floor_divide(m, n), Some(quotient), "{m} // {n}");
        assert_eq!(integer_modulo(m, n), Some(remainder), "{m} % {n}");
    }
    assert_eq!(integer_floor_divide(1, 0), None);
    assert_eq!(integer_modulo(1, 0), None);
}

#[test]
fn float_division() {
    assert_eq!(float_floor_divide(-7.0, 2.0), -4.0);
    assert_eq!(float_floor_divide(1.0, 0.0), f64::INFINITY);
    assert_eq!(float_floor_divide(1.0, f64::NEG_INFINITY).to_bits(), (-0.0f64).to_bits());
    for (a, b, expected) in [
        (5.5, 2.0, 1.5),
        (-5.5, 2.0, 0.5),
        (5.5, -2.0, -0.5),
        (-5.5, -2.0, -1.5),
        (1.0, f64::INFINITY, 1.0),
        (-1.0, f64::INFINITY, f64::INFINITY),
        (1.0, f64::NEG_INFINITY, f64::NEG_INFINITY),
    ] {
        assert_eq!(float_modulo(a, b), expected, "{a} % {b}");
    }
    assert!(float_modulo(1.0, 0.0).is_nan());
    assert!(float_modulo(-6.0, 3.0).is_sign_negative());
    assert_eq!(power(3.0, 2.0), 9.0);
    assert_eq!(power(2.0, 0.5), std::f64::consts::SQRT_2);
    assert_eq!(power(f64::NAN, 0.0), 1.0);
}

#[test]
fn shifts() {
    assert_eq!(shift_left(1, 63), i64::MIN);
    assert_eq!(shift_left(1, 64), 0);
    assert_eq!(shift_left(-1, -1), i64::MAX);
    assert_eq!(shift_left(-1, -63), 1);
    assert_eq!(shift_left(-1, -64), 0);
    assert_eq!(shift_left(-1, i64::MIN), 0);
    assert_eq!(shift_right(-1, 63), 1);
    assert_eq!(shift_right(-1, 64), 0);
    assert_eq!(shift_right(1, -63), i64::MIN);
    assert_eq!(shift_right(1, i64::MIN), 0);
}

#[test]
fn comparisons() {
    let less = |a, b| less_than(a, b).expect("numbers");
    let less_or_equal = |a, b| less_equal(a, b).expect("numbers");
    for (i, f) in [
        (TWO_53 + 1, TWO_53 as f64 + 2.0),
        (i64::MAX, TWO_63),
        (i64::MAX, f64::INFINITY),
        (0, 0.5),
        (-TWO_53 - 1, -TWO_53 as f64),
    ] {
        assert!(less(int(i), float(f)) && less_or_equal(int(i), float(f)), "{i} < {f}");
        assert!(!less(float(f), int(i)) && !less_or_equal(float(f), int(i)), "{i} < {f}");
        assert!(less(float(-f), int(-i)) && less_or_equal(float(-f), int(-i)), "{i} < {f}");
        assert!(!less(int(-i), float(-f)) && !less_or_equal(int(-i), float(-f)), "{i} < {f}");
    }
    for (i, f) in [(TWO_53 + 2, TWO_53 as f64 + 2.0), (i64::MIN, -TWO_63), (0, -0.0)] {
        assert!(!less(int(i), float(f)) && less_or_equal(int(i), float(f)));
        assert!(!less(float(f), int(i)) && less_or_equal(float(f), int(i)));
    }
    for i in [0, i64::MAX, i64::MIN] {
        let nan = float(f64::NAN);
        assert!(!less(int(i), nan) && !less_or_equal(int(i), nan));
        assert!(!less(nan, int(i)) && !less_or_equal(nan, int(i)));
    }
    assert_eq!(less_than(int(1), RawValue::NIL), None);
}

#[test]
fn loops() {
    let prepare = |start, limit, step| {
        prepare_for(start, limit, step, ForRules { adds_first: false, in_order: false })
    };
    let count = |start, limit, step| match prepare(int(start), limit, int(step)) {
        Ok(ForLoop::Integer { count, .. }) => Some(count),
        Ok(ForLoop::Skip) => None,
        other => panic!("{other:?}"),
    };
    assert_eq!(count(1, int(10), 1), Some(9));
    assert_eq!(count(1, int(10), 3), Some(3));
    assert_eq!(count(10, int(1), -3), Some(3));
    assert_eq!(count(1, int(0), 1), None);
    assert_eq!(count(1, float(0.99), 1), None);
    assert_eq!(count(1, float(3.99), 1), Some(2));
    assert_eq!(count(3, float(0.5), -1), Some(2));
    assert_eq!(count(i64::MIN, int(i64::MAX), 1), Some(u64::MAX));
    assert_eq!(count(i64::MAX, int(i64::MIN), i64::MIN), Some(1));
    assert_eq!(count(i64::MAX - 1, float(1e300), 2), Some(0));
    assert_eq!(count(1, float(-1e300), 1), None);
    assert_eq!(count(1, float(1e300), -1), None);
    assert_eq!(count(i64::MIN + 1, float(f64::NEG_INFINITY), -1), Some(1));
    assert_eq!(count(1, float(f64::NAN), 1), None);
    assert_eq!(
        prepare(float(1.0), int(2), int(1)),
        Ok(ForLoop::Float { start: 1.0, limit: 2.0, step: 1.0 })
    );
    assert_eq!(prepare(float(1.0), float(f64::NAN), int(0)), Err(ForError::ZeroStep));
    assert_eq!(prepare(float(3.0), int(2), int(1)), Ok(ForLoop::Skip));
    assert_eq!(prepare(int(1), int(2), float(-0.5)), Ok(ForLoop::Skip));
    assert_eq!(prepare(int(1), int(2), int(0)), Err(ForError::ZeroStep));
    assert_eq!(prepare(RawValue::NIL, RawValue::NIL, RawValue::NIL), Err(ForError::Limit));
    assert_eq!(prepare(RawValue::NIL, int(1), RawValue::NIL), Err(ForError::Step));
    assert_eq!(prepare(RawValue::NIL, int(1), int(1)), Err(ForError::Initial));
    assert_eq!(prepare(int(1), RawValue::NIL, int(1)), Err(ForError::Limit));
    let prepare = |start, limit, step| {
        prepare_for(start, limit, step, ForRules { adds_first: true, in_order: true })
    };
    let endless = ForLoop::Float { start: 2.0, limit: 1.0, step: 0.0 };
    assert_eq!(prepare(float(2.0), int(1), int(0)), Ok(endless));
    assert_eq!(prepare(int(1), int(2), int(0)), Ok(ForLoop::Skip));
    assert_eq!(prepare(float(1.0), float(f64::NAN), int(1)), Ok(ForLoop::Skip));
    assert_eq!(prepare(RawValue::NIL, RawValue::NIL, int(1)), Err(ForError::Initial));
    let ends = |start: i64, limit: i64, step: i64| {
        let mut value = start;
        (0..10_000_u64).find(|_| {
            value = value.wrapping_add(step);
            if step > 0 { value > limit } else { value < limit }
        })
    };
    let edges = [0, 1, i64::MAX, i64::MAX - 1, i64::MAX / 2, i64::MAX / 3, i64::MAX - 1000];
    let edges: Vec<i64> = edges.iter().flat_map(|&n| [n, -n, !n]).collect();
    let size = edges.len();
    for n in 0..size * size * size {
        let (start, limit, step) =
            (edges[n % size], edges[n / size % size], edges[n / size / size]);
        let Ok(ForLoop::Integer { count, .. }) = prepare(int(start), int(limit), int(step)) else {
            continue;
        };
        let simulated = ends(start, limit, step);
        assert_eq!((count < 10_000).then_some(count), simulated, "{start}, {limit}, {step}");
    }
}

#[test]
fn floats_that_are_read_back() {
    let text = |n: f64, suffix| {
        let mut buffer = [0; 64];
        let form = FloatForm { suffix, round_trip: true };
        String::from_utf8(format_float_in(n, &mut buffer, form).to_vec()).expect("ASCII")
    };
    assert_eq!(text(0.1, true), "0.1");
    assert_eq!(text(0.1 + 0.2, true), "0.30000000000000004");
    assert_eq!(text(9_007_199_254_740_992.0, true), "9007199254740992.0");
    assert_eq!(text(1e15, true), "1e+15");
    assert_eq!(text(100_000_000_000_000.0, true), "100000000000000.0");
    assert_eq!(text(1e300, false), "1e+300");
    assert_eq!(text(-3.0, false), "-3");
}
