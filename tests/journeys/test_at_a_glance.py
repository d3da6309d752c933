"""What a person sees at a glance: which keys help, where the keyboard is, and no notice over it."""

from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from pathlib import Path

from textual.widgets._toast import Toast

from acechat.screens.panel import Rows
from acechat.screens.references import ReferencesScreen
from acechat.screens.search import SearchScreen
from person import Person, at_the_program


@asynccontextmanager
async def after_two_questions(
    home: Path, size: tuple[int, int] = (120, 40)
) -> AsyncGenerator[Person]:
    """Start with two conversations, the older one open."""
    async with at_the_program(home, size=size) as person:
        await person.sees("No token yet")
        await person.asks("Which keys are there?")
        await person.sees("done in")
        older = person.app.chat_screen.conversation.id
        await person.presses("ctrl+n")
        await person.asks("How do I copy code?")
        await person.sees("done in", "How do I copy code?")
        await person.app.chat_screen.open_conversation(older)
        await person.sees("Which keys are there?")
        yield person


def footer(person: Person) -> str:
    return " ".join(f"{hint.key} {hint.words}" for hint in person.app.chat_screen.status.shown())


async def clicks(person: Person, words: str) -> None:
    """Click on a hint of the footer."""
    before = 1
    for hint in person.app.chat_screen.status.shown():
        if hint.words == words:
            await person.pilot.click("StatusLine", offset=(before, 1))
            return
        before += hint.cells + 2
    raise AssertionError(f"no hint {words!r}")


async def test_the_footer_tells_the_keys_of_the_part_that_is_typed_in(tmp_path: Path) -> None:
    async with after_two_questions(tmp_path) as person:
        assert footer(person).startswith("⏎ send ^j newline")
        await person.presses("tab", "slash")
        await person.until("find", lambda: footer(person).startswith("⏎ to the text ↓ next place"))
        assert "newline" not in footer(person)
        await person.presses("escape", "tab", "slash")
        await person.until("filter", lambda: footer(person).startswith("⏎ open ↓ to the list"))
        assert "rename" not in footer(person)
        await person.presses("down")
        await person.until("the list", lambda: footer(person).startswith("⏎ open space choose"))
        await person.presses("ctrl+n")
        await person.until("the prompt", lambda: footer(person).startswith("⏎ send ^j newline"))
        await person.presses("tab")
        await person.until("questions", lambda: footer(person).startswith("⏎ send ↓ next question"))


async def test_a_click_on_a_hint_does_what_its_key_does(tmp_path: Path) -> None:
    async with after_two_questions(tmp_path) as person:
        await person.presses("tab", "tab", "slash")
        await person.until("filter", lambda: "to the list" in footer(person))
        await clicks(person, "to the list")
        await person.until("the list", lambda: footer(person).startswith("⏎ open space choose"))
        await clicks(person, "rename")
        await person.sees("Rename the conversation")


async def test_the_list_is_entered_at_the_open_conversation(tmp_path: Path) -> None:
    async with after_two_questions(tmp_path) as person:
        screen = person.app.chat_screen
        await person.until(
            "the cursor", lambda: screen.sidebar.highlighted == screen.conversation.id
        )
        await person.presses("tab", "tab")
        assert screen.sidebar.highlighted == screen.conversation.id
        # Once the keyboard is there, its cursor is the user's.
        await person.presses("up")
        above = screen.sidebar.highlighted
        assert above != screen.conversation.id
        await screen.shelf.refresh()
        assert screen.sidebar.highlighted == above


async def test_a_notice_never_lies_over_what_is_being_written(tmp_path: Path) -> None:
    async with after_two_questions(tmp_path) as person:
        await person.types("one\ntwo\nthree\nfour\nfive\nsix\nseven")
        await person.presses("ctrl+y")
        await person.sees("sent to the terminal")
        notices = person.app.screen.query(Toast)
        await person.until("a notice", lambda: notices and notices.first().region)
        assert notices.first().region.bottom <= person.app.chat_screen.prompt.region.y


async def test_the_row_with_the_cursor_can_be_read_when_its_list_gets_the_keyboard(
    tmp_path: Path,
) -> None:
    (tmp_path / "config.toml").write_text('references = ["https://a.test/b.pdf"]\n')
    async with at_the_program(tmp_path) as person:
        await person.sees("No token yet")
        await person.presses("f7")
        await person.until("open", lambda: isinstance(person.app.screen, ReferencesScreen))
        rows = person.app.screen.query_one(Rows)
        await person.sees("pdf")
        await person.presses("down")
        await person.until("the keyboard is there", lambda: rows.has_focus)
        colours = {
            segment.style.color
            for segment in rows.render_line(0)
            if segment.text.strip() and segment.style
        }
        assert len(colours) == 1


async def test_the_search_stays_where_it_is_whatever_it_finds(tmp_path: Path) -> None:
    async with after_two_questions(tmp_path) as person:
        await person.presses("ctrl+f")
        await person.until("open", lambda: isinstance(person.app.screen, SearchScreen))
        panel = person.app.screen.query_one("#panel")
        await person.sees("from:me")
        place = panel.region
        for typed, seen in (("zz", "nothing was found"), ("co", "How do I "), ("zz", "nothing")):
            await person.presses("ctrl+u")
            await person.types(typed)
            await person.sees(seen)
            await person.pilot.pause()
            assert panel.region == place
            assert person.app.screen.query_one("KeyLine").region.bottom == place.bottom - 1
            # What was there before has gone, also where nothing comes in its place.
            assert "from:me" not in person.screen
