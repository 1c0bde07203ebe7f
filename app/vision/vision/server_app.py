"""ServerApp: FedAvg, with a central evaluation on the test set after each round."""

import os
from collections.abc import Callable

import torch
from flwr.app import ArrayRecord, Context, MetricRecord
from flwr.serverapp import Grid, ServerApp
from flwr.serverapp.strategy import FedAvg
from safetensors.torch import save_file
from torch import nn

from vision import data, model
from vision.run_config import OWN, DataConfig, RoundsConfig

app = ServerApp()


@app.main()
def main(grid: Grid, context: Context) -> None:
    """Run the configured rounds and save the model in the working directory."""
    config = DataConfig.read(context.run_config)
    torch.set_num_threads(int(os.environ.get("OMP_NUM_THREADS", "1")))
    torch.manual_seed(config.seed)
    network = model.build(config.shape, len(config.classes))
    rounds = RoundsConfig.read(context.run_config)
    # A tiny fraction leaves the choice to min_*_nodes: exactly `clients` are asked.
    strategy = FedAvg(
        fraction_train=1e-9,
        fraction_evaluate=1e-9,
        min_train_nodes=rounds.clients,
        min_evaluate_nodes=rounds.clients,
        min_available_nodes=rounds.min_nodes,
    )
    result = strategy.start(
        grid=grid,
        initial_arrays=ArrayRecord(network.state_dict()),
        num_rounds=rounds.rounds,
        # Only the clients have a folder of data: they alone evaluate then.
        evaluate_fn=None if config.dataset == OWN else _evaluation(config, network),
    )
    save_file(result.arrays.to_torch_state_dict(), "model.safetensors")


def _evaluation(
    config: DataConfig, network: nn.Module
) -> Callable[[int, ArrayRecord], MetricRecord]:
    """Make the evaluation on the test set."""
    images, labels = data.load(config.dataset, config.folder, train=False)

    def evaluate(server_round: int, arrays: ArrayRecord) -> MetricRecord:
        network.load_state_dict(arrays.to_torch_state_dict())
        loss, accuracy = model.evaluate(network, images, labels)
        return MetricRecord({"loss": loss, "accuracy": accuracy})

    return evaluate
