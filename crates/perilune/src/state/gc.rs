//! The collector.

/// Parameters of the incremental mode.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct GcIncParams {}

/// Parameters of the generational mode.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct GcGenParams {}

/// How the collector works.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum GcMode {
    /// Incremental.
    Incremental(GcIncParams),
    /// Generational.
    Generational(GcGenParams),
}
