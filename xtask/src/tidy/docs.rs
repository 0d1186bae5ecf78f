//! Checks of documents, and of text in files of every kind.

use std::path::Path;

use super::Complaint;

/// Folders that exist on the machines this was written on.
const MACHINE_PATHS: [&str; 2] = [concat!("/wo", "rk/"), concat!("/ro", "ot/")];

/// Hosts of package registries. A clone must not depend on which mirror of
/// them its author used.
const REGISTRIES: [&str; 6] = [
    concat!("crates", ".io"),
    concat!("pypi", ".org"),
    concat!("pythonhosted", ".org"),
    concat!("npmjs", ".org"),
    concat!("npmjs", ".com"),
    concat!("deb.debian", ".org"),
];

/// Complains about places that only exist on one machine or network.
pub fn check_places(name: &str, text: &str, complaints: &mut Vec<Complaint>) {
    let mut machine_paths: Vec<String> = MACHINE_PATHS.map(str::to_string).to_vec();
    if let Some(home) = std::env::home_dir().filter(|home| home.components().count() > 2) {
        machine_paths.push(format!("{}/", home.display()));
    }
    for (line, content) in text.lines().enumerate() {
        for path in &machine_paths {
            let starts_path = content.match_indices(path.as_str()).any(|(at, _)| {
                !content[..at].ends_with(|c: char| c.is_alphanumeric() || "._-)}".contains(c))
            });
            if starts_path {
                complaints.push(Complaint::new(
                    name,
                    line + 1,
                    format!("a machine's own path: {path}"),
                ));
            }
        }
        for host in REGISTRIES {
            if content.contains(host) {
                complaints.push(Complaint::new(
                    name,
                    line + 1,
                    format!("a registry's host: {host}"),
                ));
            }
        }
    }
}

/// Complains about links to files that are not there, and about commands
/// that `cargo xtask` does not have.
pub fn check_markdown(root: &Path, name: &str, text: &str, complaints: &mut Vec<Complaint>) {
    let folder = root.join(name);
    let folder = folder.parent().unwrap_or(root);
    for (line, content) in text.lines().enumerate() {
        for target in link_targets(content) {
            let file = target.split('#').next().unwrap_or_default();
            let is_file = !file.is_empty() && !file.contains("://") && !file.starts_with("mailto:");
            if is_file && !folder.join(file).exists() {
                complaints.push(Complaint::new(
                    name,
                    line + 1,
                    format!("a link to nothing: {target}"),
                ));
            }
        }
        for (at, phrase) in content.match_indices("cargo xtask ") {
            let rest = &content[at + phrase.len()..];
            let command: String =
                rest.chars().take_while(|c| c.is_ascii_lowercase() || *c == '-').collect();
            if command.starts_with(|c: char| c.is_ascii_lowercase())
                && !crate::COMMANDS.contains(&command.as_str())
            {
                let text = format!("xtask has no command '{command}'");
                complaints.push(Complaint::new(name, line + 1, text));
            }
        }
    }
}

/// What the links of a line of Markdown lead to.
fn link_targets(line: &str) -> Vec<&str> {
    let mut targets = Vec::new();
    let mut rest = line;
    while let Some((_, after)) = rest.split_once("](") {
        let Some((target, remaining)) = after.split_once(')') else {
            break;
        };
        targets.push(target.split(' ').next().unwrap_or(target));
        rest = remaining;
    }
    targets
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn links() {
        assert_eq!(link_targets("a [b](c.md#d) and [e](f \"title\") [g]"), ["c.md#d", "f"]);
    }

    #[test]
    fn places() {
        let mut all = Vec::new();
        let text =
            ["see /ro", "ot/x\nfetched from crates", ".io\nframe", "work/x and a/ho", "me/b\n"]
                .concat();
        check_places("a.txt", &text, &mut all);
        assert_eq!(all.len(), 2, "{all:?}");
    }

    #[test]
    fn commands() {
        let mut all = Vec::new();
        let text = ["run `cargo xtask no", "such` or `cargo xtask tidy`"].concat();
        check_markdown(Path::new("/"), "a.md", &text, &mut all);
        assert_eq!(all.len(), 1, "{all:?}");
    }
}
