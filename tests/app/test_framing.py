"""kubeflower/framing.py."""

import pytest

from kubeflower import framing

SIZES = [0, 1, framing.CHUNK, framing.CHUNK + 1, 3 * framing.CHUNK]


@pytest.mark.parametrize("size", SIZES)
def test_a_message_of_any_size_comes_back_whole(size: int) -> None:
    parts = [bytes(size), b"x" * size, b"end"]
    frames = list(framing.split(framing.MESSAGE, parts))
    assert max(map(len, frames)) <= framing.CHUNK + 5 + 8 * len(parts)
    assert list(framing.join(frames)) == [(b"M", parts)]


def test_messages_follow_one_another() -> None:
    frames = [*framing.split(b"H", [b"a"]), *framing.split(b"M", [b"b" * 5_000_000, b"c"])]
    assert list(framing.join(frames)) == [(b"H", [b"a"]), (b"M", [b"b" * 5_000_000, b"c"])]


def test_the_tracker_finds_where_messages_begin_and_end() -> None:
    large = list(framing.split(b"M", [b"", b"x" * (2 * framing.CHUNK), b"y"]))
    follower = framing.FrameTracker()
    for frame in [*framing.split(b"H", [b"a"]), *large, *framing.split(b"S", [b""])]:
        begins = follower.follow(frame)
        assert begins == (follower.kind != b"M" or frame is large[0])
        assert (follower.left == 0) == (follower.kind != b"M" or frame is large[-1])
    with pytest.raises(framing.BrokenStream, match="a message has 1 bytes too many"):
        follower.follow(b"M\1\0\0\0" + bytes(8) + b"a")


BROKEN = {
    "a first frame of 3 bytes": [b"M\1\0"],
    "a first frame of kind b'X' with 1 parts": [b"X\1\0\0\0" + bytes(8)],
    "a first frame of kind b'M' with 0 parts": [b"M\0\0\0\0"],
    "a first frame of kind b'M' with 4294967295 parts": [b"M\xff\xff\xff\xff"],
    "a part of 5 bytes ends after 2": [b"M\1\0\0\0\5" + bytes(7) + b"ab"],
    "a part of 0 bytes has 2": [b"M\2\0\0\0" + bytes(16) + b"ab"],
    "a message of kind b'H' with 1048577 bytes": [b"H\1\0\0\0\1\0\x10" + bytes(5)],
    "a part of 1 bytes has 2": [b"M\1\0\0\0\1" + bytes(7) + b"ab"],
}


@pytest.mark.parametrize(("says", "frames"), BROKEN.items())
def test_frames_that_are_no_message_are_refused_with_the_reason(
    says: str, frames: list[bytes]
) -> None:
    with pytest.raises(framing.BrokenStream) as refused:
        list(framing.join(frames))
    assert str(refused.value) == says
