"""Back-off of a client that joins again: kubeflower/client.py."""

from kubeflower.client import next_delay


def test_the_back_off_doubles_up_to_two_seconds_and_is_reset_by_a_stream() -> None:
    delays = [0.2]
    for lasted in (0, 0, 0.5, 0, 0, 30, 0):
        delays.append(next_delay(delays[-1], lasted))
    assert delays == [0.2, 0.4, 0.8, 1.6, 2.0, 2.0, 0.2, 0.4]
