"""quickstart: A Flower / NumPy app."""
