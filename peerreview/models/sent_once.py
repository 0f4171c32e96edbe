"""Rows that a form makes once, however often its button is pressed."""

from django.db import models


class SentOnce(models.Model):
    """A row whose form or device made an id for it: what is sent twice is kept once (``services/once.py``)."""

    client_id = models.UUIDField(null=True, blank=True, unique=True, help_text="Made by the form or the device that sent it.")
    is_repeat = False  # whether it was here already when it was sent; of this request alone

    class Meta:
        abstract = True
