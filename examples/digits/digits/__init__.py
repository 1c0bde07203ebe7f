"""A Flower app with scikit-learn: logistic regression on images of handwritten digits."""
