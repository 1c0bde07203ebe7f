"""The name of the gRPC method and the channel options, the same on server and clients."""

from kubeflower.framing import CHUNK, MAX_PARTS

METHOD = "/kubeflower.Stream/Join"
"""Path of the one bidirectional method: a client's stream."""

# https://grpc.github.io/grpc/core/group__grpc__arg__keys.html
OPTIONS = [
    # A silent peer is noticed after time + timeout = 9 s. The ping's own timeout is a minute by
    # default, and the keepalive's does not shorten it.
    ("grpc.keepalive_time_ms", 4000),
    ("grpc.keepalive_timeout_ms", 5000),
    ("grpc.http2.ping_timeout_ms", 5000),
    ("grpc.keepalive_permit_without_calls", 1),
    # 0: no limit of pings without data, and no penalty for them. Both sides ping this often.
    ("grpc.http2.max_pings_without_data", 0),
    ("grpc.http2.max_ping_strikes", 0),
    ("grpc.http2.min_ping_interval_without_data_ms", 1000),
    ("grpc.so_reuseport", 0),
    # A question to DNS that is not answered ends within the time of an attempt.
    ("grpc.dns_ares_query_timeout", 5000),
    # The stream stays in the cluster, also where HTTPS_PROXY is set for the app.
    ("grpc.enable_http_proxy", 0),
    # Read one chunk ahead: by its own probing gRPC buffers tens of megabytes (ADR 7).
    ("grpc.http2.bdp_probe", 0),
    ("grpc.http2.lookahead_bytes", CHUNK),
    # Close a connection without a handshake after 10 s; the default is two minutes.
    ("grpc.server_handshake_timeout_ms", 10_000),
    # A message's first frame also holds the lengths of up to MAX_PARTS parts.
    ("grpc.max_receive_message_length", CHUNK + 8 * MAX_PARTS + 5),
]
