"""08, 10, 11: drawings of digits: saved, made to look like MNIST's, read, and learned from."""
