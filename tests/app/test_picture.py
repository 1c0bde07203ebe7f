"""A client's own images as files: vision/picture.py."""

from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from vision.picture import picture


@pytest.mark.parametrize("channels", [1, 3])
@pytest.mark.parametrize("name", ["a.png", "a.tif"])
def test_the_upper_half_of_16_bits_is_taken(tmp_path: Path, channels: int, name: str) -> None:
    Image.fromarray(np.full((8, 6), 30_000, np.uint16)).save(tmp_path / name)
    found = picture(tmp_path / name, (channels, 4, 4))
    assert found.shape == (channels, 4, 4)
    assert set(found.ravel().tolist()) == {30_000 >> 8}


@pytest.mark.parametrize("mode", ["1", "L", "LA", "P", "RGB", "RGBA"])
def test_grey_and_colours_become_what_the_shape_has(tmp_path: Path, mode: str) -> None:
    Image.new("L", (5, 7), 255).convert(mode).save(tmp_path / "a.png")
    assert picture(tmp_path / "a.png", (1, 4, 4)).tolist() == [[[255] * 4] * 4]
    assert picture(tmp_path / "a.png", (3, 4, 4)).tolist() == [[[255] * 4] * 4] * 3


def make_damaged(path: Path, kind: str) -> None:
    """Make a file of this kind that is no image of 8 or 16 bits."""
    if kind == "link":
        path.symlink_to("nowhere")
    elif kind == "text":
        path.write_text("hello")
    elif kind == "cut":
        Image.new("RGB", (64, 64)).save(path, "BMP")
        path.write_bytes(path.read_bytes()[:999])
    else:
        Image.fromarray(np.full((4, 4), 0.5, np.float32)).save(path, "TIFF")


@pytest.mark.parametrize(
    ("kind", "reason"),
    [
        ("link", "cannot be read (No such file or directory)"),
        ("text", "is no image"),
        ("cut", "cannot be read (image file is truncated (177 bytes not processed))"),
        ("float", "has pixels of 32 bits"),
    ],
)
def test_a_file_that_is_no_whole_image_is_told_by_name(
    tmp_path: Path, kind: str, reason: str
) -> None:
    path = tmp_path / "a.png"
    make_damaged(path, kind)
    with pytest.raises(ValueError) as fault:
        picture(path, (1, 4, 4))
    assert str(fault.value) == (
        f"{path} {reason} — allowed: whole images of 8 or 16 bits a channel — mend it, or take it "
        "out"
    )
