"""The map's benchmark: one line for each thing that is promised of it, beside its limit or a named peer. Called by
`tests/bench/run map`; nothing passes or fails.
"""
import argparse
import glob
import json
import os
import pathlib
import statistics
import subprocess
import tempfile
import time

import harness
import map_http
import map_osrm
import map_other
import map_peers

ROOT = pathlib.Path(__file__).resolve().parents[2]
RELEASE = ROOT / "build" / "release"
CTL = str(RELEASE / "src" / "prontoctl")
TARGETS = ["src/prontod", "src/prontoctl", "deploy/demo/demo-valley", "tests/bench/region/region", "tests/bench/bench_ranking",
           "tests/bench/bench_metric", "tests/bench/bench_places", "tests/bench/bench_shape", "tests/bench/bench_tiles",
           "tests/bench/bench_geocode", "tests/system/map_exact",
           "tests/system/map_network"]
NEAR = {True: "within 11 km", False: "anywhere"}


def program(name):
    return str(RELEASE / "tests" / name)


def lines(*command, timeout=3600):
    """A program's lines of JSON."""
    out = subprocess.run(command, text=True, capture_output=True, check=True, timeout=timeout).stdout
    return [json.loads(line) for line in out.splitlines()]


def claim(what, ours, unit, limit, peer="the limit"):
    """Everything promised of the map is the less the better."""
    word = "met" if ours <= limit else "NOT MET"
    print(f"{what:66} {ours:10.3f} {unit:4} {ours / limit:8.3f} x {peer} ({limit:g} {unit}): {word}", flush=True)


def larger(limit, wishes):
    """The limits are those of a million junctions. What is done once for a map may cost as much more as the map is larger;
    what somebody waits for at a question may not, and keeps its limit."""
    return limit * max(1.0, wishes.junctions / 1e6)


# ---- the map ----

def shape(folder, region):
    """The invented region beside the largest real network: so that figures on the one mean something for the other."""
    maps = [region]
    malta = os.path.join(os.environ.get("PRONTOD_TEST_OSM", ""), "malta-2018-08.osm.pbf")
    if os.path.exists(malta):
        subprocess.run([CTL, "map", "build", malta, "-o", f"{folder}/malta.map"], check=True, capture_output=True, timeout=600)
        maps.insert(0, f"{folder}/malta.map")
    rows = lines(program("bench/bench_shape"), *maps)
    print("  " + " " * 34 + "".join(f"{pathlib.Path(row['map']).stem:>44}" for row in rows))
    for key in rows[0]:
        if key != "map":
            print(f"  {key:34}" + "".join(f"{shown(row[key]):>44}" for row in rows))


def shown(value):
    if isinstance(value, list):
        return " ".join(f"{v:.3f}".lstrip("0") if isinstance(v, float) else str(v) for v in value[:8])
    return str(value)


def build(folder, wishes):
    """The region as a map: generated where no file is named, and built with its time and memory measured."""
    source = wishes.region or f"{folder}/region.osm.pbf"
    if not wishes.region:
        begun = time.monotonic()
        subprocess.run([program("bench/region/region"), "--junctions", str(wishes.junctions), source], check=True,
                       timeout=larger(600, wishes))
        print(f"  region of {wishes.junctions} junctions written in {time.monotonic() - begun:.1f} s")
    if source.endswith(".map"):
        return source
    made, begun = f"{folder}/region.map", time.monotonic()
    child = subprocess.Popen([CTL, "map", "build", source, "-o", made], stderr=subprocess.DEVNULL)
    _, status, used = os.wait4(child.pid, 0)
    child.returncode = status
    took = time.monotonic() - begun
    if status:
        raise SystemExit(f"bench: {source} did not become a map")
    claim("import: by the clock", took, "s", larger(240, wishes))
    print(f"  ({used.ru_utime + used.ru_stime:.1f} s of processor)")
    claim("import: memory", used.ru_maxrss / 1024 / 1024, "GiB", larger(4, wishes))
    claim("map file", os.path.getsize(made) / 1e6, "MB", larger(600, wishes))
    return made


# ---- in process ----

def median_of(rounds, *path):
    def value(one):
        for key in path:
            one = one[key]
        return one
    return statistics.median(value(one) for one in rounds)


def ranking(made, wishes):
    rounds = [lines(program("bench/bench_ranking"), made) for _ in range(wishes.rounds)]
    for at, case in enumerate(rounds[0]):
        same = [one[at] for one in rounds]
        if case["case"] == "ranking":
            ranking_case(case, same)
        elif case["case"] == "route":
            claim(f"route with its path, {NEAR[case['near']]}: p50", median_of(same, "took", "p50"), "ms", 2)
            claim(f"route with its path, {NEAR[case['near']]}: p99", median_of(same, "took", "p99"), "ms", 2)
        elif case["case"] == "open":
            claim("opening the map", median_of(same, "took", "p50"), "ms", 50)


def ranking_case(case, same):
    what = f"ranking {case['crews']} crews {NEAR[case['near']]}"
    plain, standing = median_of(same, "plain", "p50"), median_of(same, "standing", "p50")
    claim(f"{what}, standing still: p50", standing, "ms", 1)
    claim(f"{what}, standing still: p99", median_of(same, "standing", "p99"), "ms", 3)
    claim(f"{what}, all moved: a crew, p50", median_of(same, "moved", "p50") / case["crews"], "ms", 0.15)
    print(f"  plain reverse Dijkstra {plain:.1f} ms: standing still {plain / standing:.0f} x as fast, all moved "
          f"{plain / median_of(same, 'moved', 'p50'):.1f} x. Processor: {median_of(same, 'standing', 'cpu_p50'):.3f} ms (p99 "
          f"{median_of(same, 'standing', 'cpu_p99'):.3f}), moved {median_of(same, 'moved', 'cpu_p50') / case['crews']:.4f} ms a crew")


def pockets(made):
    """Where one cannot get, or cannot get away: no question may cost a search over everything."""
    row = lines(program("bench/bench_ranking"), made, "pockets")[0]
    print(f"  {row['questions']} questions from and to one-way pockets and islands, 100 crews: p50 {row['took']['p50']:.3f} ms, "
          f"worst {row['took']['max']:.3f} ms")
    claim("pockets and islands, 100 crews: p99", row["took"]["p99"], "ms", 3)


def zone(made, wishes):
    """A flooded quarter, as large as one closure may be, with every crew and every incident in it: as if it were open."""
    rounds = [lines(program("bench/bench_ranking"), made, "zone") for _ in range(wishes.rounds)]
    was, now = ([one[i] for one in rounds] for i in (0, 1))
    crews = now[0]["crews"]
    what = f"{crews} crews in a closed zone of {now[0]['roads']} roads"
    claim(f"{what}, standing still: p50", median_of(now, "standing", "p50"), "ms", 1)
    claim(f"{what}, standing still: p99", median_of(now, "standing", "p99"), "ms", 3)
    claim(f"{what}, moved: a crew, p50", median_of(now, "moved", "p50") / crews, "ms", 0.15)
    for word, same in (("closed", now), ("open", was)):
        print(f"  {word}: processor {median_of(same, 'standing', 'cpu_p50'):.3f} ms, moved {median_of(same, 'moved', 'cpu_p50') / crews:.4f} ms "
              f"a crew, with the roads' lengths {median_of(same, 'lengths', 'cpu_p50') / crews:.4f}")


def metric(made, wishes):
    rounds = [lines(program("bench/bench_metric"), made, "2") for _ in range(wishes.rounds)]
    claim("new times after closures", statistics.median(one[0]["p50"] for one in rounds) / 1000, "s", larger(1.5, wishes))
    alone, beside = ([one[i] for one in rounds] for i in (1, 2))
    print("  a ranking of 100 crews on another thread meanwhile: "
          f"p99 {median_of(beside, 'p99'):.2f} ms, worst {median_of(beside, 'max'):.1f}; without: p99 {median_of(alone, 'p99'):.2f} ms, "
          f"worst {median_of(alone, 'max'):.1f}")


def exact(folder, made):
    maps = [("region", made)]
    for extract in sorted(glob.glob(os.environ.get("PRONTOD_TEST_OSM", "/nonexistent") + "/*.osm.pbf")):
        name = pathlib.Path(extract).name.removesuffix(".osm.pbf")
        subprocess.run([CTL, "map", "build", extract, "-o", f"{folder}/{name}.map"], check=True, capture_output=True, timeout=600)
        maps.append((name, f"{folder}/{name}.map"))
    for name, path in maps:
        runs = lines(program("system/map_exact"), path, "100", *(("normal",) if name == "region" else ("normal", "peak", "night", "snow")))
        pairs, differ = sum(run["pairs"] for run in runs), sum(run["differ"] for run in runs)
        print(f"exact, {name}: {differ} of {pairs} pairs differ from a plain search "
              f"({', '.join(str(run['profile']) + (' closed' if run['closures'] else '') for run in runs)})", flush=True)
        for run in runs:
            if run["differ"]:
                print("  " + run["first"])


PARTS = ("shape", "ranking", "pockets", "zone", "metric", "exact", "http", "memory", "delay", "tiles", "geocode", "pgrouting")


def read(arguments):
    parser = argparse.ArgumentParser(prog="tests/bench/run map")
    parser.add_argument("--osrm", action="append", metavar="[NAME=]URL",
                        help="a running OSRM with the same region, as mld=http://127.0.0.1:5000; may be given again")
    parser.add_argument("--region", metavar="FILE", help=".osm.pbf to use instead of the invented region, or a .map made before")
    parser.add_argument("--junctions", type=int, default=1000000,
                        help="of the invented region, or of the .map named; limits of what is done once for a map grow with it")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--only", action="append", choices=PARTS, metavar="PART", help="one of: " + ", ".join(PARTS))
    return parser.parse_args(arguments)


def run(arguments):
    wishes = read(arguments)
    subprocess.run(["ninja", "-C", str(RELEASE), *TARGETS], check=True, stdout=subprocess.DEVNULL)
    wanted = wishes.only or PARTS
    with tempfile.TemporaryDirectory() as folder:
        os.chmod(folder, 0o755)
        made = build(folder, wishes)
        parts = {
            "shape": lambda: shape(folder, made),
            "ranking": lambda: ranking(made, wishes),
            "pockets": lambda: pockets(made),
            "zone": lambda: zone(made, wishes),
            "metric": lambda: metric(made, wishes),
            "exact": lambda: exact(folder, made),
            "http": lambda: map_osrm.compare(made, wishes, claim),
            "memory": lambda: map_http.memory(made, claim),
            "delay": lambda: map_http.delay(made, claim),
            "tiles": lambda: map_other.tiles(made, claim),
            "geocode": lambda: map_other.geocode(made, claim),
            "pgrouting": lambda: map_peers.pgrouting_bench(folder, made),
        }
        for part in PARTS:
            if part in wanted:
                print(f"---- {part}", flush=True)
                parts[part]()
