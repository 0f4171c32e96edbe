"""Settings of the test run: the real ones, with a quick password hasher, mail in memory and files of their own."""

import atexit
import shutil
import tempfile
from pathlib import Path

from qnt.settings import *  # noqa: F403
from qnt.settings import CACHES, DATABASES, STORAGES

TEST_DIR = Path(tempfile.mkdtemp(prefix="qnt-test-"))
atexit.register(shutil.rmtree, TEST_DIR, ignore_errors=True)

PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
MEDIA_ROOT = TEST_DIR / "media"
STATIC_ROOT = TEST_DIR / "static"  # WhiteNoise warns when the folder is not there
STATIC_ROOT.mkdir()
JOBS_RING_BELL = False
# Tests count statements: on a slow machine a minute passes between two pages, and the second would write or ask once more.
SESSION_NOTED_EVERY_SECONDS = 3600
CACHES = CACHES | {"local": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache", "TIMEOUT": 3600}}
STORAGES = STORAGES | {"staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}}
if DATABASES["default"]["ENGINE"] == "django.db.backends.sqlite3":
    # A file, one a process: in memory, threads meet "table is locked".
    DATABASES["default"]["TEST"] = {"NAME": str(TEST_DIR / "test.sqlite3")}
DATABASES["default"]["CONN_MAX_AGE"] = 0
