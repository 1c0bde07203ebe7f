"""ServerApp: collects the clients' trees into one model, and saves it as XGBoost does."""

from pathlib import Path

import numpy as np
from flwr.app import ArrayRecord, Context, MetricRecord
from flwr.serverapp import Grid, ServerApp
from flwr.serverapp.strategy import FedXgbBagging

from trees import task

app = ServerApp()


@app.main()
def main(grid: Grid, context: Context) -> None:
    """Run the configured rounds."""
    matrix = task.load_all()

    def evaluate(server_round: int, arrays: ArrayRecord) -> MetricRecord:
        if server_round == 0:  # there is no tree yet
            return MetricRecord()
        model = task.load_model(arrays["0"].numpy().tobytes(), context)
        return MetricRecord({"auc": task.auc(model, matrix)})

    result = FedXgbBagging(fraction_train=1.0, fraction_evaluate=1.0).start(
        grid=grid,
        initial_arrays=ArrayRecord([np.array([], dtype=np.uint8)]),
        num_rounds=int(context.run_config["num-server-rounds"]),
        evaluate_fn=evaluate,
    )
    Path("trees.json").write_bytes(result.arrays["0"].numpy().tobytes())
