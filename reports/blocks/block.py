"""What a block is."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from peerreview.models import Review

Data = dict[str, Any]


def as_frozen(data: Data) -> Data:
    """The context of a block that shows its facts as they are."""
    return data


@dataclass(frozen=True)
class Block:
    """``data`` reads the facts of a review, in JSON's own types; ``context`` makes what the template needs of them (charts).

    ``context`` never reads the database: a frozen version shows what it holds, whatever has changed since.
    """

    data: Callable[[Review], Data]
    template: str
    context: Callable[[Data], Data] = as_frozen
