"""Seed the demonstration: invented organisations, one whole cycle and every status, through the services of the pages."""

from pathlib import Path

from django.core.management.base import BaseCommand, CommandError, CommandParser

from qnt.demo import manifest, story
from qnt.demo.national.story import tell_national


class Command(BaseCommand):
    help = "Fill an empty site with the illustrative demonstration. A second run changes nothing and writes the same file."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--size", choices=["demo", "national"], default="demo")
        parser.add_argument("--seed", type=int, default=1, help="a number that settles every drawn answer")
        parser.add_argument("--manifest", type=Path, help="write users and objects as JSON to this file")

    def handle(self, *, size: str, seed: int, manifest: Path | None, **options: object) -> None:
        if story.is_begun() and not story.is_told():
            raise CommandError("An earlier seeding was interrupted. Start over with: make run-clean", returncode=3)
        if not story.is_told():
            tell = tell_national if size == "national" else story.tell
            tell(seed=seed, say=self.stdout.write)
        if manifest:
            self.write(manifest)
        self.stdout.write("The demonstration is ready.")

    def write(self, path: Path) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(manifest.as_json(), encoding="utf-8")
        self.stdout.write(f"Wrote {path}.")
