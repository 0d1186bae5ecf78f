//! Functions and userdata that borrow.

/// What exists while [`Lua::scope`](crate::Lua) runs.
pub struct Scope<'scope, 'env: 'scope> {
    _scope: std::marker::PhantomData<(&'scope (), &'env ())>,
}
