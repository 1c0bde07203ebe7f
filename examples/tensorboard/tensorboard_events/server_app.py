"""ServerApp: writes each round's metrics into event files for TensorBoard as the run goes on."""

from collections.abc import Iterable

from flwr.app import ArrayRecord, Context, Message, MetricRecord
from flwr.serverapp import Grid, ServerApp
from flwr.serverapp.strategy import FedAvg
from tensorboardX import SummaryWriter

from tensorboard_events import task

app = ServerApp()


@app.main()
def main(grid: Grid, context: Context) -> None:
    """Run the configured rounds; the event files are in `logs`."""
    with SummaryWriter("logs") as writer:
        LoggedFedAvg(writer).start(
            grid=grid,
            initial_arrays=ArrayRecord([task.initial_weights()]),
            num_rounds=int(context.run_config["num-server-rounds"]),
            evaluate_fn=lambda number, arrays: evaluate(writer, number, arrays),
        )


def evaluate(writer: SummaryWriter, number: int, arrays: ArrayRecord) -> MetricRecord:
    """Evaluate the model after a round on the server's test data."""
    [weights] = arrays.to_numpy_ndarrays()
    loss, accuracy = task.evaluate(weights, *task.make_data(task.TEST))
    metrics = MetricRecord({"loss": loss, "accuracy": accuracy})
    add_scalars(writer, "server", number, metrics)
    writer.add_histogram("weights", weights, number)
    writer.flush()  # a server that is killed has written its rounds
    return metrics


class LoggedFedAvg(FedAvg):
    """FedAvg that writes the clients' metrics, as it has averaged them."""

    def __init__(self, writer: SummaryWriter) -> None:
        """Make the strategy; `writer` gets the metrics."""
        super().__init__()
        self.writer = writer

    def aggregate_train(
        self, server_round: int, replies: Iterable[Message]
    ) -> tuple[ArrayRecord | None, MetricRecord | None]:
        """Average models and metrics of the clients' training."""
        arrays, metrics = super().aggregate_train(server_round, replies)
        add_scalars(self.writer, "train", server_round, metrics)
        return arrays, metrics

    def aggregate_evaluate(
        self, server_round: int, replies: Iterable[Message]
    ) -> MetricRecord | None:
        """Average the metrics of the clients' evaluation."""
        metrics = super().aggregate_evaluate(server_round, replies)
        add_scalars(self.writer, "clients", server_round, metrics)
        return metrics


def add_scalars(
    writer: SummaryWriter, group: str, number: int, metrics: MetricRecord | None
) -> None:
    """Write the single numbers of a round's metrics as `<group>/<name>`."""
    for name, value in (metrics or {}).items():
        if not isinstance(value, list):
            writer.add_scalar(f"{group}/{name}", value, number)
