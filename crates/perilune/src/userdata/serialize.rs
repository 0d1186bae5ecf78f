//! Userdata whose Rust values serde can write.

use super::any::AnyUserData;
use super::create::Types;
use crate::error::{Error, Result};
use crate::types::{MaybeSend, MaybeSync};
use perilune_vm::{OwnedRef, Payload, State};
use serde::ser::{Error as _, Serialize};

/// Borrows the value of the userdata at an index, as something serde can write;
/// `None` while it is borrowed mutably.
pub(crate) type Serializer = fn(&State, i32) -> Option<Box<dyn erased_serde::Serialize>>;

/// A value while it is written.
struct Borrowed<T>(OwnedRef<T>);

impl<T: Serialize> Serialize for Borrowed<T> {
    fn serialize<S: serde::Serializer>(
        &self,
        serializer: S,
    ) -> std::result::Result<S::Ok, S::Error> {
        (*self.0).serialize(serializer)
    }
}

fn borrow<T: Serialize + 'static>(
    state: &State,
    index: i32,
) -> Option<Box<dyn erased_serde::Serialize>> {
    let borrowed = state.cell::<T>(index)?.borrow()?;
    Some(Box::new(Borrowed(borrowed)))
}

impl Types {
    fn serializer(&self, state: &State, index: i32) -> Option<Serializer> {
        if !state.is_userdata_marked(index) {
            return None;
        }
        self.serializers.get(&state.payload_type(index)?).copied()
    }
}

impl AnyUserData {
    /// Makes it one that serde can write.
    pub(super) fn serializable<T>(self) -> Result<AnyUserData>
    where
        T: Serialize + MaybeSend + MaybeSync + 'static,
    {
        self.0.with(|state, extra| {
            self.0.push(state)?;
            state.mark_userdata(-1);
            let cell = Payload::cell_type::<T>();
            extra.lasting.types.borrow_mut().serializers.insert(cell, borrow::<T>);
            Ok(())
        })?;
        Ok(self)
    }

    /// Whether serde can write it.
    pub(crate) fn is_serializable(&self) -> bool {
        let found = self.0.with(|state, extra| {
            self.0.push(state)?;
            Ok(extra.lasting.types.borrow_mut().serializer(state, -1).is_some())
        });
        found.unwrap_or(false)
    }
}

impl Serialize for AnyUserData {
    fn serialize<S: serde::Serializer>(
        &self,
        serializer: S,
    ) -> std::result::Result<S::Ok, S::Error> {
        let borrowed = self.0.with(|state, extra| {
            self.push_own(state, extra)?;
            let Some(borrow) = extra.lasting.types.borrow_mut().serializer(state, -1) else {
                return Ok(None);
            };
            borrow(state, -1).ok_or(Error::UserDataBorrowError).map(Some)
        });
        match borrowed.map_err(S::Error::custom)? {
            Some(value) => erased_serde::serialize(&*value, serializer),
            None => Err(S::Error::custom("cannot serialize <userdata>")),
        }
    }
}
