"""Pages 00 and 02: a line through points, a window that slides over a digit, one neuron."""
