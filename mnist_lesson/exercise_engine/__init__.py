"""How exercises answer back: check, hint and solution, and guesses before a result."""
