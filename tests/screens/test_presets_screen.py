"""The library of presets: picking, adding, editing, deleting, and what is told of it."""

from panel_host import HOSTILE, SIZES, PanelHost, assert_inert, showing, type_text
from textual.events import Paste
from textual.widgets import TextArea

from acechat.models import Preset
from acechat.screens.presets import PresetChoice, PresetEditor, PresetScreen

LIBRARY = (Preset("Reviewer", "You review."), Preset("Teacher", "You teach."))


def changes(app: PanelHost) -> list[tuple[Preset, ...]]:
    return [m.presets for m in app.heard if isinstance(m, PresetScreen.LibraryChanged)]


async def test_the_preset_in_force_is_marked_and_another_can_be_taken() -> None:
    async with showing(PresetScreen(LIBRARY, "You review.", default="Teacher")) as (app, pilot):
        assert "▸ Reviewer" in app.text
        assert "as default (Teacher)" in app.text
        await pilot.press("down", "enter")
        assert app.results == [PresetChoice("You teach.", "Teacher")]
        assert app.heard == []


async def test_none_and_as_default_are_two_things() -> None:
    async with showing(PresetScreen(LIBRARY, None)) as (app, pilot):
        assert "▸ as default" in app.text
        await pilot.press("enter")
        assert app.results == [PresetChoice(None)]
    async with showing(PresetScreen(LIBRARY, "")) as (app, pilot):
        assert "▸ none" in app.text
        await pilot.press("enter")
        assert app.results == [PresetChoice("")]


async def test_without_a_default_there_is_none_to_follow() -> None:
    async with showing(PresetScreen(LIBRARY, "", default=None)) as (app, _):
        assert "as default" not in app.text


async def test_a_text_that_is_not_in_the_library_is_kept_in_sight() -> None:
    async with showing(PresetScreen(LIBRARY, "Be brief.")) as (app, pilot):
        assert "▸ a text of its own  Be brief." in app.text
        await pilot.press("enter")
        assert app.results == [PresetChoice("Be brief.")]


async def test_a_preset_is_added_and_told_at_once() -> None:
    async with showing(PresetScreen(LIBRARY, None)) as (app, pilot):
        await pilot.press("ctrl+n")
        await type_text(pilot, "Poet")
        await pilot.press("enter")
        await type_text(pilot, "Rhyme.")
        await pilot.press("enter")
        await type_text(pilot, "Always.")
        await pilot.press("ctrl+s")
        new = Preset("Poet", "Rhyme.\nAlways.")
        assert changes(app) == [(*LIBRARY, new)]
        await pilot.press("enter")
        assert app.results == [PresetChoice(new.text, "Poet")]


async def test_what_was_typed_becomes_the_name_of_the_new_one() -> None:
    async with showing(PresetScreen(LIBRARY, None)) as (app, pilot):
        await type_text(pilot, "Poet")
        await pilot.press("ctrl+n")
        await type_text(pilot, "Rhyme.")
        await pilot.press("ctrl+s")
        assert changes(app) == [(*LIBRARY, Preset("Poet", "Rhyme."))]


async def test_names_are_unique_and_neither_field_may_be_empty() -> None:
    async with showing(PresetScreen(LIBRARY, None)) as (app, pilot):
        await pilot.press("ctrl+n", "ctrl+s")
        assert "type a name" in app.text
        assert "type what the model is to be told" in app.text
        await type_text(pilot, "teacher")
        assert "another preset has this name" in app.text
        await pilot.press("ctrl+s")
        assert changes(app) == []
        await type_text(pilot, "s")
        assert "another preset has this name" not in app.text
        await pilot.press("tab", "x", "ctrl+s")
        assert changes(app) == [(*LIBRARY, Preset("teachers", "x"))]


async def test_a_preset_is_edited_in_its_place() -> None:
    async with showing(PresetScreen(LIBRARY, "You review.")) as (app, pilot):
        await pilot.press("ctrl+e", "s", "ctrl+s")
        message = app.heard[0]
        assert isinstance(message, PresetScreen.LibraryChanged)
        assert message.presets == (Preset("Reviewers", "You review."), LIBRARY[1])
        assert message.renamed == ("Reviewer", "Reviewers")
        assert "Reviewers" in app.text


async def test_keeping_what_was_not_changed_tells_nothing() -> None:
    async with showing(PresetScreen(LIBRARY, "You review.")) as (app, pilot):
        await pilot.press("ctrl+e", "ctrl+s")
        assert app.screen is app.shown
        assert app.heard == []


async def test_changes_are_not_thrown_away_unasked() -> None:
    async with showing(PresetScreen(LIBRARY, "You review.")) as (app, pilot):
        await pilot.press("ctrl+e", "s", "escape")
        assert "Leave without keeping the changes?" in app.text
        await pilot.press("n")
        assert isinstance(app.screen, PresetEditor)
        await pilot.press("escape", "y")
        assert app.screen is app.shown
        await pilot.press("ctrl+e", "escape")
        assert app.screen is app.shown
        assert app.heard == []


async def test_a_preset_is_deleted_after_a_question() -> None:
    async with showing(PresetScreen(LIBRARY, "You review.")) as (app, pilot):
        await pilot.press("ctrl+d")
        assert "Delete the preset “Reviewer”?" in app.text
        await pilot.press("escape")
        assert changes(app) == []
        await pilot.press("ctrl+d", "y")
        assert changes(app) == [(LIBRARY[1],)]
        assert "Reviewer" not in app.text


async def test_none_and_as_default_can_neither_be_edited_nor_deleted() -> None:
    async with showing(PresetScreen(LIBRARY, None)) as (app, pilot):
        await pilot.press("ctrl+d", "ctrl+e", "down", "ctrl+d", "ctrl+e")
        assert app.screen is app.shown


async def test_where_the_library_is_managed_enter_edits() -> None:
    async with showing(PresetScreen(LIBRARY, None, manage=True)) as (app, pilot):
        assert "none" not in app.text
        await pilot.press("down", "enter")
        assert isinstance(app.screen, PresetEditor)
        assert "Teacher" in app.text


async def test_two_renames_are_followed_to_the_last_name() -> None:
    screen = PresetScreen(LIBRARY, "You review.")
    async with showing(screen) as (_, pilot):
        await pilot.press("ctrl+e", "s", "ctrl+s", "ctrl+e", "s", "ctrl+s")
        assert screen.renamed["Reviewer"] == "Reviewerss"


async def test_hostile_presets_and_pastes_are_inert() -> None:
    for size in SIZES:
        library = (Preset(HOSTILE, HOSTILE), Preset("[/b]", "[/c]"))
        async with showing(PresetScreen(library, HOSTILE, default=HOSTILE), size) as (app, pilot):
            assert_inert(app.text)
            await pilot.press("ctrl+e", "tab")
            app.post_message(Paste("\x1b]0;title\x07 \x9b [/x]"))
            await pilot.pause()
            assert_inert(app.text)
            assert "\x1b" not in app.screen.query_one(TextArea).text
            assert "^s keep" in app.text
            await pilot.press("ctrl+s", "ctrl+d")
            assert_inert(app.text)


async def test_many_lines_of_a_preset_can_be_undone_at_once() -> None:
    async with showing(PresetEditor(Preset("Long", ""), ())) as (app, pilot):
        app.post_message(Paste("\n".join(f"line {number}" for number in range(30))))
        await pilot.pause()
        text = app.screen.query_one(TextArea)
        assert text.show_vertical_scrollbar
        await pilot.press("ctrl+z")
        assert text.text == ""


async def test_what_is_no_preset_cannot_be_edited_and_that_is_said() -> None:
    for key in ("ctrl+e", "ctrl+d"):
        async with showing(PresetScreen(LIBRARY, None)) as (app, pilot):
            await pilot.press(key)
            assert app.screen is app.shown
            assert "this is no preset" in app.text
