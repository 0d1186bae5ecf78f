use super::*;
use crate::test_support::{chunk, function, op, sample};
use crate::{NO_CACHE, Op, OutOfMemory, Rule, chunk_format};

const FORMATS: [&ChunkFormat; 5] = [
    &chunk_format::LUA_5_1,
    &chunk_format::LUA_5_2,
    &chunk_format::LUA_5_3,
    &chunk_format::LUA_5_4,
    &chunk_format::LUA_5_5,
];

fn dump(chunk: &Chunk, strip: bool) -> Result<Vec<u8>, OutOfMemory> {
    crate::dump(chunk, &chunk_format::LUA_5_4, strip)
}

fn undump(bytes: &[u8], name: &[u8]) -> Result<Chunk, UndumpError> {
    super::undump(bytes, name, &chunk_format::LUA_5_4)
}

/// Everything about a chunk but the numbers of its symbols.
fn describe(chunk: &Chunk) -> String {
    crate::listing(chunk, true) + &format!("{:?} {:?}", chunk.source, chunk.main.constants.len())
}

fn message(bytes: &[u8], name: &str) -> String {
    undump(bytes, name.as_bytes()).unwrap_err().to_string()
}

fn why(bytes: &[u8]) -> String {
    let message = message(bytes, "=n");
    message
        .strip_prefix("n: bad binary format (")
        .and_then(|m| m.strip_suffix(')'))
        .unwrap()
        .to_owned()
}

#[test]
fn header_is_that_of_the_official_format() {
    let bytes = dump(&sample(), false).unwrap();
    assert_eq!(bytes[..15], *b"\x1bLua\x54\x00\x19\x93\r\n\x1a\n\x04\x08\x08");
    assert_eq!(bytes[15..23], 0x5678_i64.to_ne_bytes());
    assert_eq!(bytes[23..31], 370.5_f64.to_ne_bytes());
    assert_eq!(bytes[31], 1);
    assert_eq!(bytes[32..40], *b"Perilune");
}

#[test]
fn round_trip_keeps_everything_but_caches() {
    let chunk = sample();
    let bytes = dump(&chunk, false).unwrap();
    let loaded = undump(&bytes, b"=n").unwrap();
    assert_eq!(describe(&loaded), describe(&chunk));
    assert_eq!(loaded.main.lines.get(6), Some(70_000));
    assert_eq!(loaded.main.code[1].d(), NO_CACHE);
    assert_eq!(dump(&loaded, false).unwrap(), bytes);
}

#[test]
fn strip_drops_debug_information() {
    let loaded = undump(&dump(&sample(), true).unwrap(), b"=n").unwrap();
    assert_eq!(loaded.source, None);
    assert_eq!(loaded.symbols.len(), 2, "the strings of constants alone");
    for function in [&loaded.main, &loaded.main.prototypes[1]] {
        assert!(function.lines.is_empty() && function.locals.is_empty());
        assert!(function.upvalues.iter().all(|upvalue| upvalue.name.is_none()));
    }
    assert_eq!(loaded.main.prototypes[0].line_defined, 3);
}

#[test]
fn dialects_refuse_the_chunks_of_others() {
    let chunks = FORMATS.map(|format| crate::dump(&sample(), format, false).unwrap());
    let refusals = [
        "n: bad header in precompiled chunk",
        "n: version mismatch in precompiled chunk",
        "n: version mismatch in precompiled chunk",
        "n: bad binary format (version mismatch)",
        "n: bad binary format (version mismatch)",
    ];
    for (i, (format, refusal)) in FORMATS.into_iter().zip(refusals).enumerate() {
        for (j, bytes) in chunks.iter().enumerate() {
            match super::undump(bytes, b"=n", format) {
                Ok(chunk) => {
                    assert_eq!(i, j);
                    assert_eq!(describe(&chunk), describe(&sample()));
                }
                Err(error) => {
                    assert_ne!(i, j);
                    assert_eq!(error.to_string(), refusal);
                }
            }
        }
    }
}

#[test]
fn headers_end_too_early() {
    let truncated = [
        "n: unexpected end in precompiled chunk",
        "n: truncated precompiled chunk",
        "n: truncated precompiled chunk",
        "n: bad binary format (truncated chunk)",
        "n: bad binary format (truncated chunk)",
    ];
    for (format, message) in FORMATS.into_iter().zip(truncated) {
        let bytes = crate::dump(&sample(), format, false).unwrap();
        for length in [1, 4, 6, 11, bytes.len() - 1] {
            let error = super::undump(&bytes[..length], b"=n", format).unwrap_err();
            assert_eq!(error.to_string(), message);
        }
    }
}

#[test]
fn every_truncated_prefix_is_truncated() {
    for strip in [false, true] {
        let bytes = dump(&sample(), strip).unwrap();
        for length in 0..bytes.len() {
            assert_eq!(why(&bytes[..length]), "truncated chunk", "{length} of {}", bytes.len());
        }
    }
}

#[test]
fn trailing_bytes_are_ignored() {
    let mut bytes = dump(&sample(), false).unwrap();
    bytes.extend_from_slice(b"and so on");
    assert!(undump(&bytes, b"=n").is_ok());
}

#[test]
fn header_errors_are_those_of_the_official_loader() {
    let bytes = dump(&sample(), false).unwrap();
    let expected = [
        (1, "not a binary chunk"),
        (4, "version mismatch"),
        (5, "format mismatch"),
        (6, "corrupted chunk"),
        (12, "Instruction size mismatch"),
        (13, "lua_Integer size mismatch"),
        (14, "lua_Number size mismatch"),
        (15, "integer format mismatch"),
        (23, "float format mismatch"),
        (31, "wrong number of upvalues"),
        (32, "not made by Perilune"),
        (40, "made by another version of Perilune"),
    ];
    for (position, reason) in expected {
        let mut bytes = bytes.clone();
        bytes[position] = bytes[position].wrapping_add(1);
        assert_eq!(why(&bytes), reason, "byte {position}");
    }
}

#[test]
fn chunk_of_the_official_compiler_is_named_as_foreign() {
    let mut bytes = dump(&sample(), false).unwrap();
    bytes.truncate(32);
    bytes.extend_from_slice(b"\x85@a.l\x80\x80\x00\x01\x02\x84");
    assert_eq!(why(&bytes), "not made by Perilune");
}

#[test]
fn messages_name_the_chunk() {
    assert_eq!(message(b"\x1b", "@a.lua"), "a.lua: bad binary format (truncated chunk)");
    assert_eq!(message(b"\x1b", "=b"), "b: bad binary format (truncated chunk)");
    assert_eq!(message(b"\x1b", "c"), "c: bad binary format (truncated chunk)");
    assert_eq!(message(b"\x1b", "\x1bLua\0"), "binary string: bad binary format (truncated chunk)");
    assert_eq!(message(b"\x1b", "=a\0b"), "a: bad binary format (truncated chunk)");
}

#[test]
fn what_the_verifier_refuses_is_refused() {
    let bytes = dump(&chunk(function(vec![op(Op::Move)])), false).unwrap();
    assert_eq!(why(&bytes), format!("{}, function at line 0, instruction 1", Rule::End));
}

#[test]
fn functions_nest_to_a_limit() {
    let nested = |depth| {
        let mut inner = function(vec![op(Op::Return0)]);
        for _ in 1..depth {
            inner = Prototype { prototypes: vec![inner], ..function(vec![op(Op::Return0)]) };
        }
        dump(&chunk(inner), false).unwrap()
    };
    assert!(undump(&nested(MAX_NESTING), b"=n").is_ok());
    assert_eq!(why(&nested(MAX_NESTING + 1)), "functions nested too deep");
}

#[test]
fn huge_counts_take_no_memory() {
    let bytes = dump(&sample(), false).unwrap();
    for position in 41..bytes.len() {
        let mut bytes = bytes[..position].to_vec();
        bytes.extend_from_slice(&[0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x7f]);
        assert!(undump(&bytes, b"=n").is_err());
    }
}

#[test]
fn overlong_numbers_are_refused() {
    let mut reader = Reader { rest: &[0xff; 12], symbols: Symbols::new() };
    assert!(matches!(reader.varint(), Err(Failure::Format("integer overflow"))));
    let mut largest = [0xff; 10];
    largest[9] = 1;
    reader.rest = &largest;
    assert!(matches!(reader.varint(), Ok(u64::MAX)));
}

#[test]
fn damaged_chunks_never_panic() {
    let bytes = dump(&sample(), false).unwrap();
    let mut seed = 0x9e37_79b9_7f4a_7c15_u64;
    let mut random = move || {
        seed ^= seed << 13;
        seed ^= seed >> 7;
        seed ^= seed << 17;
        seed as usize
    };
    let mut loaded = 0;
    for _ in 0..20_000 {
        let mut bytes = bytes.clone();
        for _ in 0..=random() % 3 {
            let position = 41 + random() % (bytes.len() - 41);
            bytes[position] = random() as u8;
        }
        if let Ok(chunk) = undump(&bytes, b"=n") {
            loaded += 1;
            let again = dump(&chunk, false).unwrap();
            assert_eq!(describe(&undump(&again, b"=n").unwrap()), describe(&chunk));
        }
    }
    assert!(loaded > 0);
}
