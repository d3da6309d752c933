"""The blocks that are read line by line are those that markdown-it finds in the whole text."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from markdown_it import MarkdownIt
from markdown_it.token import Token

from acechat.markdown.blocks import Scanner
from acechat.markdown.shapes import (
    Block,
    Code,
    CodeShape,
    Heading,
    Item,
    Marker,
    Paragraph,
    Quote,
    Rule,
    Table,
    TableShape,
)

ORACLE = MarkdownIt("gfm-like", {"html": False, "maxNesting": 100}).disable("html_block")

Found = list[tuple[object, ...]]


class Expected:
    """What markdown-it finds: every leaf with the lists and quotations around it."""

    def __init__(self, text: str) -> None:
        self.found: Found = []
        self.path: list[str] = []
        self.numbers: list[int] = []
        self.filled: list[bool] = []
        self.tag = ""
        self.table: list[list[str]] = []
        self.count = 0
        for token in ORACLE.parse(text):
            if token.type.endswith("_open"):
                self.open(token)
            elif token.type.endswith("_close"):
                self.close(token)
            else:
                self.leaf(token)

    def add(self, *leaf: object) -> None:
        self.found.append((*self.path, *leaf))
        self.filled = [True] * len(self.filled)

    def open(self, token: Token) -> None:
        self.tag = token.tag
        match token.type:
            case "blockquote_open":
                self.enter("quote")
            case "bullet_list_open" | "ordered_list_open":
                self.numbers.append(int(token.attrs.get("start", 1)))
            case "list_item_open":
                ordered = token.markup in {".", ")"}
                self.enter("item", str(self.numbers[-1]) if ordered else token.markup)
                self.numbers[-1] += 1
                self.filled.append(False)
            case "tr_open":
                self.table.append([])
            case _:
                pass

    def enter(self, kind: str, label: str = "") -> None:
        self.count += 1
        self.path.append(f"{kind} {self.count} {label}".strip())
        self.filled = [True] * len(self.filled)

    def close(self, token: Token) -> None:
        match token.type:
            case "blockquote_close":
                self.path.pop()
            case "bullet_list_close" | "ordered_list_close":
                self.numbers.pop()
            case "list_item_close":
                if not self.filled.pop():
                    self.found.append((*self.path, "marker"))
                self.path.pop()
            case "table_close":
                self.add("table", *map(tuple, self.table))
                self.table = []
            case _:
                pass

    def leaf(self, token: Token) -> None:
        if token.type == "hr":
            self.add("rule")
        elif token.type != "inline":
            self.add("code", token.content.removesuffix("\n"))
        elif self.table:
            self.table[-1].append(token.content.strip(" \t"))
        else:
            lines = [line.strip(" \t") for line in token.content.split("\n")]
            self.add(self.tag, "\n".join(lines))


def expected(text: str) -> Found:
    return in_order_of_use(Expected(text).found)


def in_order_of_use(found: Found) -> Found:
    """Number quotations and items again: those that hold nothing are not seen."""
    names: dict[object, str] = {}
    counts = {"quote": 0, "item": 0}
    for path in found:
        for name in path:
            kind, _, rest = name.partition(" ") if isinstance(name, str) else ("", "", "")
            if kind in counts and rest[:1].isdigit() and name not in names:
                counts[kind] += 1
                names[name] = " ".join([kind, str(counts[kind]), *rest.split()[1:]])
    return [tuple(names.get(part, part) for part in path) for path in found]


def actual(text: str) -> Found:
    """What the scanner finds, in the same words."""
    scanner = Scanner()
    for line in text.removesuffix("\n").split("\n"):
        scanner.feed(line)
    scanner.finish()
    return described(scanner.blocks)


def described(blocks: list[Block]) -> Found:
    found: Found = []
    names: dict[object, str] = {}
    codes: dict[CodeShape, list[str]] = {}
    tables: dict[TableShape, list[tuple[str, ...]]] = {}
    counts = {Quote: 0, Item: 0}
    for block in blocks:
        path: list[str] = []
        for container in block.containers:
            if container not in names:
                counts[type(container)] += 1
                count = counts[type(container)]
                if isinstance(container, Quote):
                    names[container] = f"quote {count}"
                else:
                    label = container.number if container.shape.digits else container.marker
                    names[container] = f"item {count} {label}"
            path.append(names[container])
        match block:
            case Paragraph() | Heading():
                kind = f"h{block.level}" if isinstance(block, Heading) else "p"
                lines = [line.strip(" \t") for line in block.text.split("\n")]
                found.append((*path, kind, "\n".join(lines)))
            case Code():
                if block.index == 0:
                    codes[block.shape] = [block.source]
                else:
                    found.pop()
                    codes[block.shape].append(block.source)
                source = "".join(codes[block.shape]).removesuffix("\n")
                found.append((*path, "code", source))
            case Table():
                if block.header is not None:
                    tables[block.shape] = [block.header]
                else:
                    found.pop()
                tables[block.shape] += block.rows
                found.append((*path, "table", *tables[block.shape]))
            case Rule():
                found.append((*path, "rule"))
            case Marker():
                found.append((*path, "marker"))
            case _:
                raise AssertionError(block)
    return found


LINES = st.sampled_from(
    [
        *["", "", "", "text", "more *words* here", "  two in", "    four in", "      six in"],
        *["# One", "## Two ##", "####### no", "#", "#not", "===", "---", "--", "- - -", "***"],
        *[
            "- a",
            "- ",
            "-",
            "* b",
            "+ c",
            "  - d",
            "   - e",
            "- - g",
            "- p\n  - q\n    - f",
            "-     code",
        ],
        *["1. x", "2. y", "3) z", "10. ten", "1.", "  2. in", "   text of an item"],
        *["> q", ">", "> - l", ">> deep", ">     code", "> # H", "  > q", "> ```", ">\ttab"],
        *["```", "```py", "~~~", "````", "  ```", "``` a`b", "x = 1", "  x"],
        *["| a | b |", "|---|---|", "| - | :-: |", "a | b", "--|--", "| c |", "| \\| | d |", "|-"],
        *[
            "\n[ref]: /url\n",
            "\n[ref]:\n/url 'title'\ntext\n",
            "[ref]",
            "\tcode",
            "-\ttab",
            "\\- no",
        ],
        *["<div>", "</div>", "<!-- c -->", "&amp; & \\*", "1986. A great year", "* * *", "_ _ _"],
    ]
)

KNOWN = [
    "- a\n\n  b\n- c\n    d\n",
    "- a\n- b\n\n\n- c\ntext\n",
    "1. a\n   - b\n     ```\n     code\n     ```\n2. c",
    "> a\nlazy\n> b\n\nc",
    "text\n| a | b |\n|---|---|\n| 1 | 2 | 3 |\n| 4 |\nlast\n\nafter",
    "a\n---\nb\n===\n",
    "```py\n\n  x\n\n```\n    indented\n\n    code\n\nend",
    "-\n\n  not in it",
    "- \n  in it\n",
    "- [foo]: /url\n- [foo]",
    "> ```\ncode\n",
    "* a\n  > q\n  lazy\n* b",
    "[a]: /x\n[b]: /y\ntext",
    "[a]: /x\n===\n",
    "1.\n\n2. b\n",
]


@pytest.mark.parametrize("text", KNOWN)
def test_known_texts_have_the_same_blocks(text: str) -> None:
    assert actual(text) == expected(text)


@settings(max_examples=300, deadline=None)
@given(st.lists(LINES, min_size=1, max_size=12))
def test_any_text_has_the_same_blocks(lines: list[str]) -> None:
    text = "\n".join(lines) + "\n"
    assert actual(text) == expected(text)
