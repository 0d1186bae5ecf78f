//! Userdata: Rust values in Lua's hands, and Rust values beside the state.

use crate::embed::Payload;
use crate::error::Result;
use crate::meta::header;
use crate::object::{Header, Userdata, userdata_flag};
use crate::state::State;
use crate::value::{RawValue, tag};
use std::any::{Any, TypeId};

impl State {
    /// Pushes a userdata that holds `data`, with `user_values` user values.
    ///
    /// ```
    /// # perilune::Lua::new().with_native(|state| {
    /// use perilune::native::Payload;
    ///
    /// state.new_userdata(Payload::new(vec![1, 2, 3]), 0)?;
    /// assert_eq!(state.userdata::<Vec<i32>>(-1).unwrap().len(), 3);
    /// # Ok(()) })?; Ok::<(), perilune::Error>(())
    /// ```
    ///
    /// # Errors
    /// If memory runs out.
    pub fn new_userdata(&mut self, data: Payload, user_values: u16) -> Result<()> {
        let n = user_values.max(self.dialect.least_user_values) as usize;
        let size = size_of::<Userdata>() + n * size_of::<RawValue>();
        // SAFETY: the object is complete before it is owned and pushed.
        unsafe {
            let u = match self.heap.alloc(size, tag::USERDATA) {
                Ok(u) => u,
                Err(_) => self.retry_allocation(&[], |s| s.heap.alloc(size, tag::USERDATA))?,
            } as *mut Userdata;
            (*u).header.word = n as u32;
            (*u).metatable = std::ptr::null_mut();
            std::ptr::write(&raw mut (*u).data, Some(data));
            for i in 0..n {
                *Userdata::user_values(u).add(i) = RawValue::NIL;
            }
            if let Err(e) = self.heap.own(u as *mut Header) {
                drop((*u).data.take());
                return Err(e.into());
            }
            if let Some(payload) = &(*u).data {
                self.heap.count_payload(payload);
            }
            self.push_raw(RawValue::pointer(tag::USERDATA, u))?;
        }
        self.collect_if_due()
    }

    /// The Rust value of a userdata; `Some(None)` if it was taken.
    #[inline(always)]
    pub(crate) fn userdata_payload(&self, index: i32) -> Option<Option<&Payload>> {
        let u = self.data_of(self.raw(index))?;
        // SAFETY: the userdata lives while the state is borrowed.
        Some(unsafe { (&*u).data.as_ref() })
    }

    /// Whether the value at an index is a userdata whose Rust value was taken.
    ///
    /// ```
    /// # perilune::Lua::new().with_native(|state| {
    /// use perilune::native::Payload;
    ///
    /// state.new_userdata(Payload::new(1), 0)?;
    /// assert!(!state.is_empty_userdata(1));
    /// state.take_payload(1);
    /// assert!(state.is_empty_userdata(1));
    /// # Ok(()) })?; Ok::<(), perilune::Error>(())
    /// ```
    pub fn is_empty_userdata(&self, index: i32) -> bool {
        matches!(self.userdata_payload(index), Some(None))
    }

    /// The type of a userdata's Rust value; `None` for other values, and if it was
    /// taken.
    ///
    /// ```
    /// # perilune::Lua::new().with_native(|state| {
    /// use perilune::native::Payload;
    /// use std::any::TypeId;
    ///
    /// state.new_userdata(Payload::new(String::from("text")), 0)?;
    /// assert_eq!(state.payload_type(1), Some(TypeId::of::<String>()));
    /// # Ok(()) })?; Ok::<(), perilune::Error>(())
    /// ```
    #[inline]
    pub fn payload_type(&self, index: i32) -> Option<TypeId> {
        self.userdata_payload(index)?.map(Payload::type_of)
    }

    /// Takes the Rust value out of a userdata; others may still own it.
    ///
    /// ```
    /// # perilune::Lua::new().with_native(|state| {
    /// use perilune::native::Payload;
    ///
    /// state.new_userdata(Payload::new(String::from("text")), 0)?;
    /// let payload = state.take_payload(1).unwrap();
    /// assert_eq!(payload.downcast::<String>().ok().as_deref(), Some("text"));
    /// assert!(state.take_payload(1).is_none());
    /// # Ok(()) })?; Ok::<(), perilune::Error>(())
    /// ```
    pub fn take_payload(&mut self, index: i32) -> Option<Payload> {
        let u = self.data_of(self.raw(index))?;
        // SAFETY: the state is borrowed mutably, so no reference to the payload
        // exists.
        let payload = unsafe { (&mut *u).data.take() };
        if let Some(payload) = &payload {
            self.heap.discount_payload(payload);
        }
        payload.map(Payload::leave)
    }

    /// Puts a Rust value into a userdata whose own was taken.
    ///
    /// ```
    /// # perilune::Lua::new().with_native(|state| {
    /// use perilune::native::Payload;
    ///
    /// state.new_userdata(Payload::new(1), 0)?;
    /// let number: i32 = state.take_payload(1).unwrap().downcast().ok().unwrap();
    /// state.put_payload(1, Payload::new(number + 1));
    /// assert_eq!(state.userdata(1), Some(&2));
    /// # Ok(()) })?; Ok::<(), perilune::Error>(())
    /// ```
    pub fn put_payload(&mut self, index: i32, payload: Payload) {
        let old = self.take_payload(index);
        if let Some(u) = self.data_of(self.raw(index)) {
            self.heap.count_payload(&payload);
            // SAFETY: as above; a userdata that was made with a value is known as
            // an owner.
            unsafe { (*u).data = Some(payload) };
        }
        drop(old);
    }

    /// Lets `f` exchange the Rust values of all userdata that have the metatable
    /// at an index.
    ///
    /// ```
    /// # perilune::Lua::new().with_native(|state| {
    /// use perilune::native::Payload;
    ///
    /// state.new_metatable("app.Window")?;
    /// for _ in 0..2 {
    ///     state.new_userdata(Payload::new("open"), 0)?;
    ///     state.push_value(1)?;
    ///     state.set_metatable(-2)?;
    /// }
    /// state.exchange_payloads(1, |_| Payload::new("closed"));
    /// assert_eq!(state.userdata(2), Some(&"closed"));
    /// assert_eq!(state.userdata(3), Some(&"closed"));
    /// # Ok(()) })?; Ok::<(), perilune::Error>(())
    /// ```
    pub fn exchange_payloads(&mut self, metatable: i32, mut f: impl FnMut(Payload) -> Payload) {
        let v = self.raw(metatable);
        if !v.is_table() {
            return;
        }
        let objects: Vec<*mut Header> = self.heap.owner_objects().collect();
        for object in objects {
            // SAFETY: owners that are not doomed are live, and the state is
            // borrowed mutably, so no reference to a payload exists.
            unsafe {
                if (*object).kind != tag::USERDATA {
                    continue;
                }
                let u = &mut *(object as *mut Userdata);
                if u.metatable == v.as_table()
                    && let Some(payload) = u.data.take()
                {
                    self.heap.discount_payload(&payload);
                    let payload = f(payload.leave());
                    self.heap.count_payload(&payload);
                    u.data = Some(payload);
                }
            }
        }
    }

    /// Lets the Rust value of a userdata be dropped when the finalizers have run
    /// that could see it, even if one of them made the userdata reachable again.
    pub(crate) fn drop_with_finalizers(&mut self, index: i32) {
        if let Some(u) = self.data_of(self.raw(index)) {
            // SAFETY: the userdata is live.
            unsafe { (*u).header.extra |= userdata_flag::DROPS_WITH_FINALIZERS };
        }
    }

    /// Marks a userdata for the embedding API.
    ///
    /// ```
    /// # perilune::Lua::new().with_native(|state| {
    /// use perilune::native::Payload;
    ///
    /// state.new_userdata(Payload::new(1), 0)?;
    /// state.mark_userdata(-1);
    /// assert!(state.is_userdata_marked(-1));
    /// # Ok(()) })?; Ok::<(), perilune::Error>(())
    /// ```
    pub fn mark_userdata(&mut self, index: i32) {
        if let Some(u) = self.data_of(self.raw(index)) {
            // SAFETY: the userdata is live.
            unsafe { (*u).header.extra |= userdata_flag::MARKED };
        }
    }

    /// Whether a userdata was marked by the embedding API.
    ///
    /// ```
    /// # perilune::Lua::new().with_native(|state| {
    /// use perilune::native::Payload;
    ///
    /// state.new_userdata(Payload::new(1), 0)?;
    /// assert!(!state.is_userdata_marked(-1));
    /// # Ok(()) })?; Ok::<(), perilune::Error>(())
    /// ```
    pub fn is_userdata_marked(&self, index: i32) -> bool {
        // SAFETY: the userdata is live.
        self.data_of(self.raw(index))
            .is_some_and(|u| unsafe { (*u).header.extra & userdata_flag::MARKED != 0 })
    }

    #[inline(always)]
    fn data_of(&self, v: RawValue) -> Option<*mut Userdata> {
        (v.tag == tag::USERDATA).then(|| v.as_userdata())
    }

    /// The Rust value of a userdata, if it is a `T`.
    ///
    /// ```
    /// # perilune::Lua::new().with_native(|state| {
    /// use perilune::native::Payload;
    ///
    /// state.new_userdata(Payload::new(3.5), 0)?;
    /// assert_eq!(state.userdata::<f64>(1), Some(&3.5));
    /// assert_eq!(state.userdata::<i64>(1), None);
    /// # Ok(()) })?; Ok::<(), perilune::Error>(())
    /// ```
    #[inline]
    pub fn userdata<T: Any>(&self, index: i32) -> Option<&T> {
        let u = self.data_of(self.raw(index))?;
        // SAFETY: the userdata lives while the state is borrowed.
        unsafe { (&*u).data.as_ref()?.downcast_ref() }
    }

    /// The Rust value of a userdata, if it is a `T`.
    ///
    /// ```
    /// # use perilune::native::{self, Payload, Return, State};
    /// struct Counter(i64);
    ///
    /// fn increment(state: &mut State) -> native::Result<Return> {
    ///     state.check_userdata::<Counter>(1, "counter")?;
    ///     let Some(counter) = state.userdata_mut::<Counter>(1) else { return Ok(Return::NONE) };
    ///     counter.0 += 1;
    ///     let now = counter.0;
    ///     state.ret(now)
    /// }
    ///
    /// # let lua = perilune::Lua::new();
    /// lua.globals().set("increment", lua.create_native_function(increment)?)?;
    /// lua.with_native(|state| {
    ///     state.new_userdata(Payload::new(Counter(0)), 0)?;
    ///     state.set_global("counter")
    /// })?;
    /// assert_eq!(lua.load("increment(counter) + increment(counter)").eval::<i64>()?, 3);
    /// # Ok::<(), perilune::Error>(())
    /// ```
    #[inline]
    pub fn userdata_mut<T: Any>(&mut self, index: i32) -> Option<&mut T> {
        let u = self.data_of(self.raw(index))?;
        // SAFETY: as above; the state is borrowed mutably, so no other
        // reference to the value exists.
        unsafe { (&mut *u).data.as_mut()?.downcast_mut() }
    }

    /// The Rust value of the userdata in upvalue `n` of the running function.
    ///
    /// ```
    /// # perilune::Lua::new().with_native(|state| {
    /// use perilune::native::{self, Payload, Return, State};
    ///
    /// /// Gives the next word of a list that it closes over.
    /// fn word(state: &mut State) -> native::Result<Return> {
    ///     let next = state.upvalue_userdata_mut::<Vec<&str>>(1).and_then(Vec::pop);
    ///     state.ret(next)
    /// }
    ///
    /// state.new_userdata(Payload::new(vec!["two", "one"]), 0)?;
    /// state.push_closure(word, 1)?;
    /// state.call(0, Some(1))?;
    /// assert_eq!(state.bytes(-1), Some(&b"one"[..]));
    /// # Ok(()) })?; Ok::<(), perilune::Error>(())
    /// ```
    pub fn upvalue_userdata_mut<T: Any>(&mut self, n: usize) -> Option<&mut T> {
        let u = self.data_of(self.native_upvalue_value(n))?;
        // SAFETY: as above.
        unsafe { (&mut *u).data.as_mut()?.downcast_mut() }
    }

    fn user_value(&self, index: i32, n: i64) -> Option<(*mut Userdata, *mut RawValue)> {
        let u = self.data_of(self.raw(index))?;
        // SAFETY: the userdata is in a slot; `word` counts its user values.
        unsafe {
            let count = (*u).header.word as i64;
            (n >= 1 && n <= count).then(|| (u, Userdata::user_values(u).add(n as usize - 1)))
        }
    }

    /// Pushes user value `n`; pushes nil and answers false if there is none.
    ///
    /// ```
    /// # perilune::Lua::new().with_native(|state| {
    /// use perilune::native::Payload;
    ///
    /// state.new_userdata(Payload::new(()), 1)?;
    /// assert!(state.push_user_value(1, 1)?);
    /// assert!(!state.push_user_value(1, 2)?);
    /// assert_eq!(state.top(), 3);
    /// # Ok(()) })?; Ok::<(), perilune::Error>(())
    /// ```
    ///
    /// # Errors
    /// If the stack can't grow.
    pub fn push_user_value(&mut self, index: i32, n: i64) -> Result<bool> {
        let found = self.user_value(index, n);
        // SAFETY: a live userdata's user value.
        let v = found.map_or(RawValue::NIL, |(_, slot)| unsafe { *slot });
        self.push_raw(v)?;
        Ok(found.is_some())
    }

    /// Pops a value into user value `n`; answers false if there is none.
    ///
    /// ```
    /// # perilune::Lua::new().with_native(|state| {
    /// use perilune::native::Payload;
    ///
    /// state.new_userdata(Payload::new(()), 1)?;
    /// state.push("label")?;
    /// assert!(state.set_user_value(1, 1)?);
    /// state.push_user_value(1, 1)?;
    /// assert_eq!(state.bytes(-1), Some(&b"label"[..]));
    /// # Ok(()) })?; Ok::<(), perilune::Error>(())
    /// ```
    ///
    /// # Errors
    /// None at present.
    pub fn set_user_value(&mut self, index: i32, n: i64) -> Result<bool> {
        let found = self.user_value(index, n);
        let v = self.raw(-1);
        self.pop(1);
        let Some((u, slot)) = found else { return Ok(false) };
        // SAFETY: a live userdata's user value; the barrier tells the collector.
        unsafe {
            *slot = v;
            self.heap.barrier_value(header(u), v);
        }
        Ok(true)
    }

    /// Attaches a Rust value to the state, in place of an older one of its type.
    ///
    /// ```
    /// # use perilune::native::{self, Payload, Return, State};
    /// struct Config {
    ///     greeting: &'static str,
    /// }
    ///
    /// fn greet(state: &mut State) -> native::Result<Return> {
    ///     let greeting = state.app_data::<Config>().map_or("?", |config| config.greeting);
    ///     state.ret(greeting)
    /// }
    ///
    /// # let lua = perilune::Lua::new();
    /// lua.globals().set("greet", lua.create_native_function(greet)?)?;
    /// lua.with_native(|state| {
    ///     state.set_app_data(Payload::new(Config { greeting: "Ahoy" }));
    ///     Ok(())
    /// })?;
    /// assert_eq!(lua.load("greet()").eval::<String>()?, "Ahoy");
    /// # Ok::<(), perilune::Error>(())
    /// ```
    pub fn set_app_data(&mut self, data: Payload) {
        let kind = data.type_of();
        match self.app_data.iter_mut().find(|d| d.type_of() == kind) {
            Some(slot) => *slot = data,
            None => self.app_data.push(data),
        }
    }

    /// Takes the attached Rust value of type `T` away.
    ///
    /// ```
    /// # perilune::Lua::new().with_native(|state| {
    /// use perilune::native::Payload;
    ///
    /// state.set_app_data(Payload::new(42_u8));
    /// let payload = state.take_app_data::<u8>().unwrap();
    /// assert_eq!(payload.downcast::<u8>().ok(), Some(42));
    /// assert!(state.app_data::<u8>().is_none());
    /// # Ok(()) })?; Ok::<(), perilune::Error>(())
    /// ```
    pub fn take_app_data<T: Any>(&mut self) -> Option<Payload> {
        let at = self.app_data.iter().position(|d| d.type_of() == TypeId::of::<T>())?;
        Some(self.app_data.swap_remove(at))
    }

    /// The attached Rust value of type `T`.
    ///
    /// ```
    /// # perilune::Lua::new().with_native(|state| {
    /// use perilune::native::Payload;
    ///
    /// state.set_app_data(Payload::new("first"));
    /// state.set_app_data(Payload::new("second"));
    /// assert_eq!(state.app_data(), Some(&"second"));
    /// # Ok(()) })?; Ok::<(), perilune::Error>(())
    /// ```
    #[inline]
    pub fn app_data<T: Any>(&self) -> Option<&T> {
        self.app_data.iter().find_map(|d| d.downcast_ref())
    }
}
