"""Engine: runs a Flower ServerApp and its ClientApps over one gRPC stream for each client.

`kubeflower-server` is watcher.py, which starts server.py as a child process. The child runs the
ServerApp. `kubeflower-client` is client.py, which holds the stream and starts client_app.py as a
child process. The child runs the ClientApp. When an app crashes, hangs or runs out of memory, the
parent process still runs and reports it.

The layers, highest first. A module imports only modules of its own layer and of lower ones, without
circles:

    programs: server, watcher, client, client_app
    run: server_run, run_record, settings, strategy_start, strategy_hooks, strategy_state, rounds,
        round_detector, finished_rounds, train_replies, reply_checks, failure_cause
    client: outgoing_frames, app_process
    streams: stream_server, grid, activity, pending_message, connections, token_verifier, traffic,
        tls, grpc_options, client_state, codec, framing
    storage: history, checkpoint, run_events, run_folder, round_log, run_files, kept_runs,
        run_removal, room, volume
    processes: client_fault, process_group, process_output, pipe, cgroup, memory, stdio, http_server
    values: run_spec, run_failure, status_document, metrics, plain_json, packing, arrays,
        randomness, flower_app, flower_internals

server, watcher, client and client_app are started as processes. All private names of flwr are in
flower_internals.
"""
