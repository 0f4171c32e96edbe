"""What the passing of a day does to suspended indicators."""

from surveillance.services import rescoring


def begin_suspensions() -> dict[str, int]:
    """Let suspensions whose day has come take effect on scores; running it again does nothing more."""
    return {"indicators_suspended": rescoring.begin_suspensions()}
