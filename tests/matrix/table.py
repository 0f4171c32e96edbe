"""The table of the permission matrix. Columns, as in ``world.ACTORS``:

N national lead, M hub manager, O hub officer, L service lead, C contributor, E executive, W network lead, B commissioner,
R reviewer, P patient reviewer, G regulator, - without a role, x signed out.

Codes: 2 page (200), r done or elsewhere (302), s to sign-in (302), f refused in scope (403), . not there (404), m method (405),
u what was sent is not valid (422), b (400), c somebody else changed it (409), g gone (410).

Places: own, region (another trust of the same region), foreign (another region); "-" for routes without an object.
"""

from dataclasses import dataclass

CODES = {200: "2", 302: "r", 403: "f", 404: ".", 405: "m", 422: "u", 400: "b", 409: "c", 410: "g"}


@dataclass(frozen=True)
class Line:
    """One row: what every column gets from a route, by a method, in a place."""

    route: str
    method: str
    place: str
    codes: str


def lines(table: str) -> list[Line]:
    """The rows of the table; a line without a route's name goes on with the route above."""
    found, route = [], ""
    for text in table.splitlines():
        words = text.split()
        if not words or words[0].startswith("#"):
            continue
        if len(words) == 4:
            route = words.pop(0)
        found.append(Line(route, *words))
    return found


TABLE = """
"""
