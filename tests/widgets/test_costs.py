"""What the transcript does for a token, a size, a theme: counted in blocks and rows."""

import pytest

from acechat.markdown.document import Document
from acechat.markdown.lines import Line
from acechat.markdown.rows import Rows
from widgets.transcript_host import RICH, Reader, answer, question, reading, talk, turn_of


class Costs:
    """Counts the blocks that are drawn and the lines that are asked for."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.blocks = 0
        self.lines = 0
        draw, lines = Rows.draw, Document.lines

        def drawn(rows: Rows, index: int, references: dict[str, dict[str, str]]) -> bool:
            self.blocks += 1
            return draw(rows, index, references)

        def asked(document: Document, first: int, last: int) -> list[Line]:
            self.lines += last - first
            return lines(document, first, last)

        monkeypatch.setattr(Rows, "draw", drawn)
        monkeypatch.setattr(Document, "lines", asked)

    def reset(self) -> None:
        self.blocks = self.lines = 0


@pytest.fixture
def costs(monkeypatch: pytest.MonkeyPatch) -> Costs:
    return Costs(monkeypatch)


async def painted(reader: Reader) -> None:
    """Wait until what arrived is on the screen."""
    await reader.until(lambda: not reader.view._owed)
    await reader.settled()


@pytest.mark.parametrize("length", [10, 1000])
async def test_a_token_costs_the_same_however_long_the_answer_is(costs: Costs, length: int) -> None:
    turn = turn_of(0)
    async with reading([question(0), turn.answer], turn, size=(120, 40)) as reader:
        reader.view.extend("a0", RICH * length + "An end that ")
        await painted(reader)
        costs.reset()
        for token in ("goes", " on", " and", " on"):
            reader.view.extend("a0", token)
            await reader.until(lambda token=token: reader.view._paint_timer is None)
        assert 4 <= costs.blocks <= 8
        assert costs.lines <= 4 * 2 * 40
        assert "An end that goes on and on" in reader.text


@pytest.mark.parametrize(
    "piece",
    ["word ", "- an item\n", "    code = 1\n", "| a | b |\n", "> quoted\n", "[x](http://y.org) "],
)
async def test_an_open_block_of_any_kind_grows_without_being_drawn_whole(
    costs: Costs, piece: str
) -> None:
    head = "| c | d |\n|---|---|\n" if piece.startswith("|") else ""
    turn = turn_of(0)
    async with reading([question(0), turn.answer], turn, size=(120, 40)) as reader:
        reader.view.extend("a0", head + piece * 3000)
        await painted(reader)
        costs.reset()
        for _ in range(4):
            reader.view.extend("a0", piece)
            await reader.until(lambda: reader.view._paint_timer is None)
        assert costs.blocks <= 12


@pytest.mark.parametrize("count", [100, 10_000])
async def test_a_size_and_a_theme_draw_what_is_in_view_and_no_more(
    costs: Costs, count: int
) -> None:
    async with reading(talk(count, RICH), size=(120, 40)) as reader:
        for _ in range(10):
            reader.view.page(-1)
            await reader.settled()
        costs.reset()
        await reader.resizes(90, 40)
        assert 0 < costs.blocks <= 60
        costs.reset()
        reader.host.theme = "acechat-light"
        await reader.settled()
        assert 0 < costs.blocks <= 60


@pytest.mark.parametrize("count", [100, 10_000])
async def test_a_page_costs_the_same_however_many_messages_there_are(
    costs: Costs, count: int
) -> None:
    async with reading(talk(count, RICH), size=(120, 40)) as reader:
        costs.reset()
        for _ in range(10):
            reader.view.page(-1)
            await reader.settled()
        assert costs.blocks <= 10 * 30
        assert costs.lines <= 10 * 6 * 40


async def test_the_end_of_an_answer_draws_its_last_block_only(costs: Costs) -> None:
    turn = turn_of(0)
    text = RICH * 200
    async with reading([question(0), turn.answer], turn, size=(120, 40)) as reader:
        reader.view.extend("a0", text)
        await painted(reader)
        costs.reset()
        reader.view.finish(answer(0, text))
        await reader.settled()
        assert costs.blocks <= 2
