"""08, 10, 11: drawings of digits: how they are kept, brought to MNIST's form, read, and learned from."""
