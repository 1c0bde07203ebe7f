"""A Flower app of the older kind: NumPyClients and a SecAgg+ workflow over the Grid."""
