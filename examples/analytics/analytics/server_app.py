"""ServerApp: asks all clients once, without a strategy and a model."""

import json
import time
from pathlib import Path

import numpy as np
from flwr.app import Context, Message, MessageType, RecordDict
from flwr.serverapp import Grid, ServerApp

app = ServerApp()
NODES = 2


@app.main()
def main(grid: Grid, context: Context) -> None:
    """Sum the clients' histograms, and save them."""
    while len(nodes := sorted(grid.get_node_ids())) < NODES:
        time.sleep(0.1)
    queries = [
        Message(RecordDict(), message_type=MessageType.QUERY, dst_node_id=node) for node in nodes
    ]
    replies = list(grid.send_and_receive(queries))
    features = str(context.run_config["features"]).split(",")
    sums = {
        feature: np.sum(
            [reply.content.metric_records["counts"][feature] for reply in replies], axis=0
        ).tolist()
        for feature in features
    }
    Path("histograms.json").write_text(json.dumps(sums))
