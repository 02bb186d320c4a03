//! Reading lines from a peer that may send no end of one.

use std::io::{self, BufRead, Read};

/// The longest line taken, in bytes.
pub(super) const LINE_BYTES_MAX: u64 = 64 << 20;

/// What was read.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Line {
    /// A line, without its end.
    Complete(Vec<u8>),
    /// A line over [`LINE_BYTES_MAX`]; its rest was skipped.
    TooLong,
    /// The peer has closed.
    End,
}

/// The next line.
pub(super) fn read_line(reader: &mut impl BufRead) -> io::Result<Line> {
    let mut line = Vec::new();
    reader.by_ref().take(LINE_BYTES_MAX + 1).read_until(b'\n', &mut line)?;
    if line.is_empty() {
        return Ok(Line::End);
    }
    if line.last() == Some(&b'\n') {
        line.pop();
        return Ok(Line::Complete(line));
    }
    if line.len() as u64 <= LINE_BYTES_MAX {
        return Ok(Line::Complete(line));
    }
    skip_line(reader)?;
    Ok(Line::TooLong)
}

fn skip_line(reader: &mut impl BufRead) -> io::Result<()> {
    loop {
        let buffer = reader.fill_buf()?;
        if buffer.is_empty() {
            return Ok(());
        }
        let end = buffer.iter().position(|byte| *byte == b'\n');
        let used = end.map_or(buffer.len(), |end| end + 1);
        reader.consume(used);
        if end.is_some() {
            return Ok(());
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::BufReader;

    #[test]
    fn lines_end_with_a_line_feed_or_with_the_input() {
        let mut reader = &b"one\n\ntwo"[..];
        assert_eq!(read_line(&mut reader).unwrap(), Line::Complete(b"one".to_vec()));
        assert_eq!(read_line(&mut reader).unwrap(), Line::Complete(vec![]));
        assert_eq!(read_line(&mut reader).unwrap(), Line::Complete(b"two".to_vec()));
        assert_eq!(read_line(&mut reader).unwrap(), Line::End);
    }

    #[test]
    fn a_line_over_the_limit_is_skipped_and_the_next_one_read() {
        let long = io::repeat(b'x').take(LINE_BYTES_MAX + 10);
        let mut reader = BufReader::new(long.chain(&b"\nnext\n"[..]));
        assert_eq!(read_line(&mut reader).unwrap(), Line::TooLong);
        assert_eq!(read_line(&mut reader).unwrap(), Line::Complete(b"next".to_vec()));
    }
}
