"""A Flower app with secure aggregation: SecAgg+ masks each client's update."""
