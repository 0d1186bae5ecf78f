//! Conversions by way of serde.
