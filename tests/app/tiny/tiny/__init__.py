"""A Flower app of one small array: what the engine's tests train."""
