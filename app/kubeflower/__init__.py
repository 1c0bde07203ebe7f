"""Engine: a Flower ServerApp and its ClientApps joined by one gRPC stream a client."""
