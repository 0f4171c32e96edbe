"""What happens by itself in peer review when a day comes."""

from peerreview.services.evidence_reminders import remind_of_evidence
from peerreview.services.pledges import ask_about_pledges
from peerreview.services.rechecks import make_rechecks_due
from peerreview.services.reminders import remind_of_reviews
from peerreview.services.stand_bys import move_up_silent
from peerreview.services.surveys import send_due_surveys
from peerreview.services.training_reminders import remind_of_training


def lapse_rechecks() -> dict[str, int]:
    """Make findings due for a check on their day."""
    return {"rechecks_due": make_rechecks_due()}


def ask_after_visits() -> dict[str, int]:
    """Send the surveys whose day has come, and ask makers of pledges what came of them."""
    return {"surveys": send_due_surveys(), "pledges": ask_about_pledges()}


def send_review_reminders() -> dict[str, int]:
    """Send the reminders of milestones and of dates to answer about that today stands on."""
    return remind_of_reviews()


def move_up_stand_bys() -> dict[str, int]:
    """Let stand-bys move up where an invitation was not answered in time."""
    return {"moved_up": move_up_silent()}


def remind_of_evidence_requests() -> dict[str, int]:
    """Remind services of documents that wait for an answer, on each step of the ladder once."""
    return {"people_reminded": remind_of_evidence()}


def send_training_reminders() -> dict[str, int]:
    """Remind people and their hub's managers of training that ends, 60 and 14 days before, each once."""
    counts = remind_of_training()
    return {"training_people": counts["people"], "training_managers": counts["managers"]}
