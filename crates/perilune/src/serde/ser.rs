//! From Rust to Lua.

use crate::callback::caught;
use crate::error::{Error, Result};
use crate::handle::Handle;
use crate::state::{Extra, Lua};
use crate::table::Table;
use crate::traits::IntoLua;
use crate::value::Value;
use perilune_vm::State;
use serde::ser::{self, Serialize};

/// Makes a Lua value of what serde can write.
///
/// ```
/// use perilune::{Lua, serde::Serializer};
/// use serde::Serialize;
///
/// let lua = Lua::new();
/// let value = ("Ann", 31).serialize(Serializer::new(&lua))?;
/// lua.globals().set("person", value)?;
/// assert_eq!(lua.load("person[1] .. ' is ' .. person[2]").eval::<String>()?, "Ann is 31");
/// # Ok::<(), perilune::Error>(())
/// ```
#[derive(Debug)]
pub struct Serializer<'a> {
    lua: &'a Lua,
    options: Options,
}

/// What a [`Serializer`] does where there is a choice.
///
/// ```
/// use perilune::{Lua, LuaSerdeExt, serde::SerializeOptions};
///
/// #[derive(serde::Serialize)]
/// struct Entry { key: &'static str, value: Option<i64> }
///
/// let lua = Lua::new();
/// let options = SerializeOptions::new().serialize_none_to_null(false);
/// let entry = lua.to_value_with(&Entry { key: "k", value: None }, options)?;
/// lua.globals().set("entry", entry)?;
/// assert_eq!(lua.load("entry.value == nil").eval::<bool>()?, true);
/// # Ok::<(), perilune::Error>(())
/// ```
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub struct Options {
    /// How deep values may nest. Default: 128.
    pub recursion_limit: usize,
    /// Whether sequences get the
    /// [`array_metatable`](super::LuaSerdeExt::array_metatable). Default: true.
    pub set_array_metatable: bool,
    /// Whether `None` becomes [`null`](super::LuaSerdeExt::null) rather than nil.
    /// Default: true.
    pub serialize_none_to_null: bool,
    /// Whether `()` and unit structs become [`null`](super::LuaSerdeExt::null)
    /// rather than nil. Default: true.
    pub serialize_unit_to_null: bool,
    /// Whether numbers of `serde_json` become numbers also when it has its feature
    /// `arbitrary_precision`; else they become tables. Default: false.
    pub detect_serde_json_arbitrary_precision: bool,
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
    /// # use perilune::serde::SerializeOptions;
    /// const DEFAULT: SerializeOptions = SerializeOptions::new();
    /// assert!(DEFAULT.set_array_metatable && DEFAULT.serialize_none_to_null);
    /// # Ok::<(), perilune::Error>(())
    /// ```
    pub const fn new() -> Self {
        Options {
            recursion_limit: super::RECURSION_LIMIT,
            set_array_metatable: true,
            serialize_none_to_null: true,
            serialize_unit_to_null: true,
            detect_serde_json_arbitrary_precision: false,
        }
    }

    setters! {
        ///
        /// ```
        /// # use perilune::{Lua, LuaSerdeExt, serde::SerializeOptions};
        /// let lua = Lua::new();
        /// let options = SerializeOptions::new().recursion_limit(1);
        /// assert!(lua.to_value_with(&[[1]], options).is_err());
        /// # Ok::<(), perilune::Error>(())
        /// ```
        recursion_limit: usize;
        ///
        /// ```
        /// # use perilune::{Lua, LuaSerdeExt, serde::SerializeOptions};
        /// let lua = Lua::new();
        /// let options = SerializeOptions::new().set_array_metatable(false);
        /// let list = lua.to_value_with(&["a", "b"], options)?;
        /// assert!(!list.as_table().unwrap().has_metatable());
        /// # Ok::<(), perilune::Error>(())
        /// ```
        set_array_metatable: bool;
        ///
        /// ```
        /// # use perilune::{Lua, LuaSerdeExt, serde::SerializeOptions};
        /// let lua = Lua::new();
        /// assert_eq!(lua.to_value(&None::<u8>)?, lua.null());
        /// let options = SerializeOptions::new().serialize_none_to_null(false);
        /// assert!(lua.to_value_with(&None::<u8>, options)?.is_nil());
        /// # Ok::<(), perilune::Error>(())
        /// ```
        serialize_none_to_null: bool;
        ///
        /// ```
        /// # use perilune::{Lua, LuaSerdeExt, serde::SerializeOptions};
        /// let lua = Lua::new();
        /// assert_eq!(lua.to_value(&())?, lua.null());
        /// let options = SerializeOptions::new().serialize_unit_to_null(false);
        /// assert!(lua.to_value_with(&(), options)?.is_nil());
        /// # Ok::<(), perilune::Error>(())
        /// ```
        serialize_unit_to_null: bool;
        ///
        /// ```
        /// # use perilune::{Lua, LuaSerdeExt, serde::SerializeOptions};
        /// let lua = Lua::new();
        /// let json: serde_json::Value = serde_json::from_str("[1, 2.5]").unwrap();
        /// let options = SerializeOptions::new().detect_serde_json_arbitrary_precision(true);
        /// lua.globals().set("list", lua.to_value_with(&json, options)?)?;
        /// assert_eq!(lua.load("list[1] + list[2]").eval::<f64>()?, 3.5);
        /// # Ok::<(), perilune::Error>(())
        /// ```
        detect_serde_json_arbitrary_precision: bool;
    }
}

impl<'a> Serializer<'a> {
    /// A serializer for values of this state.
    ///
    /// ```
    /// # use perilune::{Lua, serde::Serializer};
    /// use serde::Serialize;
    ///
    /// let lua = Lua::new();
    /// let text = "hello".serialize(Serializer::new(&lua))?;
    /// assert_eq!(text.to_string()?, "hello");
    /// # Ok::<(), perilune::Error>(())
    /// ```
    pub fn new(lua: &'a Lua) -> Self {
        Self::new_with_options(lua, Options::new())
    }

    /// A serializer with options.
    ///
    /// ```
    /// # use perilune::{Lua, serde::{SerializeOptions, Serializer}};
    /// use serde::Serialize;
    ///
    /// let lua = Lua::new();
    /// let options = SerializeOptions::new().serialize_unit_to_null(false);
    /// let value = ().serialize(Serializer::new_with_options(&lua, options))?;
    /// assert!(value.is_nil());
    /// # Ok::<(), perilune::Error>(())
    /// ```
    pub fn new_with_options(lua: &'a Lua, options: Options) -> Self {
        Serializer { lua, options }
    }

    fn writer(self) -> Writer<'a, Return> {
        Writer { lua: self.lua, options: self.options, sink: Return }
    }
}

/// Where a value goes.
#[doc(hidden)]
pub trait Sink: Sized {
    type Ok;

    /// Takes a value that `push` pushes.
    fn put(self, lua: &Lua, push: impl FnOnce(&mut State, &Lua) -> Result<()>) -> Result<Self::Ok>;

    /// Takes a fresh table, which is filled afterwards.
    fn begin(self, lua: &Lua, shape: Shape) -> Result<Table>;

    /// What is answered when it is filled.
    fn end(table: Table) -> Self::Ok;
}

/// What a fresh table is to be.
#[doc(hidden)]
#[derive(Clone, Copy)]
pub struct Shape {
    elements: usize,
    fields: usize,
    /// It gets the metatable of arrays.
    marked: bool,
}

/// Tables get room for so many entries at once, whatever a type says.
const MOST_RESERVED: usize = 1 << 12;

impl Shape {
    fn fields(fields: usize) -> Shape {
        Shape { elements: 0, fields, marked: false }
    }

    fn elements(elements: usize) -> Shape {
        Shape { elements, fields: 0, marked: false }
    }

    fn push(self, state: &mut State, extra: &Extra) -> Result<Table> {
        let elements = self.elements.min(MOST_RESERVED);
        let made = state.new_table(elements, self.fields.min(MOST_RESERVED));
        made.map_err(|e| caught(state, &extra.lua, e))?;
        if self.marked {
            super::push_array_metatable(state, extra)?;
            state.set_metatable(-2).map_err(|e| caught(state, &extra.lua, e))?;
        }
        Handle::pin(state, -1).map(Table)
    }
}

/// The value is the result.
#[doc(hidden)]
#[derive(Debug)]
pub struct Return;

impl Sink for Return {
    type Ok = Value;

    fn put(self, lua: &Lua, push: impl FnOnce(&mut State, &Lua) -> Result<()>) -> Result<Value> {
        lua.with(|state, extra| {
            push(state, &extra.lua)?;
            Value::at(-1, state, &extra.lua)
        })
    }

    fn begin(self, lua: &Lua, shape: Shape) -> Result<Table> {
        lua.with(|state, extra| shape.push(state, extra))
    }

    fn end(table: Table) -> Value {
        Value::Table(table)
    }
}

macro_rules! sink {
    ($($t:ident { $field:ident: $kind:ty } $self:ident $state:ident $lua:ident
        before $before:expr, set $set:expr;)*) =>
    { $(
        #[doc(hidden)]
        pub struct $t<'t> { table: &'t Table, $field: $kind }

        impl Sink for $t<'_> {
            type Ok = ();

            #[inline]
            fn put(
                $self,
                _: &Lua,
                push: impl FnOnce(&mut State, &Lua) -> Result<()>,
            ) -> Result<()> {
                $self.table.0.with(|$state, extra| {
                    let $lua = &extra.lua;
                    $before;
                    push($state, $lua)?;
                    $set.map_err(|e| caught($state, $lua, e))
                })
            }

            fn begin($self, _: &Lua, shape: Shape) -> Result<Table> {
                $self.table.0.with(|$state, extra| {
                    let $lua = &extra.lua;
                    $before;
                    let table = shape.push($state, extra)?;
                    $set.map_err(|e| caught($state, $lua, e))?;
                    Ok(table)
                })
            }

            fn end(_: Table) {}
        }
    )* };
}

sink! {
    Field { key: &'static str } self state lua
        before {}, set state.set_root_field(&self.table.0.0, self.key);
    Element { index: i64 } self state lua
        before {}, set state.set_root_element(&self.table.0.0, self.index);
    Entry { key: Value } self state lua
        before {
            self.table.0.push(state)?;
            self.key.push(state, lua)?;
        },
        set state.raw_set(-3);
}

/// Writes a value to a sink.
#[doc(hidden)]
pub struct Writer<'a, S> {
    lua: &'a Lua,
    options: Options,
    sink: S,
}

impl<'a, S: Sink> Writer<'a, S> {
    fn descend(mut self) -> Result<Self> {
        self.options = deeper(self.options)?;
        Ok(self)
    }

    fn put(self, value: impl IntoLua) -> Result<S::Ok> {
        self.sink.put(self.lua, |state, lua| value.push_into(state, lua))
    }

    fn nothing(self, as_null: bool) -> Result<S::Ok> {
        self.put(if as_null { Value::NULL } else { Value::Nil })
    }

    fn bytes(self, bytes: &[u8]) -> Result<S::Ok> {
        self.sink.put(self.lua, |state, lua| state.push(bytes).map_err(|e| caught(state, lua, e)))
    }

    /// Takes the table that is to hold only the field `variant`.
    fn variant(self, variant: &'static str, shape: Shape) -> Result<Variant<'a, S>> {
        let Writer { lua, options, sink } = self;
        let outer = sink.begin(lua, Shape::fields(1))?;
        let inner = Field { table: &outer, key: variant }.begin(lua, shape)?;
        Ok(Variant { lua, options, outer, inner, next: 1, _sink: std::marker::PhantomData })
    }
}

#[inline]
fn deeper(mut options: Options) -> Result<Options> {
    match options.recursion_limit.checked_sub(1) {
        Some(limit) => {
            options.recursion_limit = limit;
            Ok(options)
        }
        None => Err(Error::SerializeError("recursion limit exceeded".to_owned())),
    }
}

/// The name under which `serde_json` hands out numbers with its feature
/// `arbitrary_precision`.
const JSON_NUMBER: &str = "$serde_json::private::Number";

macro_rules! numbers {
    ($($name:ident: $t:ty;)*) => { $(
        #[inline]
        fn $name(self, value: $t) -> Result<S::Ok> {
            self.put(value)
        }
    )* };
}

impl<'a, S: Sink> ser::Serializer for Writer<'a, S> {
    type Ok = S::Ok;
    type Error = Error;
    type SerializeSeq = Elements<'a, S>;
    type SerializeTuple = Elements<'a, S>;
    type SerializeTupleStruct = Elements<'a, S>;
    type SerializeTupleVariant = Variant<'a, S>;
    type SerializeMap = Entries<'a, S>;
    type SerializeStruct = Fields<'a, S>;
    type SerializeStructVariant = Variant<'a, S>;

    numbers! {
        serialize_bool: bool;
        serialize_i8: i8;
        serialize_u8: u8;
        serialize_i16: i16;
        serialize_u16: u16;
        serialize_i32: i32;
        serialize_u32: u32;
        serialize_i64: i64;
        serialize_u64: u64;
        serialize_i128: i128;
        serialize_u128: u128;
        serialize_f32: f32;
        serialize_f64: f64;
        serialize_char: char;
    }

    #[inline]
    fn serialize_str(self, value: &str) -> Result<S::Ok> {
        self.bytes(value.as_bytes())
    }

    #[inline]
    fn serialize_bytes(self, value: &[u8]) -> Result<S::Ok> {
        self.bytes(value)
    }

    fn serialize_none(self) -> Result<S::Ok> {
        let as_null = self.options.serialize_none_to_null;
        self.nothing(as_null)
    }

    #[inline]
    fn serialize_some<T: Serialize + ?Sized>(self, value: &T) -> Result<S::Ok> {
        value.serialize(self.descend()?)
    }

    fn serialize_unit(self) -> Result<S::Ok> {
        let as_null = self.options.serialize_unit_to_null;
        self.nothing(as_null)
    }

    fn serialize_unit_struct(self, _: &'static str) -> Result<S::Ok> {
        self.serialize_unit()
    }

    fn serialize_unit_variant(
        self,
        _: &'static str,
        _: u32,
        variant: &'static str,
    ) -> Result<S::Ok> {
        self.serialize_str(variant)
    }

    #[inline]
    fn serialize_newtype_struct<T: Serialize + ?Sized>(
        self,
        _: &'static str,
        value: &T,
    ) -> Result<S::Ok> {
        value.serialize(self.descend()?)
    }

    fn serialize_newtype_variant<T: Serialize + ?Sized>(
        self,
        _: &'static str,
        _: u32,
        variant: &'static str,
        value: &T,
    ) -> Result<S::Ok> {
        let Writer { lua, options, sink } = self.descend()?;
        let outer = sink.begin(lua, Shape::fields(1))?;
        let sink = Field { table: &outer, key: variant };
        value.serialize(Writer { lua, options, sink })?;
        Ok(S::end(outer))
    }

    fn serialize_seq(self, len: Option<usize>) -> Result<Elements<'a, S>> {
        let Writer { lua, options, sink } = self.descend()?;
        let marked = options.set_array_metatable;
        let shape = Shape { marked, ..Shape::elements(len.unwrap_or(0)) };
        let table = sink.begin(lua, shape)?;
        Ok(Elements { lua, options, table, next: 1, _sink: std::marker::PhantomData })
    }

    fn serialize_tuple(self, len: usize) -> Result<Elements<'a, S>> {
        self.serialize_seq(Some(len))
    }

    fn serialize_tuple_struct(self, _: &'static str, len: usize) -> Result<Elements<'a, S>> {
        self.serialize_seq(Some(len))
    }

    fn serialize_tuple_variant(
        self,
        _: &'static str,
        _: u32,
        variant: &'static str,
        len: usize,
    ) -> Result<Variant<'a, S>> {
        self.descend()?.variant(variant, Shape::elements(len))
    }

    fn serialize_map(self, len: Option<usize>) -> Result<Entries<'a, S>> {
        let Writer { lua, options, sink } = self.descend()?;
        let table = sink.begin(lua, Shape::fields(len.unwrap_or(0)))?;
        Ok(Entries { lua, options, table, key: None, _sink: std::marker::PhantomData })
    }

    fn serialize_struct(self, name: &'static str, len: usize) -> Result<Fields<'a, S>> {
        let Writer { lua, options, sink } = self.descend()?;
        let number = options.detect_serde_json_arbitrary_precision && name == JSON_NUMBER;
        let form = if number && len == 1 {
            Form::Number(sink, None)
        } else {
            Form::Table(sink.begin(lua, Shape::fields(len))?)
        };
        Ok(Fields { lua, options, form })
    }

    fn serialize_struct_variant(
        self,
        _: &'static str,
        _: u32,
        variant: &'static str,
        len: usize,
    ) -> Result<Variant<'a, S>> {
        self.descend()?.variant(variant, Shape::fields(len))
    }
}

/// A sequence on its way.
#[doc(hidden)]
pub struct Elements<'a, S> {
    lua: &'a Lua,
    options: Options,
    table: Table,
    next: i64,
    _sink: std::marker::PhantomData<S>,
}

impl<S: Sink> Elements<'_, S> {
    fn push<T: Serialize + ?Sized>(&mut self, value: &T) -> Result<()> {
        let sink = Element { table: &self.table, index: self.next };
        value.serialize(Writer { lua: self.lua, options: self.options, sink })?;
        self.next += 1;
        Ok(())
    }
}

macro_rules! elements {
    ($($kind:ident $method:ident)*) => { $(
        impl<S: Sink> ser::$kind for Elements<'_, S> {
            type Ok = S::Ok;
            type Error = Error;

            fn $method<T: Serialize + ?Sized>(&mut self, value: &T) -> Result<()> {
                self.push(value)
            }

            fn end(self) -> Result<S::Ok> {
                Ok(S::end(self.table))
            }
        }
    )* };
}

elements!(SerializeSeq serialize_element SerializeTuple serialize_element
    SerializeTupleStruct serialize_field);

/// The content of an enum's variant on its way.
#[doc(hidden)]
pub struct Variant<'a, S> {
    lua: &'a Lua,
    options: Options,
    outer: Table,
    inner: Table,
    next: i64,
    _sink: std::marker::PhantomData<S>,
}

impl<S: Sink> ser::SerializeTupleVariant for Variant<'_, S> {
    type Ok = S::Ok;
    type Error = Error;

    fn serialize_field<T: Serialize + ?Sized>(&mut self, value: &T) -> Result<()> {
        let sink = Element { table: &self.inner, index: self.next };
        value.serialize(Writer { lua: self.lua, options: self.options, sink })?;
        self.next += 1;
        Ok(())
    }

    fn end(self) -> Result<S::Ok> {
        Ok(S::end(self.outer))
    }
}

impl<S: Sink> ser::SerializeStructVariant for Variant<'_, S> {
    type Ok = S::Ok;
    type Error = Error;

    fn serialize_field<T: Serialize + ?Sized>(
        &mut self,
        key: &'static str,
        value: &T,
    ) -> Result<()> {
        let sink = Field { table: &self.inner, key };
        value.serialize(Writer { lua: self.lua, options: self.options, sink })
    }

    fn end(self) -> Result<S::Ok> {
        Ok(S::end(self.outer))
    }
}

/// A map on its way.
#[doc(hidden)]
pub struct Entries<'a, S> {
    lua: &'a Lua,
    options: Options,
    table: Table,
    key: Option<Value>,
    _sink: std::marker::PhantomData<S>,
}

impl<S: Sink> ser::SerializeMap for Entries<'_, S> {
    type Ok = S::Ok;
    type Error = Error;

    fn serialize_key<T: Serialize + ?Sized>(&mut self, key: &T) -> Result<()> {
        let writer = Writer { lua: self.lua, options: self.options, sink: Return };
        self.key = Some(key.serialize(writer)?);
        Ok(())
    }

    fn serialize_value<T: Serialize + ?Sized>(&mut self, value: &T) -> Result<()> {
        let Some(key) = self.key.take() else {
            return Err(Error::SerializeError("a value without a key".to_owned()));
        };
        let sink = Entry { table: &self.table, key };
        value.serialize(Writer { lua: self.lua, options: self.options, sink })
    }

    fn end(self) -> Result<S::Ok> {
        Ok(S::end(self.table))
    }
}

/// A struct on its way.
#[doc(hidden)]
pub struct Fields<'a, S> {
    lua: &'a Lua,
    options: Options,
    form: Form<S>,
}

enum Form<S> {
    Table(Table),
    /// A number of `serde_json`, which comes as text.
    Number(S, Option<Value>),
}

impl<S: Sink> ser::SerializeStruct for Fields<'_, S> {
    type Ok = S::Ok;
    type Error = Error;

    #[inline]
    fn serialize_field<T: Serialize + ?Sized>(
        &mut self,
        key: &'static str,
        value: &T,
    ) -> Result<()> {
        let (lua, options) = (self.lua, self.options);
        match &mut self.form {
            Form::Table(table) => {
                value.serialize(Writer { lua, options, sink: Field { table, key } })
            }
            Form::Number(_, number) => {
                *number = Some(value.serialize(Writer { lua, options, sink: Return })?);
                Ok(())
            }
        }
    }

    fn end(self) -> Result<S::Ok> {
        match self.form {
            Form::Table(table) => Ok(S::end(table)),
            Form::Number(sink, number) => {
                let number = json_number(number.unwrap_or(Value::Nil))?;
                sink.put(self.lua, |state, lua| number.push(state, lua))
            }
        }
    }
}

/// The number that a text of `serde_json` stands for.
fn json_number(value: Value) -> Result<Value> {
    let Value::String(text) = &value else { return Ok(value) };
    let text = text.to_str()?;
    if !text.contains(['.', 'e', 'E'])
        && let Ok(i) = text.parse()
    {
        return Ok(Value::Integer(i));
    }
    Ok(text.parse().map_or_else(|_| value.clone(), Value::Number))
}

macro_rules! forward {
    ($($name:ident($($arg:ident: $t:ty),*) -> $result:ty;)*) => { $(
        #[inline]
        fn $name(self, $($arg: $t),*) -> Result<$result> {
            self.writer().$name($($arg),*)
        }
    )* };
}

impl<'a> ser::Serializer for Serializer<'a> {
    type Ok = Value;
    type Error = Error;
    type SerializeSeq = Elements<'a, Return>;
    type SerializeTuple = Elements<'a, Return>;
    type SerializeTupleStruct = Elements<'a, Return>;
    type SerializeTupleVariant = Variant<'a, Return>;
    type SerializeMap = Entries<'a, Return>;
    type SerializeStruct = Fields<'a, Return>;
    type SerializeStructVariant = Variant<'a, Return>;

    forward! {
        serialize_bool(value: bool) -> Value;
        serialize_i8(value: i8) -> Value;
        serialize_u8(value: u8) -> Value;
        serialize_i16(value: i16) -> Value;
        serialize_u16(value: u16) -> Value;
        serialize_i32(value: i32) -> Value;
        serialize_u32(value: u32) -> Value;
        serialize_i64(value: i64) -> Value;
        serialize_u64(value: u64) -> Value;
        serialize_i128(value: i128) -> Value;
        serialize_u128(value: u128) -> Value;
        serialize_f32(value: f32) -> Value;
        serialize_f64(value: f64) -> Value;
        serialize_char(value: char) -> Value;
        serialize_str(value: &str) -> Value;
        serialize_bytes(value: &[u8]) -> Value;
        serialize_none() -> Value;
        serialize_unit() -> Value;
        serialize_unit_struct(name: &'static str) -> Value;
        serialize_unit_variant(name: &'static str, index: u32, variant: &'static str) -> Value;
        serialize_seq(len: Option<usize>) -> Elements<'a, Return>;
        serialize_tuple(len: usize) -> Elements<'a, Return>;
        serialize_tuple_struct(name: &'static str, len: usize) -> Elements<'a, Return>;
        serialize_tuple_variant(name: &'static str, index: u32, variant: &'static str, len: usize)
            -> Variant<'a, Return>;
        serialize_map(len: Option<usize>) -> Entries<'a, Return>;
        serialize_struct(name: &'static str, len: usize) -> Fields<'a, Return>;
        serialize_struct_variant(name: &'static str, index: u32, variant: &'static str, len: usize)
            -> Variant<'a, Return>;
    }

    fn serialize_some<T: Serialize + ?Sized>(self, value: &T) -> Result<Value> {
        self.writer().serialize_some(value)
    }

    fn serialize_newtype_struct<T: Serialize + ?Sized>(
        self,
        name: &'static str,
        value: &T,
    ) -> Result<Value> {
        self.writer().serialize_newtype_struct(name, value)
    }

    fn serialize_newtype_variant<T: Serialize + ?Sized>(
        self,
        name: &'static str,
        index: u32,
        variant: &'static str,
        value: &T,
    ) -> Result<Value> {
        self.writer().serialize_newtype_variant(name, index, variant, value)
    }
}
