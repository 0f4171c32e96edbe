"""The programme's figures worked out again from its exported rows, by arithmetic that is not the site's."""

import csv
import math
from decimal import Decimal

from django.test import Client

from accounts.models import Organisation
from qnt.programme.measures import DEFINITIONS
from qnt.programme.tables import TABLES

KINDS = {one.code: one.kind.value for one in DEFINITIONS}
REVIEW_KINDS = {"Comprehensive": "COMPREHENSIVE", "Targeted": "TARGETED", "Rapid": "RAPID"}
HALVES = {"January to June": "1", "July to December": "2"}
OF_THINGS = {"THEMES_FOUND", "THEMES_DONE", "SYS_PACKS"}  # every reader of the programme may open each of them
SIDES = {"The service": "SERVICE", "The visiting team": "TEAM"}


def read(client: Client, address: str) -> list[dict[str, str]]:
    """The lines of a CSV file."""
    text = b"".join(client.get(address).streaming_content).decode()
    return list(csv.DictReader(text.splitlines()))


def number_of(code: str, rows: list[dict[str, str]]) -> str:
    """The figure of some rows to one decimal rounded down, empty where there is none; written anew from the definitions' words."""
    values, weights = [Decimal(row["value"]) for row in rows], [Decimal(row["weight"]) for row in rows]
    count = sum(weights) if KINDS[code] == "Mean" else len(rows)
    if count < 5 and (code not in OF_THINGS or not count):
        return ""
    if KINDS[code] == "Share":
        number = sum(values) / sum(weights) * 100
    elif KINDS[code] == "Mean":
        return f"{math.floor(sum(values) * 10 / sum(weights) + Decimal('0.5')) / 10:.1f}"
    elif KINDS[code] == "Total":
        number = sum(values)
    else:
        ordered = sorted(values)
        middle = len(ordered) // 2
        number = ordered[middle] if len(ordered) % 2 else (ordered[middle - 1] + ordered[middle]) / 2
    return f"{math.floor(number * 10) / 10:.1f}"


SPREAD = {"Lowest hub": 0, "Lower quartile": 1, "Upper quartile": 3, "Highest hub": 4}


def floor_of(number: Decimal) -> str:
    """One decimal, rounded down."""
    return f"{math.floor(number * 10) / 10:.1f}"


def special_of(line: dict[str, str], rows: list[dict[str, str]], lines: list[dict[str, str]]) -> str | None:
    """The number of a line that is no plain figure of its rows; None where it is one."""
    table, group = line["table"], line["group"]
    found = [row for row in rows if row["measure"] == line["measure"] and row["year"] == line["year"]]
    if table == "How hubs spread":
        return spread_of(line, rows, found, lines)
    if table == "Reviews with their checklists":
        review = group.rpartition("(review ")[2].rstrip(")")
        return floor_of(Decimal(next(row["value"] for row in found if row["unit_id"] == review)))
    if table in ("The procedure’s days", "Kept to them"):
        kind, _, which = group.partition(", ")
        limited = [(Decimal(row["value"]), Decimal(row["limit"])) for row in found if row["kind"] == REVIEW_KINDS[kind] and row["limit"]]
        if which:
            return floor_of((min if which == "lowest" else max)(limit for _, limit in limited))
        return floor_of(Decimal(sum(value <= limit for value, limit in limited) * 100) / len(limited)) if len(limited) >= 5 else ""
    if table.startswith("Services by"):
        return floor_of(Decimal(len(rows_of(line | {"table": table.replace("Services by", "By")}, rows, {}))))
    return None


def spread_of(line: dict[str, str], rows: list[dict[str, str]], found: list[dict[str, str]], lines: list[dict[str, str]]) -> str:
    """A quartile of the hubs' own figures, each worked out from its rows; which hubs are shown stands in the file."""
    name, _, kind = line["group"].partition(", ")
    hubs = [one for one in lines if one["table"] == "Between hubs" and one["measure"] == line["measure"] and one["number"]]
    of_kind = [one for one in hubs if one["group"].partition(", ")[2] == kind and not one["group"].startswith("England")]
    names = dict(Organisation.objects.values_list("code", "name"))
    numbers = sorted(exact_of(line["measure"], rows_of(one, rows, names)) for one in of_kind)
    place = Decimal(SPREAD[name]) / 4 * (len(numbers) - 1)
    low = int(place)
    high = min(low + 1, len(numbers) - 1)
    return floor_of(numbers[low] + (numbers[high] - numbers[low]) * (place - low))


def exact_of(code: str, rows: list[dict[str, str]]) -> Decimal:
    """The share or the median of some rows, not rounded."""
    values = sorted(Decimal(row["value"]) for row in rows)
    if KINDS[code] == "Share":
        return sum(values) * 100 / sum(Decimal(row["weight"]) for row in rows)
    middle = len(values) // 2
    return values[middle] if len(values) % 2 else (values[middle - 1] + values[middle]) / 2


def rows_of(line: dict[str, str], rows: list[dict[str, str]], names: dict[str, str]) -> list[dict[str, str]]:
    """The rows behind a line of a page's file, by what its group says."""
    found = [row for row in rows if row["measure"] == line["measure"] and row["year"] == line["year"]]
    table, group = line["table"], line["group"]
    if table == "Between hubs":
        hub_name, _, kind = group.partition(", ")
        found = [row for row in found if hub_name == "England" or names[row["region"]] == hub_name]
        return [row for row in found if not kind or row["kind"] == REVIEW_KINDS[kind.capitalize()]]
    if table == "Lead times":
        return [row for row in found if row["kind"] == REVIEW_KINDS[group]]
    if table.startswith("Survey"):
        half, side = group.split(", ")
        return [row for row in found if row["half"] == HALVES[half] and row["side"] == SIDES[side]]
    if table == "By specification":
        return [row for row in found if row["specification"] == group.split()[0]]
    if table == "By indicator set":
        return [
            row for row in found if group.split()[0] == row["indicator_set"] and group.endswith(f", version {row['indicator_set_version']}")
        ]
    return found


def check_every_figure(client: Client, year: int) -> int:
    """Compare each line of each page's file of a year with what its rows give; how many figures were compared."""
    rows = read(client, f"/programme/rows.csv?year={year}")
    names = dict(Organisation.objects.values_list("code", "name"))
    compared = 0
    for page in TABLES:
        lines = read(client, f"/programme/figures.csv?page={page}&year={year}")
        for line in lines:
            if KINDS[line["measure"]] == "Spread" or "Reviews for learning" in line["table"]:
                continue
            special = special_of(line, rows, lines)
            assert line["number"] == (number_of(line["measure"], rows_of(line, rows, names)) if special is None else special), line
            compared += bool(line["number"])
    return compared
