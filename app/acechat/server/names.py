"""The names of the models, and what can be said about a GGUF file without loading it."""

import re
from importlib.util import find_spec
from pathlib import Path

from acechat.errors import ServerError
from acechat.paths import at_home

MAGIC = b"GGUF"
"""The first four bytes of every GGUF file."""

RUNNER = "xllamacpp"
"""The package that runs the model, of the extra `local`."""

GUIDE = "guide"
"""The model that answers from the manual."""

SAMPLE = "sample"
"""The model that writes sample text."""

_QUANTISATION = re.compile(r"[-._](?:i?q\d\w*|[bf]?f?(?:16|32)|mxfp4\w*)$", re.IGNORECASE)
_PART = re.compile(r"-\d{5}-of-\d{5}$")


def check(file: str) -> Path:
    """Return the path of a model that can be tried.

    Raises:
        ServerError: there is no such file, it is no model, or nothing is installed to run it.
    """
    path = at_home(file).absolute()
    try:
        with path.open("rb") as model:
            magic = model.read(len(MAGIC))
    except FileNotFoundError:
        raise ServerError(f"there is no model file {path}") from None
    except IsADirectoryError:
        raise ServerError(f"{path} is a folder, not a GGUF model file") from None
    except OSError as error:
        raise ServerError(f"the model file {path} cannot be read: {error.strerror}") from error
    if magic != MAGIC:
        raise ServerError(f"{path} is not a GGUF model file")
    if find_spec(RUNNER) is None:
        raise ServerError(
            "running a model on this machine needs the extra `local`:"
            " python -m pip install xllamacpp"
        )
    return path


def model_name(path: Path) -> str:
    """Return the name of the model in a file: the file's own, without its quantisation."""
    stem = _QUANTISATION.sub("", _PART.sub("", path.stem))
    name = re.sub(r"[^a-z0-9.]+", "-", stem.lower()).strip("-.")
    return f"local-{name}".rstrip("-") if name in {"", GUIDE, SAMPLE} else name
