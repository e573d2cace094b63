"""Tiles and the address search of the map."""
import json
import math
import os
import pathlib
import re
import subprocess
import sys

import map_http

ROOT = pathlib.Path(__file__).resolve().parents[2]
RELEASE = ROOT / "build" / "release"
ADDRESSES = ROOT / "tests" / "eval" / "addresses"
QUERIES = 400


def tile_paths(made, zoom, count):
    """Different tiles that hold roads."""
    out = subprocess.run([str(RELEASE / "tests" / "bench" / "bench_places"), made, str(count)], text=True, capture_output=True, check=True,
                         timeout=300).stdout
    return {f"/tiles/{zoom}/{x}/{y}.mvt" for x, y in (tile_of(float(lat), float(lon), zoom) for lat, lon in
                                                     (line.split() for line in out.splitlines()))}


def tile_of(lat, lon, zoom):
    side, angle = 2 ** zoom, math.radians(lat)
    return int((lon + 180) / 360 * side), int((1 - math.asinh(math.tan(angle)) / math.pi) / 2 * side)


def tiles(made, claim):
    """Each zoom in process, then over HTTP: first asked for, then asked for again."""
    out = subprocess.run([str(RELEASE / "tests" / "bench" / "bench_tiles"), made], text=True, capture_output=True, check=True, timeout=1200).stdout
    print("  " + out.replace("\n", "\n  ").rstrip())
    numbers = re.search(r"^ *all +(.*)$", out, re.M).group(1).split()
    claim("tiles in process, cold, z 8-18: p99", float(numbers[2]), "ms", 20)
    cold, warm = [], []
    with map_http.stage(made, 1) as ours:
        wire = map_http.Wire("127.0.0.1", ours.port)
        for zoom in range(8, 19):
            paths = sorted(tile_paths(made, zoom, 120))
            for took in (cold, warm):
                took += [wire.ask(map_http.request(path, ours.port))[0] for path in paths]
        wire.close()
    for name, took, limit in (("cold", cold, 20), ("warm", warm, 1)):
        took.sort()
        claim(f"tiles over HTTP, {name}, z 8-18, {len(took)} asked: p99", took[len(took) * 99 // 100], "ms", limit)


def geocode(made, claim):
    """How often the first answer is right, on real maps; how long one takes on the region's addresses, misspelt."""
    if os.environ.get("PRONTOD_TEST_OSM"):
        subprocess.run([sys.executable, str(ADDRESSES / "run"), "--prontoctl", str(RELEASE / "src" / "prontoctl")], check=False, timeout=1200)
    listed = subprocess.Popen([str(RELEASE / "src" / "prontoctl"), "map", "addresses", made], stdout=subprocess.PIPE)
    lines = subprocess.run([sys.executable, str(ADDRESSES / "queries.py"), "--lines", "--count", str(QUERIES)], stdin=listed.stdout, text=True,
                           capture_output=True, check=True, timeout=1200).stdout
    listed.wait()
    out = subprocess.run([str(RELEASE / "tests" / "bench" / "bench_geocode"), made], input=lines, text=True, capture_output=True, check=True,
                         timeout=1800).stdout
    for row in (json.loads(line) for line in out.splitlines()):
        print(f"  {row['count']} searches {row['queries']}: p50 {row['p50_ms']:.2f} ms, worst {row['max_ms']:.1f} ms of processor")
        claim(f"address search, {row['queries']}: p99", row["p99_ms"], "ms", 5)
