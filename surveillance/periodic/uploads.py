"""Hourly work about files."""

from surveillance.services import held


def sweep_uploads() -> dict[str, int]:
    """Delete files that nobody needs any more; running it again deletes nothing more."""
    return held.sweep_uploads()
