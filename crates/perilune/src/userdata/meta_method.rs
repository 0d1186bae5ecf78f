//! The names of metamethods.

use crate::error::{Error, Result};
use std::fmt;

macro_rules! meta_methods {
    ($($(#[$doc:meta])* $variant:ident $name:literal;)*) => {
        /// A metamethod (manual §2.4): what operators, and some functions of the
        /// standard library, call.
        ///
        /// `__gc` is not among them: a type does in its `Drop` what is to be done
        /// when its values are not needed any more. A metamethod that the dialect
        /// of the state does not know is a field of the metatable like any other.
        ///
        /// ```
        /// use perilune::{Lua, MetaMethod, UserData, UserDataMethods, UserDataRef};
        ///
        /// struct Money(i64);
        ///
        /// impl UserData for Money {
        ///     fn add_methods<M: UserDataMethods<Self>>(methods: &mut M) {
        ///         methods.add_meta_method(MetaMethod::Add, |_, a, b: UserDataRef<Money>| {
        ///             Ok(Money(a.0 + b.0))
        ///         });
        ///         methods.add_meta_method(MetaMethod::ToString, |_, this, ()| {
        ///             Ok(format!("{}.{:02}", this.0 / 100, this.0 % 100))
        ///         });
        ///     }
        /// }
        ///
        /// let lua = Lua::new();
        /// lua.globals().set("price", Money(1250))?;
        /// assert_eq!(lua.load("tostring(price + price)").eval::<String>()?, "25.00");
        /// # Ok::<(), perilune::Error>(())
        /// ```
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
        #[non_exhaustive]
        pub enum MetaMethod { $($(#[$doc])* $variant,)* }

        impl MetaMethod {
            /// The name in a metatable.
            ///
            /// ```
            /// # use perilune::MetaMethod;
            /// assert_eq!(MetaMethod::Concat.name(), "__concat");
            /// assert_eq!(MetaMethod::ToString.name(), "__tostring");
            /// # Ok::<(), perilune::Error>(())
            /// ```
            pub const fn name(self) -> &'static str {
                match self { $(MetaMethod::$variant => $name,)* }
            }

            /// All of them.
            pub(crate) const ALL: &'static [MetaMethod] = &[$(MetaMethod::$variant),*];
        }
    };
}

meta_methods! {
    /// `a + b`
    Add "__add";
    /// `a - b`
    Sub "__sub";
    /// `a * b`
    Mul "__mul";
    /// `a / b`
    Div "__div";
    /// `a % b`
    Mod "__mod";
    /// `a ^ b`
    Pow "__pow";
    /// `-a`
    Unm "__unm";
    /// `a // b`
    IDiv "__idiv";
    /// `a & b`
    BAnd "__band";
    /// `a | b`
    BOr "__bor";
    /// `a ~ b`
    BXor "__bxor";
    /// `~a`
    BNot "__bnot";
    /// `a << b`
    Shl "__shl";
    /// `a >> b`
    Shr "__shr";
    /// `a .. b`
    Concat "__concat";
    /// `#a`
    Len "__len";
    /// `a == b`
    Eq "__eq";
    /// `a < b`
    Lt "__lt";
    /// `a <= b`
    Le "__le";
    /// `a[key]`, where no method or field has that name.
    Index "__index";
    /// `a[key] = value`, where no field has that name.
    NewIndex "__newindex";
    /// `a(...)`
    Call "__call";
    /// `tostring(a)`
    ToString "__tostring";
    /// What Rust's `{:?}` shows; scripts don't call it.
    ToDebugString "__todebugstring";
    /// `pairs(a)`
    Pairs "__pairs";
    /// `ipairs(a)`, in Lua 5.2 and 5.3.
    IPairs "__ipairs";
    /// Iteration without `pairs`: no dialect here calls it.
    Iter "__iter";
    /// A variable `local a <close>` goes out of scope.
    Close "__close";
    /// The name of the type, for `tostring` and messages: no function, but a
    /// string.
    #[doc(hidden)]
    Type "__name";
}

impl MetaMethod {
    /// The name, if programs may use it.
    pub(crate) fn validate(name: &str) -> Result<&str> {
        let restricted = matches!(name, "__gc" | "__metatable") || name.starts_with("__mlua");
        if restricted { Err(Error::MetaMethodRestricted(name.to_owned())) } else { Ok(name) }
    }
}

impl PartialEq<MetaMethod> for &str {
    fn eq(&self, other: &MetaMethod) -> bool {
        *self == other.name()
    }
}

impl PartialEq<MetaMethod> for String {
    fn eq(&self, other: &MetaMethod) -> bool {
        self == other.name()
    }
}

impl fmt::Display for MetaMethod {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

impl AsRef<str> for MetaMethod {
    fn as_ref(&self) -> &str {
        self.name()
    }
}

impl From<MetaMethod> for String {
    fn from(method: MetaMethod) -> String {
        method.name().to_owned()
    }
}
