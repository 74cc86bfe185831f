"""What does a document say, whatever its format? Bytes → text, words, rows; in a child process."""
