"""Page 05: a network's arithmetic in plain NumPy, and how networks are kept in files."""
