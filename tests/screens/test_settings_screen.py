"""The settings screen: what it shows, what it posts, what it refuses, and that it posts no more."""

from collections.abc import Awaitable, Callable
from dataclasses import replace

import pytest
from panel_host import HOSTILE, SIZES, TERMINALS, PanelHost, assert_inert, showing, type_text
from textual.events import Paste

from acechat.errors import Rejected
from acechat.models import Conversation, Preset
from acechat.screens.fields import Entry, OneOf, Press
from acechat.screens.models import ModelScreen
from acechat.screens.panel import LineInput
from acechat.screens.presets import PresetScreen
from acechat.screens.references import ReferencesScreen
from acechat.screens.sections import SECTIONS
from acechat.screens.settings import SettingsScreen
from acechat.settings import Settings, check_setting
from acechat.tokens import FoundToken, Token

TOKEN = "0123456789abcdef0123456789abcdef"
OPEN = Conversation("c")
MODELS = ("gpt-5.1", "gpt-4o", "grok-3")


async def taken() -> str:
    return "the server takes the token"


def screen(
    settings: Settings | None = None,
    conversation: Conversation | None = OPEN,
    token: Token | None = None,
    *,
    keyring: str = "",
    section: str = "",
    check: Callable[[], Awaitable[str]] = taken,
) -> SettingsScreen:
    return SettingsScreen(
        settings or Settings(),
        conversation,
        FoundToken(token, keyring),
        models=MODELS,
        recent=("grok-3",),
        default_model="gpt-5.1",
        check=check,
        section=section,
    )


def settings_of(app: PanelHost) -> list[Settings]:
    return [m.settings for m in app.heard if isinstance(m, SettingsScreen.Changed)]


def conversations_of(app: PanelHost) -> list[Conversation]:
    return [m.conversation for m in app.heard if isinstance(m, SettingsScreen.ConversationChanged)]


async def test_opening_it_and_every_section_posts_nothing() -> None:
    settings = Settings(theme="nord", keys={"chat.new": "ctrl+t"}, gguf="/m.gguf", stream=False)
    async with showing(screen(settings, token=Token(TOKEN, "file"))) as (app, pilot):
        for _ in SECTIONS:
            await pilot.press("tab", "tab", "shift+tab", "shift+tab", "down")
        await pilot.press("escape")
        assert app.results == [None]
        assert app.heard == []


@pytest.mark.parametrize(("theme", "size"), TERMINALS)
async def test_every_section_is_drawn_on_every_terminal(theme: str, size: tuple[int, int]) -> None:
    expected = {
        "conversation": "as default (gpt-5.1)",
        "new": "For new conversations",
        "presets": "Terse reviewer",
        "connection": "paste a token",
        "files": "account token",
        "appearance": "theme",
        "keys": "send with",
    }
    async with showing(screen(), size, theme) as (app, pilot):
        for name, text in expected.items():
            assert SECTIONS[name] in app.text
            assert text in app.text
            assert "esc close" in app.text
            await pilot.press("down")


async def test_it_opens_on_the_section_or_the_field_that_was_asked_for() -> None:
    async with showing(screen(section="connection")) as (app, _):
        assert "base URL" in app.text
    async with showing(screen(section="token")) as (app, pilot):
        assert isinstance(app.screen.focused, Entry)
        assert app.screen.focused.password
        await pilot.press("escape")
        assert app.results == [None]


async def test_without_a_conversation_its_section_is_left_out() -> None:
    async with showing(screen(conversation=None, section="conversation")) as (app, _):
        assert "This conversation" not in app.text
        assert "For new conversations" in app.text


async def test_the_two_levels_of_the_model() -> None:
    async with showing(screen(Settings(model="gpt-4o"))) as (app, pilot):
        assert "as default (gpt-4o)" in app.text
        await pilot.press("enter", "enter")
        assert isinstance(app.screen, ModelScreen)
        await type_text(pilot, "grok")
        await pilot.press("enter")
        assert conversations_of(app) == [Conversation("c", model="grok-3")]
        assert settings_of(app) == []
        assert "grok-3" in app.text
        await pilot.press("enter", "up", "up", "up", "pageup", "pageup")
        await type_text(pilot, "as default")
        await pilot.press("enter")
        assert conversations_of(app)[-1] == Conversation("c", model=None)


async def test_a_default_shows_in_the_conversation_that_follows_it() -> None:
    async with showing(screen(section="new")) as (app, pilot):
        await pilot.press("enter", "enter")
        await type_text(pilot, "gpt-4o")
        await pilot.press("enter")
        assert settings_of(app) == [Settings(model="gpt-4o")]
        await pilot.press("up", "up")
        assert "as default (gpt-4o)" in app.text


async def test_the_two_levels_of_the_preset() -> None:
    async with showing(screen(Settings(preset="Editor"))) as (app, pilot):
        assert "as default (Editor)" in app.text
        await pilot.press("enter", "down", "enter")
        assert isinstance(app.screen, PresetScreen)
        await type_text(pilot, "terse")
        await pilot.press("enter")
        text = Settings().preset_text("Terse reviewer")
        assert conversations_of(app) == [Conversation("c", preset=text)]
        assert "Terse reviewer" in app.text
        await pilot.press("shift+tab", "shift+tab", "down", "enter", "down", "enter")
        await type_text(pilot, "patient")
        await pilot.press("enter")
        assert settings_of(app) == [Settings(preset="Patient teacher")]


async def test_the_two_levels_of_the_references() -> None:
    async with showing(screen(Settings(references=("https://a.example",)))) as (app, pilot):
        assert "as default (1)" in app.text
        await pilot.press("enter", "down", "down", "enter")
        assert isinstance(app.screen, ReferencesScreen)
        await type_text(pilot, "https://b.example")
        await pilot.press("enter", "escape")
        assert conversations_of(app) == [
            Conversation("c", references=("https://a.example", "https://b.example"))
        ]


async def test_the_keys_at_the_bottom_are_those_of_what_is_changed() -> None:
    async with showing(screen(section="connection")) as (app, pilot):
        assert "↑↓ section  ⏎ to its fields" in app.text
        await pilot.press("enter")
        assert "↑↓ move  ⏎ keep" in app.text
        await pilot.press("down", "down")
        assert "↑↓ move  ←→ change" in app.text
        await pilot.press("up")
        assert "↑↓ move  ⏎ change" in app.text


async def test_enter_that_is_pressed_twice_opens_one_dialog() -> None:
    async with showing(screen()) as (app, pilot):
        await pilot.press("enter", "down", "down")
        app.simulate_key("enter")
        app.simulate_key("enter")
        await pilot.pause()
        assert isinstance(app.screen, ReferencesScreen)
        await pilot.press("escape")
        assert app.screen is app.shown


async def test_a_library_that_was_edited_here_is_not_undone_by_the_next_change() -> None:
    settings = Settings(presets=(Preset("One", "1"),), preset="One")
    async with showing(screen(settings, section="presets")) as (app, pilot):
        await pilot.press("enter")
        await pilot.press("ctrl+e", "s", "ctrl+s", "escape")
        assert "Ones" in app.text
        await pilot.press("shift+tab", "down", "down", "down", "enter", "down", "right")
        assert settings_of(app) == [
            replace(settings, presets=(Preset("Ones", "1"),), preset="Ones", mouse=False)
        ]


async def test_a_switch_is_changed_by_arrow_by_enter_and_by_mouse() -> None:
    async with showing(screen(section="mouse")) as (app, pilot):
        await pilot.press("right")
        assert settings_of(app)[-1].mouse is False
        await pilot.press("right")
        assert len(app.heard) == 1
        await pilot.press("enter")
        assert settings_of(app)[-1].mouse is True
        await pilot.click("Section.-appearance OneOf", offset=(8, 0))
        assert settings_of(app)[-1].mouse is False


async def test_one_of_three_is_chosen_by_a_click() -> None:
    async with showing(screen(section="connection")) as (app, pilot):
        await pilot.click("OneOf", offset=(22, 0))
        assert settings_of(app) == [Settings(server="embedded")]
        assert isinstance(app.screen.focused, OneOf)


async def test_a_wrong_base_url_is_refused_under_its_field_and_escape_brings_the_old_back() -> None:
    async with showing(screen(section="base_url"), (120, 40)) as (app, pilot):
        await pilot.press("ctrl+u")
        await type_text(pilot, "http://a.example")
        await pilot.press("enter")
        lines = app.text.splitlines()
        field = next(at for at, line in enumerate(lines) if "http://a.example" in line)
        assert check_setting("base_url", "http://a.example") == lines[field + 1].strip()
        assert app.heard == []
        await pilot.press("escape")
        assert "https://api.acedata.cloud" in app.text
        assert str(check_setting("base_url", "http://a.example")) not in app.text
        assert app.results == []
        await pilot.press("escape")
        assert app.results == [None]


async def test_a_base_url_is_taken_with_enter_or_by_leaving_the_field_but_once() -> None:
    async with showing(screen(section="base_url")) as (app, pilot):
        await type_text(pilot, "/v2")
        await pilot.press("enter", "tab")
        await pilot.pause()
        assert settings_of(app) == [Settings(base_url="https://api.acedata.cloud/v2")]
    async with showing(screen(section="base_url")) as (app, pilot):
        await type_text(pilot, "/v2")
        await pilot.press("tab")
        await pilot.pause()
        assert settings_of(app) == [Settings(base_url="https://api.acedata.cloud/v2")]


async def test_the_theme_is_picked_and_auto_is_always_there() -> None:
    async with showing(screen(section="theme")) as (app, pilot):
        await pilot.press("enter")
        assert "▸ auto" in app.text
        await type_text(pilot, "nord")
        await pilot.press("enter")
        assert settings_of(app) == [Settings(theme="nord")]
        assert "nord" in app.text


async def test_the_token_is_never_shown() -> None:
    async with showing(screen(section="token")) as (app, pilot):
        app.post_message(Paste(f" {TOKEN} \n"))
        await pilot.pause()
        assert TOKEN not in app.text
        await pilot.press("enter", "tab")
        await pilot.pause()
        (message,) = app.heard
        assert isinstance(message, SettingsScreen.TokenEntered)
        assert message.text == TOKEN
        assert TOKEN not in repr(message)
        shown = app.shown
        assert isinstance(shown, SettingsScreen)
        shown.show_token(FoundToken(Token(TOKEN, "file")))
        shown.show_saved()
        await pilot.pause()
        assert "••••cdef" in app.text
        assert "saved" in app.text
        assert TOKEN not in app.text
        assert all(not entry.value for entry in shown.query(Entry) if entry.password)


async def test_what_cannot_be_a_token_is_refused_with_the_reason() -> None:
    async with showing(screen(section="token"), (120, 40)) as (app, pilot):
        await type_text(pilot, "two words")
        await pilot.press("enter")
        assert "it has spaces in it" in app.text
        assert app.heard == []


async def test_only_a_token_that_is_kept_can_be_forgotten() -> None:
    for source, offered in (("environment", False), ("file", True)):
        token = Token(TOKEN, "file" if source == "file" else "environment")
        async with showing(screen(token=token, section="token")) as (app, pilot):
            assert ("forget it" in app.text) is offered
            assert ("ACEDATACLOUD_API_TOKEN" in app.text) is not offered
            if offered:
                await pilot.press("tab", "tab", "enter")
                assert [type(m) for m in app.heard] == [SettingsScreen.TokenForgotten]


async def test_without_a_keyring_a_token_goes_into_the_file_unasked() -> None:
    async with showing(screen(section="token")) as (app, pilot):
        assert "the keyring" not in app.text
        await type_text(pilot, TOKEN)
        await pilot.press("enter")
        (message,) = app.heard
        assert isinstance(message, SettingsScreen.TokenEntered)
        assert message.place == "file"


@pytest.mark.parametrize(
    ("token", "press", "place"),
    [
        (None, (), "keyring"),
        (None, ("tab", "tab", "right", "shift+tab", "shift+tab"), "file"),
        (Token("f" * 32, "file"), (), "file"),
        (Token("f" * 32, "keyring"), (), "keyring"),
    ],
)
async def test_with_a_keyring_the_user_says_where_a_token_goes(
    token: Token | None, press: tuple[str, ...], place: str
) -> None:
    async with showing(screen(token=token, keyring="Secret Service", section="token")) as (
        app,
        pilot,
    ):
        assert "a new one goes into" in app.text
        if token is not None and token.source == "keyring":
            assert "kept in the keyring: ••••ffff" in app.text
            assert "forget it" in app.text
        await pilot.press(*press)
        await type_text(pilot, TOKEN)
        await pilot.press("enter")
        (message,) = app.heard
        assert isinstance(message, SettingsScreen.TokenEntered)
        assert (message.text, message.place) == (TOKEN, place)


async def test_the_test_shows_what_the_server_says() -> None:
    async with showing(screen(section="token")) as (app, pilot):
        await pilot.press("tab", "enter")
        await pilot.pause()
        assert "the server takes the token" in app.text


async def test_the_test_shows_why_the_server_refuses() -> None:
    async def refused() -> str:
        raise Rejected(f"the token is wrong {HOSTILE}", code="invalid_token", status=401)

    async with showing(screen(section="token", check=refused)) as (app, pilot):
        await pilot.press("tab", "enter")
        await pilot.pause()
        assert "the token is wrong" in app.text
        assert_inert(app.text)
        assert app.screen.query_one("#verdict").has_class("-failed")


async def test_a_key_is_changed_and_the_default_comes_back_with_nothing() -> None:
    async with showing(screen(section="keys.chat.new")) as (app, pilot):
        await type_text(pilot, "^t, f12")
        await pilot.press("enter")
        assert settings_of(app) == [Settings(keys={"chat.new": "ctrl+t,f12"})]
        await pilot.press("ctrl+u", "enter")
        assert settings_of(app)[-1] == Settings()


async def test_a_clash_of_keys_is_refused_by_name() -> None:
    async with showing(screen(section="keys.chat.new"), (120, 40)) as (app, pilot):
        await type_text(pilot, "ctrl+q")
        await pilot.press("enter")
        assert app.heard == []
        assert "app.quit" in app.text
        assert "chat.new" in app.text
        await pilot.press("escape")
        assert "app.quit" not in app.text


async def test_a_clash_in_the_file_does_not_stop_other_changes() -> None:
    settings = Settings(keys={"chat.new": "ctrl+q"})
    async with showing(screen(settings, section="keys.chat.again")) as (app, pilot):
        await type_text(pilot, "f12")
        await pilot.press("enter")
        assert settings_of(app) == [Settings(keys={"chat.new": "ctrl+q", "chat.again": "f12"})]


async def test_what_the_caller_refuses_is_not_posted_again() -> None:
    async with showing(screen(section="mouse")) as (app, pilot):
        await pilot.press("right")
        shown = app.shown
        assert isinstance(shown, SettingsScreen)
        shown.refuse("mouse", f"the disk is full {HOSTILE}")
        await pilot.pause()
        assert "the disk is full" in app.text
        assert_inert(app.text)
        await pilot.press("down", "right")
        assert settings_of(app)[-1] == Settings(sidebar=False)


async def test_a_refusal_that_belongs_to_no_field_is_shown_at_the_top() -> None:
    async with showing(screen()) as (app, pilot):
        shown = app.shown
        assert isinstance(shown, SettingsScreen)
        shown.refuse("presets", "[/x] cannot be saved")
        await pilot.pause()
        assert "[/x] cannot be saved" in app.text.splitlines()[1]


async def test_every_control_is_reached_with_the_arrows() -> None:
    async with showing(screen(section="connection")) as (app, pilot):
        reached: list[object] = []
        await pilot.press("enter")
        for _ in range(11):
            reached.append(app.screen.focused)
            await pilot.press("down")
        assert all(isinstance(each, Entry | OneOf | Press) for each in reached)
        assert isinstance(app.screen.focused, LineInput)
        assert len(set(map(id, reached))) == 10
        for _ in range(10):
            await pilot.press("up")
        await pilot.press("down")
        assert "account token" in app.text


@pytest.mark.parametrize("size", [SIZES[0], SIZES[-1]])
async def test_hostile_settings_are_inert(size: tuple[int, int]) -> None:
    settings = Settings(
        model=HOSTILE,
        preset=HOSTILE,
        presets=(Preset(HOSTILE, HOSTILE),),
        base_url=HOSTILE,
        gguf=HOSTILE,
        theme=HOSTILE,
        keys={"chat.new": HOSTILE},
    )
    conversation = Conversation("c", model=HOSTILE, preset=f"own {HOSTILE}", references=(HOSTILE,))
    async with showing(screen(settings, conversation), size) as (app, pilot):
        for _ in SECTIONS:
            assert_inert(app.text)
            await pilot.hover("Section")
            await pilot.press("down")
        assert app.heard == []
