"""Histograms of scikit-learn's 569 tumours."""

import numpy as np
import pandas as pd
from sklearn.datasets import load_breast_cancer

BINS = np.linspace(0, 40, 21)
"""Borders of the histogram's bars."""


def load_data(partition: int, partitions: int) -> pd.DataFrame:
    """Load one partition."""
    frame: pd.DataFrame = load_breast_cancer(as_frame=True).frame
    return frame.iloc[partition::partitions]


def histogram(column: pd.Series) -> list[int]:
    """Count the values in each bar."""
    bars = pd.cut(column, BINS, include_lowest=True).value_counts(sort=False)
    return [int(count) for count in bars]
