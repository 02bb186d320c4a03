//! Splitting a command line into words, as a POSIX shell does it, without a shell.

use thiserror::Error;

/// Why a command line cannot be split.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum CommandLineError {
    /// A quote is not closed, or a backslash has nothing after it.
    #[error("the command line `{0}` has a quote that is not closed, or ends in a backslash")]
    Unfinished(String),
    /// There is no program to start.
    #[error("the command line is empty; name the program that answers, and its arguments")]
    Empty,
}

/// The words of a command line, in the notation of a POSIX shell: white space separates words,
/// `'…'` and `"…"` keep it, and a backslash takes the next character literally. Variables and
/// patterns are not expanded. A Windows path belongs into single quotes.
///
/// # Errors
/// A quote that is not closed, a backslash at the end, or no word at all.
pub fn split_command_line(text: &str) -> Result<Vec<String>, CommandLineError> {
    let words = shlex::split(text);
    let words = words.ok_or_else(|| CommandLineError::Unfinished(text.to_owned()))?;
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
        assert_eq!(
            split_command_line(r"a $HOME '\*' * ;b").unwrap(),
            ["a", "$HOME", r"\*", "*", ";b"]
        );
    }

    #[test]
    fn a_backslash_takes_the_next_character_literally() {
        assert_eq!(split_command_line(r"a\ b \' C:\\x").unwrap(), ["a b", "'", r"C:\x"]);
        assert_eq!(split_command_line(r"'C:\my adapter'").unwrap(), [r"C:\my adapter"]);
    }

    #[test]
    fn open_quotes_and_empty_lines_are_refused() {
        assert!(matches!(split_command_line("a 'b"), Err(CommandLineError::Unfinished(_))));
        assert!(matches!(split_command_line(r"a \"), Err(CommandLineError::Unfinished(_))));
        assert_eq!(split_command_line("  "), Err(CommandLineError::Empty));
    }
}
