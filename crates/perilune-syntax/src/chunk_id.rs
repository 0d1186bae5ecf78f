//! The name of a chunk as messages show it.

/// Longest shown name, the terminating zero of C included.
const ID_SIZE: usize = 60;

/// The form of a chunk name shown in messages: `=name` literally, `@file`
/// keeping the end of a long name, anything else as `[string "…"]` with its
/// first line.
///
/// A zero byte ends the name.
///
/// ```
/// use perilune::native::chunk_id;
///
/// assert_eq!(chunk_id(b"@init.lua"), b"init.lua");
/// assert_eq!(chunk_id(b"=stdin"), b"stdin");
/// assert_eq!(chunk_id(b"x = 1\ny = 2"), b"[string \"x = 1...\"]");
/// ```
pub fn chunk_id(source: &[u8]) -> Vec<u8> {
    let source = source.split(|&b| b == 0).next().unwrap_or(source);
    match source {
        [b'=', name @ ..] => name[..name.len().min(ID_SIZE - 1)].to_vec(),
        [b'@', name @ ..] if name.len() < ID_SIZE => name.to_vec(),
        [b'@', name @ ..] => [b"...", &name[name.len() - (ID_SIZE - 4)..]].concat(),
        _ => {
            // Room for the text beside `[string "`, `...`, `"]` and the zero.
            const ROOM: usize = ID_SIZE - 15;
            let line = source.split(|&b| b == b'\n').next().unwrap_or(source);
            let whole = line.len() == source.len() && source.len() < ROOM;
            let text = if whole { line } else { &line[..line.len().min(ROOM)] };
            let dots: &[u8] = if whole { b"" } else { b"..." };
            [b"[string \"", text, dots, b"\"]"].concat()
        }
    }
}

/// The same with less room: 52 bytes of a file name, 43 of a string, whose
/// first line a carriage return ends as well.
pub(crate) fn short_chunk_id(source: &[u8]) -> Vec<u8> {
    /// What is shown of a file's name.
    const FILE: usize = ID_SIZE - 8;
    /// What is shown of a string.
    const STRING: usize = ID_SIZE - 17;
    let source = source.split(|&b| b == 0).next().unwrap_or(source);
    match source {
        [b'=', name @ ..] => name[..name.len().min(ID_SIZE - 1)].to_vec(),
        [b'@', name @ ..] if name.len() <= FILE => name.to_vec(),
        [b'@', name @ ..] => [b"...", &name[name.len() - FILE..]].concat(),
        _ => {
            let line = source.split(|b| matches!(b, b'\n' | b'\r')).next().unwrap_or(source);
            let text = &line[..line.len().min(STRING)];
            let dots: &[u8] = if text.len() < source.len() { b"..." } else { b"" };
            [b"[string \"", text, dots, b"\"]"].concat()
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{chunk_id, short_chunk_id};

    #[test]
    fn short_forms() {
        let long = |first: u8, n: usize| [&[first][..], &vec![b'x'; n]].concat();
        assert_eq!(short_chunk_id(b"=stdin"), b"stdin");
        assert_eq!(short_chunk_id(&long(b'=', 80)).len(), 59);
        assert_eq!(short_chunk_id(&long(b'@', 52)), vec![b'x'; 52]);
        assert_eq!(short_chunk_id(&long(b'@', 53)), [b"...", &vec![b'x'; 52][..]].concat());
        assert_eq!(short_chunk_id(b"x\ry"), b"[string \"x...\"]");
        assert_eq!(short_chunk_id(&long(b'x', 42)).len(), 43 + 11);
        assert_eq!(short_chunk_id(&long(b'x', 43)).len(), 43 + 3 + 11);
    }

    #[test]
    fn forms() {
        assert_eq!(chunk_id(b"=stdin"), b"stdin");
        assert_eq!(chunk_id(b"@a.lua"), b"a.lua");
        assert_eq!(chunk_id(b"x = 1"), b"[string \"x = 1\"]");
        assert_eq!(chunk_id(b"x = 1\ny"), b"[string \"x = 1...\"]");
        assert_eq!(chunk_id(b""), b"[string \"\"]");
    }

    #[test]
    fn limits() {
        let long = |first: u8, n: usize| [&[first][..], &vec![b'x'; n]].concat();
        assert_eq!(chunk_id(&long(b'=', 59)).len(), 59);
        assert_eq!(chunk_id(&long(b'=', 80)).len(), 59);
        assert_eq!(chunk_id(&long(b'@', 59)), vec![b'x'; 59]);
        assert_eq!(chunk_id(&long(b'@', 60)), [b"...", &vec![b'x'; 56][..]].concat());
        assert_eq!(chunk_id(&long(b'x', 43)).len(), 44 + 11);
        assert_eq!(chunk_id(&long(b'x', 44)).len(), 59);
    }
}
