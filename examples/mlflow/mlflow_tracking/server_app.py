"""ServerApp: logs settings and each round's metrics to MLflow, as the run goes on."""

from collections.abc import Iterable

import mlflow
from flwr.app import ArrayRecord, Context, Message, MetricRecord
from flwr.serverapp import Grid, ServerApp
from flwr.serverapp.strategy import FedAvg

from mlflow_tracking import task

app = ServerApp()


@app.main()
def main(grid: Grid, context: Context) -> None:
    """Run the configured rounds as one run of MLflow."""
    with open_run(context):
        LoggedFedAvg().start(
            grid=grid,
            initial_arrays=ArrayRecord([task.initial_weights()]),
            num_rounds=int(context.run_config["num-server-rounds"]),
            evaluate_fn=evaluate,
        )


def open_run(context: Context) -> mlflow.ActiveRun:
    """Begin the run in MLflow, or go on with it: a server that was killed starts the app again."""
    mlflow.set_tracking_uri(str(context.run_config["tracking-uri"]))
    mlflow.set_experiment("federation")
    mark = {"flower_run": str(context.run_id)}
    found = mlflow.search_runs(
        filter_string=f"tags.flower_run = '{context.run_id}'", output_format="list"
    )
    run = mlflow.start_run(run_id=found[0].info.run_id if found else None, tags=mark)
    # The URI may hold a password.
    settings = {k: v for k, v in context.run_config.items() if k != "tracking-uri"}
    mlflow.log_params(settings)
    return run


def evaluate(number: int, arrays: ArrayRecord) -> MetricRecord:
    """Evaluate the model after a round on the server's test data."""
    [weights] = arrays.to_numpy_ndarrays()
    loss, accuracy = task.evaluate(weights, *task.make_data(task.TEST))
    metrics = MetricRecord({"loss": loss, "accuracy": accuracy})
    log("server", number, metrics)
    return metrics


class LoggedFedAvg(FedAvg):
    """FedAvg that logs the clients' metrics, as it has averaged them."""

    def aggregate_train(
        self, server_round: int, replies: Iterable[Message]
    ) -> tuple[ArrayRecord | None, MetricRecord | None]:
        """Average models and metrics of the clients' training."""
        arrays, metrics = super().aggregate_train(server_round, replies)
        log("train", server_round, metrics)
        return arrays, metrics

    def aggregate_evaluate(
        self, server_round: int, replies: Iterable[Message]
    ) -> MetricRecord | None:
        """Average the metrics of the clients' evaluation."""
        metrics = super().aggregate_evaluate(server_round, replies)
        log("clients", server_round, metrics)
        return metrics


def log(group: str, number: int, metrics: MetricRecord | None) -> None:
    """Log the single numbers of a round's metrics as `<group>/<name>`."""
    values = {
        f"{group}/{name}": float(value)
        for name, value in (metrics or {}).items()
        if not isinstance(value, list)
    }
    mlflow.log_metrics(values, step=number)
