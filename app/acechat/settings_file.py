"""The settings file: TOML, read strictly or as far as it is right, written whole.

A file with a mistake in it is never written to: what the user typed stays until they mend it.
"""

import fcntl
import os
import re
import time
from collections.abc import Generator, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, fields
from pathlib import Path
from types import MappingProxyType
from typing import cast

from acechat.errors import SettingsError
from acechat.models import Preset
from acechat.paths import make_folder, write_whole
from acechat.settings import DIRECTING, Settings, check_setting

MAX_BYTES = 1_000_000
"""Of a settings file; one with a hundred long presets has a tenth of it."""

PATIENCE = 2.0
"""Seconds that saving waits for another program that saves, which takes a few milliseconds, or a
hundred times that on a busy machine."""

SURELY = 0.8
"""How alike an unknown key and a setting must be (difflib's ratio) to be one mistyped: one wrong
letter in five."""

_NAMES = tuple(field.name for field in fields(Settings))
_PLACE = re.compile(r" \(at (?:line (\d+), column \d+|end of document)\)$")


@dataclass(frozen=True, slots=True)
class Mistake:
    """What is wrong in a settings file."""

    sentence: str
    """File, line and key, and what is wrong."""
    key: str = ""
    """The setting that is at its default because of it; empty where nothing can be read."""

    @property
    def misleads(self) -> bool:
        """Whether a question could go elsewhere than the user meant."""
        return not self.key or self.key in DIRECTING


@dataclass(frozen=True, slots=True)
class LoadedSettings:
    """What a settings file says."""

    settings: Settings
    """The settings; what the file does not name, or names wrongly, is at its default."""
    warnings: tuple[str, ...] = ()
    """What is odd but harmless, a sentence each."""
    mistakes: tuple[Mistake, ...] = ()
    """What is wrong; the file is not written to while there is anything."""

    @property
    def misleading(self) -> str:
        """Why nothing may be asked with these settings, in one sentence, or an empty text."""
        return next((each.sentence for each in self.mistakes if each.misleads), "")


def read_settings(path: Path) -> LoadedSettings:
    """Read the settings as far as they are right; a missing file is all defaults."""
    try:
        text = _text(path)
        return _understood(_parsed(path, text), _Where(path, text))
    except SettingsError as error:
        return LoadedSettings(Settings(), mistakes=(Mistake(str(error)),))


def load_settings(path: Path) -> LoadedSettings:
    """Read the settings; a missing file is all defaults.

    Raises:
        SettingsError: the file cannot be read or holds a mistake; file, line and key are named.
    """
    loaded = read_settings(path)
    if loaded.mistakes:
        raise SettingsError(loaded.mistakes[0].sentence)
    return loaded


def save_settings(path: Path, settings: Settings, *, before: Settings | None = None) -> None:
    """Write the settings that changed, leaving out those at their default; all others stay.

    Two programs that change different settings both get theirs, of one setting the last wins.
    Keys that are not known stay, comments are not kept.

    Args:
        path: The file.
        settings: What is to be kept.
        before: What they were changed from; without it all are written.

    Raises:
        SettingsError: a value is not right, the file holds a mistake that the user should see
            first, or it cannot be written. The file is untouched.
    """
    import tomli_w

    changed: dict[str, object] = {}
    for name in _NAMES:
        value: object = getattr(settings, name)
        if before is not None and value == getattr(before, name):
            continue
        if problem := check_setting(name, value):
            raise SettingsError(f"{name}: {problem}")
        changed[name] = value
    default = Settings()
    try:
        make_folder(path.parent)
        with _alone(path.parent):
            if mistakes := read_settings(path).mistakes:
                raise SettingsError(f"{mistakes[0].sentence}; nothing is saved until it is mended")
            table = _parsed(path, _text(path))
            for name, value in changed.items():
                if value == getattr(default, name):
                    table.pop(name, None)
                else:
                    table[name] = _to_toml(value)
            known = {name: table[name] for name in _NAMES if name in table}
            content = tomli_w.dumps({**known, **table}, multiline_strings=True)
            write_whole(path, content.encode("utf-8", "replace"))
    except OSError as error:
        raise SettingsError(f"the settings cannot be saved: {error.strerror}") from None


@contextmanager
def _alone(folder: Path) -> Generator[None]:
    """Keep other programs from changing files in `folder` between a read and a write."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        deadline = time.monotonic() + PATIENCE
        while time.monotonic() < deadline:
            try:
                fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                time.sleep(0.002)
            except OSError:
                break  # some network file systems have no locks: then the last one wins
            else:
                break
        yield
    finally:
        os.close(descriptor)


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


def _understood(table: Mapping[str, object], where: "_Where") -> LoadedSettings:
    warnings: list[str] = []
    mistakes: list[Mistake] = []
    values: dict[str, object] = {}
    for key, raw in table.items():
        if key in _NAMES:
            wrong, value = _checked(where, key, raw)
            mistakes += wrong
            if value is not None:
                values[key] = value
        elif mistake := _misplaced(where, key):
            mistakes.append(mistake)
        else:
            warnings.append(f'{where(key)}: there is no setting "{key}"{_suggestion(key, _NAMES)}')
    # Every value has passed its check, which is stricter than the field's type.
    settings = Settings(**values)  # pyright: ignore[reportArgumentType]
    if settings.preset and settings.preset_text(settings.preset) is None:
        names = [preset.name for preset in settings.presets]
        warnings.append(
            f'{where("preset")}: there is no preset "{settings.preset}"'
            f"{_suggestion(settings.preset, names)}"
        )
    return LoadedSettings(settings, tuple(warnings), tuple(mistakes))


def _checked(where: "_Where", key: str, raw: object) -> tuple[list[Mistake], object]:
    """Return what is wrong with the setting `key`, and as much of its value as is right."""
    mistakes: list[Mistake] = []
    value = _from_toml(where, key, raw, mistakes)
    while problem := check_setting(key, value):
        blamed = _blamed(key, value, problem)
        if not mistakes or key == "keys":
            # What is counted has other numbers once a part of it is left out.
            mistakes.append(Mistake(f"{where(*blamed)}: {key}: {problem}", key))
        if len(blamed) == 1:
            return mistakes, None
        value = _without(value, blamed[1])
    return mistakes, value


def _misplaced(where: "_Where", key: str) -> Mistake | None:
    """Return what is wrong with a key that is no setting, but was surely meant as one."""
    first, dot, rest = key.partition(".")
    if dot and first in _NAMES:
        # A quoted dot does not do what it looks like, so it is not passed over with a warning.
        return Mistake(f'{where(key)}: "{key}" must be written as "{rest}" under [{first}]', first)
    import difflib

    if meant := difflib.get_close_matches(key.lower(), DIRECTING, n=1, cutoff=SURELY):
        return Mistake(f'{where(key)}: there is no setting "{key}"; write "{meant[0]}"', meant[0])
    return None


def _suggestion(word: str, words: tuple[str, ...] | list[str]) -> str:
    import difflib

    near = difflib.get_close_matches(word, words, n=1)
    return f'; did you mean "{near[0]}"?' if near else ""


def _blamed(key: str, value: object, problem: str) -> tuple[str, ...]:
    """Return the path of the part of `value` that is wrong, where it can be told."""
    if key == "keys" and isinstance(value, Mapping):
        overrides = cast("Mapping[str, object]", value)
        for command in overrides:
            if check_setting(key, _without(overrides, command)) != problem:
                return key, command
    if key == "presets" and isinstance(value, tuple):
        presets = cast("tuple[object, ...]", value)
        for place in range(len(presets)):
            if check_setting(key, presets[: place + 1]):
                return key, str(place)
    return (key,)


def _without(value: object, part: str) -> object:
    """Return `value` without the entry called `part`, or at that place."""
    if isinstance(value, Mapping):
        entries = cast("Mapping[str, object]", value)
        return {name: entry for name, entry in entries.items() if name != part}
    parts = cast("tuple[object, ...]", value)
    return (*parts[: int(part)], *parts[int(part) + 1 :])


def _from_toml(where: "_Where", key: str, raw: object, mistakes: list[Mistake]) -> object:
    """Return `raw` in the types of `Settings` as far as it fits; the check finds what does not."""
    if isinstance(raw, list):
        parts = cast("list[object]", raw)
        if key == "presets":
            return tuple(_preset(where, at, part, mistakes) for at, part in enumerate(parts))
        return tuple(parts)
    if key == "keys" and isinstance(raw, dict):
        return MappingProxyType(dict(_flat(cast("dict[str, object]", raw))))
    return raw


def _preset(where: "_Where", place: int, raw: object, mistakes: list[Mistake]) -> object:
    if not isinstance(raw, dict):
        return raw
    table = cast("dict[str, object]", raw)
    for key in table:
        if key not in {"name", "text"}:
            at = where("presets", str(place), key)
            mistakes.append(Mistake(f"{at}: a preset has name and text, not {key}", "presets"))
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
