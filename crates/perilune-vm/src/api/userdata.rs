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
    pub fn is_empty_userdata(&self, index: i32) -> bool {
        matches!(self.userdata_payload(index), Some(None))
    }

    /// The type of a userdata's Rust value.
    #[inline]
    pub fn payload_type(&self, index: i32) -> Option<TypeId> {
        self.userdata_payload(index)?.map(Payload::type_of)
    }

    /// Takes the Rust value out of a userdata; others may still own it.
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
    pub fn mark_userdata(&mut self, index: i32) {
        if let Some(u) = self.data_of(self.raw(index)) {
            // SAFETY: the userdata is live.
            unsafe { (*u).header.extra |= userdata_flag::MARKED };
        }
    }

    /// Whether a userdata was marked by the embedding API.
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
    #[inline]
    pub fn userdata<T: Any>(&self, index: i32) -> Option<&T> {
        let u = self.data_of(self.raw(index))?;
        // SAFETY: the userdata lives while the state is borrowed.
        unsafe { (&*u).data.as_ref()?.downcast_ref() }
    }

    /// The Rust value of a userdata, if it is a `T`.
    #[inline]
    pub fn userdata_mut<T: Any>(&mut self, index: i32) -> Option<&mut T> {
        let u = self.data_of(self.raw(index))?;
        // SAFETY: as above; the state is borrowed mutably, so no other
        // reference to the value exists.
        unsafe { (&mut *u).data.as_mut()?.downcast_mut() }
    }

    /// The Rust value of the userdata in upvalue `n` of the running function.
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
    pub fn set_app_data(&mut self, data: Payload) {
        let kind = data.type_of();
        match self.app_data.iter_mut().find(|d| d.type_of() == kind) {
            Some(slot) => *slot = data,
            None => self.app_data.push(data),
        }
    }

    /// Takes the attached Rust value of type `T` away.
    pub fn take_app_data<T: Any>(&mut self) -> Option<Payload> {
        let at = self.app_data.iter().position(|d| d.type_of() == TypeId::of::<T>())?;
        Some(self.app_data.swap_remove(at))
    }

    /// The attached Rust value of type `T`.
    #[inline]
    pub fn app_data<T: Any>(&self) -> Option<&T> {
        self.app_data.iter().find_map(|d| d.downcast_ref())
    }
}
