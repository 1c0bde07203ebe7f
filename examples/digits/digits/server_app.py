"""ServerApp: averages the clients' models, and saves the last one as scikit-learn users do."""

import joblib
from flwr.app import ArrayRecord, Context
from flwr.serverapp import Grid, ServerApp
from flwr.serverapp.strategy import FedAvg

from digits import task

app = ServerApp()


@app.main()
def main(grid: Grid, context: Context) -> None:
    """Run the configured rounds."""
    epochs = int(context.run_config["local-epochs"])
    result = FedAvg(fraction_train=1.0, fraction_evaluate=1.0).start(
        grid=grid,
        initial_arrays=ArrayRecord(task.get_parameters(task.make_model(epochs))),
        num_rounds=int(context.run_config["num-server-rounds"]),
    )
    joblib.dump(task.make_model(epochs, result.arrays.to_numpy_ndarrays()), "logreg_model.pkl")
