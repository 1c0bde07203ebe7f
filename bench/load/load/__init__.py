"""A Flower app whose clients do nothing: a round's time is the engine's."""
