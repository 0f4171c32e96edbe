"""A thing about a review that somebody must do, as lists of work show it."""

import datetime as dt
from typing import Any

from django.urls import reverse

from peerreview.models import Review
from work.items import WorkItem


def review_item(review: Review, kind: str, task: str, url: str, due: dt.date | None, *, outside: str = "", **extra: Any) -> WorkItem:
    """Work of a review, whose services are loaded; ``outside`` says the task in words that may leave the site."""
    services = ", ".join(service.name for service in review.services.all())
    extra.setdefault("reference", f"review:{review.pk}:{kind}")
    return WorkItem(
        kind=f"review.{kind}", task=task, url=url, service=review.title, due=due, is_learning=review.is_learning,
        list_url=reverse("peerreview:review_list"), outside=f"{outside or task}: {services}", **extra,
    )  # fmt: skip
