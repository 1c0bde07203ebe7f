"""A Flower app of one small array, for the engine's tests."""
