"""A Flower app whose ServerApp drives the Grid by hand and whose clients have a state."""
