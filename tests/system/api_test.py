#!/usr/bin/env python3
"""Every endpoint over real HTTP, PostgreSQL and three workers: the way of a report, who may do what, limits,
other sites, idempotency, conditional answers, streams, a frozen database, a clean end, and logs without
personal data. No check measures speed; where something must happen "soon", the wait is generous."""
import concurrent.futures
import gzip
import http.client
import json
import re
import signal
import socket
import subprocess
import sys
import threading
import time

import harness
from harness import check

NAME, PHONE, MAIL = "Ermenegilda Sconosciuta", "347 987 6501", "ermenegilda@posta.example"
TEXT = "Esce tantissima acqua dall'asfalto, arriva al marciapiede (parola segreta: tamarindo)"
PNG = bytes.fromhex("89504e470d0a1a0a0000000d4948445200000001000000010802000000907753de0000000c4944415408d763f8cfc000000301"
                    "0100c9fe92ef0000000049454e44ae426082")


def report(**more):
    body = {"utility": "acque-valdoro", "text": TEXT, "address": "via Roma 12", "municipality": "Borgo Valdoro",
            "lat": 45.6640, "lon": 10.2302, "reporter": {"name": NAME, "phone": PHONE, "email": MAIL, "prefer": "sms"}}
    body.update(more)
    return body


def problem(answer, status, kind):
    return answer.status == status and answer.headers.get_content_type() == "application/problem+json" and \
        answer.json["type"] == f"urn:prontod:problem:{kind}" and answer.json["status"] == status


def pointers(answer):
    return [e["pointer"] for e in (answer.json or {}).get("errors", [])]


# ---- citizens ----

def citizens(stage):
    citizen = stage.client()
    answer = citizen.post("/api/v1/reports", report())
    check("a report is stored", answer.status == 201, answer)
    made = answer.json
    code = made["code"]
    check("its code is shown in groups", re.fullmatch(r"[0-9A-HJKMNP-TV-Z]{5}-[0-9A-HJKMNP-TV-Z]{5}-[0-9A-HJKMNP-TV-Z]", code), code)
    check("it is classified", made["classification"]["charter"] == "indecast" and made["classification"]["row"] == "F03", made["classification"])
    check("it has its promise", made["targets"] and made["targets"][0]["kind"] == "arrival" and made["targets"][0]["source"] == "charter", made["targets"])
    check("it makes an incident", re.fullmatch(r"\d{4}-\d{5}", made["incident"]["number"]), made)

    seen = citizen.get("/api/v1/reports/" + code)
    check("the code shows the report", seen.status == 200 and seen.json["code"] == code, seen)
    check("its steps begin with receipt", seen.json["steps"][0]["name"] == "received" and seen.json["steps"][0]["at"], seen.json["steps"])
    loose = code.replace("-", "").lower().replace("0", "o").replace("1", "l")
    check("codes are read kindly", citizen.get("/api/v1/reports/" + loose).status == 200, loose)
    tag = seen.headers["ETag"]
    check("what did not change is 304", citizen.get("/api/v1/reports/" + code, headers={"If-None-Match": tag}).status == 304, tag)
    wrong = code[:-1] + ("A" if code[-1] != "A" else "B")
    check("a wrong check symbol is 404", problem(citizen.get("/api/v1/reports/" + wrong), 404, "not-found"))

    page = citizen.get(f"/s/{code}?nuova=1")
    check("the tracking page", page.status == 200 and "La squadra arriva entro le" in page.text and code in page.text, page)
    check("it is not indexed", page.headers["X-Robots-Tag"] == "noindex" and page.headers["Referrer-Policy"] == "no-referrer", page.headers)
    check("in English", "The crew arrives by" in citizen.get(f"/s/{code}?lang=en").text)
    check("a wrong code asks again", citizen.get("/s/" + wrong, headers={"Accept": "text/html"}).status == 404)
    check("the code can be typed", citizen.get("/s/?code=" + loose).headers.get("Location") == "/s/" + code)
    for part, what in ((page.text, "page"), (seen.text, "JSON")):
        for secret in (NAME, PHONE, PHONE.replace(" ", ""), MAIL, "tamarindo", "via Roma 12", "Roma 12"):
            check(f"the {what} of a code keeps {secret} to itself", secret not in part, part)

    for path, words in (("/", "Segnala un guasto"), ("/?lang=en", "Report a fault"), ("/live", "In corso"), ("/s/", "odice"),
                        ("/login", "Accedi"), ("/privacy", "rivacy"), ("/accessibilita", "ccessibilit")):
        answer = citizen.get(path)
        check(f"page {path}", answer.status == 200 and words in answer.text, answer)
        policy = answer.headers["Content-Security-Policy"] or ""
        check(f"page {path} is closed to scripts of others", "default-src 'self'" in policy and "unsafe" not in policy and
              "frame-ancestors 'none'" in policy, policy)
    check("a page that is not there", "112" in citizen.get("/non-esiste", headers={"Accept": "text/html"}).text)
    check("HEAD has no body", citizen.request("HEAD", "/live").body == b"")
    packed = citizen.get("/live", headers={"Accept-Encoding": "gzip"})
    check("pages are packed", packed.headers["Content-Encoding"] == "gzip" and b"In corso" in gzip.decompress(packed.body))
    return made


def board_again(citizen, live):
    """The same board asked again. A change announced between the two readings makes a newer board: that one is asked again in turn."""
    for _ in range(20):
        again = citizen.get("/api/v1/live", headers={"If-None-Match": live.headers["ETag"]})
        if again.status != 200 or again.json["seq"] <= live.json["seq"]:
            return again
        live = again
    return again


def lookups(stage):
    citizen = stage.client()
    setup = citizen.get("/api/v1/setup").json
    towns = {t for u in setup["utilities"] for t in u["municipalities"]}
    check("the set-up names utilities and towns", len(setup["utilities"]) == 5 and towns == {"Borgo Valdoro", "Pontalto", "Roccaspina"}, setup)
    check("the set-up has the map's extent", setup["map"] and len(setup["map"]["bounds"]) == 4 and len(setup["map"]["centre"]) == 2, setup["map"])
    places = citizen.get("/api/v1/places?q=via+roma").json["places"]
    check("places are found", places and all(p["lat"] and p["lon"] and p["label"] for p in places), places)
    lon, lat = setup["map"]["centre"]
    places = citizen.get("/api/v1/places?q=crso%20rmoa%2012%20borgo%20valdoro").json["places"]
    check("places are found in spite of slips", places and places[0]["label"].startswith("Corso Roma 12") and places[0]["about"] is False, places)
    check("the public sees no scores", all("score" not in p for p in places))
    check("too long a query finds nothing", citizen.get("/api/v1/places?q=" + "a" * 301).json["places"] == [])
    check("near needs a point", problem(citizen.get("/api/v1/near"), 422, "input"))
    check("near answers", citizen.get(f"/api/v1/near?lat={lat}&lon={lon}").json["incidents"] == [])
    import math
    x = int((lon + 180) / 360 * 2 ** 14)
    y = int((1 - math.asinh(math.tan(math.radians(lat))) / math.pi) / 2 * 2 ** 14)
    tile = citizen.get(f"/tiles/14/{x}/{y}.mvt")
    check("a tile", tile.status == 200 and tile.headers.get_content_type() == "application/vnd.mapbox-vector-tile" and len(tile.body) > 100, tile)
    check("the same tile again is 304", citizen.get(f"/tiles/14/{x}/{y}.mvt", headers={"If-None-Match": tile.headers["ETag"]}).status == 304)
    with concurrent.futures.ThreadPoolExecutor(8) as pool:
        many = list(pool.map(lambda _: stage.client().get(f"/tiles/13/{x // 2}/{y // 2}.mvt"), range(24)))
    check("many ask for one tile at once", {t.status for t in many} == {200} and len({t.body for t in many}) == 1 and len(many[0].body) > 100,
          [t.status for t in many])
    for path in ("/tiles/99/0/0.mvt", "/tiles/3/8/0.mvt", "/tiles/a/0/0.mvt", "/tiles/-1/0/0.mvt"):
        check(f"no tile at {path}", citizen.get(path).status == 404)
    live = citizen.get("/api/v1/live")
    check("the board", live.status == 200 and isinstance(live.json["incidents"], list) and "seq" in live.json, live)
    check("the board again is 304", board_again(citizen, live).status == 304)
    check("a board of nobody", citizen.get("/api/v1/live?utility=nessuno").status == 404)
    check("openapi.yaml", citizen.get("/api/openapi.yaml").text.startswith("openapi: 3"))
    assets = re.findall(r"/static/[\w.-]+", citizen.get("/").text)
    check("the page names its files", len(assets) >= 2, assets)
    for path in sorted(set(assets)):
        answer = citizen.get(path)
        check(f"{path}", answer.status == 200 and "immutable" in answer.headers["Cache-Control"], answer)
    for path in ("/static/../text.it.json", "/static/%2e%2e/text.it.json", "/static/..%2f..%2fetc/passwd", "/text.it.json"):
        check(f"nothing at {path}", citizen.get(path).status in (400, 404))
    for path in ("/favicon.svg", "/manifest.webmanifest", "/sw.js"):
        check(path, citizen.get(path).status == 200)


def forms(stage):
    citizen = stage.client()
    fields = {"text": "Manca l'acqua in tutta la via", "address": "via Verdi 3", "municipality": "Pontalto", "prefer": "none", "key": "form-key-0001"}
    sent = citizen.form("/", fields)
    check("the form goes to its code", sent.status == 303 and re.fullmatch(r"/s/[\w-]{13}\?nuova=1", sent.headers["Location"]), sent.headers)
    check("sent twice it is one report", citizen.form("/", fields).headers["Location"] == sent.headers["Location"])
    bad = citizen.form("/", {**fields, "key": "form-key-0002", "municipality": "", "prefer": "sms", "phone": "347", "text": "<b>perde"})
    check("a wrong form comes back", bad.status == 422 and "Manca il comune" in bad.text and "ha 3 cifre" in bad.text, bad)
    check("with everything still there, escaped", "&lt;b&gt;perde" in bad.text and "<b>perde" not in bad.text and "via Verdi 3" in bad.text and "form-key-0002" in bad.text)
    check("its title begins with the error", re.search(r"<title>\s*Errore", bad.text), bad)

    photo = ("foto", "perdita.png", "image/png", PNG)
    kept = citizen.multipart("/", {**fields, "key": "form-key-0003", "municipality": ""}, [photo])
    check("a photo is kept while the form is mended", kept.status == 422 and "perdita.png" in kept.text, kept)
    sent = citizen.form("/", {**fields, "key": "form-key-0003"})
    check("and goes with the mended form", sent.status == 303, sent)
    stored = stage.database.query("SELECT count(*) FROM photo")[0][0]
    check("it is stored", stored == "1", stored)
    not_photo = citizen.multipart("/", {**fields, "key": "form-key-0004"}, [("foto", "a.png", "image/png", b"not a picture at all")])
    check("what is no photo is refused", not_photo.status == 422 and "non è una foto" in not_photo.text, not_photo)
    machine = citizen.form("/", {**fields, "key": "form-key-0005", "website": "http://spam.example"})
    check("a machine is asked again", machine.status == 422, machine)
    api = citizen.multipart("/api/v1/reports", {"text": TEXT, "utility": "acque-valdoro", "name": NAME}, [photo, photo])
    check("multipart at the API", api.status == 201 and api.json["code"], api)
    latin = citizen.request("POST", "/", b"text=perch%E8+perde&address=via&municipality=Pontalto&prefer=none", headers={"Content-Type": "application/x-www-form-urlencoded"})
    check("bytes that are no UTF-8 do not hurt", latin.status == 303, latin)


def limits(stage):
    citizen = stage.client()
    check("JSON over 64 KiB", problem(citizen.post("/api/v1/reports", report(text="a" * 70000)), 413, "too-large"))
    big = ("foto", "grande.jpg", "image/jpeg", b"\xff\xd8\xff" + b"\0" * (10 * 1024 * 1024))
    check("photos over 10 MiB", citizen.multipart("/api/v1/reports", {"text": TEXT}, [big]).status == 413)
    much = ("foto", "grande.jpg", "image/jpeg", b"\xff\xd8\xff" + b"\0" * (9 * 1024 * 1024))
    check("9 MiB of photos are fine", citizen.multipart("/api/v1/reports", {"text": TEXT, "utility": "acque-valdoro"}, [much]).status == 201)
    check("urlencoded over 64 KiB", citizen.form("/api/v1/reports", {"text": "a" * 70000}).status == 413)
    for name, body, kind, status in (("text/plain", b"x", "text/plain", 415), ("broken JSON", b'{"text":', "application/json", 400),
                                     ("a list", b"[]", "application/json", 400), ("bad UTF-8", b'{"text":"\xff\xfe"}', "application/json", 400),
                                     ("deep JSON", b"[" * 5000, "application/json", 400),
                                     ("no boundary", b"x", "multipart/form-data", 400)):
        answer = citizen.request("POST", "/api/v1/reports", body, headers={"Content-Type": kind})
        check(f"{name} is refused", answer.status == status, answer)
    answer = citizen.post("/api/v1/reports", {"text": "x", "lat": 91, "lon": 10})
    check("a point off the earth", problem(answer, 422, "input") and pointers(answer) == ["/lat"], answer)
    answer = citizen.post("/api/v1/reports", {"text": " ", "reporter": {"phone": "12", "email": "nope", "prefer": "piccione"}})
    check("all that is wrong at once", pointers(answer) == ["/text", "/reporter/prefer", "/reporter/phone", "/reporter/email"], answer)
    english = citizen.post("/api/v1/reports", {"text": "x"}, headers={"Accept-Language": "en-GB,en;q=0.9"})
    check("problems in English", english.json["title"] == "Check the data" and "Write what is happening" in english.text, english)
    check("an unknown utility", citizen.post("/api/v1/reports", report(utility="nessuno")).status == 422)
    odd = citizen.request("PUT", "/api/v1/reports", b"{}", headers={"Content-Type": "application/json"})
    check("another method is 405", odd.status == 405 and "POST" in odd.headers["Allow"], odd)
    check("an unknown path is 404", problem(citizen.get("/api/v1/nothing"), 404, "not-found"))


def whose(stage):
    """Water and waste serve the same street: the words say whose it is, not the charter that is surest of itself."""
    citizen, marta = stage.client(), stage.client("marta")
    here = {"address": "Corso Roma 12", "municipality": "Borgo Valdoro", "reporter": {"prefer": "none"}}
    for text, utility in (("esce acqua ma non è urgente", "acque-valdoro"), ("perde acqua il tubo, non è niente di grave", "acque-valdoro"),
                          ("manca l'acqua", "acque-valdoro"), ("la tessera non apre il cassonetto", "valdoro-ambiente")):
        made = citizen.post("/api/v1/reports", {"text": text, **here})
        check(f"«{text}» goes to {utility}", made.status == 201 and made.json["utility"] == utility, made)
    for text in ("ho preso la scossa dal rubinetto", "aiuto", "水漏れ 道路"):
        made = citizen.post("/api/v1/reports", {"text": text, **here})
        check(f"«{text}» is no matter of bins", made.status == 201 and made.json["utility"] in (None, "acque-valdoro"), made)
    first = {c: marta.post("/api/v1/triage", {"charter": c, "text": "esce acqua ma non è urgente"}).json["goes_first"] for c in ("indecast", "ati1-rifiuti")}
    check("the telephone form is told the same", first == {"indecast": True, "ati1-rifiuti": False}, first)
    answered = marta.post("/api/v1/triage", {"charter": "ati1-rifiuti", "text": "esce acqua", "answers": [{"question": "what", "option": 9}]}).json
    check("answers go before the words", answered["goes_first"] is True, answered)


def once(stage):
    citizen = stage.client()
    key = {"Idempotency-Key": "key-once-1"}
    first = citizen.post("/api/v1/reports", report(), headers=key)
    again = citizen.post("/api/v1/reports", report(), headers=key)
    other = citizen.post("/api/v1/reports", report(text=TEXT + "!"), headers=key)
    check("the same key answers the same", first.status == again.status == 201 and first.json["id"] == again.json["id"] and first.json["code"] == again.json["code"], again)
    check("the same key with another body is 422", problem(other, 422, "input"), other)
    check("it was written once", stage.database.query(f"SELECT count(*) FROM report WHERE id = '{first.json['id']}'") == [["1"]])
    check("a key of 201 characters is 422", citizen.post("/api/v1/reports", report(), headers={"Idempotency-Key": "k" * 201}).status == 422)
    results = []

    def send():
        results.append(stage.client().post("/api/v1/reports", report(), headers={"Idempotency-Key": "key-race"}))
    threads = [threading.Thread(target=send) for _ in range(8)]
    [t.start() for t in threads]
    [t.join() for t in threads]
    codes = {r.json.get("code") for r in results if r.status == 201}
    check("a race of one key writes one report", len(codes) == 1 and all(r.status in (201, 409, 503) for r in results), [str(r) for r in results][:3])


# ---- who may do what ----

def role_table(stage, made):
    """role x utility x endpoint: what each may reach; 403 or 401 otherwise. Own and foreign incident."""
    people = {"marta": "dispatcher", "sara": "supervisor", "admin": "admin", "irene": "dispatcher of another utility",
              "squadra1": "crew", "nobody": None}
    clients = {login: stage.client(None if login == "nobody" else login) for login in people}
    incident = made["incident"]["id"]
    desk, read, crew, every = {"marta", "sara", "admin", "irene"}, {"marta", "sara", "admin", "irene"}, {"squadra1"}, set(people) - {"nobody"}
    nothing = "00000000-0000-7000-8000-000000000000"
    table = [
        ("GET", "/api/v1/desk", read), ("GET", "/api/v1/incidents", read), ("GET", "/api/v1/crews", read), ("GET", "/api/v1/reports", read),
        ("GET", "/api/v1/geocode?q=via", read), ("GET", "/api/v1/reverse?lat=45.66&lon=10.23", every), ("GET", "/api/v1/session", every),
        ("POST", "/api/v1/classify", desk), ("GET", "/api/v1/triage?charter=cap", read), ("POST", "/api/v1/triage", desk), ("GET", "/desk", read), ("GET", "/crew", crew), ("GET", "/api/v1/me/assignments", crew),
        ("POST", f"/api/v1/assignments/{nothing}/accept", crew), ("POST", f"/api/v1/assignments/{nothing}/recall", desk),
        ("POST", f"/api/v1/incidents/{nothing}/assign", desk), ("POST", f"/api/v1/incidents/{nothing}/note", desk),
        ("GET", f"/api/v1/photos/{nothing}", every), ("POST", f"/api/v1/reports/{nothing}/route", desk),
    ]
    for method, path, allowed in table:
        for login, client in clients.items():
            page = not path.startswith("/api/")
            body = {"text": "esce acqua", "version": 1, "crew": nothing} if method == "POST" else None
            status = client.request(method, path, body).status
            barred = status in ((303, 403) if page else (401, 403))
            check(f"{method} {path.split('?')[0]} as {login}", barred == (login not in allowed), status)
            if login == "nobody" and login not in allowed:
                check(f"{method} {path} without a session", status == (303 if page else 401), status)
    own, foreign = clients["marta"], clients["irene"]
    hidden = {
        "read": foreign.get(f"/api/v1/incidents/{incident}"),
        "candidates": foreign.get(f"/api/v1/incidents/{incident}/candidates"),
        "note": foreign.post(f"/api/v1/incidents/{incident}/note", {"text": "x", "version": 1}),
        "classify": foreign.post(f"/api/v1/incidents/{incident}/classify", {"version": 1, "row": "F03", "class": "L1"}),
        "publish": foreign.post(f"/api/v1/incidents/{incident}/publish", {"version": 1}),
        "close": foreign.post(f"/api/v1/incidents/{incident}/close", {"version": 1, "disposition": "done"}),
        "cancel": foreign.post(f"/api/v1/incidents/{incident}/cancel", {"version": 1, "reason": "x"}),
        "assign": foreign.post(f"/api/v1/incidents/{incident}/assign", {"version": 1, "crew": nothing}),
    }
    for what, answer in hidden.items():
        check(f"another utility's incident: {what}", answer.status in (403, 404), answer)
    check("another utility's list", own.get("/api/v1/incidents").json["incidents"] and
          all(i["utility"]["code"] == "idrica-pontalto" for i in foreign.get("/api/v1/incidents").json["incidents"]))
    crews = {c["name"] for c in foreign.get("/api/v1/crews").json["crews"]}  # neighbours lend some of theirs
    check("another utility's crews", "Squadra 5" in crews and not crews & {"Fontaniere di Selvapiana", "Squadra contenitori"}, crews)
    check("another utility's reports", "tamarindo" not in foreign.get("/api/v1/reports").text)
    check("another utility in the query", foreign.get("/api/v1/incidents?utility=acque-valdoro").status == 403)
    check("a call for another utility", foreign.post("/api/v1/reports", report(channel="phone", row="F03", **{"class": "L1"})).status == 403)
    check("the crew may not take calls", clients["squadra1"].post("/api/v1/reports", report(channel="phone")).status == 403)
    check("a citizen may not take calls", stage.client().post("/api/v1/reports", report(channel="phone")).status == 401)


def sessions(stage):
    client = stage.client()
    check("a wrong password is 401", problem(client.log_in("marta", "wrong"), 401, "unauthenticated") and client.cookie is None)
    check("an unknown log-in is 401", client.log_in("nessuno", "wrong").status == 401)
    answer = client.log_in("marta")
    cookie = answer.headers["Set-Cookie"]
    check("the cookie is closed", "HttpOnly" in cookie and "SameSite=Strict" in cookie and "Path=/" in cookie, cookie)
    check("the session says who", client.get("/api/v1/session").json["user"]["login"] == "marta")
    crew = stage.client("squadra1").get("/api/v1/session").json["user"]
    check("a crew's session names its crew", crew["role"] == "crew" and crew["crew"]["name"] == "Squadra 1", crew)
    path, body = "/api/v1/classify", {"text": "esce acqua"}
    for name, headers, status in (("another site", {"Origin": "https://evil.example"}, 403), ("a null origin", {"Origin": "null"}, 403),
                                  ("no origin at all", {"Origin": None}, 403), ("another site by fetch", {"Origin": None, "Sec-Fetch-Site": "cross-site"}, 403),
                                  ("another port", {"Origin": "http://127.0.0.1:1"}, 403),
                                  ("our own page", {}, 200), ("our own page by fetch", {"Origin": None, "Sec-Fetch-Site": "same-origin"}, 200)):
        answer = client.post(path, body, headers=headers)
        check(f"a write from {name}", answer.status == status, answer)
    check("a log-in from another site", stage.client().post("/api/v1/session", {"login": "marta", "password": harness.PASSWORD}, headers={"Origin": "https://evil.example"}).status == 403)
    token = client.cookie
    check("log-out", client.request("DELETE", "/api/v1/session").status == 204 and client.cookie is None)
    client.cookie = token
    gone = harness.wait_for(lambda: client.get("/api/v1/session").status == 401 and client.get("/api/v1/session").status == 401, 60)
    check("the old cookie opens nothing, on no worker", gone)
    page = stage.client()
    answer = page.form("/login", {"login": "squadra1", "password": harness.PASSWORD})
    check("the form without script goes to the role's page", answer.status == 303 and answer.headers["Location"] == "/crew", answer.headers)
    answer = stage.client().form("/login", {"login": "marta", "password": harness.PASSWORD, "next": "https://evil.example/"})
    check("next stays on this site", answer.headers["Location"] == "/desk", answer.headers)
    answer = stage.client().form("/login", {"login": "marta", "password": "no"})
    check("a wrong password shows the form again", answer.status == 401 and "non corretti" in answer.text and 'value="marta"' in answer.text, answer)
    answer = stage.client().get("/desk")
    check("a page without session asks to log in", answer.status == 303 and answer.headers["Location"] == "/login?next=/desk", answer.headers)
    check("log-out page", page.get("/logout").status == 303 and page.cookie is None)


# ---- reports that nobody's rules could place ----

def waiting(stage):
    marta, irene = stage.client("marta"), stage.client("irene")
    lost = stage.client().post("/api/v1/reports", {"text": "Esce acqua dalla strada, non so dove sono"})
    check("a report without a place is not refused", lost.status == 201 and lost.json["utility"] is None and lost.json["needs_routing"] is True, lost)
    listed = [r for r in marta.get("/api/v1/reports?state=unrouted").json["reports"] if r["id"] == lost.json["id"]]
    check("every desk sees it waiting", listed and any(r["id"] == lost.json["id"] for r in irene.get("/api/v1/reports?state=unrouted").json["reports"]), listed)
    path = f"/api/v1/reports/{lost.json['id']}/route"
    body = {"version": listed[0]["version"], "utility": "acque-valdoro", "row": "F03", "class": "L1"}
    check("it cannot be given to a utility that is not one's own", irene.post(path, body).status in (403, 404, 422))
    given = marta.post(path, body)
    check("a dispatcher gives it its place", given.status == 200 and given.json["incident"], given)
    check("it waits no more", not any(r["id"] == lost.json["id"] for r in marta.get("/api/v1/reports?state=unrouted").json["reports"]))


# ---- the story over the API ----

def story(stage):
    marta, crew = stage.client("marta"), stage.client("squadra1")
    board, desk, phone = stage.stream("/api/v1/live/stream"), stage.stream("/api/v1/stream", marta), stage.stream("/api/v1/stream", crew)
    check("streams open", board.status == desk.status == phone.status == 200)
    check("hello comes first", board.find(lambda n, d: n == "hello") and board.events[0][1] == "hello", board.events)
    made = marta.post("/api/v1/reports", report(channel="phone", point_confirmed=True, row="F03", conversation_started_at="2026-01-01T00:00:00+01:00", **{"class": "L1"}))
    check("a conversation that began long ago is taken as said", made.status == 201 and made.json["incident"], made)
    started = time.strftime("%Y-%m-%dT%H:%M:%S+00:00", time.gmtime(time.time() - 60))
    made = marta.post("/api/v1/reports", report(channel="phone", point_confirmed=True, row="F03", conversation_started_at=started, **{"class": "L1"}),
                      headers={"Idempotency-Key": "call-1"})
    check("a call is recorded", made.status == 201 and made.json["incident"], made)
    if made.status != 201:
        return
    incident = made.json["incident"]["id"]
    path = f"/api/v1/incidents/{incident}"
    check("the desk hears of it", desk.find(lambda n, d: n == "incident" and d["incident"]["id"] == incident), desk.events)
    full = marta.get(path).json
    check("it is confirmed and classified", full["state"] == "classified" and full["needs_review"] is False and full["class"] == "L1", full)
    check("its words stay as said", full["report_list"][0]["text"] == TEXT, full["report_list"])
    check("its clock starts with the conversation", full["due"] and full["targets"], full["due"])
    check("classify while listening", marta.post("/api/v1/classify", {"utility": "acque-valdoro", "charter": "indecast", "text": TEXT, "lat": 45.664, "lon": 10.2302}).json["classification"]["row"] == "F03")
    near = marta.post("/api/v1/classify", {"utility": "acque-valdoro", "charter": "indecast", "text": "esce acqua", "lat": 45.664, "lon": 10.2302}).json["near"]
    check("what is near is named", any(n["id"] == incident for n in near), near)

    answer = marta.post(path + "/publish", {"version": full["version"]})
    check("it is published", answer.status == 200 and answer.json["published"] is True, answer)
    number = full["number"]
    check("LIVE hears of it", board.find(lambda n, d: n == "incident" and d.get("incident", {}).get("number") == number), board.events)
    expected = []

    def live_order():
        states = [d["incident"]["state"] for _, n, d in list(board.events) if n == "incident" and d.get("incident", {}).get("number") == number]
        return [s for i, s in enumerate(states) if i == 0 or states[i - 1] != s]

    def live_goes_to(state):
        """Changes closer together than a worker reads may be told as one: each is waited for."""
        expected.append(state)
        harness.wait_for(lambda: live_order() == expected, 60)
    live_goes_to("classified")
    check("LIVE lists it on every worker", harness.wait_for(lambda: all(number in stage.get("/api/v1/live").text for _ in range(9)), 60))
    live = stage.get("/api/v1/live").text + stage.get("/live").text + json.dumps([e[2] for e in board.events])
    for secret in (NAME, PHONE, MAIL, "tamarindo", "Roma 12"):
        check(f"LIVE keeps {secret} to itself", secret not in live)
    near = stage.get("/api/v1/near?lat=45.664&lon=10.2302").json["incidents"]
    check("a citizen nearby is told", any(n["number"] == number and n["distance_m"] <= 300 for n in near), near)

    noted = marta.post(path + "/note", {"text": "citofono rotto"})
    check("a note is taken, whatever version was seen", noted.status == 200, noted)
    version = marta.get(path).json["version"]
    lowered = marta.post(path + "/classify", {"version": version, "row": "F09", "class": "L2"})
    check("lowering the class needs a reason", problem(lowered, 422, "input") and pointers(lowered) == ["/reason"], lowered)
    found = marta.get(path + "/candidates").json
    names = [c["crew"]["name"] for c in found["candidates"]]
    check("candidates by driving time", len(found["map"]) == 16 and "Squadra 1" in names and found["candidates"][0]["reason"], found)
    chosen = next(c["crew"]["id"] for c in found["candidates"] if c["crew"]["name"] == "Squadra 1")
    other = next(c["crew"]["id"] for c in found["candidates"] if c["crew"]["name"] != "Squadra 1")
    results = []

    def send(who, which):
        results.append(who.post(path + "/assign", {"crew": which, "version": found["version"], "reason": "prova"}))
    luca = stage.client("luca")
    threads = [threading.Thread(target=send, args=a) for a in ((marta, chosen), (luca, other))]
    [t.start() for t in threads]
    [t.join() for t in threads]
    statuses = sorted(r.status for r in results)
    check("two dispatchers: one crew is sent, the other hears of it", statuses == [200, 409], results)
    conflict = next((r for r in results if r.status == 409), None)
    check("the slower one hears who and when", conflict and conflict.json.get("who") in ("Marta B.", "Luca R.") and conflict.json.get("at"), conflict)
    live_goes_to("assigned")
    full = marta.get(path).json
    sent = full["crews"][0]
    ours = sent["id"] == chosen
    if not ours:  # the other dispatcher was faster: take theirs back and send ours
        taken = marta.post(f"/api/v1/assignments/{sent['assignment']}/recall", {})
        live_goes_to("classified")
        version = marta.get(path).json["version"]
        ours = taken.status == 200 and marta.post(path + "/assign", {"crew": chosen, "version": version}).status == 200
        live_goes_to("assigned")
    check("our crew is sent, where another was by taking that one back", ours, sent)
    check("the crew hears of it", phone.find(lambda n, d: n == "assignment" and d["assignment"]["incident"]["id"] == incident), phone.events)

    mine = crew.get("/api/v1/me/assignments").json
    job = next(a for a in mine["assignments"] if a["incident"]["id"] == incident)
    check("the crew sees address, words and phone", job["incident"]["address"] and job["incident"]["texts"][0]["text"] == TEXT and
          job["incident"]["reporter_phone"].replace(" ", "").endswith("3479876501"), job)
    act = f"/api/v1/assignments/{job['id']}/"
    check("another crew may not answer for it", stage.client("squadra2").post(act + "accept", {}).status in (403, 404))
    for step in ("accept", "en_route", "arrived", "made_safe", "restored"):
        body = {"lat": 45.664, "lon": 10.2302}
        answer = crew.post(act + step, body, headers={"Idempotency-Key": f"step-{step}"})
        again = crew.post(act + step, body, headers={"Idempotency-Key": f"step-{step}"})
        check(f"the crew: {step}", answer.status == 200 and answer.json["applied"] is True, answer)
        check(f"the crew: {step} again answers the same", again.status == 200 and again.json["applied"] is True, again)
        if step != "accept":
            live_goes_to("on_site" if step == "arrived" else step)
        if step == "en_route":
            check("its position is taken", crew.post("/api/v1/me/position", {"lat": 45.662, "lon": 10.231, "accuracy_m": 8}).status == 204)
            check("a wrong position is not", crew.post("/api/v1/me/position", {"lat": 145, "lon": 10.231}).status == 422)
    late = crew.post(act + "accept", {}, headers={"Idempotency-Key": "too-late"})
    check("what no longer fits is recorded, not refused", late.status == 200 and late.json["applied"] is False and late.json["reason"], late)
    full = marta.get(path).json
    check("the arrival is judged", full["arrived_at"] and full["arrival"]["result"] == "met", full.get("arrival"))
    answer = crew.post(act + "left", {"outcome": "repaired"}, headers={"Idempotency-Key": "step-left"})
    check("the crew: left", answer.status == 200 and answer.json["applied"] is True, answer)
    version = marta.get(path).json["version"]
    done = marta.post(path + "/close", {"version": version, "disposition": "done"})
    check("it is closed", done.status == 200 and done.json["state"] == "closed", done)
    check("a second time it is refused", marta.post(path + "/close", {"version": version, "disposition": "done"}).status == 409)
    live_goes_to("closed")
    check("LIVE saw every state, in order", live_order() == expected, (live_order(), expected))
    ids = [e[0] for e in board.events if e[0] is not None and e[1] == "incident"]
    check("ids only grow", all(a < b for a, b in zip(ids, ids[1:])), ids)
    # Workers read the table in stretches of their own, so a stretch may tell an incident once or twice; what a
    # returning reader must get is every incident as it stands last, in order, and nothing it had before.
    resumed = stage.stream("/api/v1/live/stream", last_id=ids[0])
    last = lambda events: {d["incident"]["number"]: d["incident"] for i, n, d in events if n == "incident" and i > ids[0] and "incident" in d}
    want = last(list(board.events))
    harness.wait_for(lambda: last(list(resumed.events)) == want, 60)
    got = [e[0] for e in list(resumed.events) if e[1] == "incident"]
    check("Last-Event-ID resumes without loss", last(list(resumed.events)) == want, (last(list(resumed.events)), want))
    check("and tells nothing twice, in order", got == sorted(got) and min(got) > ids[0], got)
    check("a heartbeat comes, by name", board.find(lambda n, d: n == "heartbeat" and "now" in d and "seq" in d))
    state = stage.get("/api/v1/reports/" + made.json["code"]).json
    check("the reporter sees the end", state["steps"][-1]["state"] == "done" and state["public_state"], state["steps"])
    photo = stage.database.query("SELECT id FROM photo LIMIT 1")[0][0]
    picture = marta.get("/api/v1/photos/" + photo)
    check("the desk sees a photo", picture.status == 200 and picture.headers.get_content_type().startswith("image/") and "sandbox" in picture.headers["Content-Security-Policy"], picture)
    check("a crew that is not sent does not", stage.client("contenitori").get("/api/v1/photos/" + photo).status in (403, 404))
    for s in (board, desk, phone, resumed):
        s.close()


# ---- when things go wrong ----

def frozen_database(stage):
    answers = []

    def send():
        answers.append(stage.client().post("/api/v1/reports", report(), headers={"Idempotency-Key": "key-frozen"}, timeout=60))
    stage.database.freeze()
    sender = threading.Thread(target=send)
    sender.start()
    bad, rounds = [], 0
    try:
        while rounds < 20 or sender.is_alive():
            for path in ("/healthz", "/live", "/api/v1/live"):
                try:
                    status = stage.get(path).status
                except OSError as error:
                    status = error
                if status != 200:
                    bad.append((path, status))
            rounds += 1
            time.sleep(0.1)
        check("alive and LIVE every time while the database stands still", not bad, bad)
        check("every wait has an end, also while it stands still", answers, "a report has waited 60 s without an answer")
    finally:
        stage.database.thaw()
        sender.join()
    if not answers:
        return
    answer = answers[0]
    check("a report is not said to be received before it is stored", problem(answer, 503, "busy") or problem(answer, 503, "uncertain"), answer)
    check("ready again", harness.wait_for(lambda: stage.all_ready(), 120, 0.3))
    again = harness.wait_for(lambda: (lambda a: a if a.status == 201 else None)(
        stage.client().post("/api/v1/reports", report(), headers={"Idempotency-Key": "key-frozen"})), 20, 0.5)
    check("sent again with its key it comes in", again, "no 201")
    stored = stage.database.query("SELECT count(*) FROM once WHERE key = 'key-frozen'")
    check("and is stored once", stored == [["1"]], stored)


def health(stage):
    check("healthz", stage.get("/healthz").json["status"] == "ok")
    check("readyz", stage.get("/readyz").status == 200)
    text = stage.get("/metrics").text
    for name in ("prontod_requests_total", "prontod_request_seconds_bucket", "prontod_streams", "prontod_worker_starts_total"):
        check(f"metrics have {name}", name in text)
    lines = [l for l in text.splitlines() if l and not l.startswith("#")]
    check("metrics are Prometheus text", all(re.fullmatch(r'[a-z_]+(\{[^}]*\})? [-+0-9.eEinfNa]+', l) for l in lines), [l for l in lines if not re.fullmatch(r'[a-z_]+(\{[^}]*\})? [-+0-9.eEinfNa]+', l)][:5])
    workers = {stage.get("/healthz").worker for _ in range(40)}
    check("three workers share the port", workers == {"1", "2", "3"}, workers)


def in_hand(stage, key):
    """A connection whose request the server has begun to read: it has said to go on; and the body it waits for."""
    body = json.dumps(report()).encode()
    link = socket.create_connection(("127.0.0.1", stage.port), timeout=30)
    link.sendall((f"POST /api/v1/reports HTTP/1.1\r\nHost: 127.0.0.1:{stage.port}\r\nOrigin: http://127.0.0.1:{stage.port}\r\n"
                  f"Content-Type: application/json\r\nContent-Length: {len(body)}\r\nIdempotency-Key: {key}\r\n"
                  "Expect: 100-continue\r\n\r\n").encode())
    said = link.recv(1000)
    check("the server says to go on", said.startswith(b"HTTP/1.1 100 "), said)
    return link, body


def heard(link):
    """The status of the answer; 0 where the connection ended without one."""
    response = http.client.HTTPResponse(link)
    try:
        response.begin()
        response.read()
        return response.status
    except (OSError, http.client.HTTPException):
        return 0
    finally:
        link.close()


def listens(stage):
    try:
        socket.create_connection(("127.0.0.1", stage.port), timeout=30).close()
        return True
    except OSError:
        return False


def clean_end(stage):
    """Requests in hand when the signal comes are answered, half sent ones and those that wait for the database;
    then the programme ends with 0."""
    waiting_ones = [in_hand(stage, f"key-end-waiting-{i}") for i in range(3)]
    half_sent = [in_hand(stage, f"key-end-half-{i}") for i in range(3)]
    stage.database.freeze()
    try:
        for link, body in waiting_ones:
            link.sendall(body)
        for link, body in half_sent:
            link.sendall(body[:100])
        stage.process.send_signal(signal.SIGTERM)
        check("SIGTERM closes the door to new ones", harness.wait_for(lambda: not listens(stage), 60))
    finally:
        stage.database.thaw()
    for link, body in half_sent:
        link.sendall(body[100:])
    for what, links in (("waiting for the database", waiting_ones), ("half sent", half_sent)):
        statuses = [heard(link) for link, _ in links]
        check(f"requests in hand, {what}, were answered", statuses == [201] * 3, statuses)
    try:
        code = stage.process.wait(30)
    except subprocess.TimeoutExpired:
        code = None
    check("SIGTERM ends with 0", code == 0, code)


def logs(stage):
    log = stage.log()
    check("no sanitizer has complained", "ERROR: AddressSanitizer" not in log and "runtime error" not in log and "LeakSanitizer" not in log, log[-1500:])
    for secret in (NAME, "Ermenegilda", PHONE, PHONE.replace(" ", ""), MAIL, "tamarindo", "via Roma", harness.PASSWORD, "evil.example"):
        check(f"the log keeps {secret} to itself", secret not in log, [l for l in log.splitlines() if secret in l][:2])
    codes = [c for c, in stage.database.query("SELECT code FROM report")]
    told = [c for c in codes if c in log or c.replace("-", "") in log or f"{c[:5]}-{c[5:10]}-{c[10:]}" in log]
    check("no code of any report is in the log", len(codes) > 10 and not told, (len(codes), told))
    lines = [l for l in log.splitlines() if l]
    odd = [l for l in lines if not re.match(r"time=\S+ level=(error|warn|info|debug) process=\S+ ", l)]
    check("one line an event, key=value", not odd, odd[:3])


def main():
    # Long enough for 9 MiB on a busy machine; what stands still must come to an end within a minute.
    with harness.Stage(workers=3, settings={"database.deadline_ms": 10000}) as stage:
        made = citizens(stage)
        lookups(stage)
        forms(stage)
        limits(stage)
        once(stage)
        whose(stage)
        role_table(stage, made)
        sessions(stage)
        waiting(stage)
        story(stage)
        health(stage)
        frozen_database(stage)
        clean_end(stage)
        logs(stage)
    return harness.finish()


if __name__ == "__main__":
    sys.exit(main())
