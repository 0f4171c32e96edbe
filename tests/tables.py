"""A database of every table, made once for one state of the code: each process of the tests begins with a copy.

Running the migrations costs half a minute of processor time, and a whole run of the tests needs a dozen databases.
"""

import fcntl
import hashlib
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
APPS = ("accounts", "work", "surveillance", "peerreview", "reports", "qnt")
IMPORTED = re.compile(rf"^ *(?:from|import) ((?:{'|'.join(APPS)})\.[\w.]+)", re.MULTILINE)


def digest_of_code() -> str:
    """What tables and first rows follow from: migrations, what they import, the reference data and the pinned libraries."""
    migrations = sorted(path for app in APPS for path in (ROOT / app / "migrations").glob("*.py"))
    imported = {name for path in migrations for name in IMPORTED.findall(path.read_text(encoding="utf-8"))}
    modules = [ROOT / f"{name.replace('.', '/')}.py" for name in sorted(imported)]
    reference = sorted(path for path in (ROOT / "reference_data").rglob("*") if path.is_file())
    digest = hashlib.sha256()
    for path in [*migrations, *filter(Path.is_file, modules), *reference, ROOT / "requirements.txt"]:
        digest.update(f"{path.relative_to(ROOT)}\0".encode() + path.read_bytes())
    return digest.hexdigest()[:16]


def database_of_tables(folder: Path) -> Path:
    """The SQLite file in ``folder`` with every table of this code. The first to ask makes it; others wait for it."""
    path = folder / f"tables-{digest_of_code()}.sqlite3"
    with (folder / "tables.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not path.exists():
            for older in folder.glob("tables-*.sqlite3*"):
                older.unlink()
            _migrate(path)
    return path


def begin_with_tables(folder: Path, database: Path) -> None:
    """Make ``database`` a copy of the one in ``folder``, with nothing of an older one beside it."""
    for suffix in ("-wal", "-shm"):
        database.with_name(database.name + suffix).unlink(missing_ok=True)
    shutil.copyfile(database_of_tables(folder), database)


def _migrate(path: Path) -> None:
    """Run every migration into a new file, which appears whole or not at all."""
    part = path.with_name(path.name + ".part")
    environment = os.environ | {"DATABASE_URL": f"sqlite:///{part}", "DJANGO_SETTINGS_MODULE": "qnt.settings", "QNT_PROFILE": "embedded"}
    subprocess.run([sys.executable, "manage.py", "migrate", "--verbosity", "0"], cwd=ROOT, env=environment, check=True)
    part.rename(path)
