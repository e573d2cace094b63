"""Driving times in OSRM's form, as VROOM and routing plug-ins ask for them: who may ask, shapes field by field, the
same times as prontoctl's, refusals in OSRM's words. The client at 127.0.0.2 is a program of an open network, the one
at 127.0.0.1 a stranger."""
import http.client
import json
import socket
import subprocess
import sys
import urllib.parse

import harness
from harness import check, wait_for

TOKEN = "programs-know-this"
NEAR = "127.0.0.2"


def ask(stage, path, source=NEAR, headers=None):
    link = http.client.HTTPConnection("127.0.0.1", stage.port, timeout=20, source_address=(source, 0))
    try:
        link.request("GET", "/osrm" + path, headers=headers or {})
        return harness.Answer(link.getresponse())
    finally:
        link.close()


def points(stage):
    """Five addresses of the valley, as (lon, lat)."""
    found = []
    for what in ("corso roma 12 borgo valdoro", "farmacia al ponte", "scuola primaria giovanni pascoli", "selvapiana",
                 "vicolo del forno"):
        place = stage.get("/api/v1/places?q=" + urllib.parse.quote(what)).json["places"][0]
        found.append((place["lon"], place["lat"]))
    return found


def text(places):
    return ";".join(f"{lon:.6f},{lat:.6f}" for lon, lat in places)


def is_number(n):
    return isinstance(n, (int, float)) and not isinstance(n, bool)


def is_place(pair):
    return isinstance(pair, list) and len(pair) == 2 and 5 < pair[0] < 20 and 35 < pair[1] < 50


def is_waypoint(w):
    return set(w) == {"location", "distance", "name"} and is_place(w["location"]) and w["distance"] >= 0 and isinstance(w["name"], str)


def refused(answer, code, status=400):
    return answer.status == status and answer.json["code"] == code and answer.json["message"] and \
        answer.headers.get_content_type() == "application/json"


# ---- who may ask ----

def doors(stage, two):
    path = "/table/v1/driving/" + text(two)
    answer = ask(stage, path, "127.0.0.1")
    check("a stranger may not ask", refused(answer, "NotAuthorized", 401), answer)
    check("a program of an open network may", ask(stage, path).status == 200)
    check("but not what a proxy nobody knows passes on",
          refused(ask(stage, path, headers={"X-Forwarded-For": NEAR}), "NotAuthorized", 401))
    check("nor by another's word", refused(ask(stage, path, "127.0.0.1", {"X-Forwarded-For": NEAR}), "NotAuthorized", 401))
    check("the token opens", ask(stage, path, "127.0.0.1", {"Authorization": "Bearer " + TOKEN}).status == 200)
    check("another does not", refused(ask(stage, path, "127.0.0.1", {"Authorization": "Bearer x" + TOKEN}), "NotAuthorized", 401))
    check("a dispatcher may ask", stage.client("marta").get("/osrm" + path).status == 200)
    check("a crew may not", refused(stage.client("squadra1").get("/osrm" + path), "Forbidden", 403))


# ---- table ----

def tables(stage, five):
    answer = ask(stage, "/table/v1/driving/" + text(five) + "?annotations=duration,distance")
    table = answer.json
    check("a table", answer.status == 200 and table["code"] == "Ok" and
          set(table) == {"code", "durations", "distances", "sources", "destinations"}, table)
    for name in ("durations", "distances"):
        rows = table[name]
        check(f"{name}: five by five numbers", len(rows) == 5 and all(len(r) == 5 and all(map(is_number, r)) for r in rows), rows)
        check(f"{name}: nothing to go to oneself", all(rows[i][i] == 0 for i in range(5)), rows)
        check(f"{name}: one decimal", all(round(n, 1) == n for r in rows for n in r), rows)
        check(f"{name}: else something", all(rows[i][j] > 0 for i in range(5) for j in range(5) if i != j), rows)
    for name in ("sources", "destinations"):
        check(f"{name} are waypoints", len(table[name]) == 5 and all(map(is_waypoint, table[name])), table[name])
    check("a street is named", table["sources"][0]["name"] == "Corso Roma", table["sources"][0])

    part = ask(stage, "/table/v1/car/" + text(five) + ".json?sources=3;1&destinations=0;2;4").json
    check("rows and columns are chosen", part["durations"] == [[table["durations"][i][j] for j in (0, 2, 4)] for i in (3, 1)], part)
    check("durations alone by default", "distances" not in part, part)
    check("the chosen are told", [w["location"] for w in part["sources"]] == [table["sources"][i]["location"] for i in (3, 1)], part)
    only = ask(stage, "/table/v1/driving/" + text(five) + "?annotations=distance&skip_waypoints=true").json
    check("distances alone, without waypoints", only == {"code": "Ok", "distances": table["distances"]}, only)
    scaled = ask(stage, "/table/v1/driving/" + text(five[:2]) + "?scale_factor=2").json["durations"]
    check("scaled", abs(scaled[0][1] - 2 * table["durations"][0][1]) <= 0.11, scaled)
    packed = ask(stage, "/table/v1/driving/" + text(five * 8), headers={"Accept-Encoding": "gzip"})
    check("large answers are packed", packed.headers["Content-Encoding"] == "gzip", packed.headers)
    encoded = "".join(encode(five))
    same = ask(stage, "/table/v1/driving/polyline6(" + urllib.parse.quote(encoded) + ")?skip_waypoints=true").json
    check("a polyline says the same", same.get("durations") == table["durations"], same)
    return table


def encode(places):
    """The polyline format, a second time."""
    before = (0, 0)
    for lon, lat in places:
        now = (round(lat * 1e6), round(lon * 1e6))
        for a, b in zip(now, before):
            value = (a - b) << 1
            value = ~value if a < b else value
            while value >= 32:
                yield chr((32 | value & 31) + 63)
                value >>= 5
            yield chr(value + 63)
        before = now


def drive_by(stage, profile):
    """The profile by hand on the one worker: what is compared does not hang on the hour of the run."""
    marta = stage.client("marta")
    check(f"{profile} is chosen", marta.post("/api/v1/roads", {"profile": profile}).status == 200)
    check(f"{profile} is in force", wait_for(lambda: (lambda r: r["profile"] == profile and r["state"] == "ok")(marta.get("/api/v1/roads").json), 60))


def against_prontoctl(stage, five, profile):
    drive_by(stage, profile)
    table = ask(stage, "/table/v1/driving/" + text(five) + "?annotations=duration,distance").json
    origins = "".join(f"{i} {lat} {lon}\n" for i, (lon, lat) in enumerate(five))
    lon, lat = five[2]
    run = subprocess.run([str(harness.BUILD / "src" / "prontoctl"), "map", "eta", str(harness.demo_map()), "--to", f"{lat},{lon}",
                          "--profile", profile], input=origins, capture_output=True, text=True, timeout=60, check=True)
    etas = {line["id"]: line for line in map(json.loads, run.stdout.splitlines())}
    for i in range(5):
        check(f"{profile}: prontoctl drives as long from {i}", abs(etas[str(i)]["eta_s"] - table["durations"][i][2]) <= 0.6, etas)
        check(f"{profile}: prontoctl drives as far from {i}", abs(etas[str(i)]["distance_m"] - table["distances"][i][2]) <= 0.6, etas)


# ---- nearest ----

def nearests(stage, place):
    answer = ask(stage, "/nearest/v1/driving/" + text([place]) + ".json?number=3")
    found = answer.json.get("waypoints", [])
    check("three nearest roads", answer.status == 200 and answer.json["code"] == "Ok" and len(found) == 3 and all(map(is_waypoint, found)), answer)
    check("nearest first", found == sorted(found, key=lambda w: w["distance"]), found)
    one = ask(stage, "/nearest/v1/driving/" + text([place])).json["waypoints"]
    check("one by default", one == found[:1], one)


# ---- bearings ----

def bearings(stage, five):
    """Where a heading chooses the road, the waypoint is where the way begins, and lies on that road."""
    others = 0
    for start, end in zip(five, five[1:]):
        plain = ask(stage, "/nearest/v1/driving/" + text([start])).json["waypoints"][0]
        for bearing in range(0, 360, 30):
            where = f"{start} towards {bearing}"
            way = ask(stage, f"/route/v1/driving/{text([start, end])}?bearings={bearing},45;&overview=full&geometries=geojson&steps=true").json
            first = way["waypoints"][0]
            line = way["routes"][0]["geometry"]["coordinates"]
            check("the way begins at its waypoint", line[0] == first["location"], (where, line[0], first))
            check("on that street", way["routes"][0]["legs"][0]["steps"][0]["name"] == first["name"], (where, first))
            table = ask(stage, f"/table/v1/driving/{text([start, end])}?bearings={bearing},45;{bearing},45").json
            check("a table begins there too", table["sources"][0] == first and table["destinations"][0] == first, (where, table))
            to = ask(stage, f"/route/v1/driving/{text([start, end])}?bearings=;{bearing},45&overview=full&geometries=geojson").json
            check("and a way ends so", to["routes"][0]["geometry"]["coordinates"][-1] == to["waypoints"][1]["location"] ==
                  table["sources"][1]["location"], (where, to["waypoints"]))
            near = ask(stage, f"/nearest/v1/driving/{text([start])}?bearings={bearing},45").json["waypoints"]
            check("the nearest road is that one", near == [first], (where, near, first))
            others += first["location"] != plain["location"]
    check("some bearing chooses another road than the nearest", others > 0, others)


# ---- route ----

def check_step(step, last, first):
    maneuver = step["maneuver"]
    kind = maneuver["type"]
    good = {"distance", "duration", "weight", "name", "mode", "driving_side", "geometry", "maneuver", "intersections"} == set(step)
    check("a step has its fields", good, step)
    check("its maneuver has its own", {"type", "location", "bearing_before", "bearing_after"} <= set(maneuver) and
          is_place(maneuver["location"]) and 0 <= maneuver["bearing_before"] < 360 and 0 <= maneuver["bearing_after"] < 360, maneuver)
    check("first depart, last arrive", (kind == "depart") == first and (kind == "arrive") == last, kind)
    check("others turn", first or last or (kind in ("turn", "new name") and maneuver["modifier"] in (
        "uturn", "sharp right", "right", "slight right", "straight", "slight left", "left", "sharp left")), maneuver)
    for crossing in step["intersections"]:
        ways = crossing["bearings"]
        check("a crossing has its ways", is_place(crossing["location"]) and len(ways) == len(crossing["entry"]) and
              ways == sorted(ways) and ("in" in crossing) == (not first) and ("out" in crossing) == (not last) and
              crossing.get("in", 0) < len(ways) and crossing.get("out", 0) < len(ways), crossing)
    line = step["geometry"]["coordinates"]
    check("a line of two points at least", step["geometry"]["type"] == "LineString" and len(line) >= 2 and all(map(is_place, line)), line)


def routes(stage, five, table):
    answer = ask(stage, "/route/v1/driving/" + text(five[:3]) +
                 "?alternatives=false&steps=true&geometries=geojson&overview=full&annotations=true&continue_straight=false")
    doc = answer.json
    check("a route", answer.status == 200 and set(doc) == {"code", "routes", "waypoints"} and doc["code"] == "Ok" and len(doc["routes"]) == 1, doc)
    route = doc["routes"][0]
    check("it has its fields", set(route) == {"distance", "duration", "weight", "weight_name", "legs", "geometry"}, set(route))
    check("three waypoints", len(doc["waypoints"]) == 3 and all(map(is_waypoint, doc["waypoints"])), doc["waypoints"])
    check("two legs", len(route["legs"]) == 2, len(route["legs"]))
    for i, leg in enumerate(route["legs"]):
        check("a leg has its fields", set(leg) == {"distance", "duration", "weight", "summary", "steps", "annotation"}, set(leg))
        check("the table's time and way", abs(leg["duration"] - table["durations"][i][i + 1]) <= 0.11 and
              abs(leg["distance"] - table["distances"][i][i + 1]) <= 0.11, (leg["duration"], leg["distance"], table))
        for n, step in enumerate(leg["steps"]):
            check_step(step, n + 1 == len(leg["steps"]), n == 0)
        check("steps sum up", abs(sum(s["duration"] for s in leg["steps"]) - leg["duration"]) <= 0.1 * len(leg["steps"]) and
              abs(sum(s["distance"] for s in leg["steps"]) - leg["distance"]) <= 0.1 * len(leg["steps"]), leg)
        check("steps join", all(a["geometry"]["coordinates"][-1] == b["geometry"]["coordinates"][0]
                                for a, b in zip(leg["steps"], leg["steps"][1:])), leg)
        points_of_leg = sum(len(s["geometry"]["coordinates"]) - 1 for s in leg["steps"][:-1])
        check("notes between each two points", all(len(leg["annotation"][k]) == points_of_leg
                                                   for k in ("duration", "distance", "speed", "weight", "datasources")), points_of_leg)
        check("notes sum up", abs(sum(leg["annotation"]["duration"]) - leg["duration"]) <= 0.1 * points_of_leg, leg["annotation"])
        check("the summary names streets", leg["summary"] and all(name in {s["name"] for s in leg["steps"]}
                                                                  for name in leg["summary"].split(", ")), leg["summary"])
    line = route["geometry"]["coordinates"]
    check("the line goes from first to last", line[0] == doc["waypoints"][0]["location"] and line[-1] == doc["waypoints"][2]["location"], line)
    simple = ask(stage, "/route/v1/driving/" + text(five[:3]) + "?geometries=geojson").json["routes"][0]
    check("by default a simpler line, no steps", 2 <= len(simple["geometry"]["coordinates"]) <= len(line) and
          simple["legs"][0]["steps"] == [] and simple["legs"][0]["summary"] == "", simple)
    bare = ask(stage, "/route/v1/driving/" + text(five[:2]) + "?overview=false&alternatives=3&hints=;&generate_hints=false").json
    check("no line where none is wanted", "geometry" not in bare["routes"][0], bare)
    coded = ask(stage, "/route/v1/driving/" + text(five[:2]) + "?overview=full&geometries=polyline6").json["routes"][0]["geometry"]
    full = ask(stage, "/route/v1/driving/" + text(five[:2]) + "?overview=full&geometries=geojson").json["routes"][0]["geometry"]
    check("the polyline is that line", coded == "".join(encode(full["coordinates"])), coded)


# ---- refusals ----

def refusals(stage, two):
    places = text(two)
    sea = f"{two[0][0]:.6f},{two[0][1]:.6f};{two[0][0] + 3:.6f},{two[0][1]:.6f}"
    for path, code in (("/table/v1/driving", "InvalidUrl"), (f"/trip/v1/driving/{places}", "InvalidService"),
                       (f"/table/v2/driving/{places}", "InvalidVersion"), (f"/table/v1/driving/{places};", "InvalidQuery"),
                       (f"/table/v1/driving/{places}?nonsense=1", "InvalidQuery"), (f"/table/v1/driving/{places}?sources=7", "InvalidOptions"),
                       (f"/table/v1/driving/{places}?radiuses=5", "InvalidOptions"), ("/route/v1/driving/10,45;10,95", "InvalidValue"),
                       (f"/route/v1/driving/{places}?exclude=ferry", "InvalidValue"), (f"/table/v1/driving/{sea}", "NoSegment"),
                       (f"/route/v1/driving/{sea}", "NoSegment"), ("/nearest/v1/driving/3,45", "NoSegment"),
                       (f"/route/v1/driving/{places}?approaches=curb;", "NotImplemented"),
                       ("/table/v1/driving/" + text(two * 20 + two[:1]), "TooBig"), ("/route/v1/driving/" + text(two * 21), "TooBig")):
        answer = ask(stage, path)
        check(f"{path[:60]} is {code}", refused(answer, code), answer)
    answer = ask(stage, f"/table/v1/driving/{sea}")
    check("it says which place, in the words that VROOM reads",
          answer.json["message"] == "Could not find a matching segment for coordinate 1", answer)
    near = ask(stage, f"/table/v1/driving/{places}?radiuses=0;0.0")
    check("a radius is kept to", refused(near, "NoSegment") or all(w["distance"] < 0.01 for w in near.json["sources"]), near)
    check("POST is not answered", stage.client("marta").post("/osrm/table/v1/driving").status == 405)


# ---- where no road leads ----

def cut_off(stage, five):
    """All roads round the first place are closed: four strips of a frame."""
    marta, (lon, lat), half, thin = stage.client("marta"), five[0], 0.004, 0.0004
    for south, west, north, east in ((lat - half, lon - half, lat - half + thin, lon + half), (lat + half - thin, lon - half, lat + half, lon + half),
                                     (lat - half, lon - half, lat + half, lon - half + thin), (lat - half, lon + half - thin, lat + half, lon + half)):
        made = marta.post("/api/v1/closures", {"kind": "closed", "area": True, "points": [
            {"lat": south, "lon": west}, {"lat": south, "lon": east}, {"lat": north, "lon": east}, {"lat": north, "lon": west}]})
        check("a strip is closed", made.status == 201, made)
    check("the closures are in force", wait_for(lambda: (lambda r: r["closures"] == 4 and r["state"] == "ok")(marta.get("/api/v1/roads").json), 60))
    two = text([five[0], five[3]])
    table = ask(stage, f"/table/v1/driving/{two}?annotations=duration,distance").json
    check("null where no road leads, both ways", table["durations"] == table["distances"] == [[0, None], [None, 0]], table)
    check("and no route", refused(ask(stage, f"/route/v1/driving/{two}"), "NoRoute"))
    table = ask(stage, f"/table/v1/driving/{two}?annotations=duration,distance&fallback_speed=10").json
    check("as the crow flies where that is asked for", table["fallback_speed_cells"] == [[0, 1], [1, 0]] and
          abs(table["durations"][0][1] * 10 - table["distances"][0][1]) <= 1 and table["distances"][0][1] > 1000, table)


# ---- what nobody needs any more ----

def metrics_of(stage):
    """The files of metrics that prontod's processes hold."""
    held = {line.split()[5] for pid in harness.tree(stage.process.pid) for line in open(f"/proc/{pid}/maps") if ".metric" in line}
    return {path.rsplit("/", 1)[-1].split(".")[0] for path in held}


def letting_go(stage, five):
    """The thread that answers drops a metric that is no longer in force, though nobody asks again."""
    drive_by(stage, "peak")
    check("asked by this metric", ask(stage, "/table/v1/driving/" + text(five)).status == 200)
    before = metrics_of(stage)
    drive_by(stage, "night")
    now = stage.client("marta").get("/api/v1/roads").json["metric"]
    check("metrics are files here", before and now not in before, (before, now))
    check("the old one is dropped", wait_for(lambda: metrics_of(stage) == {now}, 30), (metrics_of(stage), now))
    drive_by(stage, "normal")


# ---- readers that leave ----

def leaving(stage, five):
    """Readers of tables that go at once do no harm: no answer goes to nobody, and the next is answered."""
    path = "/osrm/table/v1/driving/" + text(five * 8) + "?annotations=duration,distance"
    for _ in range(20):
        link = socket.create_connection(("127.0.0.1", stage.port), timeout=20, source_address=(NEAR, 0))
        link.sendall(f"GET {path} HTTP/1.1\r\nHost: x\r\n\r\n".encode())
        link.close()
    check("the next is answered", ask(stage, "/table/v1/driving/" + text(five)).status == 200)


def main():
    with harness.Stage(workers=1, settings={"osrm.open_to": NEAR + "/32, ::1", "osrm.token": TOKEN, "limits.osrm_cells": 1600,
                                            "limits.osrm_places": 41}) as stage:
        five = points(stage)
        doors(stage, five[:2])
        for profile in ("snow", "night", "peak", "normal"):
            against_prontoctl(stage, five, profile)
        table = tables(stage, five)
        nearests(stage, five[0])
        bearings(stage, five)
        routes(stage, five, table)
        refusals(stage, five[:2])
        letting_go(stage, five)
        cut_off(stage, five)
        leaving(stage, five)
        check("prontod ends cleanly", stage.stop() == 0)
    return harness.finish()


sys.exit(main())
