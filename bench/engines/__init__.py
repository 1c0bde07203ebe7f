"""The engines that are compared, each as bare processes on loopback."""
