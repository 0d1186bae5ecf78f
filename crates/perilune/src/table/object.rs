//! Tables as objects: calls of their methods.
