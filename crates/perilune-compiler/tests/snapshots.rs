//! Compares the code of each `snapshots/*.lua` with the listing beside it. A first
//! line such as `-- lua: 5.1` says of which dialect it is, if it is not 5.4.
//! Run with `UPDATE_SNAPSHOTS=1` to rewrite the listings.

mod support;

use std::path::Path;

#[test]
fn listings() {
    let directory = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/snapshots");
    let update = std::env::var_os("UPDATE_SNAPSHOTS").is_some();
    let mut count = 0;
    let mut changed = Vec::new();
    for entry in std::fs::read_dir(&directory).unwrap() {
        let path = entry.unwrap().path();
        if path.extension().is_none_or(|e| e != "lua") {
            continue;
        }
        count += 1;
        let source = std::fs::read(&path).unwrap();
        let dialect = support::dialect_of(&source);
        let chunk = support::compile_as(&source, b"=t", dialect).unwrap();
        perilune_bytecode::verify(&chunk).unwrap();
        let found = support::listing(&chunk);
        let expected = path.with_extension("txt");
        if update {
            std::fs::write(&expected, &found).unwrap();
        } else if std::fs::read_to_string(&expected).unwrap_or_default() != found {
            changed.push(format!("{}:\n{found}", path.display()));
        }
    }
    assert!(count > 0);
    assert!(changed.is_empty(), "listings changed:\n{}", changed.join("\n"));
}
