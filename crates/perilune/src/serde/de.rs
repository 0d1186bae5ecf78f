//! From Lua to Rust.

use super::leaf::{
    Fields, Leaf, Owned, Path, Text, array_length, element, is_field_skipped, is_skipped,
};
use super::userdata;
use crate::error::{Error, Result};
use crate::table::Table;
use crate::value::Value;
use perilune_vm::ShortStr;
use serde::de::{self, Error as _, IntoDeserializer, Unexpected, Visitor};

/// Reads a Lua value for serde.
///
/// ```
/// use perilune::{Lua, serde::Deserializer};
/// use serde::Deserialize;
///
/// #[derive(Deserialize, PartialEq, Debug)]
/// enum Shape { Circle(f64), Square { side: f64 } }
///
/// let lua = Lua::new();
/// let shape = Deserializer::new(lua.load("{ Square = { side = 2 } }").eval()?);
/// assert_eq!(Shape::deserialize(shape)?, Shape::Square { side: 2.0 });
/// let shape = Deserializer::new(lua.load("{ Circle = 1.5 }").eval()?);
/// assert_eq!(Shape::deserialize(shape)?, Shape::Circle(1.5));
/// # Ok::<(), perilune::Error>(())
/// ```
#[derive(Debug, Default)]
pub struct Deserializer {
    value: Value,
    options: Options,
}

/// What a [`Deserializer`] does where there is a choice.
///
/// ```
/// use perilune::{Lua, LuaSerdeExt, serde::DeserializeOptions};
/// use std::collections::BTreeMap;
///
/// let lua = Lua::new();
/// let options = DeserializeOptions::new().deny_unsupported_types(false);
/// let value = lua.load("{ a = 1, b = print }").eval()?;
/// let map: BTreeMap<String, i64> = lua.from_value_with(value, options)?;
/// assert_eq!(map, BTreeMap::from([("a".to_string(), 1)]));
/// # Ok::<(), perilune::Error>(())
/// ```
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub struct Options {
    /// How deep tables may nest. Default: 128.
    pub recursion_limit: usize,
    /// Whether functions, threads, userdata, addresses and errors are an error;
    /// else they are left out of tables, and units elsewhere. Default: true.
    pub deny_unsupported_types: bool,
    /// Whether a table within itself is an error; else it is left out there.
    /// Default: true.
    pub deny_recursive_tables: bool,
    /// Whether maps come in the order of their keys. Default: false.
    pub sort_keys: bool,
    /// Whether empty tables are arrays rather than maps. Default: false.
    pub encode_empty_tables_as_array: bool,
    /// Whether all keys are looked at to tell an array from a map, rather than the
    /// length alone. Default: false.
    pub detect_mixed_tables: bool,
}

impl Default for Options {
    fn default() -> Self {
        Options::new()
    }
}

macro_rules! setters {
    ($($(#[$example:meta])* $name:ident: $t:ty;)*) => { $(
        #[doc = concat!("Sets [`", stringify!($name), "`](Self#structfield.", stringify!($name), ").")]
        $(#[$example])*
        #[must_use]
        pub const fn $name(mut self, $name: $t) -> Self {
            self.$name = $name;
            self
        }
    )* };
}

impl Options {
    /// The default options.
    ///
    /// ```
    /// # use perilune::serde::DeserializeOptions;
    /// const STRICT: DeserializeOptions = DeserializeOptions::new();
    /// assert!(STRICT.deny_unsupported_types && STRICT.deny_recursive_tables);
    /// assert_eq!(STRICT.recursion_limit, 128);
    /// # Ok::<(), perilune::Error>(())
    /// ```
    pub const fn new() -> Self {
        Options {
            recursion_limit: super::RECURSION_LIMIT,
            deny_unsupported_types: true,
            deny_recursive_tables: true,
            sort_keys: false,
            encode_empty_tables_as_array: false,
            detect_mixed_tables: false,
        }
    }

    setters! {
        ///
        /// ```
        /// # use perilune::{Lua, LuaSerdeExt, serde::DeserializeOptions};
        /// let lua = Lua::new();
        /// let options = DeserializeOptions::new().recursion_limit(1);
        /// let deep = lua.load("{ { 1 } }").eval()?;
        /// assert!(lua.from_value_with::<Vec<Vec<u8>>>(deep, options).is_err());
        /// # Ok::<(), perilune::Error>(())
        /// ```
        recursion_limit: usize;
        ///
        /// ```
        /// # use perilune::{Lua, LuaSerdeExt, serde::DeserializeOptions};
        /// let lua = Lua::new();
        /// let options = DeserializeOptions::new().deny_unsupported_types(false);
        /// let list = lua.load("{ 'a', print, 'b' }").eval()?;
        /// assert_eq!(lua.from_value_with::<Vec<String>>(list, options)?, ["a", "b"]);
        /// # Ok::<(), perilune::Error>(())
        /// ```
        deny_unsupported_types: bool;
        ///
        /// ```
        /// # use perilune::{Lua, LuaSerdeExt, serde::DeserializeOptions};
        /// let lua = Lua::new();
        /// let options = DeserializeOptions::new().deny_recursive_tables(false);
        /// let node = lua.load("local t = { id = 1 }; t.me = t; return t").eval()?;
        /// let node: serde_json::Value = lua.from_value_with(node, options)?;
        /// assert_eq!(node, serde_json::json!({ "id": 1 }));
        /// # Ok::<(), perilune::Error>(())
        /// ```
        deny_recursive_tables: bool;
        ///
        /// ```
        /// # use perilune::{Lua, LuaSerdeExt, serde::DeserializeOptions};
        /// #[derive(serde::Deserialize)]
        /// #[serde(deny_unknown_fields)]
        /// struct Settings {}
        ///
        /// let lua = Lua::new();
        /// let options = DeserializeOptions::new().sort_keys(true);
        /// let value = lua.load("{ c = 3, a = 1, b = 2 }").eval()?;
        /// // The first mistake that is found is the same each time.
        /// let error = lua.from_value_with::<Settings>(value, options).err().unwrap();
        /// assert!(error.to_string().contains("unknown field `a`"));
        /// # Ok::<(), perilune::Error>(())
        /// ```
        sort_keys: bool;
        ///
        /// ```
        /// # use perilune::{Lua, LuaSerdeExt, serde::DeserializeOptions};
        /// let lua = Lua::new();
        /// let options = DeserializeOptions::new().encode_empty_tables_as_array(true);
        /// let json: serde_json::Value = lua.from_value_with(lua.load("{}").eval()?, options)?;
        /// assert_eq!(json, serde_json::json!([]));
        /// # Ok::<(), perilune::Error>(())
        /// ```
        encode_empty_tables_as_array: bool;
        ///
        /// ```
        /// # use perilune::{Lua, LuaSerdeExt, serde::DeserializeOptions};
        /// let lua = Lua::new();
        /// let options = DeserializeOptions::new().detect_mixed_tables(true);
        /// // By its length alone, this is a list of one element.
        /// let holes = lua.load("{ 'a', [3] = 'c' }").eval()?;
        /// let json: serde_json::Value = lua.from_value_with(holes, options)?;
        /// assert_eq!(json, serde_json::json!(["a", null, "c"]));
        /// # Ok::<(), perilune::Error>(())
        /// ```
        detect_mixed_tables: bool;
    }
}

impl Deserializer {
    /// A deserializer for a value.
    ///
    /// ```
    /// # use perilune::{Lua, serde::Deserializer};
    /// use serde::Deserialize;
    ///
    /// let lua = Lua::new();
    /// let value = lua.load("{ 1, 2, 3 }").eval()?;
    /// assert_eq!(Vec::<u8>::deserialize(Deserializer::new(value))?, [1, 2, 3]);
    /// # Ok::<(), perilune::Error>(())
    /// ```
    pub fn new(value: Value) -> Self {
        Self::new_with_options(value, Options::new())
    }

    /// A deserializer with options.
    ///
    /// ```
    /// # use perilune::{Lua, serde::{DeserializeOptions, Deserializer}};
    /// use serde::Deserialize;
    ///
    /// let lua = Lua::new();
    /// let value = lua.load("{ { { 1 } } }").eval()?;
    /// let options = DeserializeOptions::new().recursion_limit(2);
    /// let deep = serde_json::Value::deserialize(Deserializer::new_with_options(value, options));
    /// assert!(deep.unwrap_err().to_string().contains("recursion limit"));
    /// # Ok::<(), perilune::Error>(())
    /// ```
    pub fn new_with_options(value: Value, options: Options) -> Self {
        Deserializer { value, options }
    }
}

/// Reads a value within tables.
struct Reader<'p> {
    leaf: &'p Leaf<'p>,
    /// The content of a copied text.
    name: &'p ShortStr,
    options: Options,
    path: Option<&'p Path<'p>>,
}

/// For values that are no copied texts.
static NO_NAME: ShortStr = ShortStr::new();

fn custom(message: &'static str) -> Error {
    Error::DeserializeError(message.to_owned())
}

/// Of a userdata, what serde writes of its value is read instead.
macro_rules! of_userdata {
    ($self:ident, $reader:ident => $read:expr) => {
        if let Leaf::Other(Value::UserData(data)) = $self.leaf
            && userdata::is_serializable(data)
        {
            let leaf = &Leaf::from(userdata::written(data)?);
            let $reader = Reader { leaf, name: &NO_NAME, options: Options::new(), path: None };
            return $read;
        }
    };
}

fn expected_table(leaf: &Leaf<'_>) -> Error {
    Error::invalid_type(Unexpected::Other(leaf.type_name()), &"table")
}

impl Reader<'_> {
    /// Reads an array of `length` elements.
    fn elements<'de, V: Visitor<'de>>(
        &self,
        table: &Table,
        address: usize,
        length: usize,
        visitor: V,
    ) -> Result<V::Value> {
        let path = Path::enter(address, self.path, self.options).map_err(custom)?;
        let options = self.options;
        let leaf = Leaf::Nil;
        let mut elements = Elements { table, next: 1, length, leaf, options, path: &path };
        let read = visitor.visit_seq(&mut elements)?;
        if elements.next > length {
            return Ok(read);
        }
        Err(Error::invalid_length(length, &"fewer elements in the table"))
    }

    /// Reads a map.
    fn entries<'de, V: Visitor<'de>>(
        &self,
        table: &Table,
        address: usize,
        visitor: V,
    ) -> Result<V::Value> {
        let path = Path::enter(address, self.path, self.options).map_err(custom)?;
        let fields = Fields::new(table, self.options.sort_keys)?;
        let options = self.options;
        let mut entries = Entries {
            fields,
            name: ShortStr::new(),
            key: Leaf::Nil,
            value: Leaf::Nil,
            value_left: false,
            options,
            path: &path,
            read: 0,
        };
        let read = visitor.visit_map(&mut entries)?;
        match entries.fields.count()? {
            0 => Ok(read),
            left => Err(Error::invalid_length(entries.read + left, &"fewer elements in the table")),
        }
    }
}

#[inline]
fn visit_text<'de, V: Visitor<'de>>(
    text: &Text<'_>,
    name: &ShortStr,
    visitor: V,
) -> Result<V::Value> {
    if let Text::Copied = text {
        return visitor.visit_str(name.as_str());
    }
    match text.to_owned(name)? {
        Owned::Text(text) => visitor.visit_string(text),
        Owned::Bytes(bytes) => visitor.visit_byte_buf(bytes),
    }
}

impl<'de> de::Deserializer<'de> for Reader<'_> {
    type Error = Error;

    #[inline]
    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value> {
        match self.leaf {
            Leaf::Nil => visitor.visit_unit(),
            Leaf::Boolean(b) => visitor.visit_bool(*b),
            Leaf::Integer(i) => visitor.visit_i64(*i),
            Leaf::Number(n) => visitor.visit_f64(*n),
            Leaf::Text(text) => visit_text(text, self.name, visitor),
            Leaf::Table(table, address) => match array_length(table, self.options)? {
                Some(length) => self.elements(table, *address, length, visitor),
                None => self.entries(table, *address, visitor),
            },
            Leaf::Other(_) if self.leaf.is_null() => visitor.visit_none(),
            Leaf::Other(value) => {
                of_userdata!(self, reader => reader.deserialize_any(visitor));
                if !self.options.deny_unsupported_types {
                    return visitor.visit_unit();
                }
                let kind = value.type_name();
                Err(Error::custom(format_args!("unsupported value type `{kind}`")))
            }
        }
    }

    #[inline]
    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value> {
        match self.leaf {
            Leaf::Nil => visitor.visit_none(),
            Leaf::Other(_) if self.leaf.is_null() => visitor.visit_none(),
            _ => visitor.visit_some(self),
        }
    }

    fn deserialize_enum<V: Visitor<'de>>(
        self,
        name: &'static str,
        variants: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value> {
        of_userdata!(self, reader => reader.deserialize_enum(name, variants, visitor));
        let options = self.options;
        match self.leaf {
            Leaf::Text(text) => {
                let variant = &text.to_name(self.name, "&str")?;
                visitor.visit_enum(Variant { variant, value: None, options, path: None })
            }
            Leaf::Table(table, address) => {
                let path = Path::enter(*address, self.path, options).map_err(custom)?;
                let mut fields = Fields::new(table, false)?;
                let (mut name, mut key, mut value) = (ShortStr::new(), Leaf::Nil, Leaf::Nil);
                if !fields.next(&mut name, &mut key, &mut value)? || fields.count()? > 0 {
                    return Err(Error::invalid_value(Unexpected::Map, &"map with a single key"));
                }
                let variant = variant_name(&key, &name)?;
                if is_skipped(&value, options, &path).map_err(custom)? {
                    return Err(custom("bad enum value"));
                }
                let (value, path) = (Some(&value), Some(&path));
                visitor.visit_enum(Variant { variant: &variant, value, options, path })
            }
            _ => Err(custom("bad enum value")),
        }
    }

    fn deserialize_seq<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value> {
        of_userdata!(self, reader => reader.deserialize_seq(visitor));
        match self.leaf {
            Leaf::Table(table, address) => self.elements(table, *address, table.raw_len(), visitor),
            other => Err(expected_table(other)),
        }
    }

    fn deserialize_tuple<V: Visitor<'de>>(self, _: usize, visitor: V) -> Result<V::Value> {
        self.deserialize_seq(visitor)
    }

    fn deserialize_tuple_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        _: usize,
        visitor: V,
    ) -> Result<V::Value> {
        self.deserialize_seq(visitor)
    }

    fn deserialize_map<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value> {
        of_userdata!(self, reader => reader.deserialize_map(visitor));
        match self.leaf {
            Leaf::Table(table, address) => self.entries(table, *address, visitor),
            other => Err(expected_table(other)),
        }
    }

    fn deserialize_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        _: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value> {
        self.deserialize_map(visitor)
    }

    fn deserialize_newtype_struct<V: Visitor<'de>>(
        self,
        name: &'static str,
        visitor: V,
    ) -> Result<V::Value> {
        of_userdata!(self, reader => reader.deserialize_newtype_struct(name, visitor));
        visitor.visit_newtype_struct(self)
    }

    fn deserialize_unit<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value> {
        of_userdata!(self, reader => reader.deserialize_unit(visitor));
        if self.leaf.is_null() { visitor.visit_unit() } else { self.deserialize_any(visitor) }
    }

    fn deserialize_unit_struct<V: Visitor<'de>>(
        self,
        name: &'static str,
        visitor: V,
    ) -> Result<V::Value> {
        of_userdata!(self, reader => reader.deserialize_unit_struct(name, visitor));
        self.deserialize_unit(visitor)
    }

    #[inline]
    fn deserialize_identifier<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value> {
        self.deserialize_any(visitor)
    }

    serde::forward_to_deserialize_any! {
        bool i8 i16 i32 i64 i128 u8 u16 u32 u64 u128 f32 f64 char str string bytes
        byte_buf ignored_any
    }
}

/// A key as the name of an enum's variant.
fn variant_name(key: &Leaf<'_>, name: &ShortStr) -> Result<String> {
    match key {
        Leaf::Text(text) => text.to_name(name, "String"),
        Leaf::Integer(i) => Ok(i.to_string()),
        Leaf::Number(n) => Ok(n.to_string()),
        other => {
            let message = "expected string or number".to_owned();
            Err(Error::conversion(other.type_name(), "String", message))
        }
    }
}

/// The elements of an array.
struct Elements<'a> {
    table: &'a Table,
    next: usize,
    length: usize,
    /// The last one.
    leaf: Leaf<'a>,
    options: Options,
    path: &'a Path<'a>,
}

impl<'de> de::SeqAccess<'de> for Elements<'_> {
    type Error = Error;

    #[inline]
    fn next_element_seed<T: de::DeserializeSeed<'de>>(
        &mut self,
        seed: T,
    ) -> Result<Option<T::Value>> {
        while self.next <= self.length {
            element(self.table, self.next, &mut self.leaf)?;
            self.next += 1;
            if is_skipped(&self.leaf, self.options, self.path).map_err(custom)? {
                continue;
            }
            let (leaf, name, options) = (&self.leaf, &NO_NAME, self.options);
            let reader = Reader { leaf, name, options, path: Some(self.path) };
            return seed.deserialize(reader).map(Some);
        }
        Ok(None)
    }

    fn size_hint(&self) -> Option<usize> {
        Some((self.length + 1).saturating_sub(self.next))
    }
}

/// The fields of a map.
struct Entries<'a> {
    fields: Fields<'a>,
    /// The last one, the text of its key, and whether its value is to be read.
    key: Leaf<'a>,
    value: Leaf<'a>,
    name: ShortStr,
    value_left: bool,
    options: Options,
    path: &'a Path<'a>,
    /// How many fields were read.
    read: usize,
}

impl<'de> de::MapAccess<'de> for Entries<'_> {
    type Error = Error;

    #[inline]
    fn next_key_seed<T: de::DeserializeSeed<'de>>(&mut self, seed: T) -> Result<Option<T::Value>> {
        while self.fields.next(&mut self.name, &mut self.key, &mut self.value)? {
            let field = (&self.key, &self.value);
            if is_field_skipped(field, self.options, self.path).map_err(custom)? {
                continue;
            }
            self.read += 1;
            self.value_left = true;
            let (leaf, name, options) = (&self.key, &self.name, self.options);
            let reader = Reader { leaf, name, options, path: Some(self.path) };
            return seed.deserialize(reader).map(Some);
        }
        Ok(None)
    }

    #[inline]
    fn next_value_seed<T: de::DeserializeSeed<'de>>(&mut self, seed: T) -> Result<T::Value> {
        if !std::mem::take(&mut self.value_left) {
            return Err(custom("value is missing"));
        }
        let (leaf, name, options) = (&self.value, &NO_NAME, self.options);
        seed.deserialize(Reader { leaf, name, options, path: Some(self.path) })
    }
}

/// A variant of an enum.
struct Variant<'a> {
    variant: &'a str,
    value: Option<&'a Leaf<'a>>,
    options: Options,
    path: Option<&'a Path<'a>>,
}

impl<'a, 'de> de::EnumAccess<'de> for Variant<'a> {
    type Error = Error;
    type Variant = Content<'a>;

    fn variant_seed<T: de::DeserializeSeed<'de>>(self, seed: T) -> Result<(T::Value, Content<'a>)> {
        let name: de::value::StrDeserializer<'_, Error> = self.variant.into_deserializer();
        let name = seed.deserialize(name)?;
        let (options, path) = (self.options, self.path);
        let content = self.value.map(|leaf| Reader { leaf, name: &NO_NAME, options, path });
        Ok((name, Content(content)))
    }
}

/// What is in a variant of an enum.
struct Content<'a>(Option<Reader<'a>>);

impl<'a> Content<'a> {
    fn expected(self, what: &'static str) -> Result<Reader<'a>> {
        self.0.ok_or_else(|| Error::invalid_type(Unexpected::UnitVariant, &what))
    }
}

impl<'de> de::VariantAccess<'de> for Content<'_> {
    type Error = Error;

    fn unit_variant(self) -> Result<()> {
        match self.0 {
            Some(_) => Err(Error::invalid_type(Unexpected::NewtypeVariant, &"unit variant")),
            None => Ok(()),
        }
    }

    fn newtype_variant_seed<T: de::DeserializeSeed<'de>>(self, seed: T) -> Result<T::Value> {
        seed.deserialize(self.expected("newtype variant")?)
    }

    fn tuple_variant<V: Visitor<'de>>(self, _: usize, visitor: V) -> Result<V::Value> {
        de::Deserializer::deserialize_seq(self.expected("tuple variant")?, visitor)
    }

    fn struct_variant<V: Visitor<'de>>(
        self,
        _: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value> {
        de::Deserializer::deserialize_map(self.expected("struct variant")?, visitor)
    }
}

macro_rules! forward {
    ($($name:ident($($arg:ident: $t:ty),*);)*) => { $(
        #[inline]
        fn $name<V: Visitor<'de>>(self, $($arg: $t,)* visitor: V) -> Result<V::Value> {
            let (leaf, name) = (&Leaf::from(self.value), &NO_NAME);
            Reader { leaf, name, options: self.options, path: None }.$name($($arg,)* visitor)
        }
    )* };
}

impl<'de> de::Deserializer<'de> for Deserializer {
    type Error = Error;

    forward! {
        deserialize_any();
        deserialize_option();
        deserialize_enum(name: &'static str, variants: &'static [&'static str]);
        deserialize_seq();
        deserialize_tuple(len: usize);
        deserialize_tuple_struct(name: &'static str, len: usize);
        deserialize_map();
        deserialize_struct(name: &'static str, fields: &'static [&'static str]);
        deserialize_newtype_struct(name: &'static str);
        deserialize_unit();
        deserialize_unit_struct(name: &'static str);
    }

    serde::forward_to_deserialize_any! {
        bool i8 i16 i32 i64 i128 u8 u16 u32 u64 u128 f32 f64 char str string bytes
        byte_buf identifier ignored_any
    }
}
