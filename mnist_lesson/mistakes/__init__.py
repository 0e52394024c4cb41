"""Page 07: ways to distort digits, and what a network's answers depend on."""
