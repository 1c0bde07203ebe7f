"""ClientApp: adds trees to the received model."""

import numpy as np
import xgboost as xgb
from flwr.app import ArrayRecord, Context, Message, MetricRecord, RecordDict
from flwr.clientapp import ClientApp

from trees import task

app = ClientApp()


@app.train()
def train(message: Message, context: Context) -> Message:
    """Boost the received model; return only the new trees, for bagging."""
    matrix, _ = _load_data(context)
    epochs, parameters = int(context.run_config["local-epochs"]), task.parameters(context)
    received = message.content.array_records["arrays"]["0"].numpy().tobytes()
    if received:
        model = task.load_model(received, context)
        for _ in range(epochs):
            model.update(matrix, model.num_boosted_rounds())
        rounds = model.num_boosted_rounds()
        model = model[rounds - epochs : rounds]
    else:
        model = xgb.train(parameters, matrix, num_boost_round=epochs)
    trees = np.frombuffer(model.save_raw("json"), dtype=np.uint8)
    metrics = MetricRecord({"num-examples": matrix.num_row()})
    content = RecordDict({"arrays": ArrayRecord([trees]), "metrics": metrics})
    return Message(content, reply_to=message)


@app.evaluate()
def evaluate(message: Message, context: Context) -> Message:
    """Return the received model's AUC on the client's own test set."""
    _, matrix = _load_data(context)
    data = message.content.array_records["arrays"]["0"].numpy().tobytes()
    auc = task.auc(task.load_model(data, context), matrix)
    metrics = MetricRecord({"num-examples": matrix.num_row(), "auc": auc})
    return Message(RecordDict({"metrics": metrics}), reply_to=message)


def _load_data(context: Context) -> list[xgb.DMatrix]:
    node = context.node_config
    return task.load_data(int(node["partition-id"]), int(node["num-partitions"]))
