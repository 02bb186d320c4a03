//! Splitting a command line into words, without a shell.

use thiserror::Error;

/// Why a command line cannot be split.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum CommandLineError {
    /// A quote is opened and not closed.
    #[error("the command line `{0}` opens a quote and does not close it")]
    OpenQuote(String),
    /// There is no program to start.
    #[error("the command line is empty; name the program that answers, and its arguments")]
    Empty,
}

/// The words of a command line: separated by white space, `'…'` and `"…"` keep it. There are no
/// escapes, variables or patterns.
///
/// # Errors
/// A quote that is not closed, or no word at all.
pub fn split_command_line(text: &str) -> Result<Vec<String>, CommandLineError> {
    let mut words = Vec::new();
    let mut word: Option<String> = None;
    let mut quote: Option<char> = None;
    for character in text.chars() {
        match quote {
            Some(open) if character == open => quote = None,
            Some(_) => word.get_or_insert_default().push(character),
            None if character == '\'' || character == '"' => {
                quote = Some(character);
                word.get_or_insert_default();
            }
            None if character.is_whitespace() => words.extend(word.take()),
            None => word.get_or_insert_default().push(character),
        }
    }
    if quote.is_some() {
        return Err(CommandLineError::OpenQuote(text.to_owned()));
    }
    words.extend(word);
    if words.is_empty() { Err(CommandLineError::Empty) } else { Ok(words) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_separated_by_white_space_outside_quotes() {
        let words = split_command_line(" python3  'my adapter.py' --mode=\"a 'b'\" '' ").unwrap();
        assert_eq!(words, ["python3", "my adapter.py", "--mode=a 'b'", ""]);
    }

    #[test]
    fn nothing_is_expanded() {
        assert_eq!(split_command_line(r"a $HOME \* ;b").unwrap(), ["a", "$HOME", r"\*", ";b"]);
    }

    #[test]
    fn open_quotes_and_empty_lines_are_refused() {
        assert!(matches!(split_command_line("a 'b"), Err(CommandLineError::OpenQuote(_))));
        assert_eq!(split_command_line("  "), Err(CommandLineError::Empty));
    }
}
