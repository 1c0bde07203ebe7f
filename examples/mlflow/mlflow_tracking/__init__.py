"""A Flower app whose ServerApp logs its run to MLflow."""

import os

# Both are read when mlflow is imported: it would report its use, and look for a git.
os.environ.setdefault("MLFLOW_DISABLE_TELEMETRY", "true")
os.environ.setdefault("GIT_PYTHON_REFRESH", "quiet")
