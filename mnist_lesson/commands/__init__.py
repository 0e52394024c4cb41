"""What the command `mnist-lesson` can do, a file for each subcommand."""
