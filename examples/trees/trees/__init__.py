"""A Flower app: gradient-boosted trees on tumour cells, with XGBoost."""
