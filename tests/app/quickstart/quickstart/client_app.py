"""ClientApp: changes the model at random."""

from pathlib import Path

import numpy as np
from flwr.app import ArrayRecord, Context, Message, MetricRecord, RecordDict
from flwr.clientapp import ClientApp

app = ClientApp()

# Where many apps make their folders: while they are imported.
LOGS = Path("logs")
LOGS.mkdir(exist_ok=True)


@app.train()
def train(msg: Message, context: Context) -> Message:
    """Add a file's number and noise from NumPy's global generator, in place of local training."""
    scale = float(context.run_config["noise.scale"])
    shift = float(np.loadtxt("data/shift.csv"))
    model = msg.content.array_records["arrays"].to_numpy_ndarrays()
    model = [layer + shift + scale * np.random.rand(*layer.shape) for layer in model]
    np.savetxt(LOGS / "first-layer.csv", model[0])
    metrics = MetricRecord({"random_metric": np.random.rand(), "num-examples": 1})
    content = RecordDict({"arrays": ArrayRecord(model), "metrics": metrics})
    return Message(content=content, reply_to=msg)


@app.evaluate()
def evaluate(msg: Message, context: Context) -> Message:
    """Return a metric that is a list."""
    random_metric = [np.random.rand() for _ in range(3)]
    metrics = MetricRecord({"random_metric": random_metric, "num-examples": 1})
    return Message(content=RecordDict({"metrics": metrics}), reply_to=msg)
