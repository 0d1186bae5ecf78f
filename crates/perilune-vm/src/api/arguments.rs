//! Checking the arguments of a native function.

use crate::error::Result;
use crate::number::Number;
use crate::state::State;
use crate::value::{Type, tag};
use std::any::Any;

impl State {
    /// # Errors
    /// If there is no argument `arg`: "value expected".
    pub fn check_any(&mut self, arg: i32) -> Result<()> {
        if self.is_none(arg) { Err(self.arg_error(arg, "value expected")) } else { Ok(()) }
    }

    /// # Errors
    /// If the argument is not of that type.
    pub fn check_type(&mut self, arg: i32, t: Type) -> Result<()> {
        if self.type_of(arg) == Some(t) { Ok(()) } else { Err(self.type_error(arg, t.name())) }
    }

    /// # Errors
    /// If the argument is not a table.
    #[inline]
    pub fn check_table(&mut self, arg: i32) -> Result<()> {
        if self.is_table(arg) { Ok(()) } else { Err(self.type_error(arg, "table")) }
    }

    /// The argument as an integer.
    ///
    /// # Errors
    /// If it is no number, or has no integer representation.
    #[inline]
    pub fn check_integer(&mut self, arg: i32) -> Result<i64> {
        let v = self.raw(arg);
        if v.tag == tag::INTEGER {
            return Ok(v.as_integer());
        }
        match self.to_integer(arg) {
            Some(i) => Ok(i),
            None => Err(self.integer_error(arg)),
        }
    }

    #[cold]
    fn integer_error(&mut self, arg: i32) -> crate::Error {
        if self.to_number(arg).is_some() {
            self.arg_error(arg, "number has no integer representation")
        } else {
            self.type_error(arg, "number")
        }
    }

    /// The argument as an integer, or `default` if it is nil or absent.
    ///
    /// # Errors
    /// As [`check_integer`](Self::check_integer).
    #[inline]
    pub fn opt_integer(&mut self, arg: i32, default: i64) -> Result<i64> {
        if self.is_none_or_nil(arg) { Ok(default) } else { self.check_integer(arg) }
    }

    /// The argument as a float.
    ///
    /// # Errors
    /// If it is no number.
    #[inline]
    pub fn check_float(&mut self, arg: i32) -> Result<f64> {
        match self.to_float(arg) {
            Some(n) => Ok(n),
            None => Err(self.type_error(arg, "number")),
        }
    }

    /// The argument as a float, or `default` if it is nil or absent.
    ///
    /// # Errors
    /// If it is something else than a number.
    pub fn opt_float(&mut self, arg: i32, default: f64) -> Result<f64> {
        if self.is_none_or_nil(arg) { Ok(default) } else { self.check_float(arg) }
    }

    /// The argument as a number.
    ///
    /// # Errors
    /// If it is none.
    pub fn check_number(&mut self, arg: i32) -> Result<Number> {
        match self.to_number(arg) {
            Some(n) => Ok(n),
            None => Err(self.type_error(arg, "number")),
        }
    }

    /// The argument's bytes; a number is converted in place.
    ///
    /// # Errors
    /// If it is neither a string nor a number.
    #[inline]
    pub fn check_bytes(&mut self, arg: i32) -> Result<&[u8]> {
        if !self.convert_to_string(arg)? {
            return Err(self.type_error(arg, "string"));
        }
        Ok(self.bytes(arg).unwrap_or(b""))
    }

    /// The length of [`check_bytes`](Self::check_bytes).
    ///
    /// # Errors
    /// As there.
    pub fn check_string_len(&mut self, arg: i32) -> Result<usize> {
        Ok(self.check_bytes(arg)?.len())
    }

    /// The argument's bytes; `None` if it is nil or absent.
    ///
    /// # Errors
    /// If it is something else than a string or a number.
    pub fn opt_bytes(&mut self, arg: i32) -> Result<Option<&[u8]>> {
        if self.is_none_or_nil(arg) { Ok(None) } else { self.check_bytes(arg).map(Some) }
    }

    /// The index in `options` of the argument, or of `default` if it is nil or
    /// absent.
    ///
    /// # Errors
    /// "invalid option 'x'"
    pub fn check_option(
        &mut self,
        arg: i32,
        default: Option<&str>,
        options: &[&str],
    ) -> Result<usize> {
        let name = match default {
            Some(d) if self.is_none_or_nil(arg) => d.as_bytes().to_vec(),
            _ => self.check_bytes(arg)?.to_vec(),
        };
        match options.iter().position(|o| o.as_bytes() == name) {
            Some(i) => Ok(i),
            None => {
                let mut m = b"invalid option '".to_vec();
                // As a string of C.
                m.extend(name.into_iter().take_while(|&byte| byte != 0));
                m.push(b'\'');
                Err(self.arg_error_bytes(arg, &m))
            }
        }
    }

    /// # Errors
    /// If the argument is no userdata with a Rust value of type `T`: "`name`
    /// expected".
    pub fn check_userdata<T: Any>(&mut self, arg: i32, name: &str) -> Result<()> {
        if self.userdata::<T>(arg).is_some() { Ok(()) } else { Err(self.type_error(arg, name)) }
    }
}
