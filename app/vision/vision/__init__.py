"""A Flower app for image classification: Fashion-MNIST, or CIFAR-10 from a folder."""
