"""A Flower app that takes its time or fails as its run config says: what the fault tests train."""
