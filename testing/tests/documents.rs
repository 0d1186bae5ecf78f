//! What the documents say about the tree is true: links and paths lead
//! somewhere, names exist, crates and dependencies are all there.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use perilune_testing::paths;

/// The documents, as paths from the root of the workspace.
const DOCUMENTS: [&str; 5] =
    ["README.md", "ARCHITECTURE.md", "CONTRIBUTING.md", "CHANGELOG.md", "benches/README.md"];

fn read(name: &str) -> String {
    let path = paths::workspace_root().join(name);
    fs::read_to_string(&path).unwrap_or_else(|e| panic!("{}: {e}", path.display()))
}

/// The lines of a document outside its code blocks.
fn prose(text: &str) -> Vec<&str> {
    let mut in_code = false;
    text.lines()
        .filter(|line| {
            let fence = line.starts_with("```");
            in_code ^= fence;
            !in_code && !fence
        })
        .collect()
}

/// What the links of a line lead to.
fn links(line: &str) -> Vec<&str> {
    let targets = line.split("](").skip(1).filter_map(|rest| rest.split_once(')'));
    targets.map(|(target, _)| target).collect()
}

/// The code spans of a line.
fn spans(line: &str) -> Vec<&str> {
    line.split('`').skip(1).step_by(2).collect()
}

/// The anchor of a heading.
fn anchor(heading: &str) -> String {
    let kept = heading.trim().to_lowercase();
    let kept = kept.chars().filter(|c| c.is_alphanumeric() || matches!(c, ' ' | '-' | '_'));
    kept.map(|c| if c == ' ' { '-' } else { c }).collect()
}

/// All files and folders of the tree, as paths from its root; folders end with
/// a slash.
fn tree() -> BTreeSet<String> {
    let root = paths::workspace_root();
    let mut all = BTreeSet::new();
    let mut folders = vec![String::new()];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(root.join(&folder)).unwrap() {
            let name = format!("{folder}{}", entry.unwrap().file_name().to_string_lossy());
            if name == "target" || name == ".git" {
                continue;
            }
            if root.join(&name).is_dir() {
                all.insert(format!("{name}/"));
                folders.push(format!("{name}/"));
            } else {
                all.insert(name);
            }
        }
    }
    all
}

#[test]
fn links_lead_somewhere() {
    let root = paths::workspace_root();
    for document in DOCUMENTS {
        let text = read(document);
        for target in prose(&text).into_iter().flat_map(links) {
            if target.contains("://") {
                continue;
            }
            let (file, fragment) = target.split_once('#').unwrap_or((target, ""));
            let folder = Path::new(document).parent().unwrap_or(Path::new(""));
            let path = if file.is_empty() { Path::new(document).into() } else { folder.join(file) };
            assert!(root.join(&path).exists(), "{document}: no {target}");
            if !fragment.is_empty() {
                let linked = fs::read_to_string(root.join(&path)).unwrap();
                let found = prose(&linked)
                    .iter()
                    .filter(|line| line.starts_with('#'))
                    .any(|line| anchor(line.trim_start_matches('#')) == fragment);
                assert!(found, "{document}: no heading for {target}");
            }
        }
    }
}

/// Whether a code span is the path of a source file or of a folder.
fn is_path(span: &str) -> bool {
    let plain = span.chars().all(|c| c.is_ascii_alphanumeric() || "_-./".contains(c));
    plain
        && span.contains(|c: char| c.is_ascii_alphanumeric())
        && !span.starts_with('.')
        && !span.starts_with("target/")
        && (span.ends_with(".rs") || span.ends_with('/') || span.starts_with("crates/"))
}

#[test]
fn paths_exist() {
    let tree = tree();
    for document in DOCUMENTS {
        let text = read(document);
        for span in prose(&text).into_iter().flat_map(spans).filter(|span| is_path(span)) {
            let inner = format!("/{span}");
            let found = tree.iter().any(|path| path == span || path.ends_with(&inner));
            assert!(found, "{document}: no {span}");
        }
    }
}

/// The last part of a code span that is the name of something in the code, if
/// it looks like one: `State::load`, `finish_instruction`.
fn name(span: &str) -> Option<&str> {
    let plain = span.chars().all(|c| c.is_ascii_alphanumeric() || c == '_' || c == ':');
    (plain && (span.contains('_') || span.contains("::"))).then(|| span.rsplit("::").next())?
}

#[test]
fn names_exist() {
    let root = paths::workspace_root();
    let mut words = BTreeSet::new();
    for path in tree().into_iter().filter(|path| path.ends_with(".rs") || path.ends_with(".toml")) {
        let text = fs::read_to_string(root.join(path)).unwrap();
        let split = text.split(|c: char| !c.is_ascii_alphanumeric() && c != '_');
        words.extend(split.map(str::to_string));
    }
    for document in DOCUMENTS {
        let text = read(document);
        for name in prose(&text).into_iter().flat_map(spans).filter_map(name) {
            assert!(words.contains(name), "{document}: nothing is called {name}");
        }
    }
}

/// The keys of the tables of dependencies in a manifest.
fn dependencies(manifest: &str) -> Vec<&str> {
    let mut inside = false;
    let mut found = Vec::new();
    for line in manifest.lines() {
        if line.starts_with('[') {
            inside = line.ends_with("dependencies]") && !line.starts_with("[workspace");
        } else if inside && let Some((key, _)) = line.split_once('=') {
            found.push(key.trim().trim_end_matches(".workspace"));
        }
    }
    found
}

#[test]
fn crates_and_dependencies_are_explained() {
    let text = read("ARCHITECTURE.md");
    for path in tree().into_iter().filter(|path| path.ends_with("/Cargo.toml")) {
        let manifest = read(&path);
        let (_, rest) =
            manifest.split_once("name = \"").unwrap_or_else(|| panic!("{path}: no name"));
        let own = rest.split('"').next().unwrap_or_default();
        assert!(text.contains(&format!("| [{own}](")), "ARCHITECTURE.md does not list {own}");
        for dependency in dependencies(&manifest) {
            let known = dependency.starts_with("perilune");
            let row = format!("| `{dependency}` | ");
            assert!(
                known || text.contains(&row),
                "ARCHITECTURE.md does not explain {dependency} of {own}"
            );
        }
    }
}
