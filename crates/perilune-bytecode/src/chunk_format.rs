//! The headers of binary chunks, one per dialect, and the words in which their
//! loaders refuse a chunk.
//!
//! The headers are those of PUC-Rio's compilers, byte for byte, so that tools
//! and tests which look at them find what they expect.

/// How the binary chunks of a dialect begin, and how others are refused.
#[derive(Debug, PartialEq, Eq)]
pub struct ChunkFormat {
    /// The header in parts, each with the reason that is given when a chunk has
    /// other bytes there.
    pub header: &'static [(&'static [u8], &'static str)],
    /// The header is read as a whole before its first part is looked at.
    pub header_at_once: bool,
    /// The reason given for a chunk that ends too early.
    pub truncated: &'static str,
    /// What stands between the chunk's name and a reason …
    pub before_reason: &'static str,
    /// … and behind it.
    pub after_reason: &'static str,
}

/// Bytes that a transfer in text mode would damage.
const DATA: &[u8] = b"\x19\x93\r\n\x1a\n";
/// What a number looks like that shows the byte order of integers …
const INTEGER: &[u8] = &0x5678_i64.to_ne_bytes();
/// … and the format of floats.
const FLOAT: &[u8] = &370.5_f64.to_ne_bytes();
/// 1 if the least significant byte comes first.
const LITTLE_ENDIAN: u8 = cfg!(target_endian = "little") as u8;

/// Lua 5.1.
pub static LUA_5_1: ChunkFormat = ChunkFormat {
    header: &[
        (b"\x1bLua\x51\x00", "bad header"),
        (&[LITTLE_ENDIAN], "bad header"),
        (b"\x04\x08\x04\x08\x00", "bad header"),
    ],
    header_at_once: true,
    truncated: "unexpected end",
    before_reason: ": ",
    after_reason: " in precompiled chunk",
};

/// Lua 5.2.
pub static LUA_5_2: ChunkFormat = ChunkFormat {
    header: &[
        (b"\x1bLua", "not a"),
        (b"\x52\x00", "version mismatch in"),
        (&[LITTLE_ENDIAN], "incompatible"),
        (b"\x04\x08\x04\x08\x00", "incompatible"),
        (DATA, "corrupted"),
    ],
    header_at_once: true,
    truncated: "truncated",
    before_reason: ": ",
    after_reason: " precompiled chunk",
};

/// Lua 5.3.
pub static LUA_5_3: ChunkFormat = ChunkFormat {
    header: &[
        (b"\x1bLua", "not a"),
        (b"\x53", "version mismatch in"),
        (b"\x00", "format mismatch in"),
        (DATA, "corrupted"),
        (b"\x04", "int size mismatch in"),
        (b"\x08", "size_t size mismatch in"),
        (b"\x04", "Instruction size mismatch in"),
        (b"\x08", "lua_Integer size mismatch in"),
        (b"\x08", "lua_Number size mismatch in"),
        (INTEGER, "endianness mismatch in"),
        (FLOAT, "float format mismatch in"),
    ],
    header_at_once: false,
    truncated: "truncated",
    before_reason: ": ",
    after_reason: " precompiled chunk",
};

/// Lua 5.4.
pub static LUA_5_4: ChunkFormat = ChunkFormat {
    header: &[
        (b"\x1bLua", "not a binary chunk"),
        (b"\x54", "version mismatch"),
        (b"\x00", "format mismatch"),
        (DATA, "corrupted chunk"),
        (b"\x04", "Instruction size mismatch"),
        (b"\x08", "lua_Integer size mismatch"),
        (b"\x08", "lua_Number size mismatch"),
        (INTEGER, "integer format mismatch"),
        (FLOAT, "float format mismatch"),
    ],
    header_at_once: false,
    truncated: "truncated chunk",
    before_reason: ": bad binary format (",
    after_reason: ")",
};

/// Lua 5.5.
pub static LUA_5_5: ChunkFormat = ChunkFormat {
    header: &[
        (b"\x1bLua", "not a binary chunk"),
        (b"\x55", "version mismatch"),
        (b"\x00", "format mismatch"),
        (DATA, "corrupted chunk"),
        (b"\x04", "int size mismatch"),
        (&(-0x5678_i32).to_ne_bytes(), "int format mismatch"),
        (b"\x04", "instruction size mismatch"),
        (&0x1234_5678_i32.to_ne_bytes(), "instruction format mismatch"),
        (b"\x08", "Lua integer size mismatch"),
        (&(-0x5678_i64).to_ne_bytes(), "Lua integer format mismatch"),
        (b"\x08", "Lua number size mismatch"),
        (&(-370.5_f64).to_ne_bytes(), "Lua number format mismatch"),
    ],
    header_at_once: false,
    truncated: "truncated chunk",
    before_reason: ": bad binary format (",
    after_reason: ")",
};
