"""The model picker: recent ones, families, notes, any other name, and the default."""

import pytest
from panel_host import SIZES, showing, type_text

from acechat.screens.models import ModelScreen, model_note
from acechat.services.catalogue import MODELS


def screen(current: str = "gpt-5.1", default: str | None = "gpt-5.1") -> ModelScreen:
    return ModelScreen(MODELS, ["grok-3", "gpt-5.1"], current, default, "api.acedata.cloud")


async def test_recent_models_come_first_then_the_families() -> None:
    async with showing(screen(), (120, 60)) as (app, _):
        lines = [line.split("│")[1].strip(" ▆▄▂") for line in app.text.splitlines() if "│" in line]
        heads = [line for line in lines if line in {"recent", "GPT-5", "GPT-4", "o-series"}]
        assert heads[:2] == ["recent", "GPT-5"]
        assert lines[lines.index("recent") + 1] == "grok-3"
        assert "api.acedata.cloud" in app.text


async def test_each_model_is_listed_once() -> None:
    async with showing(screen()) as (app, pilot):
        await type_text(pilot, "grok-3")
        assert app.text.count("grok-3") == 2  # the input and one row


async def test_the_current_model_is_marked_and_enter_keeps_it() -> None:
    async with showing(screen("gpt-4o")) as (app, pilot):
        assert "▸ gpt-4o" in app.text
        await pilot.press("enter")
        assert app.results == ["gpt-4o"]


async def test_as_default_is_an_empty_name() -> None:
    async with showing(screen("")) as (app, pilot):
        assert "▸ as default (gpt-5.1)" in app.text
        await pilot.press("enter")
        assert app.results == [""]


async def test_without_a_default_there_is_none_to_follow() -> None:
    async with showing(screen(default=None)) as (app, _):
        assert "as default" not in app.text


async def test_a_name_that_is_not_listed_can_be_typed() -> None:
    async with showing(screen()) as (app, pilot):
        await type_text(pilot, "gpt-9-dream")
        await pilot.press("enter")
        assert app.results == ["gpt-9-dream"]


async def test_a_current_model_that_is_not_listed_is_shown_all_the_same() -> None:
    async with showing(screen("my-own.gguf")) as (app, _):
        assert "▸ my-own.gguf" in app.text


async def test_the_notes_can_be_searched() -> None:
    async with showing(screen()) as (app, pilot):
        await type_text(pilot, "web")
        assert "gpt-4o-search-preview" in app.text
        assert "gpt-5.6-luna" not in app.text


@pytest.mark.parametrize(
    ("model", "note"),
    [
        ("gpt-5.1-all", "has tools: search, files"),
        ("gpt-4o-mini-search-preview-2025-03-11", "searches the web"),
        ("gpt-4o-image", "draws images"),
        ("gpt-4-vision-preview", "takes images"),
        ("gpt-4.1-mini", "takes images"),
        ("gpt-4", ""),
        ("o3", ""),
        ("guide", "answers from the manual of this program"),
    ],
)
def test_names_say_what_models_do(model: str, note: str) -> None:
    assert model_note(model) == note


async def test_it_fits_on_every_terminal() -> None:
    for size in SIZES:
        async with showing(screen(), size) as (app, _):
            assert "esc leave" in app.text
            assert "Model" in app.text
