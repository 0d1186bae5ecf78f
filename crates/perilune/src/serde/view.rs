//! Lua values that serde writes.

use super::de::Options;
use super::leaf::{Fields, Leaf, Path, array_length, element, is_field_skipped, is_skipped};
use super::userdata;
use crate::string::LuaString;
use crate::table::Table;
use crate::value::Value;
use perilune_vm::ShortStr;
use serde::ser::{Error as _, Serialize, SerializeMap, SerializeSeq, Serializer};

/// A [`Value`] that serde writes in a way that can be chosen: made by
/// [`Value::to_serializable`].
///
/// ```
/// # use perilune::Lua;
/// let lua = Lua::new();
/// let value: perilune::Value = lua.load("{ b = 1, a = {}, f = print }").eval()?;
/// let text = serde_json::to_string(
///     &value.to_serializable().sort_keys(true).deny_unsupported_types(false),
/// );
/// assert_eq!(text.unwrap(), r#"{"a":{},"b":1}"#);
/// # Ok::<(), perilune::Error>(())
/// ```
pub struct SerializableValue<'a> {
    value: &'a Value,
    options: Options,
}

impl Value {
    /// The value for serde to write, with options.
    ///
    /// ```
    /// # use perilune::{Lua, Value};
    /// let lua = Lua::new();
    /// let value: Value = lua.load("{ 'a', 'b', print }").eval()?;
    /// assert!(serde_json::to_string(&value).is_err());
    /// let lenient = value.to_serializable().deny_unsupported_types(false);
    /// assert_eq!(serde_json::to_string(&lenient).unwrap(), r#"["a","b"]"#);
    /// # Ok::<(), perilune::Error>(())
    /// ```
    pub fn to_serializable(&self) -> SerializableValue<'_> {
        SerializableValue { value: self, options: Options::new() }
    }
}

impl SerializableValue<'_> {
    /// How deep tables may nest. Default: 128.
    ///
    /// ```
    /// # use perilune::{Lua, Value};
    /// let lua = Lua::new();
    /// let value: Value = lua.load("{ { { 'deep' } } }").eval()?;
    /// let json = |limit| serde_json::to_string(&value.to_serializable().recursion_limit(limit));
    /// assert_eq!(json(3).unwrap(), r#"[[["deep"]]]"#);
    /// assert!(json(2).is_err());
    /// # Ok::<(), perilune::Error>(())
    /// ```
    #[must_use]
    pub fn recursion_limit(mut self, limit: usize) -> Self {
        self.options.recursion_limit = limit;
        self
    }

    /// Whether functions, threads, userdata, addresses and errors are an error;
    /// else they are left out of tables, and units elsewhere. Default: true.
    ///
    /// ```
    /// # use perilune::{Lua, Value};
    /// let lua = Lua::new();
    /// let module: Value = lua.load("{ name = 'json', encode = print }").eval()?;
    /// assert!(serde_json::to_string(&module).is_err());
    /// let data = module.to_serializable().deny_unsupported_types(false);
    /// assert_eq!(serde_json::to_string(&data).unwrap(), r#"{"name":"json"}"#);
    /// # Ok::<(), perilune::Error>(())
    /// ```
    #[must_use]
    pub fn deny_unsupported_types(mut self, enabled: bool) -> Self {
        self.options.deny_unsupported_types = enabled;
        self
    }

    /// Whether a table within itself is an error; else it is left out there.
    /// Default: true.
    ///
    /// ```
    /// # use perilune::{Lua, Value};
    /// let lua = Lua::new();
    /// let node: Value = lua.load("local t = { id = 1 }; t.me = t; return t").eval()?;
    /// assert!(serde_json::to_string(&node).is_err());
    /// let finite = node.to_serializable().deny_recursive_tables(false);
    /// assert_eq!(serde_json::to_string(&finite).unwrap(), r#"{"id":1}"#);
    /// # Ok::<(), perilune::Error>(())
    /// ```
    #[must_use]
    pub fn deny_recursive_tables(mut self, enabled: bool) -> Self {
        self.options.deny_recursive_tables = enabled;
        self
    }

    /// Whether maps are written in the order of their keys. Default: false.
    ///
    /// ```
    /// # use perilune::{Lua, Value};
    /// let lua = Lua::new();
    /// let value: Value = lua.load("{ c = 3, a = 1, b = 2 }").eval()?;
    /// let text = serde_json::to_string(&value.to_serializable().sort_keys(true)).unwrap();
    /// assert_eq!(text, r#"{"a":1,"b":2,"c":3}"#);
    /// # Ok::<(), perilune::Error>(())
    /// ```
    #[must_use]
    pub fn sort_keys(mut self, enabled: bool) -> Self {
        self.options.sort_keys = enabled;
        self
    }

    /// Whether empty tables are arrays rather than maps. Default: false.
    ///
    /// ```
    /// # use perilune::{Lua, Value};
    /// let lua = Lua::new();
    /// let value: Value = lua.load("{}").eval()?;
    /// assert_eq!(serde_json::to_string(&value).unwrap(), "{}");
    /// let list = value.to_serializable().encode_empty_tables_as_array(true);
    /// assert_eq!(serde_json::to_string(&list).unwrap(), "[]");
    /// # Ok::<(), perilune::Error>(())
    /// ```
    #[must_use]
    pub fn encode_empty_tables_as_array(mut self, enabled: bool) -> Self {
        self.options.encode_empty_tables_as_array = enabled;
        self
    }

    /// Whether all keys are looked at to tell an array from a map, rather than
    /// the length alone. Default: false.
    ///
    /// ```
    /// # use perilune::{Lua, Value};
    /// let lua = Lua::new();
    /// let value: Value = lua.load("{ 'a', name = 'b' }").eval()?;
    /// // By its length it is an array; the name is lost.
    /// assert_eq!(serde_json::to_string(&value).unwrap(), r#"["a"]"#);
    /// let map = value.to_serializable().detect_mixed_tables(true).sort_keys(true);
    /// assert_eq!(serde_json::to_string(&map).unwrap(), r#"{"1":"a","name":"b"}"#);
    /// # Ok::<(), perilune::Error>(())
    /// ```
    #[must_use]
    pub fn detect_mixed_tables(mut self, enabled: bool) -> Self {
        self.options.detect_mixed_tables = enabled;
        self
    }
}

impl Serialize for SerializableValue<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let leaf = &Leaf::from(self.value.clone());
        let name = &ShortStr::new();
        View { leaf, name, options: self.options, path: None }.serialize(serializer)
    }
}

impl Serialize for Value {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.to_serializable().serialize(serializer)
    }
}

impl Serialize for Table {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        write_table(self, self.0.address(), Options::new(), None, serializer)
    }
}

impl Serialize for LuaString {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        write_bytes(&self.as_bytes(), serializer)
    }
}

fn write_bytes<S: Serializer>(bytes: &[u8], serializer: S) -> Result<S::Ok, S::Error> {
    match std::str::from_utf8(bytes) {
        Ok(text) => serializer.serialize_str(text),
        Err(_) => serializer.serialize_bytes(bytes),
    }
}

/// A value within tables.
struct View<'a> {
    leaf: &'a Leaf<'a>,
    /// The content of a copied text.
    name: &'a ShortStr,
    options: Options,
    path: Option<&'a Path<'a>>,
}

impl Serialize for View<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self.leaf {
            Leaf::Nil => serializer.serialize_unit(),
            Leaf::Boolean(b) => serializer.serialize_bool(*b),
            Leaf::Integer(i) => serializer.serialize_i64(*i),
            Leaf::Number(n) => serializer.serialize_f64(*n),
            Leaf::Text(text) => {
                let mut buffer = Vec::new();
                let bytes = text.bytes(self.name, &mut buffer).map_err(S::Error::custom)?;
                write_bytes(bytes, serializer)
            }
            Leaf::Table(table, address) => {
                write_table(table, *address, self.options, self.path, serializer)
            }
            Leaf::Other(_) if self.leaf.is_null() => serializer.serialize_none(),
            Leaf::Other(Value::UserData(data))
                if self.options.deny_unsupported_types || userdata::is_serializable(data) =>
            {
                data.serialize(serializer)
            }
            Leaf::Other(value) if self.options.deny_unsupported_types => {
                Err(S::Error::custom(format_args!("cannot serialize <{}>", value.type_name())))
            }
            Leaf::Other(_) => serializer.serialize_unit(),
        }
    }
}

fn write_table<S: Serializer>(
    table: &Table,
    address: usize,
    options: Options,
    outer: Option<&Path<'_>>,
    serializer: S,
) -> Result<S::Ok, S::Error> {
    let path = Path::enter(address, outer, options).map_err(S::Error::custom)?;
    let mut name = ShortStr::new();
    if let Some(length) = array_length(table, options).map_err(S::Error::custom)? {
        let mut elements = serializer.serialize_seq(Some(length))?;
        let mut leaf = Leaf::Nil;
        for i in 1..=length {
            element(table, i, &mut leaf).map_err(S::Error::custom)?;
            if !is_skipped(&leaf, options, &path).map_err(S::Error::custom)? {
                let view = View { leaf: &leaf, name: &name, options, path: Some(&path) };
                elements.serialize_element(&view)?;
            }
        }
        return elements.end();
    }
    let mut map = serializer.serialize_map(None)?;
    let mut fields = Fields::new(table, options.sort_keys).map_err(S::Error::custom)?;
    let (mut key, mut value) = (Leaf::Nil, Leaf::Nil);
    while fields.next(&mut name, &mut key, &mut value).map_err(S::Error::custom)? {
        if !is_field_skipped((&key, &value), options, &path).map_err(S::Error::custom)? {
            let path = Some(&path);
            map.serialize_entry(
                &View { leaf: &key, name: &name, options, path },
                &View { leaf: &value, name: &name, options, path },
            )?;
        }
    }
    map.end()
}
