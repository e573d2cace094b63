#!/usr/bin/env python3
"""wire/db against a private PostgreSQL: starts the server and runs the C program db_check on it."""
import os
import pathlib
import re
import subprocess
import sys

import private_postgres

ROOT = pathlib.Path(__file__).resolve().parents[2]
BUILD = pathlib.Path(os.environ.get("PRONTOD_TEST_BUILD", ROOT / "build" / "san"))


def main():
    with private_postgres.server() as (folder, _):
        env = dict(os.environ, PRONTOD_TEST_DB=private_postgres.url(folder))
        run = subprocess.run([BUILD / "tests/system/db_check"], env=env, capture_output=True, text=True, timeout=120)
    print(run.stdout + run.stderr)
    count = lambda word: sum(map(int, re.findall(rf"\[  {word}  \] (\d+) test", run.stdout + run.stderr)))
    passed, failed = count("PASSED"), count("FAILED")
    if run.returncode != 0 and failed == 0:
        failed = 1  # a leak, a crash
    print(f"{passed} passed, {failed} failed")
    return 1 if failed else 0


sys.exit(main())
