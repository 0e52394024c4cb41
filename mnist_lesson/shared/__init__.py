"""What every other folder may use: checks, files, words, colours."""
