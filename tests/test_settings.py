"""The settings file: what is read, what is refused and how it is written."""

import os
import stat
import subprocess
import sys
import threading
from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import fields, replace
from pathlib import Path
from types import MappingProxyType
from typing import IO, get_args, get_type_hints

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import acechat
from acechat.commands import check_keys
from acechat.errors import SettingsError
from acechat.key_names import split_keys
from acechat.models import Preset
from acechat.settings import CHOICES, Settings, check_setting
from acechat.settings_file import LoadedSettings, load_settings, read_settings, save_settings


def written(folder: Path, text: str) -> Path:
    path = folder / "config.toml"
    path.write_bytes(text.encode())
    return path


def test_a_missing_file_is_all_defaults(tmp_path: Path) -> None:
    assert load_settings(tmp_path / "config.toml") == LoadedSettings(Settings())


def test_every_kind_of_value_is_read(tmp_path: Path) -> None:
    path = written(
        tmp_path,
        """
        # mine
        model = "gpt-5.1"
        preset = "Poet"
        references = ["https://example.org/a.pdf"]
        server = "api"
        base_url = "http://localhost:8765"
        stream = false
        send_key = "ctrl+j"

        [[presets]]
        name = "Poet"
        text = "Answer in verse."

        [keys]
        "chat.new" = "ctrl+t"
        chat.model = "f20, ctrl+o"
        """,
    )
    loaded = load_settings(path)
    assert loaded.warnings == ()
    assert loaded.settings == replace(
        Settings(),
        model="gpt-5.1",
        preset="Poet",
        references=("https://example.org/a.pdf",),
        presets=(Preset("Poet", "Answer in verse."),),
        server="api",
        base_url="http://localhost:8765",
        stream=False,
        send_key="ctrl+j",
        keys={"chat.new": "ctrl+t", "chat.model": "f20, ctrl+o"},
    )


@pytest.mark.parametrize(
    ("text", "line", "words"),
    [
        ("model = ", 1, "value"),
        ('\n\nmodel = "a"\nmodel = "b"', 4, "overwrite"),
        ('model = "a"\nmouse = maybe\ntheme = "nord"\n', 2, "value"),
        ("model = 3", 1, "model: must be a text in quotes"),
        ('# one\n\nserver = "foo"', 3, "server: must be one of auto, api, embedded"),
        ("mouse = 1", 1, "mouse: must be true or false"),
        ('base_url = "http://api.acedata.cloud"', 1, "base_url: use https: with http"),
        ('theme = ""', 1, "theme:"),
        ('references = [\n"https://a.b",\n"ftp://x"]', 1, "references: number 2: a reference"),
        ("references = [3]", 1, "references: number 1 must be a text"),
        ('"keys.chat.new" = "f9"', 1, 'must be written as "chat.new" under [keys]'),
        ('mouse = true\n[keys]\n"chat.new" = 3', 3, "keys: chat.new must be a text"),
        ('[keys]\n"chat.nwe" = "f9"', 2, 'there is no command "chat.nwe"'),
        ('[keys]\n\n"chat.new" = "f4"', 3, 'chat.new and chat.model both have the key "f4"'),
        ('[keys]\nchat.new = "n"', 2, "needed for typing"),
        ('[[presets]]\nname="a"\ntext="t"\n[[presets]]\nname="a"\ntext="u"', 4, "two presets"),
        ('[[presets]]\nname="a"\ntext="""\nmodel = 3\n]\n"""\ntxet = ""', 7, "not txet"),
        ('presets = ["a"]', 1, "presets: number 1 must be a table"),
        ('a = """\nmodel = 1\n]\n"""\nmodel = 1', 5, "model:"),
        ('one = 1\r\nmouse = "yes"\r\n', 2, "mouse:"),
    ],
)
def test_a_mistake_is_named_with_file_line_and_key(
    tmp_path: Path, text: str, line: int, words: str
) -> None:
    path = written(tmp_path, text)
    with pytest.raises(SettingsError) as caught:
        load_settings(path)
    message = str(caught.value)
    assert message.startswith(f"{path}, line {line}: ")
    assert words in message
    assert path.read_bytes() == text.encode()


def test_text_that_is_not_utf_8_is_named_with_its_line(tmp_path: Path) -> None:
    path = tmp_path / "config.toml"
    path.write_bytes(b'model = "a"\n# caf\xe9\n')
    with pytest.raises(SettingsError, match="line 2: this is not UTF-8"):
        load_settings(path)


@pytest.mark.parametrize("text", ["x = " + "[" * 5000, "x = " + "9" * 6000])
def test_hostile_toml_is_one_sentence(tmp_path: Path, text: str) -> None:
    with pytest.raises(SettingsError):
        load_settings(written(tmp_path, text))


def test_what_cannot_be_read_as_a_file_is_one_sentence(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="cannot be read"):
        load_settings(tmp_path)
    with pytest.raises(SettingsError, match="too large"):
        load_settings(written(tmp_path, "#" * 1_000_001))


def test_an_unknown_key_is_a_warning_with_the_one_that_was_meant(tmp_path: Path) -> None:
    path = written(tmp_path, 'mouse = false\nmodle = "gpt-5.1"\n[zzz]\na = 1\n')
    loaded = load_settings(path)
    assert loaded.settings == replace(Settings(), mouse=False)
    assert loaded.warnings == (
        f'{path}, line 2: there is no setting "modle"; did you mean "model"?',
        f'{path}, line 3: there is no setting "zzz"',
    )


def test_a_preset_that_is_not_in_the_library_is_a_warning(tmp_path: Path) -> None:
    path = written(tmp_path, 'preset = "editor"')
    loaded = load_settings(path)
    assert loaded.settings.preset == "editor"
    assert loaded.warnings == (
        f'{path}, line 1: there is no preset "editor"; did you mean "Editor"?',
    )


def test_a_byte_order_mark_is_passed_over(tmp_path: Path) -> None:
    assert load_settings(written(tmp_path, '\ufeffmodel = "m"')).settings.model == "m"


lines = st.text(
    st.characters(exclude_categories=["C", "Z"], exclude_characters=",+"), min_size=1, max_size=20
)
texts = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\r"), max_size=60)


@st.composite
def any_settings(draw: st.DrawFn) -> Settings:
    names = draw(st.lists(lines, unique=True, max_size=3))
    return Settings(
        model=draw(lines),
        preset=draw(st.sampled_from([*names, ""])),
        references=tuple(
            draw(st.lists(st.just("https://example.org/a b".replace(" ", "")), max_size=2))
        ),
        presets=tuple(Preset(name, draw(texts.filter(str.strip))) for name in names),
        server=draw(st.sampled_from(["auto", "api", "embedded"])),
        endpoint=draw(st.sampled_from(["aichat", "aichat2"])),
        stream=draw(st.booleans()),
        mouse=draw(st.booleans()),
        keys=draw(st.sampled_from([{}, {"chat.new": "ctrl+t"}, {"app.theme": "f11,f12"}])),
    )


@given(any_settings())
@settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
def test_what_is_saved_is_what_is_loaded(tmp_path: Path, chosen: Settings) -> None:
    path = tmp_path / "config.toml"
    path.unlink(missing_ok=True)
    save_settings(path, chosen)
    assert load_settings(path) == LoadedSettings(chosen)


def test_only_what_is_not_at_its_default_is_written(tmp_path: Path) -> None:
    path = tmp_path / "acechat" / "config.toml"
    save_settings(path, Settings())
    assert path.read_text() == ""
    save_settings(path, Settings(model="glm-5"))
    assert path.read_text() == 'model = "glm-5"\n'
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700
    assert list(path.parent.iterdir()) == [path]


def test_an_empty_library_stays_empty(tmp_path: Path) -> None:
    path = tmp_path / "config.toml"
    save_settings(path, Settings(presets=()))
    assert load_settings(path).settings.presets == ()


def test_keys_that_are_not_known_stay_in_the_file(tmp_path: Path) -> None:
    path = written(tmp_path, 'from_a_newer_version = 7\nmodel = "a"\n')
    save_settings(path, Settings(model="b"))
    assert path.read_text() == 'model = "b"\nfrom_a_newer_version = 7\n'


def test_a_file_with_a_mistake_is_not_written_to(tmp_path: Path) -> None:
    path = written(tmp_path, "mouse = maybe")
    with pytest.raises(SettingsError, match="line 1"):
        save_settings(path, Settings(model="b"))
    assert path.read_text() == "mouse = maybe"


def test_a_wrong_value_is_not_written(tmp_path: Path) -> None:
    path = tmp_path / "config.toml"
    with pytest.raises(SettingsError, match="base_url: use https"):
        save_settings(path, Settings(base_url="http://example.org"))
    assert not path.exists()


def test_a_crash_while_saving_leaves_the_old_file_whole(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = written(tmp_path, 'model = "old"\n')

    def full(descriptor: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(SettingsError, match="cannot be saved: No space left on device"):
        save_settings(path, Settings(model="new"))
    assert path.read_text() == 'model = "old"\n'
    assert list(tmp_path.iterdir()) == [path]


def test_a_linked_file_stays_a_link(tmp_path: Path) -> None:
    (tmp_path / "dotfiles").mkdir()
    target = written(tmp_path / "dotfiles", "")
    link = tmp_path / "config.toml"
    link.symlink_to(target)
    save_settings(link, Settings(model="b"))
    assert link.is_symlink()
    assert target.read_text() == 'model = "b"\n'


def test_two_that_save_at_once_never_make_half_a_file(tmp_path: Path) -> None:
    path = tmp_path / "config.toml"
    chosen = [Settings(model=letter * 500) for letter in "ab"]
    save_settings(path, chosen[0])
    seen: list[Settings] = []

    def save(one: Settings) -> None:
        for _ in range(20):
            save_settings(path, one)
            seen.append(load_settings(path).settings)

    threads = [threading.Thread(target=save, args=(one,)) for one in chosen]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(seen) == 40
    assert all(one in chosen for one in seen)


@pytest.mark.parametrize(
    ("text", "settings", "mistakes"),
    [
        ('mouse = 3\nmodel = "m"\ntheme = ""\n', Settings(model="m"), 2),
        (
            '[keys]\n"chat.new" = "ctrl+b"\n"chat.nwe" = "f9"\n"chat.sidebar" = "f3"\n',
            Settings(keys={"chat.new": "ctrl+b", "chat.sidebar": "f3"}),
            1,
        ),
        ('[keys]\n"chat.new" = 3\n"app.theme" = "f11"', Settings(keys={"app.theme": "f11"}), 1),
        (
            'presets = [{name="a", text="t"}, 3, {name="b", text="u"}, {name="", text="v"}]',
            Settings(presets=(Preset("a", "t"), Preset("b", "u"))),
            1,
        ),
        (
            'presets = [{name="a", text="t", more=1}, {name="b", text="u"}]',
            Settings(presets=(Preset("a", "t"), Preset("b", "u"))),
            1,
        ),
        ('presets = "x"', Settings(), 1),
        ('base_url = "http://a.b"\nmodel = "m"', Settings(model="m"), 1),
        ("model = ", Settings(), 1),
    ],
)
def test_what_is_right_is_kept_beside_a_mistake(
    tmp_path: Path, text: str, settings: Settings, mistakes: int
) -> None:
    loaded = read_settings(written(tmp_path, text))
    assert loaded.settings == settings
    assert len(loaded.mistakes) == mistakes
    with pytest.raises(SettingsError) as caught:
        load_settings(tmp_path / "config.toml")
    assert str(caught.value) == loaded.mistakes[0].sentence


@pytest.mark.parametrize(
    ("text", "misleads"),
    [
        ("theme = 3", False),
        ("sevrer_of_pictures = 3", False),
        ("zzz = 1", False),
        ('"keys.chat.new" = "f9"', False),
        ("theme = 3\nserver = 4", True),
        ("Server = 'api'", True),
        ("base_uri = 'https://a.b'", True),
        ("cafile = '/x'", True),
        ("end_point = 'aichat2'", True),
        ("= 1", True),
    ],
)
def test_a_mistake_that_could_lead_a_question_elsewhere_is_told_apart(
    tmp_path: Path, text: str, misleads: bool
) -> None:
    loaded = read_settings(written(tmp_path, text))
    assert bool(loaded.misleading) is misleads


SAVING = """
import sys
from pathlib import Path
from acechat.settings import Settings
from acechat.settings_file import load_settings, save_settings
path, name = Path(sys.argv[1]), sys.argv[2]
before = Settings()
for number, _ in enumerate(sys.stdin, 1):
    now = Settings(**{name: str(number) * 2000})
    save_settings(path, now, before=before)
    assert getattr(load_settings(path).settings, name) == str(number) * 2000
    print(number, flush=True)
    before = now
"""
"""Saves one setting for every line that comes in; no other process takes it away."""


def running(program: str, path: Path, word: str) -> "subprocess.Popen[str]":
    return subprocess.Popen(
        [sys.executable, "-c", program, str(path), word],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        bufsize=1,
        env={**os.environ, "PYTHONPATH": str(Path(acechat.__file__).parents[1])},
    )


@contextmanager
def saving(path: Path, name: str) -> Generator[tuple[IO[str], IO[str]]]:
    with running(SAVING, path, name) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        yield process.stdin, process.stdout


def test_two_processes_that_save_lose_nothing_of_each_other(tmp_path: Path) -> None:
    path = tmp_path / "config.toml"
    with saving(path, "model") as (one, from_one), saving(path, "gguf") as (two, from_two):
        for number in range(1, 21):
            for each in (one, two):
                each.write("save\n")
            # Neither ever sees, nor leaves, half a file.
            load_settings(path)
            assert from_one.readline() == from_two.readline() == f"{number}\n"
            kept = load_settings(path).settings
            assert kept == Settings(model=str(number) * 2000, gguf=str(number) * 2000)


KILLED = """
import os, sys
from pathlib import Path
from acechat.settings import Settings
from acechat.settings_file import save_settings

def stop(*_):
    print("here", flush=True)
    sys.stdin.read()

setattr(os, sys.argv[2], stop)
save_settings(Path(sys.argv[1]), Settings(model="new" * 2000), before=Settings())
"""
"""Saves a setting, and stops on its way at a call of the system."""


@pytest.mark.parametrize("call", ["fdopen", "fsync", "replace"])
def test_a_process_that_is_killed_while_it_saves_leaves_a_whole_file(
    tmp_path: Path, call: str
) -> None:
    path = tmp_path / "config.toml"
    save_settings(path, Settings(theme="nord"))
    with running(KILLED, path, call) as process:
        assert process.stdout is not None
        # Nothing is written yet, nothing is on the disk for sure, or it has not its name yet.
        assert process.stdout.readline() == "here\n"
        process.kill()
    assert load_settings(path).settings == Settings(theme="nord")
    # What it left half done is in nobody's way.
    assert len(list(tmp_path.iterdir())) == 2
    save_settings(path, Settings(theme="nord", model="m"))
    assert load_settings(path).settings == Settings(theme="nord", model="m")


def test_every_field_has_a_check_and_its_default_passes() -> None:
    for field in fields(Settings):
        assert check_setting(field.name, getattr(Settings(), field.name)) is None
        assert check_setting(field.name, object()) is not None


def test_the_choices_are_those_of_the_types() -> None:
    hints = get_type_hints(Settings)
    assert {name: get_args(hints[name]) for name in CHOICES} == CHOICES


@pytest.mark.parametrize(
    "url",
    [
        "https://api.acedata.cloud",
        "https://api.acedata.cloud/",
        "https://gateway.example.org:8443/ace",
        "http://localhost:8765",
        "http://127.0.0.1",
        "http://127.8.9.1:1",
        "http://[::1]:8765",
    ],
)
def test_base_urls_that_can_be_used(url: str) -> None:
    assert check_setting("base_url", url) is None
    assert check_setting("base_url", url) is None


@pytest.mark.parametrize(
    "url",
    [
        "",
        "api.acedata.cloud",
        "ftp://api.acedata.cloud",
        "https://",
        "https://a b",
        "https://a\nb",
        "https://user:secret@api.acedata.cloud",
        "https://api.acedata.cloud?x=1",
        "https://api.acedata.cloud#x",
        "https://api.acedata.cloud:99999",
        "https://[::1",
        "http://api.acedata.cloud",
        "http://127.0.0.1.example.org",
        "http://localhost.example.org",
        "http://10.0.0.1",
    ],
)
def test_base_urls_that_are_refused(url: str) -> None:
    assert check_setting("base_url", url)


def test_the_tables_own_keys_are_right() -> None:
    assert check_keys({}) == []


@pytest.mark.parametrize(
    ("overrides", "words"),
    [
        ({"chat.nope": "f9"}, 'there is no command "chat.nope"'),
        ({"chat.new": "ctlr+n"}, '"ctlr+n" is not the name of a key'),
        ({"chat.new": "f25"}, '"f25" is not the name of a key'),
        ({"chat.new": "n"}, "needed for typing"),
        ({"chat.new": "?"}, "needed for typing"),
        ({"app.help": "space"}, "needed for typing"),
        ({"chat.new": "ctrl+i"}, "as tab; add a second key"),
        ({"chat.new": "ctrl+m,ctrl+h"}, "as enter; add a second key"),
        ({"chat.stop": "ctrl+["}, "as escape; add a second key"),
        ({"chat.send": ""}, "chat.send needs a key"),
        ({"chat.new": "f4"}, 'chat.new and chat.model both have the key "f4"'),
        ({"chat.new": "Ctrl+B"}, 'chat.new and chat.sidebar both have the key "ctrl+b"'),
        ({"chat.new": "j,f12"}, "needed for typing"),
        ({"transcript.copy": "c"}, "transcript.copy and transcript.code both have the key"),
        ({"transcript.copy": "f1"}, "both have the key"),
        ({"chat.new": "f11", "app.help": "f11"}, 'chat.new and app.help both have the key "f11"'),
    ],
)
def test_keys_that_are_refused(overrides: dict[str, str], words: str) -> None:
    problems = check_keys(overrides)
    assert len(problems) == 1
    assert words in problems[0]


@pytest.mark.parametrize(
    "overrides",
    [
        {"chat.new": "ctrl+t"},
        {"chat.new": "ctrl+i, f11"},
        {"chat.new": "shift+ctrl+n"},
        {"app.theme": ""},
        {"sidebar.pin": "y"},
        {"transcript.copy": "Y"},
        {"transcript.copy": "+"},
        {"chat.new": "ctrl+b", "chat.sidebar": "f3"},
    ],
)
def test_keys_that_can_be_used(overrides: dict[str, str]) -> None:
    assert check_keys(overrides) == []
    assert check_setting("keys", MappingProxyType(overrides)) is None


def test_keys_are_written_as_textual_names_them() -> None:
    from textual.binding import Binding

    written = "shift+ctrl+n, ?,/,G,ctrl+[,ctrl++,-,f5"
    assert split_keys(written) == (
        "ctrl+shift+n",
        "question_mark",
        "slash",
        "G",
        "ctrl+left_square_bracket",
        "ctrl+plus",
        "minus",
        "f5",
    )
    single = "?,/,G,-,;,'"
    bindings = Binding.make_bindings([(single, "action", "")])
    assert split_keys(single) == tuple(binding.key for binding in bindings)
