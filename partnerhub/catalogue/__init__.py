"""First values as data, and the reading of them."""
