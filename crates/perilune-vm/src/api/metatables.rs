//! Metatables.

use crate::error::Result;
use crate::meta::{Event, header};
use crate::object::StringObject;
use crate::state::State;
use crate::table;
use crate::value::{RawValue, Type, tag};

impl State {
    /// Whether a value with that metatable is to be finalized.
    ///
    /// # Safety
    /// The metatable is live.
    #[inline(always)]
    unsafe fn wants_finalizer(&self, v: RawValue, mt: *mut crate::object::Table) -> bool {
        // SAFETY: by contract.
        let has = unsafe { !self.fast_metamethod(mt, Event::Gc).is_nil() };
        (has || self.dialect.late_finalizers)
            && (v.tag != tag::TABLE || self.dialect.table_finalizers)
    }

    /// Pushes the metatable of a value; false, and nothing pushed, if it has
    /// none.
    ///
    /// ```
    /// # perilune::Lua::new().with_native(|state| {
    /// state.push("text")?;
    /// assert!(state.push_metatable(1)?);
    /// state.raw_get_field(-1, "__index")?;
    /// assert!(state.is_table(-1));
    /// state.new_table(0, 0)?;
    /// assert!(!state.push_metatable(-1)?);
    /// # Ok(()) })?; Ok::<(), perilune::Error>(())
    /// ```
    ///
    /// # Errors
    /// If the stack can't grow.
    pub fn push_metatable(&mut self, index: i32) -> Result<bool> {
        let mt = self.metatable_of(self.raw(index));
        if mt.is_null() {
            return Ok(false);
        }
        self.push_raw(RawValue::pointer(tag::TABLE, mt))?;
        Ok(true)
    }

    /// Pushes the metatable of all values of a type; pushes nothing and answers
    /// false if there is none, or if each value has its own.
    ///
    /// ```
    /// # perilune::Lua::new().with_native(|state| {
    /// use perilune::native::Type;
    ///
    /// assert!(state.push_type_metatable(Type::String)?);
    /// assert!(!state.push_type_metatable(Type::Number)?);
    /// assert_eq!(state.top(), 1);
    /// # Ok(()) })?; Ok::<(), perilune::Error>(())
    /// ```
    ///
    /// # Errors
    /// If the stack can't grow.
    pub fn push_type_metatable(&mut self, of: Type) -> Result<bool> {
        let mt = self.metatables[of as usize];
        if mt.is_null() {
            return Ok(false);
        }
        self.push_raw(RawValue::pointer(tag::TABLE, mt))?;
        Ok(true)
    }

    /// Pops a table, or nil, and makes it the metatable of all values of a type
    /// (but tables and userdata, each of which has its own).
    ///
    /// ```
    /// # perilune::Lua::new().with_native(|state| {
    /// use perilune::native::Type;
    ///
    /// state.load(b"return {__index = {double = function(n) return n * 2 end}}", b"=mt", b"t")?;
    /// state.call(0, Some(1))?;
    /// state.set_type_metatable(Type::Number);
    /// state.load(b"return (21):double()", b"=use", b"t")?;
    /// state.call(0, Some(1))?;
    /// assert_eq!(state.to_integer(-1), Some(42));
    /// # Ok(()) })?; Ok::<(), perilune::Error>(())
    /// ```
    pub fn set_type_metatable(&mut self, of: Type) {
        let mt = self.raw(-1);
        if !matches!(of, Type::Table | Type::Userdata) {
            let mt = if mt.is_table() { mt.as_table() } else { std::ptr::null_mut() };
            self.metatables[of as usize] = mt;
        }
        self.pop(1);
    }

    /// Whether a value has a metatable.
    ///
    /// ```
    /// # perilune::Lua::new().with_native(|state| {
    /// state.push("text")?;
    /// state.push(1)?;
    /// assert!(state.has_metatable(1));
    /// assert!(!state.has_metatable(2));
    /// # Ok(()) })?; Ok::<(), perilune::Error>(())
    /// ```
    pub fn has_metatable(&self, index: i32) -> bool {
        !self.metatable_of(self.raw(index)).is_null()
    }

    /// Pops a table, or nil, and makes it the metatable of the value (of all
    /// values of its type, but for tables and userdata). A `__gc` field that is
    /// there now marks the object for finalization (manual §2.5.3); in some
    /// dialects only userdata, and whatever their metatables hold now.
    ///
    /// ```
    /// # perilune::Lua::new().with_native(|state| {
    /// use perilune::native::{self, Return, State};
    ///
    /// fn to_string(state: &mut State) -> native::Result<Return> {
    ///     state.ret("<point>")
    /// }
    ///
    /// state.new_table(0, 0)?;
    /// state.new_table(0, 1)?;
    /// state.set_field_to(-1, "__tostring", to_string as native::NativeFn)?;
    /// state.set_metatable(1)?;
    /// state.push_tostring(1)?;
    /// assert_eq!(state.bytes(-1), Some(&b"<point>"[..]));
    /// # Ok(()) })?; Ok::<(), perilune::Error>(())
    /// ```
    ///
    /// # Errors
    /// If memory runs out.
    pub fn set_metatable(&mut self, index: i32) -> Result<()> {
        let v = self.raw(index);
        let mt = self.raw(-1);
        self.set_metatable_raw(v, mt)?;
        self.pop(1);
        Ok(())
    }

    /// [`set_metatable`](Self::set_metatable) with the table of a root; pops
    /// nothing.
    ///
    /// ```
    /// # perilune::Lua::new().with_native(|state| {
    /// state.new_table(0, 0)?;
    /// let metatable = state.pin_top()?;
    /// state.new_table(0, 0)?;
    /// state.set_metatable_root(-1, &metatable)?;
    /// assert_eq!(state.top(), 1);
    /// assert!(state.has_metatable(1));
    /// # Ok(()) })?; Ok::<(), perilune::Error>(())
    /// ```
    ///
    /// # Errors
    /// If memory runs out.
    #[inline]
    pub fn set_metatable_root(&mut self, index: i32, metatable: &crate::embed::Root) -> Result<()> {
        let v = self.raw(index);
        let mt = self.root_raw(metatable);
        self.set_metatable_raw(v, mt)
    }

    /// [`set_metatable_root`](Self::set_metatable_root) of a value that is kept.
    ///
    /// ```
    /// # perilune::Lua::new().with_native(|state| {
    /// state.new_table(0, 0)?;
    /// let metatable = state.keep(-1)?;
    /// state.new_table(0, 0)?;
    /// state.set_metatable_kept(-1, &metatable)?;
    /// assert!(state.has_metatable(-1));
    /// # Ok(()) })?; Ok::<(), perilune::Error>(())
    /// ```
    ///
    /// # Errors
    /// If memory runs out.
    #[inline]
    pub fn set_metatable_kept(&mut self, index: i32, metatable: &crate::embed::Kept) -> Result<()> {
        let v = self.raw(index);
        let mt = self.kept_raw(metatable);
        self.set_metatable_raw(v, mt)
    }

    fn set_metatable_raw(&mut self, v: RawValue, mt: RawValue) -> Result<()> {
        let mt = if mt.is_table() { mt.as_table() } else { std::ptr::null_mut() };
        // SAFETY: value and metatable are in slots; the barrier tells the
        // collector of the new reference.
        unsafe {
            let owner = match v.tag {
                tag::TABLE => {
                    (*v.as_table()).metatable = mt;
                    header(v.as_table())
                }
                tag::USERDATA => {
                    (*v.as_userdata()).metatable = mt;
                    header(v.as_userdata())
                }
                _ => {
                    self.metatables[v.type_of() as usize] = mt;
                    std::ptr::null_mut()
                }
            };
            if !owner.is_null() && !mt.is_null() {
                self.heap.barrier_value(owner, RawValue::pointer(tag::TABLE, mt));
                if !self.closed && self.wants_finalizer(v, mt) {
                    self.heap.set_finalizer(owner)?;
                }
            }
        }
        Ok(())
    }

    /// Pushes a field of the value's metatable; false, and nothing pushed, if
    /// there is none.
    ///
    /// ```
    /// # perilune::Lua::new().with_native(|state| {
    /// state.push("text")?;
    /// assert!(state.push_metafield(1, "__index")?);
    /// assert!(state.is_table(-1));
    /// assert!(!state.push_metafield(1, "__call")?);
    /// # Ok(()) })?; Ok::<(), perilune::Error>(())
    /// ```
    ///
    /// # Errors
    /// If memory runs out.
    pub fn push_metafield(&mut self, index: i32, name: &str) -> Result<bool> {
        let mt = self.metatable_of(self.raw(index));
        if mt.is_null() {
            return Ok(false);
        }
        let key = self.new_string(name.as_bytes())?;
        // SAFETY: the metatable is live with its value; the key is fresh.
        let v = unsafe { table::get(mt, key) };
        if v.is_nil() {
            return Ok(false);
        }
        self.push_raw(v)?;
        Ok(true)
    }

    /// Pushes `registry[name]`, made as `{__name = name}` if it is not there;
    /// answers whether it was made.
    ///
    /// ```
    /// # perilune::Lua::new().with_native(|state| {
    /// if state.new_metatable("app.Counter")? {
    ///     state.set_field_to(-1, "__metatable", "locked")?;
    /// }
    /// assert!(!state.new_metatable("app.Counter")?);
    /// assert!(state.raw_equal(-1, -2));
    /// # Ok(()) })?; Ok::<(), perilune::Error>(())
    /// ```
    ///
    /// # Errors
    /// If memory runs out.
    pub fn new_metatable(&mut self, name: &str) -> Result<bool> {
        self.push_registry()?;
        self.raw_get_field(-1, name)?;
        if !self.is_nil(-1) {
            self.remove(-2);
            return Ok(false);
        }
        self.pop(1);
        self.new_table(0, 2)?;
        if self.dialect.type_names {
            self.set_field_to(-1, "__name", name)?;
        }
        self.push_value(-1)?;
        self.raw_set_field(-3, name)?;
        self.remove(-2);
        Ok(true)
    }

    /// Pushes the name of the value's type.
    ///
    /// ```
    /// # perilune::Lua::new().with_native(|state| {
    /// state.new_table(0, 0)?;
    /// state.push_type_name(1)?;
    /// assert_eq!(state.bytes(-1), Some(&b"table"[..]));
    /// # Ok(()) })?; Ok::<(), perilune::Error>(())
    /// ```
    ///
    /// # Errors
    /// If the stack can't grow.
    pub fn push_type_name(&mut self, index: i32) -> Result<()> {
        let name = self.names.types[self.raw(index).type_of() as usize];
        self.push_raw(RawValue::pointer(tag::SHORT_STRING, name))
    }

    /// Pushes the value as `tostring` converts it (manual §6.1): with
    /// `__tostring` and `__name` honoured. In some dialects the former may return
    /// anything.
    ///
    /// ```
    /// # perilune::Lua::new().with_native(|state| {
    /// state.push(2.0)?;
    /// state.push_tostring(1)?;
    /// assert_eq!(state.bytes(-1), Some(&b"2.0"[..]));
    /// state.push(())?;
    /// state.push_tostring(-1)?;
    /// assert_eq!(state.bytes(-1), Some(&b"nil"[..]));
    /// # Ok(()) })?; Ok::<(), perilune::Error>(())
    /// ```
    ///
    /// # Errors
    /// "'__tostring' must return a string", or what it raises.
    pub fn push_tostring(&mut self, index: i32) -> Result<()> {
        let v = self.raw(index);
        let mt = self.metatable_of(v);
        if !mt.is_null() {
            // SAFETY: the metatable is live with its value.
            let handler = unsafe { table::get_short_string(mt, self.names.tostring) };
            if !handler.is_nil() {
                let result = self.call_metamethod(handler, &[v])?;
                if !self.dialect.tostring_checks_string {
                    return self.push_raw(result);
                }
                if !(result.is_string() || result.is_number()) {
                    return Err(self.error(format_args!("'__tostring' must return a string")));
                }
                self.push_raw(result)?;
                self.convert_to_string(-1)?;
                return Ok(());
            }
        }
        match v.tag {
            tag::INTEGER | tag::FLOAT => {
                self.push_raw(v)?;
                self.convert_to_string(-1)?;
                self.collect_if_due()
            }
            tag::SHORT_STRING | tag::LONG_STRING => self.push_raw(v),
            tag::FALSE => self.push("false"),
            tag::TRUE => self.push("true"),
            tag::NIL => self.push("nil"),
            _ => {
                let mut text = Vec::new();
                let mut named = false;
                if !mt.is_null() && self.dialect.type_names {
                    // SAFETY: metatable and name are live.
                    unsafe {
                        let name = table::get_short_string(mt, self.names.name);
                        if name.is_string() {
                            text.extend_from_slice(StringObject::bytes(name.as_string()));
                            named = true;
                        }
                    }
                }
                if !named {
                    text.extend_from_slice(v.type_of().name().as_bytes());
                }
                text.extend_from_slice(format!(": 0x{:x}", v.payload).as_bytes());
                self.push(text.as_slice())
            }
        }
    }
}
