"""A Flower app that is slow or fails as its run config says, for the fault tests."""
