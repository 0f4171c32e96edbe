"""The production settings of a site under test. Only static files differ: error pages are drawn without having collected them."""

from qnt.settings import *  # noqa: F403
from qnt.settings import STORAGES

STORAGES = STORAGES | {"staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}}
