//! What the macros expand to.

/// Lua code among Rust code.
///
/// The code is a chunk for [`Lua::load`](crate::Lua::load). `$name` in it is a
/// Rust variable, which is moved into the chunk and becomes a Lua value by
/// [`IntoLua`](crate::IntoLua); scripts see it under its name. The code is
/// compiled once in a state, however often the macro is run.
///
/// ```
/// use perilune::{Lua, chunk};
///
/// let lua = Lua::new();
/// let (name, numbers) = ("Ann", vec![1, 2, 3]);
/// let text: String = lua
///     .load(chunk! {
///         local sum = 0
///         for _, n in ipairs($numbers) do
///             sum = sum + n
///         end
///         return $name .. ": " .. sum
///     })
///     .eval()?;
/// assert_eq!(text, "Ann: 6");
/// # Ok::<(), perilune::Error>(())
/// ```
///
/// The code is read by Rust's rules first: strings have double quotes, know the
/// escapes that Rust knows, and `//` begins a comment.
#[macro_export]
macro_rules! chunk {
    ($($code:tt)*) => {
        $crate::__private::chunk_tokens! { $crate, $($code)* }
    };
}

/// What expanded macros use.
#[doc(hidden)]
pub mod __private {
    pub use crate::chunk::Site;
    pub use perilune_derive::chunk_tokens;

    use crate::callback::caught;
    use crate::chunk::{AsChunk, ChunkMode};
    use crate::error::Result;
    use crate::handle::Handle;
    use crate::state::Lua;
    use crate::table::Table;
    use crate::userdata::UserDataRegistry;
    use std::borrow::Cow;
    use std::cell::Cell;
    use std::io::Result as IoResult;
    use std::marker::PhantomData;

    /// A type that derives `UserData`.
    #[diagnostic::on_unimplemented(
        message = "`{Self}` has `#[userdata_impl]` but does not derive `UserData`",
        label = "does not derive `UserData`"
    )]
    pub trait Derived {}

    /// An `impl` block of a type that scripts see. Blocks of a type have different
    /// numbers.
    pub trait Block<const N: usize>: Derived + Sized + 'static {
        fn register(registry: &mut UserDataRegistry<Self>);
    }

    /// Asks whether a type has a block of a number: a method of `&Probe` finds
    /// [`Present`] first, if that is implemented, and else [`Absent`].
    pub struct Probe<T, const N: usize>(PhantomData<T>);

    impl<T, const N: usize> Probe<T, N> {
        pub const NEW: Self = Probe(PhantomData);
    }

    /// The block is there.
    pub trait Present<T> {
        fn register(&self, registry: &mut UserDataRegistry<T>);
    }

    impl<T: Block<N>, const N: usize> Present<T> for Probe<T, N> {
        fn register(&self, registry: &mut UserDataRegistry<T>) {
            T::register(registry);
        }
    }

    /// The block is not there.
    pub trait Absent<T> {
        fn register(&self, registry: &mut UserDataRegistry<T>);
    }

    impl<T, const N: usize> Absent<T> for &Probe<T, N> {
        fn register(&self, _: &mut UserDataRegistry<T>) {}
    }

    /// Code without captured variables.
    pub struct Code {
        site: &'static Site,
        source: &'static str,
    }

    impl Code {
        pub fn new(site: &'static Site, source: &'static str) -> Code {
            Code { site, source }
        }
    }

    impl AsChunk for Code {
        fn mode(&self) -> Option<ChunkMode> {
            Some(ChunkMode::Text)
        }

        fn source<'a>(&self) -> IoResult<Cow<'a, [u8]>> {
            Ok(Cow::Borrowed(self.source.as_bytes()))
        }

        fn site(&self) -> Option<&'static Site> {
            Some(self.site)
        }
    }

    /// Code with captured variables, which `capture` puts into a table.
    pub struct Capturing<F> {
        code: Code,
        capture: Cell<Option<F>>,
    }

    impl<F: FnOnce(&Table) -> Result<()>> Capturing<F> {
        pub fn new(site: &'static Site, source: &'static str, capture: F) -> Self {
            Capturing { code: Code::new(site, source), capture: Cell::new(Some(capture)) }
        }
    }

    impl<F: FnOnce(&Table) -> Result<()>> AsChunk for Capturing<F> {
        fn environment(&self, lua: &Lua) -> Result<Option<Table>> {
            let Some(capture) = self.capture.take() else { return Ok(None) };
            let captured = environment(lua)?;
            capture(&captured)?;
            Ok(Some(captured))
        }

        fn mode(&self) -> Option<ChunkMode> {
            self.code.mode()
        }

        fn source<'a>(&self) -> IoResult<Cow<'a, [u8]>>
        where
            Self: 'a,
        {
            self.code.source()
        }

        fn site(&self) -> Option<&'static Site> {
            self.code.site()
        }
    }

    /// A table that has the globals behind it.
    fn environment(lua: &Lua) -> Result<Table> {
        lua.with(|state, extra| {
            let table = state.top() as i32 + 1;
            let made = state
                .new_table(0, 4)
                .and_then(|()| state.new_table(0, 2))
                .and_then(|()| state.push_globals())
                .and_then(|()| state.push_value(-1))
                .and_then(|()| state.raw_set_field(table + 1, "__index"))
                .and_then(|()| state.raw_set_field(table + 1, "__newindex"))
                .and_then(|()| state.set_metatable(table));
            made.map_err(|e| caught(state, &extra.lua, e))?;
            Handle::pin(state, table).map(Table)
        })
    }
}
