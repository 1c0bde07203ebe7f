"""A Flower app with a strategy of its own: the learning rate falls, and the best model is kept."""
