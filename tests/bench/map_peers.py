"""pgRouting on the same network: how long it takes to rank crews, and whether it finds the same times."""
import pathlib
import re
import statistics
import subprocess
import sys

import harness

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "system"))
import pgrouting  # noqa: E402

RELEASE = pathlib.Path(__file__).resolve().parents[2] / "build" / "release"
NETWORK = str(RELEASE / "tests" / "system" / "map_network")


def psql_times(database, statements):
    """Milliseconds of each statement, by psql's own clock in one session."""
    script = "\\timing on\n\\o /dev/null\n" + "".join(s + ";\n" for s in statements)
    path = database.data + "/../questions.sql"
    open(path, "w", encoding="utf-8").write(script)
    out = database.run("psql", "-h", database.sockets, "-U", "prontod", "-d", "prontod", "-X", "-q", "-v", "ON_ERROR_STOP=1", "-f", path).stdout
    return [float(ms) for ms in re.findall(r"^Time: ([\d.]+) ms", out, re.M)]


def load_roads(database, made, csv):
    with open(csv, "w", encoding="utf-8") as out:
        subprocess.run([NETWORK, made, "0", "roads"], stdout=out, check=True, timeout=600)
    database.query("CREATE EXTENSION IF NOT EXISTS pgrouting CASCADE")
    database.query("CREATE TABLE road (source bigint, target bigint, cost float8, reverse_cost float8, lat float8, lon float8)")
    database.query(f"COPY road FROM '{csv}' (FORMAT csv)")
    database.query("ALTER TABLE road ADD COLUMN id bigserial PRIMARY KEY; CREATE INDEX ON road (lat, lon); ANALYZE road")


def rank_times(database, count, near):
    """As people use it: many crews to one incident, the network cut to a box where all is near."""
    centre = database.query("SELECT lat, lon, source FROM road ORDER BY md5(id::text) LIMIT 1")[0]
    lat, lon = float(centre[0]), float(centre[1])
    box = f"lat BETWEEN {lat - 0.1} AND {lat + 0.1} AND lon BETWEEN {lon - 0.14} AND {lon + 0.14}" if near else "true"
    wide = box.replace("0.1 ", "0.13 ") if near else "true"
    nodes = [row[0] for row in database.query(f"SELECT source FROM road WHERE {box} AND cost > 0 ORDER BY md5((id * 7)::text) LIMIT {count + 5}")]
    edges = f"SELECT id, source, target, cost, reverse_cost FROM road WHERE {wide}"
    ask = ["SELECT count(*) FROM pgr_dijkstraCost($q$" + edges + f"$q$, ARRAY[{','.join(nodes[:count])}]::bigint[], {to}::bigint, true)"
           for to in nodes[count:count + (5 if near else 1)]]
    return psql_times(database, ask)


def pgrouting_bench(folder, made):
    database = harness.Database(folder)
    try:
        database.start()
        if not pgrouting.available(database):
            print("  pgRouting is not installed: deploy/install-packages tests/packages")
            return
        load_roads(database, made, f"{folder}/roads.csv")
        for near in (True, False):
            for count in (10, 100, 500) if near else (10, 100):
                took = rank_times(database, count, near)
                print(f"  pgRouting, {count} crews {'within 11 km' if near else 'anywhere'}, without turns: p50 {statistics.median(took):.0f} ms",
                      flush=True)
        database.query("DROP TABLE road")
        for closures in (0, 40):
            pgrouting.load(database, NETWORK, made, closures, f"{folder}/arcs.csv")
            asked = pgrouting.trips(NETWORK, made, closures, 4, 250)
            differ = pgrouting.compare(database, asked)
            print(f"exact, region, {closures} closures: {len(differ)} of {len(asked)} trips differ from pgRouting's, turns counted", flush=True)
            for trip, ours, theirs in differ[:10]:
                print(f"  {trip}: ours {ours} ms, theirs {theirs} ms")
    finally:
        database.stop()
