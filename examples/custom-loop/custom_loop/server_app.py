"""ServerApp: asks who is there, then pushes and pulls the messages of each round itself."""

import json
import time

from flwr.app import Context, Message, MessageType, RecordDict
from flwr.serverapp import Grid, ServerApp

app = ServerApp()


@app.main()
def main(grid: Grid, context: Context) -> None:
    """Run the configured rounds; the last round's answers are saved in a file."""
    nodes = wait_for_nodes(grid, int(context.run_config["min-nodes"]))
    questions = [Message(RecordDict(), node, MessageType.QUERY) for node in nodes]
    answers = grid.send_and_receive(questions)
    who = [answer.content.metric_records["who"]["partition"] for answer in answers]
    times: list[object] = []
    for number in range(1, int(context.run_config["num-server-rounds"]) + 1):
        replies = train(grid, nodes, number)
        times = [reply.content.metric_records["asked"]["times"] for reply in replies]
    with open("answers.json", "w") as file:
        json.dump({"who": sorted(who), "times": times}, file)


def wait_for_nodes(grid: Grid, count: int) -> list[int]:
    """Wait until at least `count` nodes are known; returns all that are."""
    while len(nodes := sorted(grid.get_node_ids())) < count:
        time.sleep(0.1)
    return nodes


def train(grid: Grid, nodes: list[int], number: int) -> list[Message]:
    """Run one round: ask all nodes to train and collect the replies as they come."""
    # The group id tells kubeFlower the number of the round.
    orders = [
        grid.create_message(RecordDict(), "train.slowly", node, str(number)) for node in nodes
    ]
    waiting = set(grid.push_messages(orders))
    replies: list[Message] = []
    while waiting:
        for reply in grid.pull_messages(waiting):
            waiting.remove(reply.metadata.reply_to_message_id)
            replies.append(reply)
        time.sleep(0.01)
    return replies
