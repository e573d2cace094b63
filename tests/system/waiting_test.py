#!/usr/bin/env python3
"""Reports that make no incident by themselves: nobody's, or read as none by the machine alone. None of them may
wait unseen, be routed by whom it does not concern, or be routed twice; its promise counts from its receipt."""
import datetime
import sys
import time
import uuid

import harness
from harness import check

NOWHERE = "Perde acqua dal tubo in mezzo alla strada, ne esce tantissima"
NOT_OURS = "Vorrei sapere quando arriva la bolletta"


def key():
    return {"Idempotency-Key": uuid.uuid4().hex}


def report(stage, text, **more):
    answer = stage.client().post("/api/v1/reports", {"channel": "web", "text": text, **more}, headers=key())
    check(f"stored: {text}", answer.status == 201, answer)
    return answer.json


def waiting(client):
    answer = client.get("/api/v1/reports?state=waiting")
    return {r["id"]: r for r in answer.json["reports"]} if answer.status == 200 else {}


def route(client, stored, version, **more):
    return client.post(f"/api/v1/reports/{stored['id']}/route", {"version": version, **more}, headers=key())


def public(stage, stored):
    return stage.get("/s/" + stored["code"]), stage.get("/api/v1/reports/" + stored["code"]).json


def seconds(text):
    return datetime.datetime.fromisoformat(text).timestamp()


def nobodys(stage, desks):
    """Words with a fault and no place."""
    marta, other, supervisor, crew = desks  # other: of idrica-pontalto alone
    heard = stage.stream("/api/v1/stream", other)
    stored = report(stage, NOWHERE, reporter={"name": "Anna Prova", "phone": "3471234567", "prefer": "sms"})
    check("nobody's: no incident", stored["needs_routing"] and not stored["utility"] and not stored["incident"], stored)
    check("nobody's: each desk hears of it", heard.find(lambda n, d: n == "report" and d["report"]["id"] == stored["id"]), heard.events)
    heard.close()
    for name, client in (("marta", marta), ("another utility", other), ("supervisor", supervisor)):
        check(f"nobody's: listed for {name}", waiting(client).get(stored["id"], {}).get("state") == "received", waiting(client))
    page, told = public(stage, stored)
    check("nobody's: its page answers", page.status == 200 and told["state"] == "received", told)

    check("a crew sees none", stored["id"] not in waiting(crew))
    check("a crew routes none", route(crew, stored, 1, utility="acque-valdoro", row="F03").status == 403)
    seen = waiting(marta)[stored["id"]]
    check("it says whose", route(marta, stored, seen["version"], row="F03").status == 422)
    refused = route(other, stored, seen["version"], utility="acque-valdoro", row="F03")
    check("nobody gives it to a utility that is not theirs", refused.status in (403, 404), refused)
    bad = route(marta, stored, seen["version"], utility="acque-valdoro", row="no-such-row")
    check("a row of the charter", bad.status == 422 and bad.json["errors"][0]["pointer"] == "/row", bad)
    check("still waiting after refusals", stored["id"] in waiting(marta))

    time.sleep(2.1)  # a promise counted from the routing would now differ by whole seconds
    done = route(marta, stored, seen["version"], utility="acque-valdoro", row="F03")
    check("routed", done.status in (200, 201) and done.json["incident"] and done.json["utility"] == "acque-valdoro", done)
    incident = marta.get("/api/v1/incidents/" + done.json["incident"]["id"]).json
    arrival = next(t for t in incident["targets"] if t["kind"] == "arrival" and t["effective"])
    span = seconds(arrival["due"]) - seconds(seen["received_at"])
    check("the promise counts from the receipt", span % 60 == 0 and span > 0, (seen["received_at"], arrival))
    check("opened when it was received", incident["opened_at"] == seen["received_at"], (incident["opened_at"], seen["received_at"]))
    check("its words came along", incident["report_list"][0]["text"] == NOWHERE and incident["report_list"][0]["reporter"]["phone"], incident["report_list"])
    check("no longer waiting", stored["id"] not in waiting(marta) and stored["id"] not in waiting(other))
    check("a second routing is too late", route(marta, stored, seen["version"], utility="acque-valdoro", row="F03").status == 409)
    check("not even with the new version", route(marta, stored, seen["version"] + 1, utility="acque-valdoro", row="none").status == 409)
    page, told = public(stage, stored)
    check("its page tells the promise", page.status == 200 and told["state"] == "linked" and told["targets"], told)


def not_ours(stage, desks):
    """A utility is known; the machine finds no fault in the words."""
    marta, other, supervisor, _ = desks
    stored = report(stage, NOT_OURS, utility="acque-valdoro")
    check("none: no incident", not stored["incident"] and stored["utility"] == "acque-valdoro", stored)
    check("none: waits as triaged", waiting(marta).get(stored["id"], {}).get("state") == "triaged", waiting(marta))
    check("none: the supervisor sees it", stored["id"] in waiting(supervisor))
    check("none: another utility's desk does not", stored["id"] not in waiting(other))
    page, told = public(stage, stored)
    check("none: its page answers before", page.status == 200 and told["state"] == "triaged", told)
    version = waiting(marta)[stored["id"]]["version"]
    for row in ("none", "F03"):
        refused = route(other, stored, version, row=row)
        check(f"another's report cannot be routed ({row})", refused.status in (403, 404), refused)
    check("an old version is too late", route(marta, stored, version + 7, row="none").status == 409)
    done = route(marta, stored, version, row="none")
    check("none: confirmed", done.status in (200, 201) and not done.json["incident"], done)
    check("none: waits no more", stored["id"] not in waiting(marta))
    check("none: confirmed once", route(marta, stored, version, row="none").status == 409)
    page, told = public(stage, stored)
    check("none: its page answers after", page.status == 200 and told["state"] == "rejected", told)


def once_for_two(stage, desks):
    """The answer to a key is the same, whichever worker hears it, and makes one incident."""
    marta = desks[0]
    stored = report(stage, NOWHERE)
    body = {"version": waiting(marta)[stored["id"]]["version"], "utility": "acque-valdoro", "row": "F03"}
    same = key()
    answers = [marta.post(f"/api/v1/reports/{stored['id']}/route", body, headers=same) for _ in range(3)]
    made = {a.json["incident"]["id"] for a in answers if a.status in (200, 201) and a.json["incident"]}
    check("three tries, one incident", len(made) == 1 and all(a.status in (200, 201) for a in answers), answers)


def main():
    with harness.Stage(workers=3, with_map=False) as stage:
        desks = [stage.client(login) for login in ("marta", "irene", "sara", "squadra1")]
        nobodys(stage, desks)
        not_ours(stage, desks)
        once_for_two(stage, desks)
    return harness.finish()


if __name__ == "__main__":
    sys.exit(main())
