"""A Flower app for image classification."""
