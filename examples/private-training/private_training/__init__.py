"""A Flower app: training with differential privacy, with PyTorch and Opacus."""
