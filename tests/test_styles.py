"""Style sheets: listed, found, well-formed, and in no Python file."""

import ast
import re
import shutil
from pathlib import Path

import pytest
from textual.app import App

import acechat.stylesheets
from acechat.stylesheets import FIRST, LATER, SECOND, SHEETS, styles_folder, stylesheets
from acechat.themes import THEMES

PACKAGE = Path(acechat.stylesheets.__file__).parent
COLOUR = re.compile(r"#[0-9a-fA-F]{3,8}\b|\brgba?\(|\bhsla?\(")
NOT_NAMES = {"DEFAULT_CSS", "CSS"}


def without_comments(sheet: str) -> str:
    text = (styles_folder() / sheet).read_text(encoding="utf-8")
    return re.sub(r"/\*.*?\*/", "", text, flags=re.DOTALL)


def top_selectors(text: str) -> list[str]:
    found: list[str] = []
    depth, start = 0, 0
    for at, character in enumerate(text):
        if character == "{":
            if depth == 0:
                found += [part.strip() for part in text[start:at].split(",")]
            depth += 1
        elif character == "}":
            depth -= 1
            start = at + 1
    assert depth == 0
    return found


def declarations(text: str) -> list[str]:
    return re.findall(r"[\w-]+\s*:\s[^;{}]*;", text)


def test_every_sheet_is_listed_once_and_every_listed_one_is_there() -> None:
    folder = styles_folder()
    there = {path.relative_to(folder).as_posix() for path in folder.rglob("*.tcss")}
    assert there == set(SHEETS)
    assert len(SHEETS) == len(there)


def test_base_comes_first_and_dialogs_last() -> None:
    assert SHEETS[0] == "base.tcss"
    assert all(sheet.startswith("screens/") for sheet in LATER)
    assert not set(LATER) & {*FIRST, *SECOND}


def test_paths_are_absolute() -> None:
    paths = [Path(path) for path in stylesheets()]
    assert all(path.is_absolute() and path.is_file() for path in paths)
    assert [path.name for path in paths] == [sheet.rpartition("/")[2] for sheet in SHEETS]


@pytest.mark.parametrize("above", [0, 1, 2])
def test_the_nearest_folder_wins(
    above: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    package = tmp_path / "app" / "acechat"
    package.mkdir(parents=True)
    shutil.copy(PACKAGE / "stylesheets.py", package)
    monkeypatch.setattr(acechat.stylesheets, "__file__", str(package / "stylesheets.py"))
    with pytest.raises(FileNotFoundError):
        styles_folder()
    for place in (package, package.parent, tmp_path)[above:]:
        (place / "styles").mkdir()
        (place / "styles" / "base.tcss").touch()
    assert styles_folder() == (package, package.parent, tmp_path)[above] / "styles"


@pytest.mark.parametrize("sheet", SHEETS[1:])
def test_rules_are_nested_under_a_type(sheet: str) -> None:
    for selector in top_selectors(without_comments(sheet)):
        assert re.match(r"[A-Z]\w+", selector), f"{selector} would reach into other widgets"


@pytest.mark.parametrize("sheet", SHEETS)
def test_colours_are_variables_of_the_theme(sheet: str) -> None:
    for declaration in declarations(without_comments(sheet)):
        assert not COLOUR.search(declaration), declaration


@pytest.mark.parametrize("theme", [*(theme.name for theme in THEMES), "nord", "ansi-dark"])
async def test_all_sheets_load_in(theme: str) -> None:
    app = App[None](css_path=stylesheets())
    async with app.run_test(notifications=True, tooltips=True) as pilot:
        for each in THEMES:
            app.register_theme(each)
        app.theme = theme
        await pilot.pause()
        assert app.is_running


@pytest.mark.parametrize("path", sorted(PACKAGE.rglob("*.py")), ids=lambda path: path.name)
def test_no_styles_in_python(path: Path) -> None:
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        targets = (
            node.targets
            if isinstance(node, ast.Assign)
            else [node.target]
            if isinstance(node, ast.AnnAssign)
            else []
        )
        names = {target.id for target in targets if isinstance(target, ast.Name)}
        assert not names & NOT_NAMES, f"{path.name} line {getattr(node, 'lineno', '?')}"
