//! The options of a command.

use perilune_testing::{Context, Error, Result};

/// Words of a command line, taken out as they are asked for.
pub struct Args {
    words: Vec<String>,
}

impl Args {
    /// The words after the command's name.
    pub fn new(words: Vec<String>) -> Self {
        Args { words }
    }

    /// Whether the option `name` is there; it takes no value.
    pub fn flag(&mut self, name: &str) -> bool {
        let before = self.words.len();
        self.words.retain(|word| word != name);
        self.words.len() < before
    }

    /// The value of the option `name`, given as `NAME VALUE` or `NAME=VALUE`.
    pub fn value(&mut self, name: &str) -> Result<Option<String>> {
        for index in 0..self.words.len() {
            if self.words[index] == name {
                if index + 1 == self.words.len() {
                    return Err(Error(format!("{name} needs a value")));
                }
                self.words.remove(index);
                return Ok(Some(self.words.remove(index)));
            }
            let joined = self.words[index].strip_prefix(name).and_then(|r| r.strip_prefix('='));
            if let Some(value) = joined {
                let value = value.to_string();
                self.words.remove(index);
                return Ok(Some(value));
            }
        }
        Ok(None)
    }

    /// All values of an option that may be repeated.
    pub fn values(&mut self, name: &str) -> Result<Vec<String>> {
        let mut all = Vec::new();
        while let Some(value) = self.value(name)? {
            all.push(value);
        }
        Ok(all)
    }

    /// The value of a numeric option.
    pub fn number(&mut self, name: &str) -> Result<Option<u64>> {
        match self.value(name)? {
            Some(text) => text.parse().map(Some).context(format!("{name} {text}")),
            None => Ok(None),
        }
    }

    /// The words that are no options.
    pub fn plain(&mut self) -> Vec<String> {
        self.words.extract_if(.., |word| !word.starts_with('-')).collect()
    }

    /// Complains about what nobody asked for.
    pub fn finish(&self) -> Result<()> {
        match self.words.first() {
            None => Ok(()),
            Some(word) => Err(Error(format!("unexpected argument '{word}'"))),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn args(text: &str) -> Args {
        Args::new(text.split(' ').map(str::to_string).collect())
    }

    #[test]
    fn options_in_any_order() {
        let mut args = args("--files --engine a=1 --lua=5.4 --engine b=2");
        assert!(args.flag("--files") && !args.flag("--all-lua"));
        assert_eq!(args.value("--lua").unwrap().as_deref(), Some("5.4"));
        assert_eq!(args.values("--engine").unwrap(), ["a=1", "b=2"]);
        assert!(args.finish().is_ok());
        assert_eq!(self::args("a --odd b").plain(), ["a", "b"]);
    }

    #[test]
    fn what_is_left_is_an_error() {
        let mut args = args("--jobs x --odd");
        assert!(args.number("--jobs").is_err());
        assert!(args.finish().is_err());
        assert!(Args::new(vec!["--lua".to_string()]).value("--lua").is_err());
    }
}
