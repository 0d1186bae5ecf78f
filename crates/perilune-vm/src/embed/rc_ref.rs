//! Borrows of an `Rc<RefCell<T>>`'s value that keep it alive.

use std::cell::{Ref, RefCell, RefMut};
use std::ops::{Deref, DerefMut};
use std::rc::Rc;

/// A borrow of the value.
///
/// ```
/// use perilune::native::RcRef;
/// use std::cell::RefCell;
/// use std::rc::Rc;
///
/// let list = Rc::new(RefCell::new(vec![1, 2]));
/// let borrowed = RcRef::new(list.clone()).unwrap();
/// assert_eq!(borrowed.len(), 2);
/// assert!(list.try_borrow_mut().is_err());
/// ```
pub struct RcRef<T: 'static> {
    /// Dropped before what it borrows from.
    value: Ref<'static, T>,
    _rc: Rc<RefCell<T>>,
}

impl<T> RcRef<T> {
    /// Borrows; `None` while the value is borrowed mutably.
    ///
    /// ```
    /// use perilune::native::{RcMut, RcRef};
    /// use std::cell::RefCell;
    /// use std::rc::Rc;
    ///
    /// let cell = Rc::new(RefCell::new(1));
    /// let writer = RcMut::new(cell.clone());
    /// assert!(RcRef::new(cell).is_none());
    /// ```
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
///
/// ```
/// use perilune::native::RcMut;
/// use std::cell::RefCell;
/// use std::rc::Rc;
///
/// let list = Rc::new(RefCell::new(vec![1]));
/// RcMut::new(list.clone()).unwrap().push(2);
/// assert_eq!(*list.borrow(), [1, 2]);
/// ```
pub struct RcMut<T: 'static> {
    /// Dropped before what it borrows from.
    value: RefMut<'static, T>,
    _rc: Rc<RefCell<T>>,
}

impl<T> RcMut<T> {
    /// Borrows; `None` while the value is borrowed.
    ///
    /// ```
    /// use perilune::native::{RcMut, RcRef};
    /// use std::cell::RefCell;
    /// use std::rc::Rc;
    ///
    /// let cell = Rc::new(RefCell::new(1));
    /// let reader = RcRef::new(cell.clone());
    /// assert!(RcMut::new(cell).is_none());
    /// ```
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
