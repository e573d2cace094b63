#!/usr/bin/env python3
"""Closures, slow roads and profiles, over two workers and a real PostgreSQL: every worker drives by them within two
seconds, lifting one brings the very same list back, kept rankings can be asked again, nothing is lost with a killed worker.
Times are printed, never judged: each wait is on a condition, with a generous end."""
import datetime
import hashlib
import json
import os
import re
import signal
import sys
import time

import harness
from harness import check, wait_for

LONG = 60  # seconds: the end of any wait
ROAD = "Strada Provinciale 9 della Valdoro"


def instant(seconds, parts="auto"):
    """So many seconds from now; parts="seconds" for a whole one, which comes back as it was sent."""
    return (datetime.datetime.now(datetime.timezone.utc) + datetime.timedelta(seconds=seconds)).isoformat(timespec=parts)


def in_a_moment(post):
    """What is said to be over soon must not be over when it arrives, however slow the machine is."""
    for seconds in (3, 15, 45):
        answer = post(instant(seconds))
        if answer.status != 422:
            break
    return answer


class Roads:
    """The stage with an incident on the valley's one fast road, a crew on either side of a place between them."""

    def __init__(self, stage):
        self.stage = stage
        self.marta, self.luca = stage.client("marta"), stage.client("luca")
        self.place = self.on_road(10.2600)
        self.incident_at, self.east, self.west = self.on_road(10.2490), self.on_road(10.2700), self.on_road(10.2230)
        self.stand("squadra5", self.east)
        self.stand("squadra1", self.west)
        made = self.marta.post("/api/v1/reports", {"utility": "acque-valdoro", "text": "Esce tantissima acqua dalla strada",
                                                   **self.incident_at, "reporter": {"prefer": "none"}})
        check("an incident on the road", made.status == 201, made)
        self.incident = made.json["incident"]["id"]

    def stand(self, login, at):
        sent = self.stage.client(login).post("/api/v1/me/position", at)
        check(f"{login} tells where it is", sent.status == 204, sent)

    def on_road(self, lon):
        """A point of the fast road near this longitude, found by asking which roads a thin strip takes."""
        ring = [{"lat": lat, "lon": at} for lat, at in ((45.63, lon - 1e-4), (45.63, lon + 1e-4), (45.69, lon + 1e-4), (45.69, lon - 1e-4))]
        found = self.marta.post("/api/v1/closures/preview", {"kind": "closed", "area": True, "points": ring})
        check("a strip across the valley takes the road", found.status == 200 and ROAD in found.json["streets"], found)
        # Of the lines that cross there, the road's is the one whose point alone is called so.
        for line in found.json["roads"]:
            for a, b in zip(line, line[1:]):
                if min(a[1], b[1]) <= lon <= max(a[1], b[1]) and a[1] != b[1]:
                    at = {"lat": a[0] + (b[0] - a[0]) * (lon - a[1]) / (b[1] - a[1]), "lon": lon}
                    one = self.marta.post("/api/v1/closures/preview", {"kind": "closed", "points": [at]})
                    if one.status == 200 and one.json["streets"] == [ROAD]:
                        return at
        raise RuntimeError(f"no point of {ROAD} at {lon}")

    def candidates(self):
        answer = self.marta.get(f"/api/v1/incidents/{self.incident}/candidates")
        if answer.status != 200:
            raise RuntimeError(f"candidates: {answer}")
        return answer

    def on_each(self, ask):
        """What ask() says on each worker: {worker: value}."""
        seen, end = {}, time.monotonic() + LONG
        while len(seen) < self.stage.workers and time.monotonic() < end:
            worker, value = ask()
            seen[worker] = value
        return seen

    def list(self):
        answer = self.candidates()
        return answer.worker, tuple((c["crew"]["name"], c["eta_s"], c["distance_m"], c["from"] and (c["from"]["lat"], c["from"]["lon"]))
                                    for c in answer.json["candidates"])

    def metric(self):
        answer = self.marta.get("/api/v1/roads")
        return answer.worker, (answer.json["metric"], answer.json["state"], answer.json["profile"], answer.json["closures"])

    def wait_each(self, what, good, ask=None):
        """Until it is good on every worker; what each said then. Prints how long it took."""
        began, missing = time.monotonic(), set(range(1, self.stage.workers + 1))
        seen, took = {}, {}
        while len(took) < len(missing) and time.monotonic() - began < LONG:
            worker, value = (ask or self.list)()
            seen[worker] = value
            if good(value):
                took.setdefault(worker, time.monotonic() - began)
            else:
                took.pop(worker, None)
        check(f"{what}, on every worker", len(took) == len(missing), seen)
        print(f"{what}: worker " + ", ".join(f"{w} after {s:.2f} s" for w, s in sorted(took.items())), flush=True)
        return seen

    def close(self, **more):
        made = self.marta.post("/api/v1/closures", {"kind": "closed", "points": [self.place], **more})
        check("a closure is made", made.status == 201, made)
        return made.json

    def lift(self, closure):
        lifted = self.luca.post(f"/api/v1/closures/{closure['id']}/lift", {"version": closure["version"]})
        check("a closure is lifted", lifted.status == 200 and lifted.json["state"] == "over", lifted)
        return lifted.json


def eta(rows, crew):
    return next((row[1] for row in rows if row[0] == crew), None)


def closed_and_lifted(roads):
    before = roads.on_each(roads.list)
    first = next(iter(before.values()))
    check("both workers tell the same list", len(set(before.values())) == 1, before)
    check("the crew beyond the place goes first", first[0][0] == "Squadra 5", first)
    stream = roads.stage.stream("/api/v1/stream", roads.luca)
    crew = roads.stage.stream("/api/v1/stream", roads.stage.client("squadra1"))
    wait_for(lambda: stream.events and crew.events, LONG)
    closure = roads.close(reason="frana")
    check("it says what it takes", closure["streets"] == [ROAD] and closure["state"] == "active" and closure["made_by"] == "Marta B."
          and closure["reason"] == "frana" and closure["municipality"] and closure["roads"] and closure["until"] is None, closure)
    detour = roads.wait_each("a closed road sends crews round it",
                             lambda rows: rows[0][0] != "Squadra 5" and eta(rows, "Squadra 5") != eta(first, "Squadra 5"))
    check("both workers tell the same detour", len(set(detour.values())) == 1, detour)
    longer = eta(next(iter(detour.values())), "Squadra 5")
    check("the detour is longer", longer is None or longer > eta(first, "Squadra 5"), detour)
    check("whose way leads elsewhere drives as before", eta(next(iter(detour.values())), "Squadra 1") == eta(first, "Squadra 1"), detour)
    metric = roads.on_each(roads.metric)
    check("every worker is on the same metric", len(set(metric.values())) == 1 and next(iter(metric.values()))[1:2] == ("ok",), metric)
    heard = stream.find(lambda name, data: name == "roads" and data["metric"] == next(iter(metric.values()))[0], LONG)
    check("desks hear of it", heard, [e for e in stream.events if e[1] == "roads"])
    check("and crews", crew.find(lambda name, data: name == "roads", LONG), crew.events)
    listed = roads.stage.client("squadra1").get("/api/v1/closures").json
    check("crews may read it", [c["id"] for c in listed["closures"]] == [closure["id"]] and listed["roads"]["closures"] == 1, listed)
    roads.lift(closure)
    again = roads.wait_each("lifting it brings the very same list back", lambda rows: rows == first)
    check("on both", set(again.values()) == {first}, again)
    gone = roads.marta.get("/api/v1/closures").json["closures"]
    over = roads.marta.get("/api/v1/closures?state=all").json["closures"]
    check("what is over is shown on request", gone == [] and [c["state"] for c in over] == ["over"] and over[0]["changed_by"] == "Luca R.", over)
    stream.close()
    crew.close()
    return first


def slow(roads, first):
    made = roads.marta.post("/api/v1/closures", {"kind": "slow", "speed": 0.1, "points": [roads.place]}).json
    slower = roads.wait_each("a slow road takes longer", lambda rows: eta(rows, "Squadra 5") > eta(first, "Squadra 5"))
    check("but is driven", eta(next(iter(slower.values())), "Squadra 5") is not None, slower)
    changed = roads.marta.post(f"/api/v1/closures/{made['id']}", {"version": made["version"], "speed": 0.5})
    check("it can be made less slow", changed.status == 200 and changed.json["speed"] == 0.5 and changed.json["version"] == 2, changed)
    roads.wait_each("less slow takes less", lambda rows: eta(first, "Squadra 5") < eta(rows, "Squadra 5") < eta(next(iter(slower.values())), "Squadra 5"))
    faster = roads.luca.post(f"/api/v1/closures/{made['id']}", {"version": made["version"], "speed": 0.2})
    check("an old version is told who was faster", faster.status == 409 and faster.json["who"] == "Marta B." and faster.json["version"] == 2, faster)
    closed = roads.marta.post(f"/api/v1/closures/{made['id']}", {"version": 2, "kind": "closed"})
    check("slow becomes closed", closed.status == 200 and closed.json["kind"] == "closed" and closed.json["speed"] is None, closed)
    back = roads.marta.post(f"/api/v1/closures/{made['id']}", {"version": 3, "kind": "slow"})
    check("closed becomes slow only with a speed", back.status == 422 and back.json["errors"][0]["pointer"] == "/speed", back)
    roads.lift(closed.json)
    roads.wait_each("and back", lambda rows: rows == first)


def near(points, place):
    return len(points) == 1 and all(abs(points[0][key] - place[key]) <= 1e-7 for key in ("lat", "lon"))


def moved(roads, first):
    """A closure drawn in the wrong place is drawn again; so is one back to where it was."""
    elsewhere = roads.on_road(10.2300)
    made = roads.marta.post("/api/v1/closures", {"kind": "closed", "points": [elsewhere], "reason": "frana"}).json
    wrong = roads.wait_each("closed in the wrong place", lambda rows: eta(rows, "Squadra 1") != eta(first, "Squadra 1") and
                            eta(rows, "Squadra 5") == eta(first, "Squadra 5"))
    path = f"/api/v1/closures/{made['id']}"
    there = roads.luca.post(path, {"version": 1, "points": [roads.place]})
    check("it is moved, all else stays", there.status == 200 and near(there.json["points"], roads.place) and there.json["version"] == 2 and
          there.json["reason"] == "frana" and there.json["roads"] != made["roads"] and there.json["changed_by"] == "Luca R.", there)
    roads.wait_each("crews drive round the new place", lambda rows: eta(rows, "Squadra 5") != eta(first, "Squadra 5") and
                    eta(rows, "Squadra 1") == eta(first, "Squadra 1"))
    for name, body, pointer in (("nowhere", {"points": [{"lat": 41.9, "lon": 12.5}]}, "/points"),
                                ("half the valley", {"area": True, "points": [{"lat": 45, "lon": 9}, {"lat": 46, "lon": 9}, {"lat": 46, "lon": 11}]}, None)):
        refused = roads.marta.post(path, {"version": 2, **body})
        check(f"not to {name}", refused.status == 422 and pointer in (None, refused.json["errors"][0]["pointer"]), refused)
    late = roads.marta.post(path, {"version": 1, "points": [elsewhere]})
    check("who is late is told by whom", late.status == 409 and late.json["who"] == "Luca R.", late)
    back = roads.luca.post(path, {"version": 2, "points": [elsewhere]})
    check("and back again", back.status == 200 and back.json["roads"] == made["roads"], back)
    roads.wait_each("as it was before the move", lambda rows: rows == next(iter(wrong.values())))
    kept = roads.stage.database.query("SELECT payload->'points' FROM change WHERE kind = 'closure' AND what = 'moved' ORDER BY seq")
    check("each move is a link of the chain, with its place", len(kept) == 2 and str(roads.place["lat"])[:9] in kept[0][0], kept)
    roads.lift(back.json)
    roads.wait_each("and open", lambda rows: rows == first)


def renamed(roads, first):
    """At a crossing the street says which roads are meant: to name it later closes others, on every worker."""
    where = crossing(roads)
    made = roads.marta.post("/api/v1/closures", {"kind": "closed", "points": where}).json
    before = roads.wait_each("a crossing is closed", lambda metric: metric[1] == "ok" and metric[3] == 1, roads.metric)
    named = roads.luca.post(f"/api/v1/closures/{made['id']}", {"version": 1, "points": where, "street": ROAD})
    check("the street takes other roads there", named.status == 200 and named.json["street"] == ROAD and len(named.json["roads"]) != len(made["roads"]), named)
    after = roads.wait_each("the roads are those of the street", lambda metric: metric not in before.values() and metric[1] == "ok", roads.metric)
    check("the same on every worker", len(set(after.values())) == 1, after)
    roads.lift(named.json)
    roads.wait_each("and open", lambda rows: rows == first)


def one_way(roads, first):
    """The same line, of one direction only: whoever drives the other way may pass again, on every worker."""
    line = roads.marta.post("/api/v1/closures/preview", {"kind": "closed", "points": [roads.place]}).json["roads"][0]
    points = [{"lat": lat, "lon": lon} for lat, lon in line]
    made = roads.marta.post("/api/v1/closures", {"kind": "closed", "points": points}).json
    both = roads.wait_each("a stretch is closed", lambda metric: metric[1] == "ok" and metric[3] == 1, roads.metric)
    one = roads.luca.post(f"/api/v1/closures/{made['id']}", {"version": made["version"], "points": points, "one_way": True})
    check("it is closed in one direction", one.status == 200 and one.json["one_way"] is True and one.json["points"] == made["points"], one)
    roads.wait_each("the other direction is open", lambda metric: metric not in both.values() and metric[1] == "ok", roads.metric)
    roads.lift(one.json)
    roads.wait_each("and open", lambda rows: rows == first)


def doubles(roads, first):
    """A preview names who has closed all of these roads already; nothing is refused."""
    def already(**more):
        answer = roads.luca.post("/api/v1/closures/preview", {"kind": "closed", "points": [roads.place], **more})
        check("a preview", answer.status == 200, answer)
        return sorted(c["id"] for c in answer.json["already"])

    check("nobody has", already() == [])
    made = roads.close(reason="frana", until=instant(3600))
    there = roads.luca.post("/api/v1/closures/preview", {"kind": "closed", "points": [roads.place]}).json["already"]
    check("who has, until when and why", [(c["id"], c["made_by"], c["kind"], c["reason"], c["until"], c["state"]) for c in there] ==
          [(made["id"], "Marta B.", "closed", "frana", made["until"], "active")], there)
    check("slowing what is closed says so too", already(kind="slow", speed=0.5) == [made["id"]])
    check("not at another time", already(**{"from": instant(7200)}) == [] and already(**{"from": instant(1800), "until": instant(7200)}) == [made["id"]])
    later = roads.close(**{"from": instant(7200, "seconds"), "until": instant(10800, "seconds")})
    check("nor before one that is planned", already(until=later["from"]) == [made["id"]] and
          already(until=instant(9000)) == sorted([made["id"], later["id"]]), later)
    check("nor from the instant at which it ends", already(**{"from": later["until"]}) == [], later)
    roads.lift(later)
    check("nor of another road", already(points=[roads.on_road(10.2300)]) == [])
    ring = [{"lat": roads.place["lat"] + y, "lon": roads.place["lon"] + x} for x, y in ((-.02, -.02), (-.02, .02), (.02, .02), (.02, -.02))]
    check("nor of more roads than that", already(points=ring, area=True) == [])
    check("the one that is moved is not its own double", already(id=made["id"]) == [])
    second = roads.close()
    check("it may be closed twice all the same", already() == sorted([made["id"], second["id"]]))
    roads.lift(made)
    roads.lift(second)
    slow = roads.close(kind="slow", speed=0.5)
    check("closing a slow road is no double", already() == [])
    check("slowing it again is", already(kind="slow", speed=0.2) == [slow["id"]])
    roads.lift(slow)
    check("what is over is none", already(kind="slow", speed=0.2) == [])
    roads.wait_each("all open", lambda rows: rows == first)


def off_road(roads):
    """Of a line it is said which points lie on no road, where it is shown and where it is refused; corners of a zone may lie anywhere."""
    def preview(*points, **more):
        return roads.marta.post("/api/v1/closures/preview", {"kind": "closed", "points": list(points), **more})

    a, b = roads.place, roads.on_road(10.2630)
    beside = ({"lat": a["lat"] + north / 1000, "lon": a["lon"]} for north in range(1, 20))
    off = next(at for at in beside if preview(at).status == 422)
    far = {**off, "lat": off["lat"] + 5e-5}
    check("all on the road", preview(a, b).json["off_road"] == [] and preview(a).json["off_road"] == [])
    one = preview(a, off, b)
    check("the one that is not is named", one.status == 200 and one.json["off_road"] == [1], one)
    check("and the road is that of the others", one.json["roads"] == preview(a, b).json["roads"], one)
    two = preview(off, a, b, far)
    check("so are several", two.status == 200 and two.json["off_road"] == [0, 3], two)
    zone = preview(off, {**a, "lat": a["lat"] - 0.002}, {**b, "lat": off["lat"]}, area=True)
    check("a corner of a zone is never", zone.status == 200 and zone.json["off_road"] == [], zone)
    street = preview(a, off, b, street="Via che non c'è")
    check("nor a crossing", street.status == 422 and street.json["errors"][0]["pointer"] == "/street" and "off_road" not in street.json, street)
    made = roads.close(**{"from": instant(3600)})
    for path, more in (("/preview", {}), ("", {}), (f"/{made['id']}", {"version": made["version"]})):
        body = more or {"kind": "closed"}
        for points, named in (([off, far], [0, 1]), ([a, off], [1])):
            refused = roads.marta.post(f"/api/v1/closures{path}", {**body, "points": points})
            check(f"where no road is left, {path or 'making'} names them too: {named}", refused.status == 422 and
                  refused.json["errors"][0]["pointer"] == "/points" and refused.json.get("off_road") == named, refused)
    check("a list of closures says nothing of it", all("off_road" not in c for c in roads.marta.get("/api/v1/closures").json["closures"]))
    roads.lift(made)


def planned(roads, first):
    made = roads.close(**{"from": instant(3600, "seconds")})
    check("it is planned", made["state"] == "planned", made)
    check("and not yet in force", roads.list()[1] == first)
    path = f"/api/v1/closures/{made['id']}"
    for until in (instant(1800), made["from"]):
        never = roads.marta.post(path, {"version": made["version"], "until": until})
        check("it cannot end before it begins", never.status == 422 and [e["pointer"] for e in never.json["errors"]] == ["/until"] and
              "dopo l'inizio" in never.text, never)
    soon = roads.marta.post(path, {"version": made["version"], "from": instant(4)})
    check("it is to begin sooner", soon.status == 200, soon)
    roads.wait_each("a planned closure begins by itself (4 s from now)", lambda rows: rows[0][0] != "Squadra 5")
    check("nobody was told to", roads.marta.get("/api/v1/closures").json["closures"][0]["state"] == "active")
    ends = in_a_moment(lambda until: roads.marta.post(path, {"version": soon.json["version"], "until": until}))
    check("it is given an end", ends.status == 200 and ends.json["until"], ends)
    roads.wait_each("and ends by itself (3 s later)", lambda rows: rows == first)
    for act, more, body in (("changed", "", {"reason": "frana"}), ("lifted", "/lift", {})):
        late = roads.luca.post(path + more, {"version": ends.json["version"], **body})
        check(f"what is over is not {act}", late.status == 409 and late.json["version"] == ends.json["version"], late)
    taken_back = roads.lift(roads.close(**{"from": instant(3600)}))
    check("a plan is taken back", taken_back["state"] == "over", taken_back)


def stands_on_it(roads, first):
    crew = roads.stage.client("squadra5")
    crew.post("/api/v1/me/position", roads.place)
    there = roads.on_each(roads.list)
    closure = roads.close()
    roads.wait_each("the road under a crew is closed", lambda m: m[1] == "ok" and m[3] == 1, roads.metric)
    rows = roads.on_each(roads.list)
    check("the crew can still leave it", all(eta(r, "Squadra 5") for r in [*there.values(), *rows.values()]), (there, rows))
    roads.lift(closure)
    crew.post("/api/v1/me/position", roads.on_road(10.2700))
    roads.wait_each("back to where it was", lambda rows: rows == first)


def profiles(roads, first):
    """From the hand to the clock and back; by hand again at the end, so that no hour of the day matters here."""
    chosen = roads.marta.post("/api/v1/roads", {"profile": "snow", "until": instant(3600)})
    check("snow is said by hand", chosen.status == 200 and chosen.json["profile"] == "snow" and chosen.json["source"] == "hand" and chosen.json["until"], chosen)
    snow = roads.wait_each("snow slows every road", lambda rows: eta(rows, "Squadra 1") > eta(first, "Squadra 1"))
    check("alike on both", len(set(snow.values())) == 1, snow)
    slowest = eta(next(iter(snow.values())), "Squadra 1")
    ends = in_a_moment(lambda until: roads.marta.post("/api/v1/roads", {"profile": "snow", "until": until}))
    check("snow ends soon", ends.status == 200, ends)
    roads.wait_each("when its time is over the clock says again (3 s from now)", lambda rows: eta(rows, "Squadra 1") < slowest)
    check("and it is the clock", {roads.marta.get("/api/v1/roads").json["source"] for _ in range(4)} == {"clock"})
    roads.marta.post("/api/v1/roads", {"profile": "snow"})
    roads.wait_each("snow again", lambda rows: eta(rows, "Squadra 1") == slowest)
    back = roads.luca.post("/api/v1/roads", {"profile": None})
    check("back to the clock", back.status == 200 and back.json["source"] == "clock" and back.json["until"] is None, back)
    roads.wait_each("by the clock again", lambda rows: eta(rows, "Squadra 1") < slowest)
    normal(roads, lambda rows: rows == first)


def normal(roads, good):
    said = roads.marta.post("/api/v1/roads", {"profile": "normal"})
    check("normal hours, by hand", said.status == 200 and said.json["source"] == "hand", said)
    roads.wait_each("the hours are normal", lambda m: m[1:3] == ("ok", "normal"), roads.metric)
    roads.wait_each("and so are the times", good)


def told_early(roads):
    """Who has changed the roads and asks for the list, of whichever worker, hears «ok» only of roads as they are now."""
    early, building, asked = [], 0, set()
    for n in range(30):
        said = roads.marta.post("/api/v1/roads", {"profile": ("snow", "normal")[n % 2]})
        answer = roads.luca.get("/api/v1/closures")
        asked.add((said.worker, answer.worker))
        seen = answer.json["roads"]
        building += seen["state"] == "building"
        if seen["profile"] != said.json["profile"]:
            early.append((said.worker, answer.worker, seen))
    check("the list's roads know of the act before, on whichever worker", not early, early)
    check("both workers were asked by either", len(asked) == 4, asked)
    print(f"of 30 lists asked for at once {building} said that their roads were being made", flush=True)


def rankings(roads):
    shown = roads.candidates().json
    check("candidates name their ranking, map and metric", shown["ranking"] and len(shown["map"]) == 16 and len(shown["metric"]) == 16, shown)
    check("asked again it is the same, kept once", roads.candidates().json["ranking"] == shown["ranking"] and
          roads.stage.database.query(f"SELECT count(*) FROM ranking WHERE id = '{shown['ranking']}'") == [["1"]])
    one = shown["candidates"][0]
    check("each says how old its position is and where its way begins", one["position_age_s"] is not None and one["from"]["lat"], one)
    kept = roads.luca.get("/api/v1/rankings/" + shown["ranking"]).json
    check("it is kept whole", kept["order"] == [c["crew"]["id"] for c in shown["candidates"]] and kept["map"] == shown["map"] and
          kept["metric"] == shown["metric"] and kept["closures"] == [] and kept["incident"] == roads.incident and kept["made_at"], kept)
    check("under the metric in force it is the same again", kept["again"] == {"same": True, "why": None}, kept["again"])
    closure = roads.close()
    roads.wait_each("a closure since then", lambda rows: rows[0][0] != "Squadra 5")
    other = roads.candidates().json
    check("makes another ranking", other["ranking"] != shown["ranking"] and other["metric"] != shown["metric"])
    again = roads.marta.get("/api/v1/rankings/" + shown["ranking"]).json
    check("the kept one is still found again, by the roads of its time", again["again"] == {"same": True, "why": None} and again["order"] == kept["order"], again)
    closed = roads.marta.get("/api/v1/rankings/" + other["ranking"]).json
    check("the new one names the closure", [c["id"] for c in closed["closures"]] == [closure["id"]] and closed["again"]["same"] is True, closed)
    roads.lift(closure)
    roads.wait_each("open again", lambda rows: rows[0][0] == "Squadra 5")
    check("and is found again when the road is open", roads.marta.get("/api/v1/rankings/" + other["ranking"]).json["again"]["same"] is True)
    by_street(roads)
    check("others do not see it", roads.stage.client("irene").get("/api/v1/rankings/" + shown["ranking"]).status == 404)
    said = [visitor.get("/api/v1/rankings/" + shown["ranking"]) for visitor in (roads.stage.client("squadra1"), roads.stage.client())]
    check("nor crews, nor the public", [answer.status for answer in said] == [403, 401], said)
    check("no ranking", roads.marta.get("/api/v1/rankings/0192d3e4-0000-7000-8000-000000000001").status == 404)
    assigned(roads, shown)
    altered(roads, shown["ranking"])


def crossing(roads):
    """Where the fast road meets another: there the street says which of them a closure takes."""
    preview = roads.marta.post("/api/v1/closures/preview", {"kind": "closed", "points": [roads.place]}).json
    lat, lon = preview["roads"][0][0]
    return [{"lat": lat, "lon": lon}]


def by_street(roads):
    """What was closed is made again from what the list kept of it: without the street it would be other roads."""
    before = roads.on_each(roads.metric)
    closure = roads.close(points=crossing(roads), street=ROAD)
    roads.wait_each("of a crossing one street is closed", lambda metric: metric not in before.values() and metric[1] == "ok", roads.metric)
    shown = roads.candidates().json["ranking"]
    roads.lift(closure)
    roads.wait_each("and open", lambda metric: metric in before.values(), roads.metric)
    kept = ranking(roads, shown)
    check("a kept closure has its street", [c.get("street") for c in kept["closures"]] == [ROAD], kept["closures"])
    check("and its roads are made again by it", kept["again"] == {"same": True, "why": None}, kept["again"])


def assigned(roads, shown):
    incident = roads.marta.get(f"/api/v1/incidents/{roads.incident}").json
    roads.marta.post(f"/api/v1/incidents/{roads.incident}/classify", {"version": incident["version"], "row": "F03"})
    now = roads.candidates().json
    roads.stand("squadra1", roads.on_road(10.2300))
    lists = roads.stage.database.query("SELECT count(*) FROM ranking")
    sent = roads.marta.post(f"/api/v1/incidents/{roads.incident}/assign",
                            {"crew": now["candidates"][0]["crew"]["id"], "version": now["version"], "ranking": shown["ranking"]})
    roads.stand("squadra1", roads.west)
    check("an assignment refers to the list it was chosen from", sent.status == 200 and sent.json["assignments"][0]["ranking"] == shown["ranking"], sent)
    check("and so does the chain", chained(roads, sent.json["assignments"][0]) == shown["ranking"], chained(roads, sent.json["assignments"][0]))
    check("it can be read", roads.marta.get("/api/v1/rankings/" + shown["ranking"]).json["again"]["same"] is True)
    check("a list that nobody saw is not kept", roads.stage.database.query("SELECT count(*) FROM ranking") == lists, lists)
    recalled = roads.marta.post(f"/api/v1/assignments/{sent.json['assignments'][0]['id']}/recall", {"reason": "prova"})
    version = recalled.json["version"]
    own = roads.marta.post(f"/api/v1/incidents/{roads.incident}/assign",
                           {"crew": now["candidates"][1]["crew"]["id"], "version": version, "ranking": "0192d3e4-0000-7000-8000-000000000001"})
    ranking = own.json["assignments"][1]["ranking"]
    check("or, if that is not kept, to the list as it is", own.status == 200 and ranking, own)
    check("which is kept", roads.marta.get("/api/v1/rankings/" + ranking).json["again"]["same"] is True)
    check("and named by the chain", chained(roads, own.json["assignments"][1]) == ranking, chained(roads, own.json["assignments"][1]))
    roads.marta.post(f"/api/v1/assignments/{own.json['assignments'][1]['id']}/recall", {"reason": "prova"})


def chained(roads, assignment):
    """The ranking that the chain names for this assignment."""
    return roads.stage.database.query(f"SELECT payload->>'ranking' FROM change WHERE what = 'assigned' AND object_id = '{assignment['id']}'")[0][0]


def altered(roads, ranking):
    database = roads.stage.database
    for act in ("UPDATE ranking SET content = '{}'", "TRUNCATE ranking CASCADE"):
        try:
            database.query(act)
            check(f"{act} is refused", False)
        except Exception as error:
            check(f"{act} is refused", "never changed" in error.stderr, error.stderr)
    database.query("ALTER TABLE ranking DISABLE TRIGGER ranking_final; "
                   f"UPDATE ranking SET content = replace(content, '\"on_shift\":true', '\"on_shift\":false') WHERE id = '{ranking}'; "
                   "ALTER TABLE ranking ENABLE TRIGGER ranking_final")
    again = roads.marta.get("/api/v1/rankings/" + ranking).json["again"]
    check("who alters one all the same is found out", again["same"] is None and "altered" in again["why"], again)


def leaders(roads):
    return [w for w, leads in roads.on_each(lambda: (lambda a: (a.worker, a.json["leader"]))(roads.stage.get("/readyz"))).items() if leads]


def killed(roads, first):
    """Each worker in turn, so the leader too: whoever comes after knows the roads as they are."""
    closure = roads.close()
    closed = roads.wait_each("closed", lambda rows: rows[0][0] != "Squadra 5")
    for pid in roads.stage.worker_pids():
        os.kill(pid, signal.SIGKILL)
        check("a killed worker comes back", wait_for(roads.stage.all_ready, LONG, 0.2))
        roads.wait_each("its successor knows the closure", lambda rows: rows == next(iter(closed.values())))
    check("somebody leads again", wait_for(lambda: leaders(roads), LONG))
    check("the closure is still listed", [c["id"] for c in roads.marta.get("/api/v1/closures").json["closures"]] == [closure["id"]])
    roads.lift(closure)
    roads.wait_each("lifted after all that", lambda rows: rows == first)


def no_map():
    """Straight lines are kept and found again too; there is nothing to close."""
    with harness.Stage(workers=1, with_map=False) as stage:
        marta = stage.client("marta")
        made = marta.post("/api/v1/reports", {"utility": "acque-valdoro", "text": "Esce acqua", "lat": 45.66, "lon": 10.23, "reporter": {"prefer": "none"}})
        shown = marta.get(f"/api/v1/incidents/{made.json['incident']['id']}/candidates").json
        check("without a map lines are straight", shown["map"] == "none" and shown["metric"] is None and shown["candidates"][0]["straight_line"], shown)
        kept = marta.get("/api/v1/rankings/" + shown["ranking"]).json
        check("and found again", kept["again"] == {"same": True, "why": None} and kept["map"] is None, kept)
        said = marta.post("/api/v1/closures", {"kind": "closed", "points": [{"lat": 45.66, "lon": 10.23}]})
        check("nothing can be closed", said.status == 422 and "mappa" in said.json["detail"], said)
        roads = marta.post("/api/v1/roads", {"profile": "snow"}).json
        check("and no metric is in force", roads["metric"] is None and roads["state"] == "ok" and roads["profile"] == "snow", roads)


def put_away(roads):
    """What the leader tidies: metrics nobody will ask for, rankings that are old and that nothing refers to."""
    folder = os.path.join(roads.stage.folder, "roads")
    before = roads.on_each(roads.metric)
    closure = roads.close()
    used = roads.wait_each("a metric that lies there", lambda metric: metric not in before.values() and metric[1] == "ok", roads.metric)
    version = next(iter(used.values()))[0]
    roads.lift(closure)
    roads.wait_each("and no longer holds", lambda metric: metric in before.values(), roads.metric)
    check("metrics lie in a folder of ours alone", os.stat(folder).st_mode & 0o777 == 0o700, oct(os.stat(folder).st_mode))
    for n in range(20):
        with open(f"{folder}/{n:016x}.metric", "wb") as f:
            f.write(b"an old one")
        os.utime(f"{folder}/{n:016x}.metric", (1e9 + n, 1e9 + n))
    # What comes into force again is neither young nor one of the newest, which would stay anyway; all that are older go after it.
    os.utime(f"{folder}/{version}.metric", (1e9 + 17.5, 1e9 + 17.5))
    closure = roads.close()
    roads.wait_each("a switch back to it", lambda metric: metric[:2] == (version, "ok"), roads.metric)
    few = wait_for(lambda: sum(os.path.exists(f"{folder}/{n:016x}.metric") for n in range(20)) <= 2, LONG)
    check("old metrics are put away", few, os.listdir(folder))
    check("the one in force stays", os.path.exists(f"{folder}/{version}.metric"), os.listdir(folder))
    check("and the lock", os.path.exists(f"{folder}/lock"))
    roads.lift(closure)
    roads.wait_each("open", lambda rows: rows[0][0] == "Squadra 5")
    query = roads.stage.database.query
    query("INSERT INTO ranking (id, utility_id, incident_id, made_at, content) SELECT gen_random_uuid(), utility_id, id, now() - n * interval '9 hours', '{}' "
          f"FROM incident, generate_series(1, 6) n WHERE id = '{roads.incident}'")
    query("INSERT INTO ranking (id, utility_id, incident_id, made_at, content) SELECT '0192d3e4-0000-8000-8000-000000000009', utility_id, id, "
          f"now() - interval '400 days', '{{}}' FROM incident WHERE id = '{roads.incident}'; "
          "UPDATE assignment SET ranking_id = '0192d3e4-0000-8000-8000-000000000009' WHERE id = (SELECT min(id::text)::uuid FROM assignment)")


def tidied(roads):
    """After a new leader's first round."""
    left = "SELECT count(*) FROM ranking WHERE made_at < now() - interval '1 day'"
    check("old rankings are put away, but those that an assignment refers to", wait_for(lambda: roads.stage.database.query(left) == [["1"]], LONG),
          roads.stage.database.query("SELECT made_at FROM ranking ORDER BY 1"))
    check("younger ones stay", int(roads.stage.database.query("SELECT count(*) FROM ranking WHERE made_at < now() - interval '8 hours'")[0][0]) >= 2)


PLACES = ("lat", "lon", "heading", "position_at", "from_lat", "from_lon", "from_m", "distance_m")


def id_of(content):
    """What a list's id is made of (src/flow/ranking.c)."""
    digits = hashlib.sha256(content.encode()).hexdigest()[:32]
    digits = digits[:12] + "8" + digits[13:16] + "89ab"[int(digits[16], 16) & 3] + digits[17:]
    return "-".join(digits[a:b] for a, b in ((0, 8), (8, 12), (12, 16), (16, 20), (20, 32)))


def ranking(roads, one):
    return roads.marta.get("/api/v1/rankings/" + one).json


def kept_by_old_server(roads, now):
    """The list as a server of before keeps it: all in one content."""
    query = roads.stage.database.query
    [[lasting, places]] = query(f"SELECT r.content, p.content FROM ranking r JOIN ranking_place p ON p.ranking_id = r.id WHERE r.id = '{now}'")
    check("what stays says nowhere where anybody was", not any(f'"{key}"' in lasting for key in PLACES), lasting)
    check("its id is made of it, and it has the hash of the places", id_of(lasting) == now and
          json.loads(lasting)["places"] == hashlib.sha256(places.encode()).hexdigest(), (now, lasting))
    content, places = json.loads(lasting), json.loads(places)
    del content["places"]
    origins = [{**o, **p} for o, p in zip(content["origins"], places["origins"])]
    old = json.dumps({**content, "lat": places["lat"], "lon": places["lon"], "origins": origins})
    query(f"INSERT INTO ranking (id, utility_id, incident_id, made_at, content) SELECT '{id_of(old)}', utility_id, incident_id, made_at, '{old}' "
          f"FROM ranking WHERE id = '{now}'")
    check("a list that an earlier version kept is found again", ranking(roads, id_of(old))["again"] == {"same": True, "why": None}, ranking(roads, id_of(old)))
    return id_of(old)


def closed_long_ago(roads):
    """Two lists that crews were chosen from, one of them kept by a server of before; the incident is over for a month."""
    made = roads.marta.post("/api/v1/reports", {"utility": "acque-valdoro", "text": "Esce acqua dal tombino", **roads.place, "reporter": {"prefer": "none"}})
    path = "/api/v1/incidents/" + made.json["incident"]["id"]
    roads.marta.post(path + "/classify", {"version": roads.marta.get(path).json["version"], "row": "F03"})
    shown = roads.marta.get(path + "/candidates").json
    chosen, lists = [], [shown["ranking"], kept_by_old_server(roads, shown["ranking"])]
    for one in lists:
        sent = roads.marta.post(path + "/assign", {"crew": shown["candidates"][0]["crew"]["id"], "version": roads.marta.get(path).json["version"], "ranking": one})
        chosen.append(sent.json["assignments"][-1]["ranking"])
        roads.marta.post(f"/api/v1/assignments/{sent.json['assignments'][-1]['id']}/recall", {"reason": "prova"})
    check("crews are chosen from both", chosen == lists, (chosen, lists))
    done = roads.marta.post(path + "/close", {"version": roads.marta.get(path).json["version"], "disposition": "unfounded", "reason": "prova"})
    check("the incident is closed", done.status == 200 and done.json["state"] == "closed", done)
    before = [ranking(roads, one) for one in lists]
    check("both tell where crews were", all(one["again"]["same"] and one["origins"][0]["lat"] and one["lat"] for one in before), before)
    roads.stage.database.query(f"UPDATE incident SET closed_at = now() - interval '31 days' WHERE id = '{made.json['incident']['id']}'")
    return before


def forgotten(roads, before):
    """After the leader's round: the list stays, where crews were does not."""
    query = roads.stage.database.query
    ids = ", ".join(f"'{one['id']}'" for one in before)
    there = f"SELECT count(*) FROM ranking WHERE id IN ({ids}) AND (whole OR EXISTS (SELECT FROM ranking_place WHERE ranking_id = id))"
    check("where crews were is erased a month after the incident", wait_for(lambda: query(there) == [["0"]], LONG), query(there))
    for one, words in zip(before, ("no longer kept", "cannot be checked")):
        after = ranking(roads, one["id"])
        check("order, causes, times and duties stay", [after[key] for key in ("order", "unfit", "metric", "made_at")] ==
              [one[key] for key in ("order", "unfit", "metric", "made_at")] and
              [(o["crew"], o["on_shift"], o["at_base"]) for o in after["origins"]] == [(o["crew"], o["on_shift"], o["at_base"]) for o in one["origins"]] and
              all(abs(o["eta_s"] - p["eta_s"]) <= 0.5 for o, p in zip(after["origins"], one["origins"])), after)
        check("no place does", "lat" not in after and not any(key in o for o in after["origins"] for key in PLACES), after)
        check("asked again it says so", after["again"]["same"] is None and words in after["again"]["why"], after["again"])
    check("what is left of the list is still what its id was made of", id_of(query(f"SELECT content FROM ranking WHERE id = '{before[0]['id']}'")[0][0]) == before[0]["id"])
    now = roads.candidates().json
    check("a list of an open incident keeps them", ranking(roads, now["ranking"])["again"]["same"] is True)
    for act in (f"UPDATE ranking SET whole = true WHERE id = '{now['ranking']}'", "UPDATE ranking_place SET content = '{}'"):
        try:
            query(act)
            check(f"{act} is refused", False)
        except Exception as error:
            check(f"{act} is refused", "never changed" in error.stderr, error.stderr)
    crew = now["candidates"][0]["crew"]["id"]
    query(f"SELECT ranking_forget(array_agg(id)) FROM ranking WHERE content::jsonb->'order' ? '{crew}'")
    erased = ranking(roads, now["ranking"])
    check("who asks to be erased is, from every list", "no longer kept" in erased["again"]["why"] and query("SELECT count(*) FROM ranking_place") == [["0"]], erased)


def refused(roads):
    wrong = roads.marta.post("/api/v1/closures", {"kind": "shut", "points": [], "until": "ieri", "reason": "x" * 201})
    check("all that is wrong at once", wrong.status == 422 and [e["pointer"] for e in wrong.json["errors"]] == ["/kind", "/reason", "/points", "/until"], wrong)
    far = roads.marta.post("/api/v1/closures", {"kind": "closed", "points": [{"lat": 41.9, "lon": 12.5}]})
    check("no road there", far.status == 422 and "nessuna strada" in far.json["detail"], far)
    for login, see, write in (("squadra1", 200, 403), ("sara", 200, 201), ("admin", 200, 201)):
        visitor = roads.stage.client(login)
        check(f"{login} sees", visitor.get("/api/v1/closures").status == see and visitor.get("/api/v1/roads").status == see)
        made = visitor.post("/api/v1/closures", {"kind": "slow", "speed": 1, "points": [roads.place]})
        check(f"{login} writes: {write}", made.status == write, made)
        if made.status == 201:
            roads.lift(made.json)
    check("nobody else", roads.stage.client().get("/api/v1/closures").status == 401)
    key = {"headers": {"Idempotency-Key": "closure-key-1"}}
    body = {"kind": "closed", "points": [roads.place], "from": instant(7200)}
    twice = [roads.marta.post("/api/v1/closures", body, **key) for _ in range(2)]
    check("the same key closes once", twice[0].status == twice[1].status == 201 and twice[0].json["id"] == twice[1].json["id"], twice)
    check("with another body it is refused", roads.marta.post("/api/v1/closures", {**body, "reason": "altro"}, **key).status == 422)
    first = roads.lift(twice[0].json)
    late = roads.marta.post(f"/api/v1/closures/{first['id']}/lift", {"version": 1})
    check("lifted already", late.status == 409 and late.json["who"] == "Luca R." and late.json["what"] == "lifted", late)
    check("no closure", roads.marta.post("/api/v1/closures/0192d3e4-0000-7000-8000-000000000001/lift", {"version": 1}).status == 404)
    check("English", "There is no road" in roads.marta.post("/api/v1/closures", {"kind": "closed", "points": [{"lat": 41.9, "lon": 12.5}]},
                                                            headers={"Accept-Language": "en"}).text.replace("there", "There"))


def too_many(roads):
    """A thousand that are not over, planned ones too, are enough."""
    def closing():
        roads.on_each(lambda: (lambda a: (a.worker, a.status))(roads.marta.get("/api/v1/closures")))  # now each worker knows them
        return roads.marta.post("/api/v1/closures", {"kind": "closed", "points": [roads.place], "from": instant(7200)})

    place = json.dumps([[roads.place["lat"], roads.place["lon"]]])
    open_ = "coalesce(until_at, 'infinity') > now()"
    roads.stage.database.query(f"INSERT INTO closure (id, points, from_at, reason) SELECT gen_random_uuid(), '{place}', now() + interval '1 day', 'piena' "
                               f"FROM generate_series(1, 1000 - (SELECT count(*) FROM closure WHERE {open_}))")
    refused = closing()
    check("one more is refused, and it is said what to do", refused.status == 422 and
          [(e["pointer"], "troppe chiusure" in e["detail"]) for e in refused.json["errors"]] == [("/closures", True)], refused)
    over = "UPDATE closure SET until_at = now() - interval '2 days' WHERE reason = 'piena'"
    roads.stage.database.query(f"{over} AND id = (SELECT min(id::text)::uuid FROM closure WHERE reason = 'piena')")
    last = closing()
    if check("where one has ended there is room for another", last.status == 201, last):
        roads.lift(last.json)
    roads.stage.database.query(over)


def written_down(roads):
    rows = roads.stage.database.query("SELECT what, count(*) > 0 FROM change WHERE kind IN ('closure', 'roads') GROUP BY 1 ORDER BY 1")
    check("each act is a link of the chain", rows == [["changed", "t"], ["lifted", "t"], ["made", "t"], ["moved", "t"], ["profile", "t"]], rows)
    check("what was typed is not", roads.stage.database.query("SELECT count(*) FROM change WHERE payload::text ~ 'frana'") == [["0"]])
    metrics = roads.stage.get("/metrics").text
    check("figures for Prometheus", "prontod_closures{" in metrics and "prontod_metric_seconds{" in metrics and 'prontod_metric_info{worker="' in metrics, metrics[-800:])
    log = roads.stage.log()
    acts = set(re.findall(r'"closure by hand" act=(\w+) id=[0-9a-f-]{36} kind=(\w+) account=[0-9a-f-]{36}$', log, re.M))
    check("one line an act, with id, kind and account",
          {act for act, kind in acts} == {"made", "changed", "moved", "lifted"} and {kind for act, kind in acts} == {"closed", "slow"}, acts)
    profiles = re.findall(r'"profile by hand" profile=(\w+) account=[0-9a-f-]{36}$', log, re.M)
    check("and one a profile by hand", "snow" in profiles and "clock" in profiles, profiles)
    check("no name of an account is", not re.search("marta|luca", log, re.I), log[-800:])
    check("one line a switch", "roads changed\" closures=1 profile=" in roads.stage.log() and "frana" not in roads.stage.log())


def main():
    with harness.Stage(workers=2) as stage:
        roads = Roads(stage)
        normal(roads, lambda rows: True)
        first = closed_and_lifted(roads)
        slow(roads, first)
        moved(roads, first)
        renamed(roads, first)
        one_way(roads, first)
        doubles(roads, first)
        off_road(roads)
        planned(roads, first)
        stands_on_it(roads, first)
        profiles(roads, first)
        told_early(roads)
        normal(roads, lambda rows: rows == first)
        rankings(roads)
        refused(roads)
        too_many(roads)
        put_away(roads)
        before = closed_long_ago(roads)
        killed(roads, roads.list()[1])
        tidied(roads)
        forgotten(roads, before)
        written_down(roads)
        code = stage.stop()
        check("it ends clean", code == 0, code)
    no_map()
    return harness.finish()


if __name__ == "__main__":
    sys.exit(main())
