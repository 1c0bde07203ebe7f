"""A Flower app with a custom strategy: the learning rate falls, and the best model is kept."""
