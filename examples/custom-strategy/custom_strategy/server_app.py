"""ServerApp: runs the strategy and saves the best model."""

import json

from flwr.app import ArrayRecord, Context
from flwr.serverapp import Grid, ServerApp

from custom_strategy import task
from custom_strategy.strategy import DecayingFedAvg

app = ServerApp()


@app.main()
def main(grid: Grid, context: Context) -> None:
    """Run the configured rounds."""
    config = context.run_config
    strategy = DecayingFedAvg(
        learning_rate=float(config["learning-rate"]),
        decay=float(config["decay"]),
    )
    strategy.start(
        grid=grid,
        initial_arrays=ArrayRecord([task.initial_weights()]),
        num_rounds=int(config["num-server-rounds"]),
    )
    assert strategy.best is not None
    [weights] = strategy.best.to_numpy_ndarrays()
    best = {"round": strategy.best_round, "loss": strategy.best_loss, "weights": weights.tolist()}
    with open("best.json", "w") as file:
        json.dump(best, file)
