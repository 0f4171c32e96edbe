"""Daily work about self-reports."""

from surveillance.services import reminders


def send_reminders() -> dict[str, int]:
    """Send the steps of the reminder ladder that were reached today; running it again sends nothing twice."""
    return reminders.send_reminders()
