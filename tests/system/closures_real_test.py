#!/usr/bin/env python3
"""Closures on a real town (Trento, from PRONTOD_TEST_OSM): the way that a crew would drive is closed at its middle, and every
worker sends it another way, no sooner; prontoctl finds the same time for the same closure; lifted, the same list is back.
Skipped where no folder of extracts is named."""
import json
import os
import subprocess
import sys
import tempfile

import harness
from harness import check, wait_for

LONG = 60
# incident, crew: across the town, over a bridge, to the hill, in the old town
PAIRS = (((46.0777, 11.1171), (46.0627, 11.1236)), ((46.0690, 11.1160), (46.0560, 11.1300)), ((46.0670, 11.1500), (46.0700, 11.1210)),
         ((46.0664, 11.1257), (46.0500, 11.1330)), ((46.0919, 11.1177), (46.0664, 11.1257)))


def build(folder, directory):
    made = f"{directory}/trento.map"
    subprocess.run([f"{harness.BUILD}/src/prontoctl", "map", "build", f"{folder}/trento-2023-02.osm.pbf", "-o", made], check=True,
                   capture_output=True, timeout=300)
    return made


def on_each(stage, ask, good):
    """Until it is good on every worker: {worker: what it said}."""
    seen = {}

    def all_good():
        worker, value = ask()
        seen[worker] = value
        return len(seen) == stage.workers and all(good(v) for v in seen.values())
    wait_for(all_good, LONG, 0.01)
    return seen


def by_ctl(made, directory, to, start, place):
    closed = f"{directory}/closed.json"
    with open(closed, "w") as f:
        f.write(f"{place['lat']},{place['lon']}\n")
    run = subprocess.run([f"{harness.BUILD}/src/prontoctl", "map", "eta", made, "--to", f"{to[0]},{to[1]}", "--closed", closed],
                         input=f"crew {start[0]} {start[1]}\n", capture_output=True, text=True, timeout=60)
    check("prontoctl takes the closure", run.returncode == 0, run.stderr)
    return json.loads(run.stdout)["eta_s"]


def close_the_way(stage, marta, where, pair):
    made, directory = where
    to, start = pair
    crew = stage.client("squadra1")
    check("the crew says where it is", crew.post("/api/v1/me/position", {"lat": start[0], "lon": start[1]}).status == 204)
    report = marta.post("/api/v1/reports", {"utility": "acque-valdoro", "text": "Esce acqua dalla strada", "lat": to[0], "lon": to[1],
                                            "reporter": {"prefer": "none"}})
    incident = report.json["incident"]["id"]

    def list_now():
        answer = marta.get(f"/api/v1/incidents/{incident}/candidates")
        return answer.worker, tuple((c["crew"]["id"], c["crew"]["name"], c["eta_s"], c["distance_m"]) for c in answer.json["candidates"])

    def eta(rows):
        return next(r[2] for r in rows if r[1] == "Squadra 1")

    before = on_each(stage, list_now, lambda rows: eta(rows) is not None)
    first = next(iter(before.values()))
    check("one list on every worker", set(before.values()) == {first}, before)
    way = marta.get(f"/api/v1/incidents/{incident}/route?crew={next(r[0] for r in first if r[1] == 'Squadra 1')}").json
    half = way["line"][len(way["line"]) // 2]
    place = {"lat": half[0], "lon": half[1]}
    closure = marta.post("/api/v1/closures", {"kind": "closed", "points": [place]})
    check("its way is closed at the middle", closure.status == 201, closure)
    on_each(stage, lambda: (lambda a: (a.worker, a.json))(marta.get("/api/v1/roads")), lambda r: r["closures"] == 1 and r["state"] == "ok")
    closed = on_each(stage, list_now, lambda rows: rows != first)
    after = next(iter(closed.values()))
    check("every worker sends it another way, no sooner", set(closed.values()) == {after} and (eta(after) is None or eta(after) >= eta(first)), closed)
    told = by_ctl(made, directory, to, start, place)
    check("prontoctl finds the same time", told == eta(after) or None not in (told, eta(after)) and abs(told - eta(after)) <= 1, (told, after))
    print(f"{eta(first)} s, closed in {', '.join(closure.json['streets']) or 'a road without a name'}: {eta(after)} s", flush=True)
    lifted = marta.post(f"/api/v1/closures/{closure.json['id']}/lift", {"version": 1})
    check("lifted", lifted.status == 200, lifted)
    again = on_each(stage, list_now, lambda rows: rows == first)
    check("the very same list is back", set(again.values()) == {first}, again)


def main():
    folder = os.environ.get("PRONTOD_TEST_OSM")
    if not folder:
        print("0 passed, 0 failed, 1 skipped")
        return 0
    with tempfile.TemporaryDirectory() as directory:
        made = build(folder, directory)
        with harness.Stage(workers=2, settings={"map.file": made}) as stage:
            marta = stage.client("marta")
            marta.post("/api/v1/roads", {"profile": "normal"})  # no hour of the day matters here
            on_each(stage, lambda: (lambda a: (a.worker, a.json))(marta.get("/api/v1/roads")), lambda r: r["profile"] == "normal" and r["state"] == "ok")
            for pair in PAIRS:
                close_the_way(stage, marta, (made, directory), pair)
    return harness.finish()


if __name__ == "__main__":
    sys.exit(main())
