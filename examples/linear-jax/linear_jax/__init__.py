"""A Flower app: linear regression on diabetes patients, with JAX."""
