"""The settings: a frozen value, and what each of its fields may be."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Literal, cast

from acechat.commands import check_keys
from acechat.models import Preset, Reference
from acechat.origin import check_base_url

DEFAULT_BASE_URL = "https://api.acedata.cloud"
"""`api.md` section 1."""

STARTER_PRESETS = (
    Preset("Terse reviewer", "You review code. Answer tersely: the problem, then the change."),
    Preset("Patient teacher", "Explain step by step, with one small example for each idea."),
    Preset("Editor", "Improve the text I give you. Keep its meaning and voice. Show the result."),
)
"""The presets of a library that was never edited."""

CHOICES: Mapping[str, tuple[str, ...]] = {
    "server": ("auto", "api", "embedded"),
    "endpoint": ("aichat", "aichat2"),
    "upload_with": ("account", "api"),
    "send_key": ("enter", "ctrl+j"),
}
"""The settings that are one of a few words, and the words."""

DEFAULT_PLATFORM_URL = "https://platform.acedata.cloud"
"""`api.md` section 8."""

DIRECTING = ("server", "base_url", "endpoint", "ca_file", "platform_url")
"""The settings that decide where a question or a file goes, and a token with it."""


@dataclass(frozen=True, slots=True)
class Settings:
    """What the user chose. Each field is a key of the settings file."""

    model: str = ""
    """The model of new conversations; empty leaves it to the server's default."""
    preset: str = ""
    """The name of the preset of new conversations; empty is none."""
    references: tuple[str, ...] = ()
    """URLs sent with every question of new conversations."""
    presets: tuple[Preset, ...] = STARTER_PRESETS
    """The library of presets; in the file an array of tables with `name` and `text`."""
    server: Literal["auto", "api", "embedded"] = "auto"
    """Who answers: `auto` is the API where there is a token, else the embedded server."""
    base_url: str = DEFAULT_BASE_URL
    """Where the API is: https, or http on a loopback address."""
    endpoint: Literal["aichat", "aichat2"] = "aichat"
    """Which of the API's two chat endpoints is asked."""
    platform_url: str = DEFAULT_PLATFORM_URL
    """Where files are uploaded to: https, or http on a loopback address."""
    upload_with: Literal["account", "api"] = "account"
    """Which token is sent with a file, to `platform_url`: the account token belongs there."""
    public_uploads: bool = False
    """The user knows that everybody who has the URL of an uploaded file can read it."""
    ca_file: str = ""
    """A file of certificates (PEM) that are trusted beside the usual ones; empty is none."""
    stream: bool = True
    """Answers arrive as they are written, not whole at the end."""
    stateful: bool = True
    """The server keeps conversations, so that later questions can build on earlier ones."""
    gguf: str = ""
    """A GGUF model file that the embedded server runs; needs the extra `local`."""
    theme: str = "auto"
    """`auto`, or the name of a theme."""
    send_key: Literal["enter", "ctrl+j"] = "enter"
    """The key that sends; the other of the two makes a new line."""
    mouse: bool = True
    """The mouse belongs to the program; without it the terminal's own selection works."""
    sidebar: bool = True
    """The list of conversations is shown where there is room for it."""
    sync_folder: str = ""
    """A folder that a program of the user's carries between machines; empty is none."""
    keys: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))
    """Command ids and the keys, separated by commas, that replace their default keys."""

    def preset_text(self, name: str) -> str | None:
        """Return the text of the preset called `name`, or None where the library has none."""
        return next((preset.text for preset in self.presets if preset.name == name), None)

    def preset_name(self, text: str) -> str | None:
        """Return the name of the preset with this text, or None where it is not in the library."""
        return next((preset.name for preset in self.presets if preset.text == text), None)


def check_setting(name: str, value: object) -> str | None:
    """Say in a short sentence why `value` cannot be the setting `name`, or return None if it can.

    Args:
        name: A field of `Settings`.
        value: What the field would hold; any type, since it may come from a file.
    """
    return _CHECKS[name](name, value)


def _check_switch(_name: str, value: object) -> str | None:
    return None if isinstance(value, bool) else "must be true or false"


def _check_choice(name: str, value: object) -> str | None:
    words = CHOICES[name]
    return None if value in words else f"must be one of {', '.join(words)}"


def _check_line(_name: str, value: object) -> str | None:
    if not isinstance(value, str):
        return "must be a text in quotes"
    return None if value.isprintable() else "must be one line of plain text"


def _check_word(name: str, value: object) -> str | None:
    if problem := _check_line(name, value):
        return problem
    return "must not have spaces in it" if " " in str(value) else None


def _check_theme(name: str, value: object) -> str | None:
    return _check_word(name, value) or (None if value else 'must be "auto" or the name of a theme')


def _check_url(name: str, value: object) -> str | None:
    if not isinstance(value, str):
        return _check_line(name, value)
    try:
        check_base_url(value)
    except ValueError as error:
        return str(error)
    return None


def _check_references(_name: str, value: object) -> str | None:
    if not isinstance(value, tuple):
        return "must be a list of URLs"
    for place, url in enumerate(cast("tuple[object, ...]", value), 1):
        if not isinstance(url, str):
            return f"number {place} must be a text in quotes"
        try:
            Reference.parse(url)
        except ValueError as error:
            return f"number {place}: {error}"
    return None


def _check_presets(_name: str, value: object) -> str | None:
    if not isinstance(value, tuple):
        return "must be a list of tables with name and text"
    names: set[str] = set()
    for place, preset in enumerate(cast("tuple[object, ...]", value), 1):
        if not isinstance(preset, Preset):
            return f"number {place} must be a table with name and text, both in quotes"
        if not preset.name.strip() or not preset.name.isprintable():
            return f"number {place} needs a name of one line"
        if not preset.text.strip():
            return f'the preset "{preset.name}" has no text'
        if preset.name in names:
            return f'two presets are called "{preset.name}"'
        names.add(preset.name)
    return None


def _check_keys(_name: str, value: object) -> str | None:
    if not isinstance(value, Mapping):
        return "must be a table of command ids and keys"
    overrides = cast("Mapping[object, object]", value)
    for command, keys in overrides.items():
        if not isinstance(keys, str):
            return f"{command} must be a text in quotes"
    problems = check_keys(cast("Mapping[str, str]", value))
    return problems[0] if problems else None


_CHECKS: Mapping[str, Callable[[str, object], str | None]] = {
    "model": _check_word,
    "preset": _check_line,
    "references": _check_references,
    "presets": _check_presets,
    "server": _check_choice,
    "base_url": _check_url,
    "endpoint": _check_choice,
    "platform_url": _check_url,
    "upload_with": _check_choice,
    "public_uploads": _check_switch,
    "ca_file": _check_line,
    "stream": _check_switch,
    "stateful": _check_switch,
    "gguf": _check_line,
    "theme": _check_theme,
    "send_key": _check_choice,
    "mouse": _check_switch,
    "sidebar": _check_switch,
    "sync_folder": _check_line,
    "keys": _check_keys,
}
