"""Work of every few minutes about figures that are counted ahead."""

from surveillance.services import collation


def count_rounds() -> dict[str, int]:
    """Have the rounds counted whose figures are older than their scores; running it again asks for nothing more."""
    return {"rounds_to_count": collation.count_stale_rounds()}
