"""ClientApp: trains and evaluates the model on the client's own partition."""

import torch
from flwr.app import ArrayRecord, Context, Message, MetricRecord, RecordDict
from flwr.clientapp import ClientApp

from lora import task

app = ClientApp()


@app.train()
def train(message: Message, context: Context) -> Message:
    """Train the received model's adapters."""
    torch.manual_seed(int(context.node_config["partition-id"]))
    model = _received(message)
    epochs = int(context.run_config["local-epochs"])
    count = task.train(model, *_where(context), epochs)
    metrics = MetricRecord({"num-examples": count})
    content = RecordDict({"arrays": ArrayRecord(task.get_state(model)), "metrics": metrics})
    return Message(content, reply_to=message)


@app.evaluate()
def evaluate(message: Message, context: Context) -> Message:
    """Return the received model's accuracy on the client's own partition."""
    accuracy, count = task.evaluate(_received(message), *_where(context))
    metrics = MetricRecord({"num-examples": count, "accuracy": accuracy})
    return Message(RecordDict({"metrics": metrics}), reply_to=message)


def _received(message: Message) -> torch.nn.Module:
    model = task.make_model()
    task.set_state(model, message.content.array_records["arrays"].to_torch_state_dict())
    return model


def _where(context: Context) -> tuple[int, int]:
    node = context.node_config
    return int(node["partition-id"]), int(node["num-partitions"])
