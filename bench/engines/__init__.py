"""The engines that the bench compares, each as bare processes on loopback."""
