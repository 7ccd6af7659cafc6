//! Methods of whole numbers and of floats.

use crate::dsl::Dsl;
use crate::error::Problem;
use crate::evaluate::{Arguments, Interpreter};
use crate::value::{Eval, Value};

pub(super) fn call<D: Dsl>(
    ruby: &mut Interpreter<D>,
    number: &Value,
    name: &str,
    arguments: &Arguments<'_, '_>,
) -> Eval<Option<Value>> {
    if let "+" | "-" | "*" | "/" | "%" | "modulo" | "**" | "pow" = name {
        return binary(number, name, arguments.one()?).map(Some);
    }
    match number {
        Value::Int(number) => whole(ruby, *number, name, arguments),
        Value::Float(number) => float(*number, name, arguments),
        _ => Ok(None),
    }
}

pub(super) fn binary(left: &Value, name: &str, right: &Value) -> Eval<Value> {
    match (left, right) {
        (Value::Int(a), Value::Int(b)) => whole_binary(*a, name, *b),
        (Value::Int(a), Value::Float(b)) => Ok(float_binary(*a as f64, name, *b)),
        (Value::Float(a), Value::Int(b)) => Ok(float_binary(*a, name, *b as f64)),
        (Value::Float(a), Value::Float(b)) => Ok(float_binary(*a, name, *b)),
        (_, other) => {
            Err(Problem::Wrong(format!("{} is no number to calculate with", other.kind())).into())
        }
    }
}

fn whole_binary(a: i64, name: &str, b: i64) -> Eval<Value> {
    if b == 0 && matches!(name, "/" | "%" | "modulo") {
        return Err(Problem::wrong("this divides by zero").into());
    }
    let exact = match name {
        "+" => a.checked_add(b),
        "-" => a.checked_sub(b),
        "*" => a.checked_mul(b),
        // Ruby divides towards the smaller number.
        "/" => a.checked_div(b).zip(a.checked_rem(b)).map(|(quotient, remainder)| {
            quotient - i64::from(remainder != 0 && (remainder < 0) != (b < 0))
        }),
        "%" | "modulo" => a.checked_rem(b).map(|remainder| {
            if remainder != 0 && (remainder < 0) != (b < 0) { remainder + b } else { remainder }
        }),
        _ if b < 0 => return Err(Problem::Unknown("a rational number".to_owned()).into()),
        _ => u32::try_from(b).ok().and_then(|b| a.checked_pow(b)),
    };
    let too_large = || Problem::Unknown("a number of more than 64 bits".to_owned());
    Ok(Value::Int(exact.ok_or_else(too_large)?))
}

fn float_binary(a: f64, name: &str, b: f64) -> Value {
    Value::Float(match name {
        "+" => a + b,
        "-" => a - b,
        "*" => a * b,
        "/" => a / b,
        "%" | "modulo" => a - b * (a / b).floor(),
        _ => a.powf(b),
    })
}

fn whole<D: Dsl>(
    ruby: &mut Interpreter<D>,
    number: i64,
    name: &str,
    arguments: &Arguments<'_, '_>,
) -> Eval<Option<Value>> {
    let too_large = || Problem::Unknown("a number of more than 64 bits".to_owned());
    let value = match (name, arguments.values.as_slice()) {
        ("-@", []) => Value::Int(number.checked_neg().ok_or_else(too_large)?),
        ("abs", []) => Value::Int(number.checked_abs().ok_or_else(too_large)?),
        ("succ" | "next", []) => Value::Int(number.checked_add(1).ok_or_else(too_large)?),
        ("pred", []) => Value::Int(number.checked_sub(1).ok_or_else(too_large)?),
        ("+@" | "to_i" | "to_int" | "floor" | "ceil" | "round" | "truncate", []) => {
            Value::Int(number)
        }
        ("to_f", []) => Value::Float(number as f64),
        ("zero?", []) => Value::Bool(number == 0),
        ("even?", []) => Value::Bool(number % 2 == 0),
        ("odd?", []) => Value::Bool(number % 2 != 0),
        ("positive?", []) => Value::Bool(number > 0),
        ("negative?", []) => Value::Bool(number < 0),
        ("between?", [Value::Int(low), Value::Int(high)]) => {
            Value::Bool((*low..=*high).contains(&number))
        }
        ("times", []) => {
            let mut numbers = 0..number;
            each(ruby, arguments, || numbers.next())?;
            Value::Int(number)
        }
        ("upto", [Value::Int(last)]) => {
            let mut numbers = number..=*last;
            each(ruby, arguments, || numbers.next())?;
            Value::Int(number)
        }
        ("downto", [Value::Int(last)]) => {
            let mut numbers = *last..=number;
            each(ruby, arguments, || numbers.next_back())?;
            Value::Int(number)
        }
        _ => return Ok(None),
    };
    Ok(Some(value))
}

fn each<D: Dsl>(
    ruby: &mut Interpreter<D>,
    arguments: &Arguments<'_, '_>,
    mut next: impl FnMut() -> Option<i64>,
) -> Eval<()> {
    let block = arguments.block()?;
    while let Some(number) = next() {
        ruby.run(block, vec![Value::Int(number)])?;
    }
    Ok(())
}

fn float(number: f64, name: &str, arguments: &Arguments<'_, '_>) -> Eval<Option<Value>> {
    let whole = |rounded: f64| {
        // Beyond this, not every whole number is a float.
        if rounded.abs() < 9e15 {
            Ok(Value::Int(rounded as i64))
        } else {
            Err(Problem::Unknown("a number of more than 64 bits".to_owned()))
        }
    };
    let value = match (name, arguments.values.as_slice()) {
        ("-@", []) => Value::Float(-number),
        ("abs", []) => Value::Float(number.abs()),
        ("+@" | "to_f", []) => Value::Float(number),
        ("to_i" | "to_int" | "truncate", []) => whole(number.trunc())?,
        ("floor", []) => whole(number.floor())?,
        ("ceil", []) => whole(number.ceil())?,
        ("round", []) => whole(number.round())?,
        ("round", [Value::Int(digits @ 1..=15)]) => {
            let rounded = format!("{number:.*}", usize::try_from(*digits).unwrap_or(0));
            Value::Float(rounded.parse().unwrap_or(number))
        }
        ("zero?", []) => Value::Bool(number == 0.0),
        ("positive?", []) => Value::Bool(number > 0.0),
        ("negative?", []) => Value::Bool(number < 0.0),
        ("nan?", []) => Value::Bool(number.is_nan()),
        _ => return Ok(None),
    };
    Ok(Some(value))
}
