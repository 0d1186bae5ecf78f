//! Names of Rust types, as messages show them.

/// The name of a type without the modules it lies in: `Vec<Option<u8>>`.
pub(crate) fn short_name<T: ?Sized>() -> String {
    shorten(std::any::type_name::<T>())
}

fn shorten(full: &str) -> String {
    let mut short = String::with_capacity(full.len());
    let mut rest = full;
    while !rest.is_empty() {
        let end = rest.find(is_separator).unwrap_or(rest.len());
        let word = &rest[..end];
        // `<T as Trait>::Item`: what follows belongs to the brackets.
        if short.ends_with(['>', ')', ']']) && word.starts_with("::") {
            short.push_str("::");
        }
        short.push_str(word.rsplit("::").next().unwrap_or(word));
        let separator = rest[end..].chars().next().map_or(0, char::len_utf8);
        short.push_str(&rest[end..end + separator]);
        rest = &rest[end + separator..];
    }
    without_lifetimes(short)
}

fn is_separator(c: char) -> bool {
    matches!(c, ' ' | '<' | '>' | '(' | ')' | '[' | ']' | ',' | ';')
}

fn without_lifetimes(name: String) -> String {
    if !name.contains("'_") {
        return name;
    }
    name.replace("'_, ", "").replace("<'_>", "")
}

#[cfg(test)]
mod tests {
    use super::{short_name, shorten};
    use std::collections::BTreeMap;

    #[test]
    fn types_lose_their_modules() {
        assert_eq!(short_name::<Box<str>>(), "Box<str>");
        assert_eq!(short_name::<[Option<u8>; 4]>(), "[Option<u8>; 4]");
        assert_eq!(
            short_name::<BTreeMap<String, Vec<(i8, &str)>>>(),
            "BTreeMap<String, Vec<(i8, &str)>>"
        );
        assert_eq!(short_name::<dyn Fn(u8) -> bool>(), "dyn Fn(u8) -> bool");
    }

    #[test]
    fn lifetimes_and_projections() {
        assert_eq!(shorten("a::Held<'_, '_, b::T>"), "Held<T>");
        assert_eq!(shorten("(a::Held<'_>, [a::Held<'_>])"), "(Held, [Held])");
        assert_eq!(shorten("<a::T as b::Has>::Item"), "<T as Has>::Item");
    }
}
