"""Read an image file as an array."""

from pathlib import Path

import numpy as np

from vision.data import Images

SUFFIXES = {".png", ".jpg", ".jpeg", ".bmp", ".gif", ".pgm", ".ppm", ".tif", ".tiff", ".webp"}
"""Endings of files that are images."""


def picture(path: Path, shape: tuple[int, int, int]) -> Images:
    """Load an image, grey or in colours as `shape` has it, and scaled to it.

    Args:
        path: The file; of 16 bits, the upper 8 are taken.
        shape: Channels (1 or 3), height and width.

    Raises:
        PermissionError: the file cannot be read.
        ValueError: it is no image, is damaged, or has pixels of another kind.
    """
    # Only this needs Pillow.
    from PIL import Image, UnidentifiedImageError

    channels, height, width = shape
    try:
        with Image.open(path) as opened:
            file: Image.Image = opened
            if file.mode in ("I", "F"):
                raise ValueError("has pixels of 32 bits")
            if file.mode.startswith("I;16"):
                # Pillow itself makes white of all that is brighter than 255.
                file = Image.fromarray((np.asarray(file) >> 8).astype(np.uint8))
            scaled = file.convert("L" if channels == 1 else "RGB").resize((width, height))
    except PermissionError:
        raise
    except UnidentifiedImageError as error:
        raise _refused(path, "is no image") from error
    # Pillow's readers raise SyntaxError and others of damaged files.
    except (OSError, SyntaxError, Image.DecompressionBombError) as error:
        why = getattr(error, "strerror", None) or error
        raise _refused(path, f"cannot be read ({why})") from error
    except ValueError as error:
        raise _refused(path, str(error)) from error
    return np.asarray(scaled, np.uint8).reshape(height, width, channels).transpose(2, 0, 1)


def _refused(path: Path, reason: str) -> ValueError:
    return ValueError(
        f"{path} {reason} — allowed: whole images of 8 or 16 bits a channel — mend it, or take it "
        "out"
    )
