"""kubeflower-server: one run, from waiting to completed or failed, then serves its status."""

import json
import os
import signal
import threading
import time
import traceback
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import grpc
from flwr.app import Context, RecordDict
from safetensors.numpy import save

from kubeflower import flower_app, settings, status, transport
from kubeflower import flower_internals as internals
from kubeflower.grid import RunFailed, StreamGrid
from kubeflower.randomness import seed_all
from kubeflower.recorder import Recorder
from kubeflower.run_folder import RunFolder


class Server:
    """The run and everything that is known of it."""

    def __init__(self, config: settings.Settings) -> None:
        self.config = config
        self.folder = RunFolder(config.data, config.run)
        self.grid = StreamGrid(config.replicas, config.minimum, config.quorum, config.round_timeout)
        self.recorder = Recorder(self.folder, self.grid, config.seed)
        # 63 bits: flwr keeps run ids in signed 64-bit fields.
        self.run_id = int.from_bytes(config.run.encode()[:7], "big")
        self.state, self.listening = "waiting", False
        self.reason: str | None = None
        self.result: dict[str, Any] | None = None

    def status(self) -> dict[str, Any]:
        """The JSON of /status."""
        waiting = self.state == "waiting"
        return {
            "run": self.config.run,
            "state": self.state,
            "reason": self.reason,
            "round": self.recorder.round,
            "rounds": self.config.rounds,
            "nodes": sorted(self.grid.links),
            "waitingFor": self.grid.missing() if waiting else [],
            "history": list(self.recorder.history),
            "result": self.result,
        }

    def join(self, requests: Iterator[bytes], context: grpc.ServicerContext) -> Iterator[bytes]:
        """One client's stream."""
        messages = transport.join(requests)
        _, data = next(messages)
        partition = int(json.loads(data)["partition"])
        if not 0 <= partition < self.config.replicas:
            context.abort(
                grpc.StatusCode.OUT_OF_RANGE,
                f"partition {partition} — allowed: 0 to {self.config.replicas - 1}",
            )
        link = self.grid.attach(partition)
        context.add_callback(lambda: self.grid.detach(partition, link))
        hello = {
            "run": self.config.run,
            "runId": self.run_id,
            "seed": self.config.seed,
            "partitions": self.config.replicas,
            "runConfig": self.config.run_config,
        }

        def read() -> None:
            try:
                for _, reply in messages:
                    self.grid.deliver(reply)
            except Exception as fault:  # the stream broke; detach says so to the waiting round
                print(f"client {partition} left: {type(fault).__name__}", flush=True)
            self.grid.detach(partition, link)

        yield from transport.split(transport.HELLO, json.dumps(hello).encode())
        threading.Thread(target=read, daemon=True).start()
        while (message := link.get()) is not None:
            yield from transport.split(transport.MESSAGE, message)

    def listen(self) -> grpc.Server:
        """Open the stream port."""
        server = grpc.server(
            ThreadPoolExecutor(2 * self.config.replicas + 4), options=transport.OPTIONS
        )
        _, service, method = transport.METHOD.split("/")
        handler = grpc.stream_stream_rpc_method_handler(self.join)
        server.add_generic_rpc_handlers(
            (grpc.method_handlers_generic_handler(service, {method: handler}),)
        )
        server.add_insecure_port(f"0.0.0.0:{self.config.port}")
        server.start()
        self.listening = True
        return server

    def recall(self) -> bool:
        """Take up the end of an earlier process: a finished run never trains again."""
        self.result = self.folder.read_json("result.json")
        failed = self.folder.read_json("failed.json")
        lines = self.folder.path / "metrics.jsonl"
        if (self.result or failed) and lines.exists():
            self.recorder.history = [json.loads(x) for x in lines.read_text().splitlines()]
            self.recorder.round = len(self.recorder.history)
        if self.result:
            self.state = "completed"
        elif failed:
            self.state, self.reason = "failed", failed["reason"]
        return bool(self.result or failed)

    def train(self) -> None:
        """Run the ServerApp to its end and write result.json or failed.json."""
        started = time.monotonic()
        try:
            internals.identify(self.run_id, 0)
            self.recorder.install()
            os.chdir(self.folder.path / "work")
            app = flower_app.load(self.config.app, "serverapp")
            self.grid.wait_for_minimum()
            self.state = "running"
            seed_all(self.config.seed, 0)
            context = Context(self.run_id, 0, {}, RecordDict(), self.config.run_config)
            app(self.grid, context)
            self.finish(time.monotonic() - started)
        except BaseException as fault:  # an app's sys.exit() too must not leave it "running"
            traceback.print_exc()
            self.fail(fault)

    def fail(self, fault: BaseException) -> None:
        """Keep the reason on the volume, then show it."""
        number = self.recorder.round
        when = f"round {number}" if number else "before round 1"
        text = str(fault).strip().splitlines()
        kind = "" if isinstance(fault, RunFailed) else f"{type(fault).__name__}: "
        self.reason = f"{when}: {kind}{text[0] if text else 'no message'}"
        try:
            self.folder.write_json("failed.json", {"reason": self.reason})
        finally:
            self.state = "failed"

    def finish(self, seconds: float) -> None:
        """Save the model, then result.json as the last file."""
        if self.recorder.result is None or self.recorder.result.arrays is None:
            raise RuntimeError("the ServerApp ended without a result of Strategy.start")
        arrays = {k: v.numpy() for k, v in self.recorder.result.arrays.items()}
        last = self.recorder.history[-1] if self.recorder.history else {}
        result = {
            "run": self.config.run,
            "state": "completed",
            "rounds": len(self.recorder.history),
            "accuracy": last.get("accuracy"),
            "loss": last.get("loss"),
            "modelSha256": self.folder.write("model.safetensors", save(arrays)),
            "seconds": round(seconds, 2),
        }
        self.folder.write_json("result.json", result)
        self.result, self.state = result, "completed"


def main() -> None:
    """Entry point; exits 0 within 2 s of SIGTERM."""
    # os._exit: a blocked thread of the ServerApp would hold up an orderly end past the 2 s.
    signal.signal(signal.SIGTERM, lambda *_: os._exit(0))
    try:
        config = settings.from_environment()
    except ValueError as fault:
        # Served instead of raised: a container that crashes again and again explains nothing.
        reason = str(fault)
        print(f"failed: {reason}", flush=True)
        status.serve(settings.status_port(), lambda: status.refused(reason), lambda: True)
        while True:
            signal.pause()
    server = Server(config)
    ended = server.recall()
    status.serve(settings.status_port(), server.status, lambda: server.listening)
    listener = server.listen()
    if not ended:
        threading.Thread(target=server.train, daemon=True).start()
    while listener:
        signal.pause()
