"""The settings file: TOML, read strictly, written whole.

A file with a mistake in it is never written to: what the user typed stays until they mend it.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, fields
from pathlib import Path
from types import MappingProxyType
from typing import cast

from acechat.errors import SettingsError
from acechat.models import Preset
from acechat.paths import make_folder, write_whole
from acechat.settings import Settings, check_setting

MAX_BYTES = 1_000_000
"""Of a settings file; one with a hundred long presets has a tenth of it."""

_NAMES = tuple(field.name for field in fields(Settings))
_PLACE = re.compile(r" \(at (?:line (\d+), column \d+|end of document)\)$")


@dataclass(frozen=True, slots=True)
class LoadedSettings:
    """What a settings file says."""

    settings: Settings
    """The settings; what the file does not name is at its default."""
    warnings: tuple[str, ...] = ()
    """What is odd but harmless, a sentence each."""


def load_settings(path: Path) -> LoadedSettings:
    """Read the settings; a missing file is all defaults.

    Raises:
        SettingsError: the file cannot be read or holds a mistake; file, line and key are named.
    """
    return _understood(path, _text(path))


def save_settings(path: Path, settings: Settings) -> None:
    """Write every setting that is not at its default; keys that are not known stay.

    Comments are not kept.

    Raises:
        SettingsError: a value is not right, the file holds a mistake that the user should see
            first, or it cannot be written. The file is untouched.
    """
    import tomli_w

    before = _text(path)
    _understood(path, before)
    default = Settings()
    table: dict[str, object] = {}
    for name in _NAMES:
        value: object = getattr(settings, name)
        if problem := check_setting(name, value):
            raise SettingsError(f"{name}: {problem}")
        if value != getattr(default, name):
            table[name] = _to_toml(value)
    unknown = {key: value for key, value in _parsed(path, before).items() if key not in _NAMES}
    content = tomli_w.dumps({**table, **unknown}, multiline_strings=True)
    try:
        make_folder(path.parent)
        write_whole(path, content.encode("utf-8", "replace"))
    except OSError as error:
        raise SettingsError(f"the settings cannot be saved: {error.strerror}") from None


def _text(path: Path) -> str:
    try:
        with path.open("rb") as file:
            content = file.read(MAX_BYTES + 1)
    except FileNotFoundError:
        return ""
    except OSError as error:
        raise SettingsError(f"{path} cannot be read: {error.strerror}") from None
    if len(content) > MAX_BYTES:
        raise SettingsError(f"{path} is too large for a settings file")
    try:
        # Some editors put a byte-order mark in front.
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        raise SettingsError(f"{path}, line {line}: this is not UTF-8 text") from None
    return text.replace("\r\n", "\n")


def _parsed(path: Path, text: str) -> dict[str, object]:
    if not text:
        # Most users have no such file, and start faster without its parser.
        return {}
    import tomllib

    try:
        return tomllib.loads(text)
    except RecursionError:
        raise SettingsError(f"{path}: the brackets are nested too deeply") from None
    except ValueError as error:
        message = str(error)
        line = text.count("\n") + 1
        if place := _PLACE.search(message):
            message = message[: place.start()]
            line = int(place[1]) if place[1] else line
        raise SettingsError(f"{path}, line {line}: {_sentence(message)}") from None


def _understood(path: Path, text: str) -> LoadedSettings:
    table = _parsed(path, text)
    where = _Where(path, text)
    warnings: list[str] = []
    values: dict[str, object] = {}
    for key, raw in table.items():
        if key not in _NAMES:
            warnings.append(_unknown(where, key))
            continue
        value = _from_toml(where, key, raw)
        if problem := check_setting(key, value):
            raise SettingsError(f"{where(*_blamed(key, value))}: {key}: {problem}")
        values[key] = value
    # Every value has passed its check, which is stricter than the field's type.
    settings = Settings(**values)  # pyright: ignore[reportArgumentType]
    if settings.preset and settings.preset_text(settings.preset) is None:
        names = [preset.name for preset in settings.presets]
        warnings.append(
            f'{where("preset")}: there is no preset "{settings.preset}"'
            f"{_suggestion(settings.preset, names)}"
        )
    return LoadedSettings(settings, tuple(warnings))


def _unknown(where: "_Where", key: str) -> str:
    first, dot, rest = key.partition(".")
    if dot and first in _NAMES:
        # A quoted dot does not do what it looks like, so it is not passed over with a warning.
        raise SettingsError(f'{where(key)}: "{key}" must be written as "{rest}" under [{first}]')
    return f'{where(key)}: there is no setting "{key}"{_suggestion(key, _NAMES)}'


def _suggestion(word: str, words: tuple[str, ...] | list[str]) -> str:
    import difflib

    near = difflib.get_close_matches(word, words, n=1)
    return f'; did you mean "{near[0]}"?' if near else ""


def _blamed(key: str, value: object) -> tuple[str, ...]:
    """Return the path of the part of `value` that is wrong, where it can be told."""
    if key == "keys" and isinstance(value, Mapping):
        for command, keys in cast("Mapping[str, object]", value).items():
            if check_setting(key, {command: keys}):
                return key, command
    if key == "presets" and isinstance(value, tuple):
        presets = cast("tuple[object, ...]", value)
        for place in range(len(presets)):
            if check_setting(key, presets[: place + 1]):
                return key, str(place)
    return (key,)


def _from_toml(where: "_Where", key: str, raw: object) -> object:
    """Return `raw` in the types of `Settings` as far as it fits; the check finds what does not."""
    if isinstance(raw, list):
        parts = cast("list[object]", raw)
        if key == "presets":
            return tuple(_preset(where, place, part) for place, part in enumerate(parts))
        return tuple(parts)
    if key == "keys" and isinstance(raw, dict):
        return MappingProxyType(dict(_flat(cast("dict[str, object]", raw))))
    return raw


def _preset(where: "_Where", place: int, raw: object) -> object:
    if not isinstance(raw, dict):
        return raw
    table = cast("dict[str, object]", raw)
    for key in table:
        if key not in {"name", "text"}:
            raise SettingsError(
                f"{where('presets', str(place), key)}: a preset has name and text, not {key}"
            )
    name, text = table.get("name"), table.get("text")
    return Preset(name, text) if isinstance(name, str) and isinstance(text, str) else table


def _flat(table: dict[str, object], before: str = "") -> Iterator[tuple[str, object]]:
    """Yield command ids and keys, written `"chat.new" = …` or, without quotes, `chat.new = …`."""
    for key, value in table.items():
        if isinstance(value, dict):
            yield from _flat(cast("dict[str, object]", value), f"{before}{key}.")
        else:
            yield f"{before}{key}", value


def _to_toml(value: object) -> object:
    if isinstance(value, tuple):
        return [_to_toml(part) for part in cast("tuple[object, ...]", value)]
    if isinstance(value, Preset):
        return {"name": value.name, "text": value.text}
    if isinstance(value, Mapping):
        return dict(cast("Mapping[str, object]", value))
    return value


def _sentence(text: str) -> str:
    return text[:1].lower() + text[1:]


class _Where:
    """Finds the line of a key; tomllib does not tell it."""

    def __init__(self, path: Path, text: str) -> None:
        self._path = path
        self._text = text
        self._lines: dict[tuple[str, ...], int] | None = None

    def __call__(self, *keys: str) -> str:
        """Return the file and the line where the value that `keys` lead to is set."""
        if self._lines is None:
            self._lines = {}
            for line, path in _statements(self._text):
                self._lines.setdefault(path, line)
        for length in range(len(keys), 0, -1):
            if line := self._lines.get(keys[:length]):
                return f"{self._path}, line {line}"
        return str(self._path)


def _statements(text: str) -> Iterator[tuple[int, tuple[str, ...]]]:
    """Yield the first line of each statement and the path of each key that it sets."""
    import tomllib

    statement: list[str] = []
    table: tuple[str, ...] = ()
    counts: dict[tuple[str, ...], int] = {}
    for number, line in enumerate(text.split("\n"), 1):
        statement.append(line)
        # A statement of several lines can only end where a string or a bracket does.
        if len(statement) > 1 and not any(end in line for end in ('"""', "'''", "]")):
            continue
        try:
            parsed: dict[str, object] = tomllib.loads("\n".join(statement))
        except ValueError:
            continue
        first = number - len(statement) + 1
        header = statement[0].lstrip().startswith("[")
        statement = []
        if not header:
            yield from ((first, (*table, *path)) for path in _paths(parsed))
            continue
        table = max(_paths(parsed), key=len)
        if isinstance(_at(parsed, table), list):
            counts[table] = counts.get(table, -1) + 1
            table = (*table, str(counts[table]))
        yield from ((first, table[:length]) for length in range(1, len(table) + 1))


def _paths(table: dict[str, object]) -> Iterator[tuple[str, ...]]:
    """Yield the path of every key; those of commands also with their dots joined."""
    for key, value in table.items():
        yield (key,)
        if isinstance(value, dict):
            for path in _paths(cast("dict[str, object]", value)):
                yield (key, *path)
                if len(path) == 1:
                    yield (f"{key}.{path[0]}",)


def _at(table: dict[str, object], path: tuple[str, ...]) -> object:
    for key in path[:-1]:
        table = cast("dict[str, object]", table[key])
    return table[path[-1]]
