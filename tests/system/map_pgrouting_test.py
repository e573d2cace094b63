"""Driving times beside pgRouting's: the same roads and turns in PostgreSQL, a thousand trips, with and without
closed roads. Both count whole milliseconds, so every trip must take the same. On the demo's valley, and on
Trento's old town where PRONTOD_TEST_OSM names a folder. Skipped where pgRouting is not installed.
"""
import os
import subprocess
import sys
import tempfile

import harness
import pgrouting

NETWORK = str(harness.BUILD / "tests" / "system" / "map_network")


def check_map(database, folder, name, made):
    for closures in (0, 12):
        pgrouting.load(database, NETWORK, made, closures, f"{folder}/arcs.csv")
        asked = pgrouting.trips(NETWORK, made, closures, 25, 40)
        differ = pgrouting.compare(database, asked)
        routed = sum(trip["ours"] is not None for trip in asked)
        harness.check(f"{name}, {closures} closures: {len(asked)} trips take as long as in pgRouting", not differ, differ[:5])
        harness.check(f"{name}, {closures} closures: most trips have a way", routed > len(asked) * 0.7, routed)


def main():
    with tempfile.TemporaryDirectory() as folder:
        os.chmod(folder, 0o755)
        database = harness.Database(folder)
        try:
            database.start()
            if not pgrouting.available(database):
                print("0 passed, 0 failed, 1 skipped")
                return 0
            check_map(database, folder, "demo valley", str(harness.demo_map()))
            extracts = os.environ.get("PRONTOD_TEST_OSM")
            if extracts:
                made = f"{folder}/trento.map"
                subprocess.run([str(harness.BUILD / "src" / "prontoctl"), "map", "build", f"{extracts}/trento-centro-2023-02.osm.pbf",
                                "-o", made], check=True, capture_output=True, timeout=300)
                check_map(database, folder, "Trento, old town", made)
        finally:
            database.stop()
    return harness.finish()


sys.exit(main())
