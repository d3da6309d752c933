"""The manual as sections that can be searched: the `docs/` that ship with the program."""

import re
import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from difflib import get_close_matches
from pathlib import Path

FRONT_PAGE = "index.md"
"""The page that makes a folder the manual."""

REFERENCE_PAGES = ("api.md", "architecture.md", "performance.md", "reliability.md")
"""Pages about how the program is made: users seldom ask for them."""

REFERENCE = 0.4
"""What a section of these counts."""

FRONT = 0.7
"""What a section of the front page counts: it says of everything a little."""

HEADING = 0.5
"""What is added to the score of a section whose whole heading was asked for."""

DEPTH = 3
"""Headings down to this level begin a section."""

WEIGHTS = (3.0, 6.0, 1.0)
"""What a word counts in a page's title, in a section's heading and in its text."""

SYNONYM = 0.6
"""What another word for what was asked counts."""

SIMILAR = 0.85
"""How alike a word must be to be taken for a misspelt one: `setings` is, `older` is not `order`."""

WEAK_WORDS = frozenset("add begin change create find open set start turn work".split())
"""Words that many sections share; they count half."""

EXACT = 1000.0
"""What a heading counts that is just what was asked: nothing else comes before it."""

SHORT_WORD = 3
"""Letters up to which a word is not the beginning of others: `mac` is not of `machine`."""

STOP_WORDS = frozenset(
    """
    a about after all also am an and any are as at be been before but by can cannot could did do
    does doing done for from get gets give go goes got had happen happens has have he help here
    hi how i if in into is it its just know let like make many may me mean means might mode more
    much must my need no not of off on one only or other our out over please really say see
    should show so some tell than that the their them then there these they thing things this
    those through to too understand up us use used using very want was way we were what when
    where which while who why will with without work works would you your acechat program app
    application explain exactly actually possible possibly something anything i'm don't can't
    it's what's doesn't won't write
    """.split()
)
"""Words of a question that say nothing about what it is about."""

SYNONYMS: tuple[frozenset[str], ...] = tuple(
    frozenset(line.split())
    for line in (
        "quit exit leave close end",
        "conversation chat session history thread",
        "preset persona system prompt role instruction",
        "reference url link attachment attach file image picture document upload",
        "token credential password login account auth",
        "key keys shortcut hotkey keybinding binding keyboard remap",
        "theme color colour dark light appearance",
        "stop abort cancel interrupt",
        "copy clipboard yank",
        "local offline gguf llama ollama",
        "model engine llm",
        "delete remove erase trash undo",
        "rename title name",
        "install setup start run upgrade begin",
        "settings configuration config option preference toml",
        "command slash palette",
        "export save backup markdown",
        "proxy certificate network firewall",
        "error fail failure problem trouble wrong",
        "cost bill charge price balance money",
        "sidebar list panel",
        "newline multiline line",
        "mac macos osx apple",
        "script pipe stdin stdout shell command-line cli terminal",
    )
)
"""Words that users and the manual may use for one another."""

PHRASES = {
    "system prompt": "preset",
    "system message": "preset",
    "api key": "token",
    "key binding": "keybinding",
    "new line": "newline",
    "line break": "newline",
    "multi-line": "newline",
    "multiple lines": "newline",
    "several lines": "newline",
    "command line": "command-line",
    "mac os": "macos",
}
"""What users say in two words."""

_HEADING = re.compile(r"(#{1,6})\s+(.+?)\s*#*\s*$")
_FENCE = re.compile(r"\s{0,3}(`{3,}|~{3,})")
_TERM = re.compile(r"[\w+./'’-]*\w")


@dataclass(frozen=True, slots=True)
class Section:
    """A part of a page, from its heading to the next one."""

    page: str
    """The title of its page."""
    heading: str
    """Its own heading; the page's title for what stands before the first heading."""
    text: str
    """Its Markdown, without the heading."""
    weight: float = 1.0
    """What it counts in a search."""

    @property
    def name(self) -> str:
        """Page and heading, as the answer names it."""
        return self.page if self.heading == self.page else f"{self.page} › {self.heading}"


@dataclass(frozen=True, slots=True)
class Term:
    """A word that is searched for."""

    word: str
    """As it was typed, in lower case."""
    weight: float = 1.0
    """What it counts."""

    @property
    def stems(self) -> tuple[str, ...]:
        """Its beginnings, one of which each of its other forms has."""
        word = self.word
        if word.endswith(("y", "ies")) and len(word) > SHORT_WORD:
            root = word.removesuffix("ies").removesuffix("y")
            return (f"{root}y", f"{root}i")
        if word.endswith(("sses", "shes", "ches", "xes")):
            word = word.removesuffix("es")
        elif word.endswith("s") and not word.endswith("ss"):
            word = word.removesuffix("s")
        # `deleting`, `deleted` and `delete`; but `theme` is not of `them`, nor `using` of `us`.
        for ending, shortest in (("ing", 4), ("ed", 4), ("e", 5)):
            if word.endswith(ending) and len(word) - len(ending) >= shortest:
                return (word.removesuffix(ending),)
        return (word,)

    @property
    def synonyms(self) -> set[str]:
        """Other words for it."""
        groups = (group for group in SYNONYMS if group & {self.word, *self.stems})
        return {word for group in groups for word in group} - {self.word}


@dataclass(slots=True)
class Hit:
    """A section that was found."""

    section: Section
    score: float = 0.0
    """How well it fits; only its order means something."""
    matched: set[str] = field(default_factory=set[str])
    """The words that were found in it."""


def find_docs(package: Path | None = None) -> Path | None:
    """Return the folder of the manual: in the installed package, or beside its source root."""
    package = package or Path(__file__).parents[1]
    places = (package, package.parent, package.parent.parent)
    return next((p / "docs" for p in places if (p / "docs" / FRONT_PAGE).is_file()), None)


def terms(question: str) -> list[Term]:
    """Return the words of a question that say what it is about."""
    asked = question.lower().replace("’", "'")
    for phrase, word in PHRASES.items():
        asked = re.sub(rf"\b{phrase}", word, asked)
    words = _TERM.findall(asked)
    kept = [word for word in words if word not in STOP_WORDS]
    return [Term(word, 0.5 if word in WEAK_WORDS else 1.0) for word in dict.fromkeys(kept)]


def sections(title: str, markdown: str, weight: float = 1.0) -> Iterator[Section]:
    """Cut a page at its headings; `title` is used where it has none of its own."""
    page = heading = title
    lines: list[str] = []
    fence = ""
    for line in markdown.splitlines():
        if opened := _FENCE.match(line):
            mark = opened[1]
            if not fence:
                fence = mark
            elif mark.startswith(fence) and not line.strip().strip(mark[0]):
                fence = ""
        found = None if fence else _HEADING.match(line)
        if not found or len(found[1]) > DEPTH:
            lines.append(line)
            continue
        if text := "\n".join(lines).strip():
            yield Section(page, heading, text, weight)
        lines = []
        heading = _plain(found[2])
        if len(found[1]) == 1:
            page = heading
    if text := "\n".join(lines).strip():
        yield Section(page, heading, text, weight)


def _plain(heading: str) -> str:
    return re.sub(r"[`*_]|\[|\]\([^)]*\)", "", heading).strip()


def read_sections(folder: Path) -> Iterator[Section]:
    """Cut all pages of the manual, the front page first.

    Raises:
        OSError: a page cannot be read.
    """
    for page in sorted(folder.glob("*.md"), key=lambda page: (page.name != FRONT_PAGE, page.name)):
        weight = FRONT if page.name == FRONT_PAGE else 1.0
        if page.name in REFERENCE_PAGES:
            weight = REFERENCE
        yield from sections(page.stem.replace("-", " "), page.read_text("utf-8"), weight)


class Manual:
    """All sections, with an index of their words in memory."""

    def __init__(self, parts: Iterable[Section]) -> None:
        self.sections: Sequence[Section] = tuple(parts)
        self._index = sqlite3.connect(":memory:", check_same_thread=False)
        self._index.execute(
            "CREATE VIRTUAL TABLE section USING fts5(page, heading, text,"
            " tokenize = 'unicode61 remove_diacritics 2', prefix = '3 4 5')"
        )
        self._index.execute("CREATE VIRTUAL TABLE vocabulary USING fts5vocab(section, 'row')")
        self._index.executemany(
            "INSERT INTO section (rowid, page, heading, text) VALUES (?, ?, ?, ?)",
            [
                (number, part.page, part.heading, part.text)
                for number, part in enumerate(self.sections)
            ],
        )
        rows: list[tuple[str]] = self._index.execute("SELECT term FROM vocabulary").fetchall()
        self._words = [row[0] for row in rows]

    @property
    def pages(self) -> dict[str, list[str]]:
        """The titles of the pages, each with the headings on it."""
        pages: dict[str, list[str]] = {}
        for part in self.sections:
            headings = pages.setdefault(part.page, [])
            if part.heading != part.page:
                headings.append(part.heading)
        return pages

    def named(self, question: str) -> list[Hit]:
        """Return the sections whose heading, or whose page's title, is just what was asked."""
        asked = _key(question)
        if not asked:
            return []
        by_page = [part for part in self.sections if _key(part.page) == asked]
        by_heading = [part for part in self.sections if _key(part.heading) == asked]
        matched = {term.word for term in terms(question)}
        first = dict.fromkeys(by_page[:1] + by_heading)
        return [Hit(part, EXACT, set(matched)) for part in first]

    def after(self, section: Section) -> Section | None:
        """Return the section that follows on the same page."""
        number = self.sections.index(section) + 1
        following = self.sections[number] if number < len(self.sections) else None
        return following if following and following.page == section.page else None

    def search(self, wanted: Sequence[Term]) -> list[Hit]:
        """Return the sections that hold any of the words, the best first."""
        hits: dict[int, Hit] = {}
        for term in wanted:
            for number, score in self._scores(term).items():
                hit = hits.setdefault(number, Hit(self.sections[number]))
                hit.score += term.weight * score
                hit.matched.add(term.word)
        for hit in hits.values():
            # What holds all the words comes before what holds one of them many times.
            hit.score *= (len(hit.matched) / len(wanted)) ** 2
            hit.score *= hit.section.weight * (1 + HEADING * _share(hit.section.heading, wanted))
        return sorted(hits.values(), key=lambda hit: -hit.score)

    def _scores(self, term: Term) -> dict[int, float]:
        scores = self._matches(term.stems)
        if not scores:
            # A slip of the finger, most likely.
            near = [word for word in self._words if word[:1] == term.word[:1]]
            for word in get_close_matches(term.word, near, n=1, cutoff=SIMILAR):
                scores = self._matches((word,))
        for word in term.synonyms:
            for number, score in self._matches(Term(word).stems).items():
                scores[number] = max(scores.get(number, 0.0), SYNONYM * score)
        return scores

    def _matches(self, stems: Sequence[str]) -> dict[int, float]:
        # In quotes nothing has a meaning of its own; `ctrl+o` becomes two words in a row.
        phrases: list[str] = []
        for stem in stems:
            if stem.isalpha() and len(stem) > SHORT_WORD:
                phrases.append(f'"{stem}" *')
            else:
                phrases += f'"{stem}"', f'"{stem}s"'
        rows: list[tuple[int, float]] = self._index.execute(
            f"SELECT rowid, -bm25(section, {', '.join(map(str, WEIGHTS))}) FROM section"  # noqa: S608
            " WHERE section MATCH ?",
            (" OR ".join(phrases),),
        ).fetchall()
        return dict(rows)


def _share(heading: str, wanted: Sequence[Term]) -> float:
    """Return how much of a heading was asked for."""
    said = terms(heading)
    stems = tuple(stem for term in wanted for stem in term.stems)
    return sum(term.word.startswith(stems) for term in said) / len(said) if said else 0.0


def _key(text: str) -> tuple[str, ...]:
    """Return what a heading, or a question, is about; all its words where that is nothing."""
    about = tuple(sorted(term.stems[0] for term in terms(text)))
    return about or tuple(_TERM.findall(text.lower()))
