"""The model `guide`: answers questions about this program from its manual, by searching it."""

import re
from collections.abc import AsyncGenerator, Sequence
from dataclasses import dataclass
from pathlib import Path

from acechat.server.answering import Asked
from acechat.server.manual import Hit, Manual, Term, find_docs, read_sections, terms
from acechat.server.names import GUIDE
from acechat.server.pacing import paced
from acechat.server.quoting import quote

PACE = 300.0
"""Pieces a second: faster than one reads, and still seen to arrive."""

SECOND = 0.6
"""The part of the best section's score from which the next one is quoted too."""

SHORT = 700
"""Characters at most of a section that is quoted as the second."""

BRIEF = 300
"""Characters up to which the beginning of a page is no answer without the section after it."""

FEW = 2
"""A question of no more words than this may lean on the one before it."""

EARLIER = 0.4
"""What a word of the question before counts."""

_GREETING = re.compile(
    r"(hi|hello|hey|hallo|hola|bonjour|moin|你好|good (morning|afternoon|evening|day))"
    r"( there| guide| acechat)?"
)
_THANKS = re.compile(r"(ok |okay |great |cool )?(thanks|thank you|thx|cheers|danke|谢谢)( .*)?")
_ABOUT = re.compile(
    r"(help( me)?( please)?|(so )?what (can|do|could) (you|i|we) (do|ask|ask you|know|answer)"
    r"( here| for me)?|who are you|what are you|what is this|what is (a|the) guide|are you .*"
    r"|which model (is this|are you)|what model (is this|are you)|what should i ask( you)?"
    r"|how (do|can) i start|where do i start|what now)"
)
_TOPICS = re.compile(
    r"((list|show)( me)?( all| the)* )?(topics|contents|table of contents|index|pages|sections"
    r"|manual|docs|documentation)"
)
_CARRIED = re.compile(
    r"[^\n]*\n\n<transcript>\n(?P<said>.*)\n</transcript>\n\n[^\n]*\n\n(?P<question>.*)", re.DOTALL
)
"""A question that carries what was said before: this program asks so after going back."""
_SPEAKERS = re.compile(r"\n\n(?=(?:User|Assistant):\n)")
_MORE = re.compile(
    r"(and )?(more|next|go on|continue|tell me more|show( me)? more|what else)( please)?"
)


@dataclass(frozen=True, slots=True)
class _Found:
    """The sections for a question, best first, and what was looked for."""

    hits: Sequence[Hit]
    wanted: Sequence[Term]

    @property
    def first(self) -> Sequence[Hit]:
        """The sections of the first answer: the best, and the next where it is nearly as good."""
        if len(self.hits) < 2:
            return self.hits
        best, second = self.hits[:2]
        fits = len(second.matched) >= len(best.matched) and second.score >= SECOND * best.score
        return self.hits[:2] if fits else self.hits[:1]

    @property
    def poor(self) -> bool:
        """Whether the best section holds less than half of what was asked."""
        return not self.hits or len(self.hits[0].matched) * 2 < len(self.wanted)


class Guide:
    """Answers from the manual and from nothing else."""

    name = GUIDE

    def __init__(self, docs: Path | None = None, *, pace: float = PACE) -> None:
        self._docs = docs
        self._pace = pace
        self._read: Manual | None = None

    async def answer(self, asked: Asked) -> AsyncGenerator[str, None]:
        """Yield the answer in pieces."""
        async for piece in paced(self.reply(asked), self._pace):
            yield piece

    def reply(self, asked: Asked) -> str:
        """Return the whole answer."""
        notes = _notes(asked)
        return "\n\n".join((*([notes] if notes else []), self._reply(asked)))

    @property
    def _manual(self) -> Manual:
        if self._read is None:
            # At the first question: nothing of this is needed to start.
            docs = self._docs or find_docs()
            self._read = Manual(read_sections(docs) if docs else ())
        return self._read

    def _reply(self, asked: Asked) -> str:
        if not self._manual.sections:
            return "The manual was not installed with this program, so I have nothing to search."
        before = [each for turn in asked.history for each in _questions(turn.question)]
        *earlier, question = [*before, *_questions(asked.question)]
        said = _said(question)
        if self._manual.named(question):
            return self._first(self._find(question, earlier))
        if _GREETING.fullmatch(said):
            return f"Hello. {self._about()}"
        if _THANKS.fullmatch(said):
            return "You are welcome. Ask again whenever something is unclear."
        if _ABOUT.fullmatch(said):
            return self._about()
        if _TOPICS.fullmatch(said):
            return f"The manual covers:\n\n{self._topics()}"
        if _MORE.fullmatch(said):
            return self._more(earlier)
        found = self._find(question, earlier)
        return self._nothing(found) if found.poor else self._first(found)

    def _find(self, question: str, earlier: Sequence[str]) -> _Found:
        own = terms(question)
        if named := self._manual.named(question):
            sections = [hit.section for hit in named]
            others = [hit for hit in self._manual.search(own) if hit.section not in sections]
            return _Found([*named, *others], own)
        before: list[Term] = []
        if len(own) <= FEW:
            before = self._before(earlier, {term.word for term in own})
        hits = self._manual.search([*own, *before])
        words = {term.word for term in own}
        # The words of the question before help to choose, but only among what was asked now.
        if now := [hit for hit in hits if hit.matched & words]:
            for hit in now:
                hit.matched &= words
            return _Found(now, own)
        if own:
            return _Found([], own)
        return _Found(hits, before)

    def _before(self, earlier: Sequence[str], known: set[str]) -> list[Term]:
        """Return the words of the newest question that has any, to lean on."""
        for question in reversed(earlier):
            said = _said(question)
            if _MORE.fullmatch(said) or _THANKS.fullmatch(said):
                continue
            if words := [term.word for term in terms(question) if term.word not in known]:
                return [Term(word, EARLIER) for word in words]
        return []

    def _first(self, found: _Found) -> str:
        shown = found.first
        best = shown[0].section
        lead = f"The manual says under **{best.name}**:"
        parts = [lead, quote(best, found.wanted)]
        for hit in shown[1:]:
            parts += f"And under **{hit.section.name}**:", quote(hit.section, found.wanted, SHORT)
        if best.heading == best.page and len(best.text) < BRIEF and not shown[1:]:
            following = self._manual.after(best)
            if following:
                shown = [*shown, Hit(following)]
                parts += f"And under **{following.name}**:", quote(following, found.wanted)
        others = [name for name in self._manual.pages.get(best.page, []) if name != best.heading]
        if best.heading == best.page and others:
            parts.append(f"The page also covers {_listed(others)}.")
        sections = [hit.section for hit in shown]
        rest = [hit for hit in found.hits if hit.section not in sections]
        return "\n\n".join((*parts, _sources(shown, rest)))

    def _more(self, earlier: Sequence[str]) -> str:
        """Go on with the sections of the newest question that was not itself a wish for more."""
        times = 0
        while earlier and _MORE.fullmatch(_said(earlier[-1])):
            times += 1
            earlier = earlier[:-1]
        found = self._find(earlier[-1], earlier[:-1]) if earlier else _Found([], [])
        if found.poor:
            return f"There is nothing to go on with. The manual covers:\n\n{self._topics()}"
        number = len(found.first) + times
        if number >= len(found.hits):
            return f"That was all I found. The manual covers:\n\n{self._topics()}"
        hit = found.hits[number]
        lead = f"Next, **{hit.section.name}**:"
        sources = _sources([hit], found.hits[number + 1 :])
        return "\n\n".join((lead, quote(hit.section, found.wanted), sources))

    def _nothing(self, found: _Found) -> str:
        lead = "I found nothing about that in the manual, which is all I know."
        if found.hits:
            lead += f" The nearest is **{found.hits[0].section.name}**."
        return (
            f"{lead} Other questions need a language model: add a token, or run a model on this"
            f" machine.\n\nThe manual covers:\n\n{self._topics()}"
        )

    def _about(self) -> str:
        return (
            "I am the guide: I answer questions about this program by searching its manual, on"
            " this machine, and quote what I find. I am no language model, so I cannot chat about"
            f" anything else.\n\nYou can ask about:\n\n{self._topics()}\n\n"
            "For example: *how do I add a token?*, *how do I switch the model?*,"
            " *what are the keys?* After an answer, “more” shows the next section."
        )

    def _topics(self) -> str:
        lines: list[str] = []
        for page, headings in self._manual.pages.items():
            lines.append(f"- **{page}**" + (f": {_listed(headings)}" if headings else ""))
        return "\n".join(lines)


def _questions(question: str) -> list[str]:
    """Return the questions in one that carries what was said before; the one asked now is last."""
    carried = _CARRIED.fullmatch(question)
    if carried is None:
        return [question]
    spoken = _SPEAKERS.split(carried["said"])
    earlier = [each.removeprefix("User:\n") for each in spoken if each.startswith("User:\n")]
    return [*earlier, carried["question"]]


def _said(question: str) -> str:
    return " ".join(question.lower().strip(" \n\t.!?…,，。！？").split())


def _listed(names: Sequence[str], most: int = 6) -> str:
    listed = ", ".join(names[:most])
    return f"{listed}, …" if len(names) > most else listed


def _sources(shown: Sequence[Hit], rest: Sequence[Hit]) -> str:
    used = " · ".join(hit.section.name for hit in shown)
    line = f"*From the manual: {used}.*"
    return f"{line} *Say “more” for {rest[0].section.name}.*" if rest else line


def _notes(asked: Asked) -> str:
    """Return what the user should know about how the question was taken."""
    notes: list[str] = []
    if asked.preset and not asked.history:
        notes.append("I search the manual, so the preset changes nothing here.")
    earlier = asked.history[-1].references if asked.history else ()
    if asked.references and asked.references != earlier:
        what = "the reference" if len(asked.references) == 1 else "the references"
        notes.append(f"I cannot read {what} you gave: {', '.join(asked.references)}")
    return f"*{' '.join(notes)}*" if notes else ""
