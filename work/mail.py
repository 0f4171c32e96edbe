"""Mail: plain words, one link, no findings or comments inside; sent by jobs, as files in the embedded profile."""

from collections.abc import Iterable
from typing import Any

from django.conf import settings
from django.core.mail import EmailMessage
from django.template.loader import render_to_string

from accounts.models import User


def send(
    *, to: Iterable[User | str], subject: str, template: str, path: str, files: Iterable[tuple[str, bytes, str]] = (),
    headers: dict[str, str] | None = None, **context: Any,
) -> int:  # fmt: skip
    """Send one mail to each active person, from ``templates/emails/<template>.txt``; gives how many were sent.

    ``path`` is the one link, root-relative. The subject starts with the act (ux rule 14) and loses any line break.
    ``headers`` are the message's own, for leaving a list in one press.
    ``files`` go with it: name, content, media type; for calendars only, since reports and letters are read on the site.
    """
    sent, files = 0, list(files)
    for person in to:
        if isinstance(person, User) and not person.is_active:
            continue
        address = person if isinstance(person, str) else person.email
        body = render_to_string(f"emails/{template}.txt", context | {"link": settings.SITE_URL + path, "person": person})
        message = EmailMessage(" ".join(subject.split()), body, to=[address], headers=headers)
        for name, content, media_type in files:
            message.attach(name, content, media_type)
        sent += message.send()
    return sent
