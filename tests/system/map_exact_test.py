"""The router is exact: on every extract that PRONTOD_TEST_OSM names, and on the demo's valley, 100 sources and 100
targets take as long as a plain search over directed roads says, with nothing closed and with forty closures. The
other profiles are tried on smaller numbers. The benchmark does the same on a million junctions.
"""
import glob
import json
import os
import subprocess
import sys
import tempfile

import harness

EXACT = str(harness.BUILD / "tests" / "system" / "map_exact")


def differences(made, places, *profiles):
    out = subprocess.run([EXACT, made, str(places), *profiles], text=True, capture_output=True, check=True, timeout=300).stdout
    return [json.loads(line) for line in out.splitlines()]


def check_map(name, made):
    for run in differences(made, 100, "normal") + differences(made, 25, "peak", "night", "snow"):
        harness.check(f"{name}, {run['profile']}, {run['closures']} closures: {run['pairs']} pairs are exact", run["differ"] == 0, run)
        harness.check(f"{name}, {run['profile']}, {run['closures']} closures: some pairs have a way", run["routed"] > run["pairs"] / 20, run)


def main():
    check_map("demo valley", str(harness.demo_map()))
    with tempfile.TemporaryDirectory() as folder:
        for extract in sorted(glob.glob(os.environ.get("PRONTOD_TEST_OSM", "/nonexistent") + "/*.osm.pbf")):
            made = f"{folder}/made.map"
            subprocess.run([str(harness.BUILD / "src" / "prontoctl"), "map", "build", extract, "-o", made], check=True,
                           capture_output=True, timeout=300)
            check_map(os.path.basename(extract), made)
    return harness.finish()


sys.exit(main())
