"""When a client tries to join: kubeflower/client.py."""

from kubeflower.client import next_delay


def test_each_vain_try_is_followed_twice_as_late_up_to_two_seconds_and_a_stream_soon() -> None:
    delays = [0.2]
    for lasted in (0, 0, 0.5, 0, 0, 30, 0):
        delays.append(next_delay(delays[-1], lasted))
    assert delays == [0.2, 0.4, 0.8, 1.6, 2.0, 2.0, 0.2, 0.4]
