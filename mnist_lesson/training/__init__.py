"""Pages 06 and 09: what `train()` is made of."""
