"""Page 00: a line through points, and a window that slides over a digit."""
