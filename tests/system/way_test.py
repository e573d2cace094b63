"""The way of a crew to an incident: for the desk and for the crew itself, the same as candidates say, with the seconds along
it, from where the phone says it is; round a closed road; nobody sees a way that is not theirs; prontoctl's closed roads."""
import datetime
import json
import os
import subprocess
import sys

import harness
from harness import check, wait_for

WHERE = {"lat": 45.6640, "lon": 10.2302}
HERE = {"lat": 45.6553, "lon": 10.2360}
NOBODY = "0192d3e4-0000-7000-8000-00000000beef"


def ctl(*arguments, given=""):
    return subprocess.run([str(harness.BUILD / "src" / "prontoctl"), "map", *arguments], input=given, capture_output=True, text=True,
                          timeout=60)


def check_way(name, answer):
    way = answer.json
    if not check(f"{name}: a way", answer.status == 200 and set(way) == {
            "from", "to", "eta_s", "distance_m", "begun_at", "arrival_at", "left_s", "line", "at_s", "steps", "metric", "profile"}, answer):
        return way
    check(f"{name}: where from", set(way["from"]) == {"lat", "lon", "position_at", "age_s", "at_base"}, way["from"])
    check(f"{name}: a second for each point, none before the last", len(way["line"]) == len(way["at_s"]) >= 2 and
          way["at_s"] == sorted(way["at_s"]) and way["at_s"][0] == 0 and abs(way["at_s"][-1] - way["eta_s"]) <= 0.6, way["at_s"])
    check(f"{name}: steps sum up", abs(sum(s["time_s"] for s in way["steps"]) - way["eta_s"]) <= len(way["steps"]) and
          abs(sum(s["distance_m"] for s in way["steps"]) - way["distance_m"]) <= len(way["steps"]), way["steps"])
    check(f"{name}: under a named metric", len(way["metric"]) == 16 and way["profile"] in ("normal", "peak", "night", "snow"), way)
    return way


def make_incident(marta, **place):
    made = marta.post("/api/v1/reports", {"utility": "acque-valdoro", "text": "Esce tantissima acqua dalla strada",
                                          "reporter": {"prefer": "none"}, **place})
    check("an incident", made.status == 201, made)
    return made.json["incident"]["id"]


def heads(marta, crew):
    """Which way it drives is on the board while it drives."""
    def seen():
        return next(c for c in marta.get("/api/v1/crews").json["crews"] if c["name"] == "Squadra 2")

    def posted(**more):
        check("a position", crew.post("/api/v1/me/position", {**HERE, **more}).status == 204)
        return seen()["heading"], seen()["speed_mps"]

    check("of one that said no speed nobody knows the heading", (seen()["heading"], seen()["speed_mps"]) == (None, None), seen())
    found = posted(heading=312.5, speed_mps=13.4)
    check("it drives", found == (312.5, 13.4), found)
    found = posted(heading=10, speed_mps=0.4)
    check("one that stands heads nowhere", found == (None, None), found)


def ways(stage):
    marta, crew = stage.client("marta"), stage.client("squadra2")
    incident = make_incident(marta, **WHERE)
    path = f"/api/v1/incidents/{incident}"
    check("its position is taken", crew.post("/api/v1/me/position", HERE).status == 204)
    heads(marta, crew)
    found = marta.get(path + "/candidates").json
    second = next(c for c in found["candidates"] if c["crew"]["name"] == "Squadra 2")
    crew_id = second["crew"]["id"]
    desk = check_way("desk", marta.get(f"{path}/route?crew={crew_id}"))
    check("the time that candidates say", abs(desk["eta_s"] - second["eta_s"]) <= 1 and
          abs(desk["distance_m"] - second["distance_m"]) <= 1, (desk["eta_s"], second))
    check("from its position", abs(desk["from"]["lat"] - HERE["lat"]) < 1e-6 and not desk["from"]["at_base"] and
          desk["from"]["age_s"] is not None and desk["from"]["position_at"], desk["from"])
    check("to the incident", desk["to"] == WHERE, desk["to"])
    base = next(c for c in found["candidates"] if c["crew"]["name"] == "Squadra 3")
    way = check_way("from its base", marta.get(f"{path}/route?crew={base['crew']['id']}"))
    check("a crew without a position starts at its base", way["from"]["at_base"] and way["from"]["age_s"] is None, way["from"])

    confirmed = marta.post(path + "/classify", {"version": found["version"], "row": "F03", "class": "L1"})
    check("its row is confirmed", confirmed.status == 200, confirmed)
    sent = marta.post(path + "/assign", {"crew": crew_id, "version": confirmed.json["version"], "reason": "prova"})
    check("it is sent", sent.status == 200, sent)
    mine = wait_for(lambda: next((a for a in crew.get("/api/v1/me/assignments").json["assignments"] if a["incident"]["id"] == incident), None), 20)
    own = f"/api/v1/assignments/{mine['id']}/route"
    last = check_way("crew, last position", crew.get(own))
    check("the same way", last["line"] == desk["line"], last["line"][:3])
    near = check_way("crew, from its phone", crew.get(own + "?lat=45.66398&lon=10.23015&heading=90"))
    check("a shorter one from nearby", near["distance_m"] < last["distance_m"] and near["from"]["lat"] == 45.66398, near["from"])

    check("no other crew's", stage.client("squadra3").get(own).status == 404)
    check("nor without logging in", stage.client().get(own).status == 401)
    check("the desk asks by incident", marta.get(own).status == 403)
    check("a crew does not", crew.get(f"{path}/route?crew={crew_id}").status == 403)
    check("another utility's desk may not", stage.client("irene").get(f"{path}/route?crew={crew_id}").status == 404)
    for query, status in (("", 422), ("?crew=x", 422), ("?crew=" + NOBODY, 404)):
        check(f"crew «{query}» is {status}", marta.get(path + "/route" + query).status == status)
    check("no such incident", marta.get(f"/api/v1/incidents/{NOBODY}/route?crew={crew_id}").status == 404)
    nowhere = make_incident(marta, address="strada che non esiste", municipality="Pontalto")
    refused = marta.get(f"/api/v1/incidents/{nowhere}/route?crew={crew_id}")
    check("an incident without a place has no way, and it is said", refused.status == 422 and
          refused.json["detail"] == "L'intervento non ha ancora un punto sulla mappa.", refused)
    taken = marta.post(f"/api/v1/assignments/{mine['id']}/recall", {})
    check("the crew is taken back", taken.status == 200, taken)
    check("what is over has no way", crew.get(own).status in (404, 409), crew.get(own))
    return desk


def goes_through(line, at):
    return any(abs(lat - at[0]) < 1e-5 and abs(lon - at[1]) < 1e-5 for lat, lon in line)


def closed(stage, desk):
    """A closed road on that way: another way, at least as long; prontod and prontoctl agree on it."""
    marta = stage.client("marta")
    middle = desk["line"][len(desk["line"]) // 2]
    made = marta.post("/api/v1/closures", {"kind": "closed", "points": [{"lat": middle[0], "lon": middle[1]}], "reason": "prova"})
    check("a road of it is closed", made.status == 201, made)
    check("it is in force", wait_for(lambda: marta.get("/api/v1/roads").json["closures"] == 1, 60))
    crews = marta.get("/api/v1/crews").json["crews"]
    crew = next(c["id"] for c in crews if c["name"] == "Squadra 2")
    incident = make_incident(marta, **WHERE)
    way = check_way("round it", marta.get(f"/api/v1/incidents/{incident}/route?crew={crew}"))
    check("another way, not sooner, under another metric", way["line"] != desk["line"] and way["eta_s"] >= desk["eta_s"] and
          way["metric"] != desk["metric"], (way["eta_s"], desk["eta_s"]))
    table = marta.get(f"/osrm/table/v1/driving/{HERE['lon']},{HERE['lat']};{WHERE['lon']},{WHERE['lat']}").json
    check("OSRM's clients drive round it too", abs(table["durations"][0][1] - way["eta_s"]) <= 1, table)
    path = os.path.join(stage.folder, "closed.txt")
    with open(path, "w") as f:
        f.write(f"# the same\n\n{middle[0]},{middle[1]}\n")
    run = ctl("eta", str(harness.demo_map()), "--to", f"{WHERE['lat']},{WHERE['lon']}", "--closed", path, "--profile", way["profile"],
              given=f"A {HERE['lat']} {HERE['lon']}\n")
    check("prontoctl says the same", run.returncode == 0 and abs(json.loads(run.stdout)["eta_s"] - way["eta_s"]) <= 1, run)
    return path


def by_file(stage, desk, path):
    """prontoctl's files of closed roads, good and bad."""
    place, to, start = str(harness.demo_map()), f"{WHERE['lat']},{WHERE['lon']}", f"{HERE['lat']},{HERE['lon']}"
    ring = [[10.2, 45.6], [10.3, 45.6], [10.3, 45.7], [10.2, 45.7], [10.2, 45.6]]
    shapes = os.path.join(stage.folder, "closed.geojson")

    def eta(feature, *more):
        with open(shapes, "w") as f:
            json.dump({"type": "FeatureCollection", "features": [feature]}, f)
        return ctl("eta", place, "--to", to, "--closed", shapes, *more, given=f"A {HERE['lat']} {HERE['lon']}\nB {WHERE['lat']} {WHERE['lon']}\n")

    everywhere = {"type": "Polygon", "coordinates": [ring]}
    slow = eta({"type": "Feature", "properties": {"speed": 0.5}, "geometry": everywhere}, "--profile", "normal")
    free = ctl("eta", place, "--to", to, given=f"A {HERE['lat']} {HERE['lon']}\n")
    lines = [json.loads(line) for line in slow.stdout.splitlines()]
    check("soonest first", [line["id"] for line in lines] == ["B", "A"] and lines[0]["eta_s"] == 0, slow)
    usual = json.loads(free.stdout)["eta_s"]
    check("at half the speed the roads take twice as long", usual * 1.5 < lines[1]["eta_s"] <= usual * 2 + 1, (usual, lines))
    shut = eta({"type": "Feature", "properties": {}, "geometry": everywhere})
    check("where everything is closed nothing breaks", shut.returncode == 0 and len(shut.stdout.splitlines()) == 2, shut)
    for feature, word in (({"type": "Feature", "properties": {"speed": 3}, "geometry": everywhere}, "feature 1: speed"),
                          ({"type": "Feature", "geometry": {"type": "Polygon", "coordinates": [ring, ring]}}, "holes")):
        bad = eta(feature)
        check(f"a bad file says «{word}»", bad.returncode == 1 and word in bad.stderr and not bad.stdout, bad)
    for arguments, code in ((["--to", to, "--profile", "rush"], 1), (["--to", "x"], 2), ([], 2), (["--to", to, "--closed", "/no/such/file"], 1),
                            (["--to", to, "--from", to], 2)):
        run = ctl("eta", place, *arguments, given="A 45.6 10.2\n")
        check(f"{arguments} ends with {code}", run.returncode == code and run.stderr, run)
    bad = ctl("eta", place, "--to", to, given=f"A {HERE['lat']} {HERE['lon']}\n\nB 45.6\n")
    check("a bad origin is named by its line", bad.returncode == 1 and "line 3" in bad.stderr, bad)

    run = ctl("route", place, "--from", start, "--to", to, "--profile", desk["profile"])
    way = json.loads(run.stdout)
    check("route is GeoJSON", way["type"] == "Feature" and way["geometry"]["type"] == "LineString", run.stdout[:200])
    check("the desk's way", abs(way["properties"]["eta_s"] - desk["eta_s"]) <= 1 and
          len(way["geometry"]["coordinates"]) == len(way["properties"]["at_s"]) == len(desk["line"]), way["properties"])
    round_it = json.loads(ctl("route", place, "--from", start, "--to", to, "--closed", path).stdout)
    check("and round what is closed", round_it["geometry"] != way["geometry"], round_it["properties"])
    sea = ctl("route", place, "--from", start, "--to", "44.1,9.1")
    check("no way into the sea", sea.returncode == 1 and "road" in sea.stderr, sea)


def instant(text):
    return datetime.datetime.fromisoformat(text)


def arrivals(stage):
    """A crew on its way: when it will be there is told again when the roads change, and when it is elsewhere than thought.
    One that says no position has left its base when it said so, and not just now."""
    marta, crew = stage.client("marta"), stage.client("squadra3")
    made = marta.post("/api/v1/reports", {"utility": "acque-valdoro", "text": "Esce tantissima acqua dalla strada",
                                          "reporter": {"prefer": "none"}, **WHERE}).json
    incident, code = made["incident"]["id"], made["code"]
    path = f"/api/v1/incidents/{incident}"
    confirmed = marta.post(path + "/classify", {"version": marta.get(path).json["version"], "row": "F03", "class": "L1"}).json
    crew_id = next(c["id"] for c in marta.get("/api/v1/crews").json["crews"] if c["name"] == "Squadra 3")
    check("it is sent", marta.post(path + "/assign", {"crew": crew_id, "version": confirmed["version"], "reason": "prova"}).status == 200)
    job = wait_for(lambda: next((a for a in crew.get("/api/v1/me/assignments").json["assignments"] if a["incident"]["id"] == incident), None), 20)
    left = datetime.datetime.now(datetime.timezone.utc) - datetime.timedelta(seconds=100)
    stage.database.query(f"UPDATE assignment SET offered_at = offered_at - interval '300 seconds' WHERE id = '{job['id']}'")
    for step, at in (("accept", left), ("en_route", left)):
        done = crew.post(f"/api/v1/assignments/{job['id']}/{step}", {"at": at.isoformat()})
        check(f"{step} is taken", done.status == 200 and done.json["applied"], done)

    def told():
        seen = marta.get("/api/v1/incidents?state=open").json["incidents"]
        return instant(next(i for i in seen if i["id"] == incident)["crews"][0]["eta"])

    way = check_way("from its base, on its way", marta.get(f"{path}/route?crew={crew_id}"))
    check("it began when the crew left", abs((instant(way["begun_at"]) - left).total_seconds()) < 1, way["begun_at"])
    check("what is driven is not to be driven again", abs(way["left_s"] - (way["eta_s"] - 100)) <= 30 and way["left_s"] < way["eta_s"], way)
    own = check_way("its own", crew.get(f"/api/v1/assignments/{job['id']}/route"))
    check("the phone hears the same", abs((instant(own["arrival_at"]) - instant(way["arrival_at"])).total_seconds()) <= 2, own)

    before = told()
    middle = way["line"][len(way["line"]) // 2]
    d = 0.02
    slowed = marta.post("/api/v1/closures", {"kind": "slow", "speed": 0.1, "area": True, "points": [
        {"lat": middle[0] + y * d, "lon": middle[1] + x * d} for x, y in ((-1, -1), (1, -1), (1, 1), (-1, 1))]})
    check("the roads there are slow", slowed.status == 201, slowed)
    check("it will be there later, and the desk hears it", wait_for(lambda: (told() - before).total_seconds() >= 120, 60), (before, told()))
    now = instant(marta.get(f"{path}/route?crew={crew_id}").json["arrival_at"])
    check("when the way says", abs((told() - now).total_seconds()) < 120, (told(), now))
    version = marta.get(path).json["version"]
    eta = stage.client().get(f"/api/v1/reports/{code}").json["eta"]
    check("and who reported", instant(eta) == told(), eta)
    check("nobody's act is overtaken by it", version == marta.get(path).json["version"] and
          marta.post(path + "/note", {"text": "in ritardo", "version": version}).status == 200)
    check("the history says it, by nobody", [(c["text"], c["who"]) for c in marta.get(path).json["timeline"] if c["what"] == "eta"] ==
          [("Arrivo previsto ricalcolato", "sistema")], marta.get(path).json["timeline"])

    late = told()
    check("it is nearly there", crew.post("/api/v1/me/position", {"lat": 45.66398, "lon": 10.23015}).status == 204)
    check("so it will be there sooner", wait_for(lambda: (late - told()).total_seconds() >= 120, 90), (late, told()))
    check("each was said once", stage.database.query("SELECT count(*) FROM change WHERE what = 'eta'") == [["2"]])
    marta.post(f"/api/v1/closures/{slowed.json['id']}/lift", {"version": slowed.json["version"]})
    check("it stands far off again", crew.post("/api/v1/me/position", HERE).status == 204)
    cut_off(stage, marta, incident, code)
    overdue(stage, f"{path}/route?crew={crew_id}", job["id"])


def cut_off(stage, marta, incident, code):
    """Water all round the place: the crew on its way cannot get there, and nobody is promised that it will."""
    path = f"/api/v1/incidents/{incident}"

    def told():
        seen = marta.get("/api/v1/incidents?state=open").json["incidents"]
        return next(i for i in seen if i["id"] == incident)["crews"][0]["eta"]

    def row():
        return next(i for i in marta.get("/api/v1/incidents?state=open").json["incidents"] if i["id"] == incident)

    def ways():
        return [c["text"] for c in marta.get(path).json["timeline"] if c["what"] == "cut_off"]

    check("it is expected", told() and row()["crews"][0]["cut_off"] is False, row())
    lat, lon, near, far = WHERE["lat"], WHERE["lon"], 0.002, 0.0023
    strips = ((-far, -near, -far, far), (near, far, -far, far), (-far, far, -far, -near), (-far, far, near, far))
    made = []
    for south, north, west, east in strips:
        answer = marta.post("/api/v1/closures", {"kind": "closed", "area": True, "points": [
            {"lat": lat + y, "lon": lon + x} for y, x in ((south, west), (south, east), (north, east), (north, west))]})
        if answer.status == 201:
            made.append(answer.json)
    check("the roads round it are closed", made)
    check("no arrival is told any more", wait_for(lambda: told() is None, 60), told())
    check("nor to who reported", stage.client().get(f"/api/v1/reports/{code}").json["eta"] is None)
    needs = [row()[key] for key in ("attention", "attention_why", "group")] + [row()["crews"][0]["cut_off"]]
    check("somebody is needed now", needs == ["adesso", "Squadra 3 senza strada aperta", "now", True], needs)
    check("the history says why", ways() == ["Nessuna strada aperta per la squadra"], marta.get(path).json["timeline"])
    for closure in made:
        marta.post(f"/api/v1/closures/{closure['id']}/lift", {"version": closure["version"]})
    check("with the roads open it is expected again", wait_for(told, 60))
    check("and nobody is needed for that", "senza strada" not in (row()["attention_why"] or "") and row()["crews"][0]["cut_off"] is False, row())
    check("and it was said once", len(ways()) == 1, ways())


def overdue(stage, way, job):
    """Hours after it should have been there, and silent since, it still is to come: no arrival is told that has gone by."""
    stage.database.query("UPDATE crew_position SET at = at - interval '3 hours'; "
                         f"UPDATE assignment SET departed_at = departed_at - interval '3 hours' WHERE id = '{job}'")
    asked = datetime.datetime.now(datetime.timezone.utc)
    told = check_way("long overdue", stage.client("marta").get(way))
    check("it began hours ago", (asked - instant(told["begun_at"])).total_seconds() > 2 * 3600 + told["eta_s"], told["begun_at"])
    check("what has gone by is not told", told["left_s"] == 0 and (asked - instant(told["arrival_at"])).total_seconds() <= 1, (asked, told["arrival_at"]))


def closed_ends(marta, crew, incident, second):
    """Closed ground at either end is driven as if it were open: that is said."""
    def place_closed():
        return marta.get(f"/api/v1/incidents/{incident}/candidates").json["place_closed"]

    lat, lon, d = WHERE["lat"], WHERE["lon"], 0.001
    words = "parte da una strada chiusa"
    crew.post("/api/v1/me/position", {"lat": lat, "lon": lon})
    check("no closed ground", place_closed() is False and words not in second(incident)["reason"], second(incident))
    made = marta.post("/api/v1/closures", {"kind": "closed", "area": True, "points": [
        {"lat": lat + y, "lon": lon + x} for y, x in ((-d, -d), (-d, d), (d, d), (d, -d))]})
    check("the place lies on closed ground", made.status == 201 and wait_for(place_closed, 60), made)
    check("so does a crew's start", wait_for(lambda: words in second(incident)["reason"], 60), second(incident))
    marta.post(f"/api/v1/closures/{made.json['id']}/lift", {"version": made.json["version"]})
    check("it is open again", wait_for(lambda: not place_closed() and words not in second(incident)["reason"], 60))


def lacking(stage):
    """A time that is not known has its reason, in a word for programs and in words."""
    marta, crew = stage.client("marta"), stage.client("squadra2")

    def second(incident):
        found = marta.get(f"/api/v1/incidents/{incident}/candidates").json["candidates"]
        return next(c for c in found if c["crew"]["name"] == "Squadra 2")

    def check_lacks(name, incident, why, words):
        found = second(incident)
        check(name, found["eta_s"] is None and found["eta_unknown"] == why and words in found["reason"], found)

    incident = make_incident(marta, **WHERE)
    closed_ends(marta, crew, incident, second)
    crew.post("/api/v1/me/position", HERE)
    check("nothing is missing for a time that is known", second(incident)["eta_s"] and second(incident)["eta_unknown"] is None, second(incident))
    nowhere = make_incident(marta, address="strada che non esiste", municipality="Pontalto")
    check_lacks("the incident's place", nowhere, "no_place", "l'intervento non ha un punto sulla mappa")
    crew.post("/api/v1/me/position", {"lat": 46.9, "lon": 11.9})
    check_lacks("a road near the crew", incident, "off_road", "nessuna strada vicino alla squadra")
    crew.post("/api/v1/me/position", HERE)
    outer, inner = ([(HERE["lat"] + y * size, HERE["lon"] + x * size * 1.5) for x, y in ((-1, -1), (1, -1), (1, 1), (-1, 1), (-1, -1))]
                    for size in (0.0065, 0.0045))
    closed = marta.post("/api/v1/closures", {"kind": "closed", "area": True, "points": [
        {"lat": lat, "lon": lon} for lat, lon in outer + inner[::-1]]})
    check("all roads round it are closed", closed.status == 201 and wait_for(lambda: second(incident)["eta_s"] is None, 60), closed)
    check_lacks("an open road from there", incident, "no_way", "nessuna strada aperta da lì")
    marta.post(f"/api/v1/closures/{closed.json['id']}/lift", {"version": closed.json["version"]})
    check("opened again it is known", wait_for(lambda: second(incident)["eta_s"] is not None, 60))


def main():
    with harness.Stage(workers=1) as stage:
        lacking(stage)
        desk = ways(stage)
        path = closed(stage, desk)
        by_file(stage, desk, path)
        arrivals(stage)
        check("prontod ends cleanly", stage.stop() == 0)
    return harness.finish()


sys.exit(main())
