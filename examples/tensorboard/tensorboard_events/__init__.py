"""A Flower app whose ServerApp writes event files for TensorBoard."""
