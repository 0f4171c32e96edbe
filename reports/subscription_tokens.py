"""The tokens in links about emails: worked out from a secret of the site, so that every mail holds the same; kept as a hash only."""

import hashlib

from django.utils.crypto import salted_hmac

from reports.models import Subscription


def token_of(row: Subscription) -> str:
    """The token that this subscription's links carry."""
    return token_for(row.email, row.facets_key)


def token_for(email: str, facets_key: str) -> str:
    """The token of what an address asked for."""
    return salted_hmac("reports.subscription", f"{email}\n{facets_key}", algorithm="sha256").hexdigest()


def hash_of(token: str) -> str:
    """What the database keeps of a token."""
    return hashlib.sha256(token.encode()).hexdigest()
