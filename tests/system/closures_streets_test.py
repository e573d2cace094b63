#!/usr/bin/env python3
"""Closures by a street and its crossings on real maps (PRONTOD_TEST_OSM): thousands drawn by chance, none of which may take a
road of another street, and nearly all of which take the stretch between the two. Skipped where no folder of extracts is named."""
import os
import subprocess
import sys
import tempfile

import harness
from harness import check

MAPS = ("trento-2023-02", "mezzolombardo-2020-10")


def main():
    folder = os.environ.get("PRONTOD_TEST_OSM")
    if not folder:
        print("0 passed, 0 failed, 1 skipped")
        return 0
    with tempfile.TemporaryDirectory() as directory:
        for name in MAPS:
            made = f"{directory}/{name}.map"
            subprocess.run([f"{harness.BUILD}/src/prontoctl", "map", "build", f"{folder}/{name}.osm.pbf", "-o", made], check=True,
                           capture_output=True, timeout=300)
            run = subprocess.run([f"{harness.BUILD}/tests/system/closures_check", made], capture_output=True, text=True, timeout=500)
            print(f"{name}:", *run.stdout.splitlines()[-3:], sep="\n  ", flush=True)
            check(f"{name}: no other street is closed, and nearly all are right", run.returncode == 0, run.stdout + run.stderr)
    return harness.finish()


if __name__ == "__main__":
    sys.exit(main())
