"""What the public sees of a place: the street that was said, never another, never a house number."""
import sys

import harness
from harness import check


def area(visitor, address, **more):
    made = visitor.post("/api/v1/reports", {"channel": "web", "text": "esce tantissima acqua dalla strada", "address": address,
                                            "municipality": "Borgo Valdoro", "reporter": {"prefer": "none"}, **more})
    check(f"«{address}» is taken", made.status == 201, made)
    return visitor.get("/api/v1/reports/" + made.json["code"]).json["area"]


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
    return harness.finish()


sys.exit(main())
