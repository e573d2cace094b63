"""What the public sees of a place: the street that was said, never another, never a house number."""
import html
import re
import sys
import urllib.parse

import harness
from harness import check


def area(visitor, address, **more):
    made = visitor.post("/api/v1/reports", {"channel": "web", "text": "esce tantissima acqua dalla strada", "address": address,
                                            "municipality": "Borgo Valdoro", "reporter": {"prefer": "none"}, **more})
    check(f"«{address}» is taken", made.status == 201, made)
    return visitor.get("/api/v1/reports/" + made.json["code"]).json["area"]


def mine(stage):
    """«È la mia via?»: a street as people write it, and never «nessun guasto» of one that nobody knows."""
    marta, visitor = stage.client("marta"), harness.Client(stage.port)
    made = visitor.post("/api/v1/reports", {"channel": "web", "text": "esce tantissima acqua dalla strada", "address": "Via Carlo Goldoni 3",
                                            "municipality": "Borgo Valdoro", "reporter": {"prefer": "none"}}).json
    incident = next(i for i in marta.get("/api/v1/incidents?state=open").json["incidents"] if i["area"] == "Via Carlo Goldoni, Borgo Valdoro")
    confirmed = marta.post(f"/api/v1/incidents/{incident['id']}/classify", {"version": incident["version"], "row": "F03", "class": "L1"})
    check("its row is confirmed", confirmed.status == 200 and made["code"], confirmed)
    check("it is shown", confirmed.json["published"] or marta.post(f"/api/v1/incidents/{incident['id']}/publish",
                                                                   {"version": confirmed.json["version"]}).status == 200, confirmed)

    def says(street, town=None):
        page = visitor.get("/live?" + urllib.parse.urlencode({"via": street, **({"comune": town} if town else {})})).text
        found = re.search(r'<div id="answer".*?<strong>(.*?)</strong>', page, re.S)
        return found and html.unescape(found[1])

    yes = "Sì: in Via Carlo Goldoni c'è un guasto."
    check("it is there", harness.wait_for(lambda: says("Via Carlo Goldoni") == yes, 20), says("Via Carlo Goldoni"))
    for street in ("via goldoni", "v. carlo goldoni 3", "via carlo goldonni", "via c. goldoni"):
        check(f"«{street}» is that street", says(street) == yes, says(street))
    check("in its town too", says("via goldonni", "Borgo Valdoro") == yes, says("via goldonni", "Borgo Valdoro"))
    check("in another town it has none", says("via goldonni", "Pontalto") == "Via Carlo Goldoni, Pontalto: nessun guasto noto.", says("via goldonni", "Pontalto"))
    check("one of several towns is asked for", says("corso romma") == "Quale Corso Roma?", says("corso romma"))
    check("of a street that nobody knows nothing is promised", (says("via zzyzx") or "").startswith("Non troviamo «via zzyzx»"), says("via zzyzx"))


def main():
    with harness.Stage(workers=1) as stage:
        visitor = harness.Client(stage.port)
        seen = area(visitor, "Corso Roma 12")
        check("the street that was said is named, without its number", seen == "Corso Roma, Borgo Valdoro", seen)
        seen = area(visitor, "Via Roma 12")
        check("«Via Roma» does not become the map's «Corso Roma»", seen == "Borgo Valdoro", seen)
        seen = area(visitor, "Via che non esiste 7")
        check("an unknown street leaves the municipality", seen == "Borgo Valdoro", seen)
        seen = area(visitor, "Via Gorini 5")  # the municipality fits, the street does not
        check("«Via Gorini» does not become «Via Torino» or «Via Gorizia»", seen == "Borgo Valdoro", seen)
        places = visitor.get("/api/v1/places?q=corso%20roma%2012%20borgo%20valdoro").json["places"]
        check("the search finds the number", places and places[0]["number"] == "12", places)
        point = {"lat": places[0]["lat"], "lon": places[0]["lon"]} if places else {}
        seen = area(visitor, "davanti alla scuola", **point)
        check("a point names its own street", seen == "Corso Roma, Borgo Valdoro", seen)
        mine(stage)
    return harness.finish()


sys.exit(main())
