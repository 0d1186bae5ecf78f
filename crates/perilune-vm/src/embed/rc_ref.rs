//! Borrows of an `Rc<RefCell<T>>`'s value that keep it alive.

use std::cell::{Ref, RefCell, RefMut};
use std::ops::{Deref, DerefMut};
use std::rc::Rc;

/// A borrow of the value.
pub struct RcRef<T: 'static> {
    /// Dropped before what it borrows from.
    value: Ref<'static, T>,
    _rc: Rc<RefCell<T>>,
}

impl<T> RcRef<T> {
    /// Borrows; `None` while the value is borrowed mutably.
    pub fn new(rc: Rc<RefCell<T>>) -> Option<RcRef<T>> {
        let value = rc.try_borrow().ok()?;
        // SAFETY: what it borrows from is kept by `_rc`, does not move, and is
        // dropped later.
        let value = unsafe { std::mem::transmute::<Ref<'_, T>, Ref<'static, T>>(value) };
        Some(RcRef { value, _rc: rc })
    }
}

impl<T> Deref for RcRef<T> {
    type Target = T;
    fn deref(&self) -> &T {
        &self.value
    }
}

/// A mutable borrow of the value.
pub struct RcMut<T: 'static> {
    /// Dropped before what it borrows from.
    value: RefMut<'static, T>,
    _rc: Rc<RefCell<T>>,
}

impl<T> RcMut<T> {
    /// Borrows; `None` while the value is borrowed.
    pub fn new(rc: Rc<RefCell<T>>) -> Option<RcMut<T>> {
        let value = rc.try_borrow_mut().ok()?;
        // SAFETY: as for `RcRef`.
        let value = unsafe { std::mem::transmute::<RefMut<'_, T>, RefMut<'static, T>>(value) };
        Some(RcMut { value, _rc: rc })
    }
}

impl<T> Deref for RcMut<T> {
    type Target = T;
    fn deref(&self) -> &T {
        &self.value
    }
}

impl<T> DerefMut for RcMut<T> {
    fn deref_mut(&mut self) -> &mut T {
        &mut self.value
    }
}
