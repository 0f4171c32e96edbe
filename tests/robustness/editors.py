"""An editor: opens the page once, then saves, and decides knowingly when somebody else was first."""

import random
import threading
import time

from tests.robustness.chain import Ledger, Save
from tests.robustness.client import Browser

REPLACES = 0.7  # how often an editor who meets another's text puts their own in its place
LAST_TRIES_SECONDS = 120
THINKS_SECONDS = 0.2


class Editor(threading.Thread):
    """Saves texts of its own into ``answers`` until ``is_over``; everything it did stands in the ledger."""

    def __init__(self, number: int, browser: Browser, report: int, answers: list[int], ledger: Ledger, is_over: threading.Event) -> None:
        super().__init__(name=f"editor-{number}", daemon=True)
        self.browser, self.report, self.answers, self.ledger, self.is_over = browser, report, answers, ledger, is_over
        self.chance = random.Random(number)  # noqa: S311 - the same choices in every run
        self.seen: dict[int, tuple[int, str]] = {}
        self.save_count = 0

    def run(self) -> None:
        try:
            while not self.seen and not self.is_over.is_set():
                self.open_page()
            while not self.is_over.is_set():
                self.save(self.chance.choice(self.answers))
                time.sleep(self.chance.uniform(0, THINKS_SECONDS))
        except Exception as error:  # a thread that dies must be seen by the test
            self.ledger.unexpected.append(f"{self.name} ended: {error!r}")
            raise
        finally:
            self.browser.close()

    def open_page(self) -> None:
        """See how every answer stands now."""
        status, listed = self.browser.get_json(f"/self-reports/{self.report}/answers/")
        if status == 200:
            self.seen = {one["id"]: (one["version"], one["comment"]) for one in listed}
        else:
            self.no_reply(status, listed)

    def save(self, answer: int) -> None:
        """Write a new text; where somebody was first, replace theirs or leave it, having seen it."""
        while True:
            meant = self.mean(answer)
            if self.send(meant):
                return
            if self.chance.random() > REPLACES:
                self.ledger.count("left to the other")
                return
            self.ledger.count("replaced knowingly")

    def mean(self, answer: int) -> Save:
        """A save with a text that nobody else writes, over what this editor has seen."""
        self.save_count += 1
        base, seen = self.seen[answer]
        meant = Save(answer, f"{self.name}, save {self.save_count}", base, seen)
        self.ledger.saves.append(meant)
        return meant

    def send(self, meant: Save) -> bool:
        """Send until there is a reply; True when it is saved (or nobody ever said), False when another's text is there."""
        fields = {"value": "CANNOT", "reason": "The figure is not kept.", "comment": meant.text, "version": meant.base}
        gives_up = None
        while True:
            status, body = self.browser.post_json(f"/self-reports/{self.report}/answers/{meant.answer}/", fields)
            if status == 200:
                self.saved(meant, body["version"])
                return True
            if status == 409:
                return self.met(meant, body)
            self.no_reply(status, body)
            if self.is_over.is_set():
                gives_up = gives_up or time.monotonic() + LAST_TRIES_SECONDS
                if time.monotonic() > gives_up:
                    self.ledger.count("given up")
                    return True

    def saved(self, meant: Save, version: int) -> None:
        meant.version = version
        self.seen[meant.answer] = version, meant.text
        self.ledger.count("acknowledged")

    def met(self, meant: Save, body: dict[str, dict[str, object]]) -> bool:
        """409: the own text, saved before the reply was lost, or somebody else's. Both texts are in the reply."""
        current = body["current"]
        if body["yours"]["comment"] != meant.text:
            self.ledger.unexpected.append(f"409 gave back {body['yours']} for {meant}")
        if current["comment"] == meant.text:
            self.ledger.count("found saved on trying again")
            self.saved(meant, int(str(current["version"])))
            return True
        self.seen[meant.answer] = int(str(current["version"])), str(current["comment"])
        self.ledger.count("conflicts")
        return False

    def no_reply(self, status: int | None, body: object) -> None:
        """No connection or 503 with a sentence: wait and try again. Anything else is a fault."""
        is_unavailable = status == 503 and isinstance(body, dict) and bool(body.get("errors"))
        if status is not None and not is_unavailable:
            self.ledger.unexpected.append(f"{self.name} was answered {status}: {str(body)[:300]}")
        self.ledger.count("answered 503" if status == 503 else "no connection" if status is None else "unexpected")
        time.sleep(self.chance.uniform(0.1, 0.5))
