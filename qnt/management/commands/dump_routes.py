"""Print every route as a JSON line; exit 1 when one declares no access."""

import json
import sys

from django.core.management.base import BaseCommand

from qnt.route_list import routes


class Command(BaseCommand):
    help = "Print a JSON line a route: name, pattern, methods, access, object_kind. Exit 1 if any is undeclared."

    def handle(self, **options: object) -> None:
        undeclared = 0
        for route in routes():
            rule = route.rule
            undeclared += rule is None
            facts = {
                "name": route.name,
                "pattern": route.pattern,
                "methods": list(rule.methods) if rule else [],
                "access": rule.access if rule else None,
                "object_kind": rule.kind if rule else None,
            }
            self.stdout.write(json.dumps(facts))
        if undeclared:
            self.stderr.write(f"{undeclared} routes declare no access.")
            sys.exit(1)
