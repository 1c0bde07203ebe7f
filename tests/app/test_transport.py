"""kubeflower/transport.py."""

import pytest

from kubeflower import transport


@pytest.mark.parametrize("size", [0, 1, transport.CHUNK, transport.CHUNK + 1, 3 * transport.CHUNK])
def test_a_message_of_any_size_comes_back_whole(size: int) -> None:
    data = bytes(size)
    assert list(transport.join(transport.split(transport.MESSAGE, data))) == [(b"M", data)]
