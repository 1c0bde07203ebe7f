"""Trees on scikit-learn's 569 tumours of 30 features each, malignant or benign."""

from typing import Any

import xgboost as xgb
from flwr.app import Context
from sklearn.datasets import load_breast_cancer
from sklearn.model_selection import train_test_split


def load_data(partition: int, partitions: int) -> list[Any]:
    """Load one partition as XGBoost's matrices: for training, and for testing."""
    features, labels = load_breast_cancer(return_X_y=True)
    split = train_test_split(
        features[partition::partitions],
        labels[partition::partitions],
        test_size=0.2,
        random_state=0,
    )
    return [xgb.DMatrix(split[0], label=split[2]), xgb.DMatrix(split[1], label=split[3])]


def load_all() -> Any:
    """Load all tumours as one matrix."""
    features, labels = load_breast_cancer(return_X_y=True)
    return xgb.DMatrix(features, label=labels)


def parameters(context: Context) -> dict[str, Any]:
    """Read XGBoost's parameters from the run config's table `params`."""
    own = {
        key.removeprefix("params."): value
        for key, value in context.run_config.items()
        if key.startswith("params.")
    }
    return {"objective": "binary:logistic", "eval_metric": "auc", "nthread": 1, **own}


def load_model(data: bytes, context: Context) -> Any:
    """Read a model that Flower's strategy has put together."""
    model = xgb.Booster(params=parameters(context))
    model.load_model(bytearray(data))
    return model


def auc(model: Any, matrix: Any) -> float:
    """Return the area under the ROC curve."""
    return float(model.eval_set([(matrix, "test")]).rpartition(":")[2])
