"""ServerApp: averages the clients' models, and saves the last one as Keras does."""

from flwr.app import ArrayRecord, Context
from flwr.serverapp import Grid, ServerApp
from flwr.serverapp.strategy import FedAvg

from keras_jax import task

app = ServerApp()


@app.main()
def main(grid: Grid, context: Context) -> None:
    """Run the configured rounds."""
    model = task.make_model()
    result = FedAvg(fraction_train=1.0, fraction_evaluate=1.0).start(
        grid=grid,
        initial_arrays=ArrayRecord(model.get_weights()),
        num_rounds=int(context.run_config["num-server-rounds"]),
    )
    model.set_weights(result.arrays.to_numpy_ndarrays())
    model.save("final_model.keras")
