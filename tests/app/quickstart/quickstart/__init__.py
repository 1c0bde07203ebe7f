"""A Flower app with NumPy, as `flwr new` makes it."""
