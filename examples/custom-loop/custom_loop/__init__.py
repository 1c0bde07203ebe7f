"""A Flower app without a strategy: the ServerApp sends messages itself, clients keep a state."""
