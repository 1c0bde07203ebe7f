"""A Flower app of one small array that any of Flower's strategies can train."""
