"""Fill an empty database: one self-report of 300 questions, editors who are signed in, and a log of every save.

Run as ``python -m tests.robustness.prepare EDITORS``; prints JSON: ``report``, ``answers`` (pk, version and comment of each)
and ``sessions`` (a cookie for each editor).
"""

import json
import sys
from pathlib import Path

import django
from django.conf import settings
from django.core.management import call_command
from django.db import connection
from django.test import Client

# The database itself writes down each change of an answer, in the transaction that makes it: what was committed, in order.
LOG = """
CREATE TABLE save_log (
    answer_id bigint, version_before integer, version integer, comment_before text, comment text, PRIMARY KEY (answer_id, version)
);
CREATE FUNCTION log_save() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO save_log VALUES (NEW.id, OLD.version, NEW.version, OLD.comment, NEW.comment);
    RETURN NULL;
END $$;
CREATE TRIGGER log_save AFTER UPDATE ON surveillance_answer FOR EACH ROW EXECUTE FUNCTION log_save();
"""


def prepare(editor_count: int) -> dict[str, object]:
    """Make everything; see the head of the file."""
    from qnt.bench.data import assign, make_person, make_world  # noqa: PLC0415 - models are there only after django.setup()

    call_command("migrate", verbosity=0)
    report = make_world(Path(), small=1).large
    sessions = []
    for number in range(editor_count):
        editor = make_person("SERVICE_LEAD", report.service.provider, f"Illustrative editor {number}")
        assign(editor, report.service)
        client = Client()
        client.force_login(editor)
        sessions.append(client.cookies[settings.SESSION_COOKIE_NAME].value)
    with connection.cursor() as cursor:
        cursor.execute(LOG)
    answers = list(report.answers.order_by("pk").values_list("pk", "version", "comment"))
    return {"report": report.pk, "answers": answers, "sessions": sessions}


if __name__ == "__main__":
    django.setup()
    print(json.dumps(prepare(int(sys.argv[1]))))  # noqa: T201
