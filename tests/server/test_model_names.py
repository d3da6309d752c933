"""What is said about a GGUF file before it is loaded."""

import sys
from pathlib import Path

import pytest

from acechat.errors import ServerError
from acechat.server.names import check, model_name


@pytest.mark.parametrize(
    ("file", "name"),
    [
        ("SmolLM2-135M-Instruct.Q4_1.gguf", "smollm2-135m-instruct"),
        ("Qwen3-0.6B-Q8_0.gguf", "qwen3-0.6b"),
        ("Llama-3.2-1B-Instruct-IQ4_XS.gguf", "llama-3.2-1b-instruct"),
        ("gemma 3 (4b) it-BF16.gguf", "gemma-3-4b-it"),
        ("big-f16-00001-of-00003.gguf", "big"),
        ("guide.gguf", "local-guide"),
        ("模型.gguf", "local"),
    ],
)
def test_a_model_is_named_after_its_file(file: str, name: str) -> None:
    assert model_name(Path(file)) == name


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(ServerError, match=r"there is no model file .*/a\.gguf"):
        check(str(tmp_path / "a.gguf"))


def test_a_folder_is_no_model(tmp_path: Path) -> None:
    with pytest.raises(ServerError, match="is a folder"):
        check(str(tmp_path))


def test_another_file_is_no_model(tmp_path: Path) -> None:
    file = tmp_path / "a.gguf"
    file.write_bytes(b"PK\x03\x04")
    with pytest.raises(ServerError, match=r"a\.gguf is not a GGUF model file"):
        check(str(file))


def test_the_missing_extra_is_named_with_its_command(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "a.gguf"
    file.write_bytes(b"GGUF")
    # An empty import path: no package at all is installed.
    monkeypatch.setattr(sys, "path", [])
    monkeypatch.delitem(sys.modules, "xllamacpp", raising=False)
    with pytest.raises(ServerError, match=r"the extra `local`: .*pip install xllamacpp"):
        check(str(file))
