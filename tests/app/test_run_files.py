"""The files that are handed out: kubeflower/run_files.py."""

import hashlib
import os
from pathlib import Path

import pytest

from kubeflower.run_files import RunFiles


def made(data: Path) -> Path:
    """Make the folder of run ab12 with a model, a hidden file, and a file that an app has made."""
    folder = data / "runs" / "ab12"
    (folder / "work" / "deep").mkdir(parents=True)
    (folder / "model.safetensors").write_bytes(b"model")
    (folder / ".room").write_bytes(b"0")
    (folder / "work" / "deep" / ".own").write_bytes(b"own")
    return folder


def test_a_run_s_files_are_listed_with_bytes_and_digest(tmp_path: Path) -> None:
    made(tmp_path)
    listing = RunFiles(tmp_path).listing("ab12")
    assert listing == {
        "schema_version": 1,
        "run": "ab12",
        "files": [
            {"path": path, "bytes": len(data), "sha256": hashlib.sha256(data).hexdigest()}
            for path, data in [("model.safetensors", b"model"), ("work/deep/.own", b"own")]
        ],
        "left_out": [],
    }


def test_a_digest_is_made_again_when_the_file_has_changed(tmp_path: Path) -> None:
    folder, files = made(tmp_path), RunFiles(tmp_path)
    before = files.listing("ab12")
    assert files.listing("ab12") == before
    (folder / "model.safetensors").write_bytes(b"other")
    os.utime(folder / "model.safetensors", ns=(0, 1))
    after = files.listing("ab12")
    assert after is not None
    assert after["files"][0]["sha256"] == hashlib.sha256(b"other").hexdigest()


def test_links_and_pipes_are_no_files(tmp_path: Path) -> None:
    folder, files = made(tmp_path), RunFiles(tmp_path)
    (tmp_path / "secret").write_text("secret")
    (folder / "work" / "link").symlink_to(tmp_path / "secret")
    (folder / "work" / "folder").symlink_to(tmp_path)
    os.mkfifo(folder / "work" / "pipe")
    listing = files.listing("ab12")
    assert listing is not None
    assert [file["path"] for file in listing["files"]] == ["model.safetensors", "work/deep/.own"]
    for path in ("work/link", "work/folder/secret", "work/pipe", "work"):
        assert files.open(f"ab12/{path}") is None


@pytest.mark.parametrize(
    "path",
    ["", "ab12", "ab12/", "/etc/passwd", "../secret", "ab12/../../secret",
     "ab12/./model.safetensors", "ab12//model.safetensors", "ab12/model.safetensors\0",
     "none/model.safetensors"],
)  # fmt: skip
def test_no_path_leads_out_of_the_runs(tmp_path: Path, path: str) -> None:
    made(tmp_path)
    (tmp_path / "secret").write_text("secret")
    assert RunFiles(tmp_path).open(path) is None


@pytest.mark.parametrize("run", ["", ".", "..", "a/b", "none"])
def test_only_a_run_has_a_list(tmp_path: Path, run: str) -> None:
    made(tmp_path)
    assert RunFiles(tmp_path).listing(run) is None


def test_a_name_that_is_no_text_is_told(tmp_path: Path) -> None:
    folder = made(tmp_path)
    (folder / "work" / os.fsdecode(b"caf\xe9")).write_bytes(b"1")
    listing = RunFiles(tmp_path).listing("ab12")
    assert listing is not None
    assert listing["left_out"] == [{"path": "'work/caf\\udce9'", "reason": "UnicodeEncodeError"}]
