"""Page 07: how digits can be distorted, and what a network's answers depend on."""
