"""``manage.py close_round YEAR``: record as not declared what nobody declared by the end of the grace days."""

import json
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from surveillance.models import InvalidTransition, Round
from surveillance.services.rounds import close_round


class Command(BaseCommand):
    """Closes a round; running it again takes up services whose extra time has passed since."""

    help = "Close a year's round."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("year", metavar="YEAR", type=int)
        parser.add_argument("--json", action="store_true", help="print JSON for machines")

    def handle(self, *args: Any, year: int, **options: Any) -> None:
        try:
            counts = close_round(year=year)
        except Round.DoesNotExist as error:
            raise CommandError(f"There is no {year} round.") from error
        except InvalidTransition as error:
            raise CommandError(str(error)) from error
        if options["json"]:
            self.stdout.write(json.dumps(counts))
        else:
            self.stdout.write(
                f"{year} round closed. Not declared: {counts['not_declared']:,}. Given more time: {counts['given_more_time']:,}."
            )
