"""ServerApp that asks who is there, then pushes and pulls messages itself."""

import json
import time

from flwr.app import Context, Message, MessageType, RecordDict
from flwr.serverapp import Grid, ServerApp

app = ServerApp()


@app.main()
def main(grid: Grid, context: Context) -> None:
    """Two rounds; the last replies are kept in a file."""
    nodes = sorted(grid.get_node_ids())
    questions = [Message(RecordDict(), node, MessageType.QUERY) for node in nodes]
    who = [r.content.metric_records["who"]["partition"] for r in grid.send_and_receive(questions)]
    times: list[object] = []
    for number in range(1, int(context.run_config["num-server-rounds"]) + 1):
        orders = [
            grid.create_message(RecordDict(), "train.slowly", node, str(number)) for node in nodes
        ]
        ids = set(grid.push_messages(orders))
        times = []
        while ids:
            for reply in grid.pull_messages(ids):
                ids.remove(reply.metadata.reply_to_message_id)
                times.append(reply.content.metric_records["asked"]["times"])
            time.sleep(0.01)
    with open("answers.json", "w") as file:
        json.dump({"who": who, "times": times}, file)
