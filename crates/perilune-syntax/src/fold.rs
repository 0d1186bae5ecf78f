//! Constant folding: operators whose operands are numerals.

use crate::dialect::Dialect;
use crate::tree::{BinaryOp, Literal, UnaryOp};
use Literal::{Float, Integer};

/// The value of an operation on two numerals, if it can be computed now.
///
/// What could raise an error is left to run time; so are results that are NaN
/// and, where there are integers too, results that are zero as floats.
pub(crate) fn binary(
    op: BinaryOp,
    left: Literal,
    right: Literal,
    dialect: &Dialect,
) -> Option<Literal> {
    let float = |value: f64| {
        let zero = dialect.float_only_numbers && value == 0.0;
        if zero { Some(Float(value)) } else { float(value) }
    };
    match op {
        BinaryOp::BAnd | BinaryOp::BOr | BinaryOp::BXor | BinaryOp::Shl | BinaryOp::Shr => {
            let (a, b) = (to_integer(left)?, to_integer(right)?);
            Some(Integer(match op {
                BinaryOp::BAnd => a & b,
                BinaryOp::BOr => a | b,
                BinaryOp::BXor => a ^ b,
                BinaryOp::Shl => shift_left(a, b),
                _ => shift_left(a, b.checked_neg().unwrap_or(i64::MAX)),
            }))
        }
        BinaryOp::Div | BinaryOp::Pow => {
            let (a, b) = (to_float(left)?, to_float(right)?);
            match op {
                BinaryOp::Div if b == 0.0 => None,
                BinaryOp::Div => float(a / b),
                _ => float(if b == 2.0 { a * a } else { a.powf(b) }),
            }
        }
        BinaryOp::Add | BinaryOp::Sub | BinaryOp::Mul | BinaryOp::Mod | BinaryOp::IDiv => {
            if let (Integer(a), Integer(b)) = (left, right) {
                return integer(op, a, b).map(Integer);
            }
            let (a, b) = (to_float(left)?, to_float(right)?);
            float(match op {
                BinaryOp::Add => a + b,
                BinaryOp::Sub => a - b,
                BinaryOp::Mul => a * b,
                _ if b == 0.0 => return None,
                BinaryOp::IDiv => (a / b).floor(),
                _ if dialect.modulo_by_floor => a - (a / b).floor() * b,
                _ if dialect.modulo_by_product => {
                    let rest = a % b;
                    if rest * b < 0.0 { rest + b } else { rest }
                }
                _ => modulo(a, b),
            })
        }
        _ => None,
    }
}

/// The value of a unary operation on a constant, if it can be computed now.
pub(crate) fn unary(op: UnaryOp, operand: Literal, dialect: &Dialect) -> Option<Literal> {
    match (op, operand) {
        (UnaryOp::Minus, Integer(a)) => Some(Integer(a.wrapping_neg())),
        (UnaryOp::Minus, Float(a)) if dialect.float_only_numbers => Some(Float(-a)),
        (UnaryOp::Minus, Float(a)) => float(-a),
        (UnaryOp::BNot, _) => to_integer(operand).map(|a| Integer(!a)),
        (UnaryOp::Not, Literal::Nil | Literal::False) => Some(Literal::True),
        (UnaryOp::Not, _) => Some(Literal::False),
        _ => None,
    }
}

fn integer(op: BinaryOp, a: i64, b: i64) -> Option<i64> {
    match op {
        BinaryOp::Add => Some(a.wrapping_add(b)),
        BinaryOp::Sub => Some(a.wrapping_sub(b)),
        BinaryOp::Mul => Some(a.wrapping_mul(b)),
        _ if b == 0 => None,
        BinaryOp::IDiv => {
            let quotient = a.wrapping_div(b);
            let inexact = a.wrapping_rem(b) != 0;
            Some(if inexact && (a ^ b) < 0 { quotient - 1 } else { quotient })
        }
        _ => {
            let rest = a.wrapping_rem(b);
            Some(if rest != 0 && (rest ^ b) < 0 { rest + b } else { rest })
        }
    }
}

fn modulo(a: f64, b: f64) -> f64 {
    let rest = a % b;
    if rest != 0.0 && (rest < 0.0) != (b < 0.0) { rest + b } else { rest }
}

fn shift_left(a: i64, by: i64) -> i64 {
    match by {
        0..=63 => a << by,
        -63..0 => (a as u64 >> -by) as i64,
        _ => 0,
    }
}

fn float(value: f64) -> Option<Literal> {
    (!value.is_nan() && value != 0.0).then_some(Float(value))
}

fn to_float(literal: Literal) -> Option<f64> {
    match literal {
        Integer(a) => Some(a as f64),
        Float(a) => Some(a),
        _ => None,
    }
}

fn to_integer(literal: Literal) -> Option<i64> {
    match literal {
        Integer(a) => Some(a),
        Float(a) => exact_integer(a),
        _ => None,
    }
}

/// The integer equal to a float.
pub fn exact_integer(value: f64) -> Option<i64> {
    const TWO_63: f64 = 9_223_372_036_854_775_808.0;
    (value.floor() == value && (-TWO_63..TWO_63).contains(&value)).then_some(value as i64)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::LUA_5_4;

    fn binary(op: BinaryOp, left: Literal, right: Literal) -> Option<Literal> {
        super::binary(op, left, right, &LUA_5_4)
    }

    fn unary(op: UnaryOp, operand: Literal) -> Option<Literal> {
        super::unary(op, operand, &LUA_5_4)
    }

    #[test]
    fn folds() {
        assert_eq!(binary(BinaryOp::Add, Integer(1), Integer(2)), Some(Integer(3)));
        assert_eq!(binary(BinaryOp::IDiv, Integer(-7), Integer(2)), Some(Integer(-4)));
        assert_eq!(binary(BinaryOp::Mod, Integer(-7), Integer(2)), Some(Integer(1)));
        assert_eq!(binary(BinaryOp::Mod, Float(-7.5), Integer(2)), Some(Float(0.5)));
        assert_eq!(binary(BinaryOp::Shr, Integer(-1), Integer(60)), Some(Integer(15)));
        assert_eq!(binary(BinaryOp::Shl, Integer(1), Integer(64)), Some(Integer(0)));
        assert_eq!(binary(BinaryOp::BAnd, Float(3.0), Integer(2)), Some(Integer(2)));
        assert_eq!(binary(BinaryOp::IDiv, Integer(i64::MIN), Integer(-1)), Some(Integer(i64::MIN)));
    }

    #[test]
    fn leaves_alone() {
        assert_eq!(binary(BinaryOp::Div, Integer(1), Integer(0)), None);
        assert_eq!(binary(BinaryOp::IDiv, Float(1.0), Integer(0)), None);
        assert_eq!(binary(BinaryOp::Mod, Integer(1), Integer(0)), None);
        assert_eq!(binary(BinaryOp::Mul, Float(0.0), Integer(-1)), None);
        assert_eq!(binary(BinaryOp::BAnd, Float(1.5), Integer(1)), None);
        assert_eq!(unary(UnaryOp::Minus, Float(0.0)), None);
        assert_eq!(unary(UnaryOp::BNot, Float(0.5)), None);
    }
}
