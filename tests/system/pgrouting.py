"""The roads of a map in pgRouting: what it says of trips, beside what our own router says. Used by the test on
small maps and by the benchmark on large ones.
"""
import json
import subprocess


def available(database):
    return bool(database.query("SELECT 1 FROM pg_available_extensions WHERE name = 'pgrouting'"))


def load(database, network, made, closures, csv):
    """The arcs of a map as a table that pgRouting reads. `csv` is a path that the server's user may read."""
    with open(csv, "w", encoding="utf-8") as out:
        subprocess.run([network, made, str(closures), "arcs"], stdout=out, check=True, timeout=600)
    database.query("CREATE EXTENSION IF NOT EXISTS pgrouting CASCADE")
    database.query("DROP TABLE IF EXISTS arc; CREATE TABLE arc (source bigint, target bigint, cost float8)")
    database.query(f"COPY arc (source, target, cost) FROM '{csv}' (FORMAT csv)")
    database.query("ALTER TABLE arc ADD COLUMN id bigserial PRIMARY KEY; ANALYZE arc")


EDGES = "SELECT id, source, target, cost FROM arc"


def costs(database, sources, targets):
    """Milliseconds by (source, target); no entry where there is no way."""
    rows = database.query("SELECT start_vid, end_vid, agg_cost FROM pgr_dijkstraCost("
                          f"'{EDGES}', ARRAY{sorted(sources)}::bigint[], ARRAY{sorted(targets)}::bigint[], true)")
    found = {(int(a), int(b)): float(ms) for a, b, ms in rows}
    found.update({(node, node): 0.0 for node in sources & targets})
    return found


def trips(network, made, closures, origins, targets):
    out = subprocess.run([network, made, str(closures), "pairs", str(origins), str(targets)], text=True, capture_output=True,
                         check=True, timeout=600).stdout
    return [json.loads(line) for line in out.splitlines()]


def theirs(trip, cost):
    """The least over the ends' directions: to the first node, from there to behind the target, back to it."""
    through = [into + cost[(a, b)] - beyond for a, into in trip["from"] for b, beyond in trip["to"]
               if (a, b) in cost and a != b]
    if trip["direct"] is not None:
        through.append(trip["direct"])
    return round(min(through)) if through else None


def compare(database, asked):
    """The trips on which both differ, each with both answers."""
    sources = {node for trip in asked for node, _ in trip["from"]}
    targets = {node for trip in asked for node, _ in trip["to"]}
    cost = costs(database, sources, targets)
    return [(trip["pair"], trip["ours"], theirs(trip, cost)) for trip in asked if theirs(trip, cost) != trip["ours"]]
