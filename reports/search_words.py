"""What people type into the library's search box, as one meaning for two engines.

Words must all be there; ``"words in quotes"`` stand together; ``or`` gives alternatives; ``-word`` leaves out. Whatever else
is typed is only a gap between words. PostgreSQL reads the result by ``websearch_to_tsquery``, SQLite by FTS5, so that both find
the same reports: words that PostgreSQL never indexes ("the", "of") are dropped for both, and split what stands in quotes.
"""

import re
import unicodedata
from dataclasses import dataclass

MOST_TERMS = 20
Term = tuple[str, ...]

# The stop words of PostgreSQL's configuration "english".
_STOPPED = """
    i me my myself we our ours ourselves you your yours yourself yourselves he him his himself she her hers herself it its itself they
    them their theirs themselves what which who whom this that these those am is are was were be been being have has had having do does
    did doing a an the and but if or because as until while of at by for with about against between into through during before after
    above below to from up down in out on off over under again further then once here there when where why how all any both each few
    more most other some such no nor not only own same so than too very s t can will just don should now
"""
STOP_WORDS = frozenset(_STOPPED.split())
_TYPED = re.compile(r'(-?)"([^"]*)"?|(\S+)')
_GAPS = re.compile(r"[\W_]+")


@dataclass(frozen=True)
class Alternative:
    """Terms that must all be there, and terms that must not; a term of several words stands together."""

    wanted: tuple[Term, ...]
    unwanted: tuple[Term, ...] = ()


def plain(text: str) -> str:
    """``text`` as both engines read it: lower case, without accents, every gap between words one space."""
    if not text.isascii():
        text = "".join(letter for letter in unicodedata.normalize("NFD", text) if not unicodedata.combining(letter))
    return _GAPS.sub(" ", text).strip().lower()


def terms_of(text: str) -> list[Term]:
    """The runs of words in ``text`` between its stop words."""
    runs: list[list[str]] = [[]]
    for word in plain(text).split():
        if word in STOP_WORDS:
            runs.append([])
        else:
            runs[-1].append(word)
    return [tuple(run) for run in runs if run]


def parsed(typed: str) -> tuple[Alternative, ...]:
    """The alternatives that were typed; empty when nothing is left to search for."""
    found: list[Alternative] = []
    wanted: list[Term] = []
    unwanted: list[Term] = []
    count = 0
    for minus, quoted, bare in _TYPED.findall(typed.replace("“", '"').replace("”", '"')):
        if bare.lower() == "or":
            found, wanted, unwanted = [*found, Alternative(tuple(wanted), tuple(unwanted))], [], []
            continue
        is_unwanted = bool(minus) or (bare.startswith("-") and not quoted)
        terms = terms_of(quoted or bare)[: MOST_TERMS - count]
        count += len(terms)
        (unwanted if is_unwanted else wanted).extend(terms)
    found.append(Alternative(tuple(wanted), tuple(unwanted)))
    return tuple(one for one in found if one.wanted)


def as_websearch(query: tuple[Alternative, ...]) -> str:
    """The query for PostgreSQL's ``websearch_to_tsquery``."""
    return " or ".join(" ".join([*map(_quoted, one.wanted), *(f"-{_quoted(term)}" for term in one.unwanted)]) for one in query)


def as_fts5(query: tuple[Alternative, ...]) -> str:
    """The query for SQLite's FTS5."""
    parts = [
        " NOT ".join([f"({' AND '.join(map(_quoted, one.wanted))})", *map(_quoted, one.unwanted)]) for one in query
    ]  # fmt: skip
    return " OR ".join(f"({part})" for part in parts)


def _quoted(term: Term) -> str:
    return f'"{" ".join(term)}"'
