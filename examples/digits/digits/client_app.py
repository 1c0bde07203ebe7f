"""ClientApp that fits and scores the model on its own partition."""

import warnings

from flwr.app import ArrayRecord, Context, Message, MetricRecord, RecordDict
from flwr.clientapp import ClientApp
from sklearn.metrics import accuracy_score, log_loss

from digits.task import Arrays, get_model, get_model_params, load_data, set_model_params

app = ClientApp()


def partition(context: Context) -> Arrays:
    """The data of the node that runs this."""
    node = context.node_config
    return load_data(int(node["partition-id"]), int(node["num-partitions"]))


@app.train()
def train(msg: Message, context: Context) -> Message:
    """Goes on from the model that came."""
    model = get_model(int(context.run_config["local-epochs"]))
    set_model_params(model, msg.content.array_records["arrays"].to_numpy_ndarrays())
    images, _, labels, _ = partition(context)
    with warnings.catch_warnings():
        # A few epochs do not converge.
        warnings.simplefilter("ignore")
        model.fit(images, labels)
    loss = log_loss(labels, model.predict_proba(images))
    metrics = MetricRecord({"num-examples": len(images), "train_logloss": loss})
    content = RecordDict({"arrays": ArrayRecord(get_model_params(model)), "metrics": metrics})
    return Message(content=content, reply_to=msg)


@app.evaluate()
def evaluate(msg: Message, context: Context) -> Message:
    """Scores the model that came."""
    model = get_model(int(context.run_config["local-epochs"]))
    set_model_params(model, msg.content.array_records["arrays"].to_numpy_ndarrays())
    _, images, _, labels = partition(context)
    metrics = MetricRecord(
        {
            "num-examples": len(images),
            "test_logloss": log_loss(labels, model.predict_proba(images), labels=range(10)),
            "accuracy": accuracy_score(labels, model.predict(images)),
        }
    )
    return Message(content=RecordDict({"metrics": metrics}), reply_to=msg)
