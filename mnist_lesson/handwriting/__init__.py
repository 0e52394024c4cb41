"""08, 10, 11: drawings of digits: kept, brought to MNIST's form, read, and learned from."""
