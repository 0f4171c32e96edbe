"""Daily reminders, of self-reports and of actions."""

from surveillance.services import action_reminders, reminders


def send_reminders() -> dict[str, int]:
    """Send the steps of the reminder ladder that were reached today; running it again sends nothing twice."""
    return reminders.send_reminders() | action_reminders.remind_of_actions()
