//! Names of Rust types in messages.

/// The name of a type without the paths of modules, and without anonymous
/// lifetimes.
pub(crate) fn short_type_name<T: ?Sized>() -> String {
    shorten(std::any::type_name::<T>())
}

fn shorten(full: &str) -> String {
    let mut short = String::new();
    // Where the path begins that is being read.
    let mut start = 0;
    let mut rest = full;
    while let Some(c) = rest.chars().next() {
        if let Some(behind) = rest.strip_prefix("::") {
            if short.ends_with(['>', ')', ']']) {
                short.push_str("::");
                start = short.len();
            } else {
                short.truncate(start);
            }
            rest = behind;
            continue;
        }
        short.push(c);
        rest = &rest[c.len_utf8()..];
        if " <>()[],;".contains(c) {
            start = short.len();
        }
    }
    short.replace("<'_>", "").replace("'_, ", "")
}

#[cfg(test)]
mod tests {
    use super::shorten;

    #[test]
    fn paths_are_left_out() {
        for (full, short) in [
            ("i32", "i32"),
            ("alloc::string::String", "String"),
            ("alloc::vec::Vec<core::option::Option<a::b::C>>", "Vec<Option<C>>"),
            ("(a::B, [c::D; 3])", "(B, [D; 3])"),
            ("a::B<'_>", "B"),
            ("a::B<'_, c::D>", "B<D>"),
            ("<a::B as c::D>::E", "<B as D>::E"),
        ] {
            assert_eq!(shorten(full), short);
        }
    }
}
