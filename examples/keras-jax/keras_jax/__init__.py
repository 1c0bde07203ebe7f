"""A Flower app: a Keras network on flowers, with JAX below it."""
