"""A Flower app whose clients do nothing: what a round takes is the engine's own time."""
