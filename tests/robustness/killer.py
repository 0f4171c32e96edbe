"""Kills the servers in turn, and asks what the site says while its database is down."""

import time
from collections import Counter
from collections.abc import Callable
from typing import Any

from tests.robustness.client import Browser
from tests.robustness.servers import Cluster, Site, wait_for

ACTS = ("web worker", "database backend", "web master", "database")
NO_PAGE = "Sorry, the service is not available"


def answered(ask: Callable[[], tuple[int | None, Any]]) -> tuple[int | None, Any]:
    """What was answered; a connection that broke says nothing, so it is asked again, three times in all."""
    for _ in range(2):
        status, body = ask()
        if status is not None:
            return status, body
    return ask()


class Killer:
    """``carry_on`` kills until the time is over, each kind at least once."""

    def __init__(self, cluster: Cluster, site: Site, browser: Browser, report: int, answer: int) -> None:
        self.cluster, self.site, self.browser = cluster, site, browser
        self.list_path = f"/self-reports/{report}/answers/"
        self.answer_path = f"{self.list_path}{answer}/"
        self.kills: Counter[str] = Counter()
        self.longest_seconds = 0.0
        self.while_down: Counter[str] = Counter()

    def carry_on(self, seconds: float, pause: float) -> None:
        """Kill something every ``pause`` seconds, once the site serves again after the last kill."""
        until = time.monotonic() + seconds
        while time.monotonic() < until or len(self.kills) < len(ACTS):
            act = ACTS[self.kills.total() % len(ACTS)]
            getattr(self, f"kill_{act.replace(' ', '_')}")()
            self.kills[act] += 1
            self.longest_seconds = max(self.longest_seconds, wait_for(self.serves, f"the site serves again after a {act} was killed"))
            time.sleep(pause)

    def serves(self) -> bool:
        """Whether a list of answers is given now, and not only by workers whose master is gone."""
        self.site.keep_running()
        return bool(self.site.worker_ids()) and self.browser.get_json(self.list_path)[0] == 200

    def kill_web_worker(self) -> None:
        self.site.kill_worker()

    def kill_web_master(self) -> None:
        self.site.kill_master()

    def kill_database_backend(self) -> None:
        self.cluster.kill_backend()

    def kill_database(self) -> None:
        """Down for as long as it takes to ask for a list, a save and a page."""
        self.cluster.stop_at_once()
        fields = {"value": "CANNOT", "reason": "Nobody", "comment": "While the database is down", "version": 0}
        self.note("list", *answered(lambda: self.browser.get_json(self.list_path)))
        self.note("save", *answered(lambda: self.browser.post_json(self.answer_path, fields)))
        self.note("page", *answered(lambda: self.browser.get_page("/home/")))
        self.cluster.start()

    def note(self, what: str, status: int | None, body: object) -> None:
        """JSON says errors, a page says that the service is not available, both with 503."""
        is_said = bool(body.get("errors")) if isinstance(body, dict) else NO_PAGE in str(body)
        self.while_down[f"{what}: {status}{'' if is_said else f' {str(body)[:200]}'}"] += 1
