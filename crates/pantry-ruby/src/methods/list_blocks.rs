//! Methods that run a block over elements: of arrays, of ranges, and of the pairs of a hash.

use std::cmp::Ordering;
use std::collections::BTreeSet;

use crate::compare::{order, sort_by};
use crate::dsl::Dsl;
use crate::error::Problem;
use crate::evaluate::{Arguments, Interpreter};
use crate::value::{Eval, Key, Value};

use super::list::{entry, sum};

/// Whether there is such a method here.
pub(super) fn is_known(name: &str) -> bool {
    const NAMES: &[&str] = &[
        "each",
        "each_entry",
        "reverse_each",
        "each_with_index",
        "each_with_object",
        "each_slice",
        "map",
        "collect",
        "flat_map",
        "collect_concat",
        "filter_map",
        "select",
        "filter",
        "reject",
        "find",
        "detect",
        "find_all",
        "partition",
        "group_by",
        "sort_by",
        "min_by",
        "max_by",
        "uniq",
        "sort",
        "inject",
        "reduce",
        "any?",
        "all?",
        "none?",
        "count",
        "sum",
        "to_h",
        "to_a",
        "take_while",
        "drop_while",
        "index",
        "find_index",
        "zip",
        "first",
        "take",
        "drop",
    ];
    NAMES.contains(&name)
}

/// Runs the method of this name over these; what is changed in place is only told here.
pub(super) fn call<D: Dsl>(
    ruby: &mut Interpreter<D>,
    receiver: &Value,
    elements: Vec<Value>,
    name: &str,
    arguments: &Arguments<'_, '_>,
) -> Eval<Option<Value>> {
    if let (
        "map!" | "collect!" | "select!" | "reject!" | "keep_if" | "delete_if",
        Value::List(list),
    ) = (name, receiver)
    {
        let base = match name {
            "keep_if" => "select",
            "delete_if" => "reject",
            other => other.trim_end_matches('!'),
        };
        if let Some(Value::List(made)) = call(ruby, receiver, elements, base, arguments)? {
            let made = ruby.heap.elements(made)?;
            ruby.heap.replace_list(*list, made)?;
        }
        return Ok(Some(receiver.clone()));
    }
    if !is_known(name) {
        return Ok(None);
    }
    if let "inject" | "reduce" = name {
        return fold(ruby, elements, arguments).map(Some);
    }
    // What has no block here is told apart from what has no such method.
    let Some(block) = arguments.block else {
        return match name {
            // What Ruby would hand over one by one is all there, as it ends anyway.
            "each_with_index" => {
                let mut pairs = Vec::new();
                for (at, element) in elements.into_iter().enumerate() {
                    pairs.push(ruby.heap.new_list(vec![element, Value::Int(at as i64)])?);
                }
                ruby.heap.new_list(pairs).map(Some)
            }
            "each_slice" => {
                let slices = elements.chunks(arguments.count(0)?.max(1));
                let slices = slices.map(|it| ruby.heap.new_list(it.to_vec()));
                let slices = slices.collect::<Eval<_>>()?;
                ruby.heap.new_list(slices).map(Some)
            }
            "to_a" | "first" | "take" | "drop" | "count" | "to_h" | "sort" | "zip" | "any?"
            | "uniq" | "sum" => {
                let Value::List(list) = ruby.heap.new_list(elements)? else { return Ok(None) };
                super::list::call(&mut ruby.heap, list, name, arguments)
            }
            _ => arguments.block().map(|_| None),
        };
    };
    let run = |ruby: &mut Interpreter<D>, element: &Value| ruby.run(block, vec![element.clone()]);
    let made = match name {
        "each" | "each_entry" => {
            for element in &elements {
                run(ruby, element)?;
            }
            return Ok(Some(receiver.clone()));
        }
        "reverse_each" => {
            for element in elements.iter().rev() {
                run(ruby, element)?;
            }
            return Ok(Some(receiver.clone()));
        }
        "each_with_index" => {
            for (at, element) in elements.into_iter().enumerate() {
                ruby.run(block, vec![element, Value::Int(at as i64)])?;
            }
            return Ok(Some(receiver.clone()));
        }
        "each_with_object" => {
            let object = arguments.one()?.clone();
            for element in elements {
                ruby.run(block, vec![element, object.clone()])?;
            }
            return Ok(Some(object));
        }
        "each_slice" => {
            let size = arguments.count(0)?;
            if size == 0 {
                return Err(Problem::wrong("slices of nothing have no end").into());
            }
            for slice in elements.chunks(size) {
                let slice = ruby.heap.new_list(slice.to_vec())?;
                run(ruby, &slice)?;
            }
            return Ok(Some(receiver.clone()));
        }
        "find" | "detect" | "index" | "find_index" => {
            for (at, element) in elements.iter().enumerate() {
                if run(ruby, element)?.is_true() {
                    let is_place = name.ends_with("index");
                    let found = if is_place { Value::Int(at as i64) } else { element.clone() };
                    return Ok(Some(found));
                }
            }
            return Ok(Some(Value::Nil));
        }
        "any?" | "all?" | "none?" => {
            for element in &elements {
                let is_met = run(ruby, element)?.is_true();
                if is_met != (name == "all?") {
                    return Ok(Some(Value::Bool(name == "any?")));
                }
            }
            return Ok(Some(Value::Bool(name != "any?")));
        }
        "count" => {
            let mut count = 0;
            for element in &elements {
                count += i64::from(run(ruby, element)?.is_true());
            }
            return Ok(Some(Value::Int(count)));
        }
        "sum" => {
            let values = elements.iter().map(|it| run(ruby, it)).collect::<Eval<_>>()?;
            return sum(values).map(Some);
        }
        "to_h" => {
            let mut entries = Vec::new();
            for element in &elements {
                let pair = run(ruby, element)?;
                entries.push(entry(&pair, &ruby.heap)?);
            }
            return ruby.heap.map_of(entries).map(Some);
        }
        "group_by" => {
            let groups = ruby.heap.new_map()?;
            for element in elements {
                let key = run(ruby, &element)?;
                match ruby.heap.get(groups, &key)? {
                    Some(Value::List(group)) => ruby.heap.push(group, element)?,
                    _ => {
                        let group = ruby.heap.new_list(vec![element])?;
                        ruby.heap.set(groups, key, group)?;
                    }
                }
            }
            return Ok(Some(Value::Map(groups)));
        }
        "partition" => {
            let (mut met, mut others) = (Vec::new(), Vec::new());
            for element in elements {
                let is_met = run(ruby, &element)?.is_true();
                if is_met { &mut met } else { &mut others }.push(element);
            }
            vec![ruby.heap.new_list(met)?, ruby.heap.new_list(others)?]
        }
        "map" | "collect" => elements.iter().map(|it| run(ruby, it)).collect::<Eval<_>>()?,
        "flat_map" | "collect_concat" => {
            let mut made = Vec::new();
            for element in &elements {
                match run(ruby, element)? {
                    Value::List(list) => {
                        let more = ruby.heap.elements(list)?;
                        ruby.heap.charge(size_of::<Value>() * more.len())?;
                        made.extend(more);
                    }
                    other => made.push(other),
                }
            }
            made
        }
        "filter_map" => {
            let mut made = Vec::new();
            for element in &elements {
                made.push(run(ruby, element)?);
            }
            made.into_iter().filter(Value::is_true).collect()
        }
        "select" | "filter" | "find_all" | "reject" => {
            let mut kept = Vec::new();
            for element in elements {
                if run(ruby, &element)?.is_true() != (name == "reject") {
                    kept.push(element);
                }
            }
            kept
        }
        "take_while" | "drop_while" => {
            let mut count = 0;
            for element in &elements {
                if !run(ruby, element)?.is_true() {
                    break;
                }
                count += 1;
            }
            let parts = elements.split_at(count);
            if name == "take_while" { parts.0 } else { parts.1 }.to_vec()
        }
        "uniq" => {
            let (mut seen, mut kept) = (BTreeSet::new(), Vec::new());
            for element in elements {
                let key = run(ruby, &element)?;
                if seen.insert(Key::of(&key, &mut ruby.heap)?) {
                    kept.push(element);
                }
            }
            kept
        }
        "sort_by" | "min_by" | "max_by" => {
            let mut keyed = Vec::new();
            for element in elements {
                keyed.push((run(ruby, &element)?, element));
            }
            let mut sorted = sort_by(keyed, &mut ruby.heap)?;
            match name {
                "min_by" => return Ok(Some(sorted.into_iter().next().unwrap_or(Value::Nil))),
                "max_by" => return Ok(Some(sorted.pop().unwrap_or(Value::Nil))),
                _ => sorted,
            }
        }
        "sort" => {
            let mut sorted: Vec<Value> = Vec::new();
            for element in elements {
                // Insertion, since a block may say anything, and even so this must end.
                let mut at = sorted.len();
                while let Some(before) = at.checked_sub(1).and_then(|at| sorted.get(at)) {
                    let said = ruby.run(block, vec![before.clone(), element.clone()])?;
                    let zero = Value::Int(0);
                    match order(&said, &zero, &mut ruby.heap)? {
                        Some(Ordering::Greater) => at -= 1,
                        Some(_) => break,
                        None => {
                            let text = "a block that sorts must say a number";
                            return Err(Problem::wrong(text).into());
                        }
                    }
                }
                sorted.insert(at, element);
            }
            sorted
        }
        _ => return Ok(None),
    };
    ruby.heap.new_list(made).map(Some)
}

fn fold<D: Dsl>(
    ruby: &mut Interpreter<D>,
    elements: Vec<Value>,
    arguments: &Arguments<'_, '_>,
) -> Eval<Value> {
    let mut elements = elements.into_iter();
    let (first, operator) = match (arguments.values.as_slice(), arguments.block) {
        ([], Some(_)) => (elements.next(), None),
        ([first], Some(_)) => (Some(first.clone()), None),
        ([Value::Symbol(operator)], None) => (elements.next(), Some(operator.to_string())),
        ([first, Value::Symbol(operator)], None) => {
            (Some(first.clone()), Some(operator.to_string()))
        }
        _ => return Err(Problem::Unknown("this way to fold".to_owned()).into()),
    };
    let Some(mut sum) = first else { return Ok(Value::Nil) };
    for element in elements {
        sum = match (&operator, arguments.block) {
            (Some(operator), _) => ruby.send(&sum, operator, &mut Arguments::only(element))?,
            (None, Some(block)) => ruby.run(block, vec![sum, element])?,
            _ => return Err(Problem::Unknown("this way to fold".to_owned()).into()),
        };
    }
    Ok(sum)
}
