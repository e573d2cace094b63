#!/usr/bin/env python3
"""The guided questions of the telephone form over real HTTP: every charter of the demo, words and answers, errors, what
is told, the answers kept with the report, and logs without a word of the caller. Who may ask stands in api_test.py."""
import json
import re
import sys
import time

import harness
from api_test import MAIL, NAME, PHONE, TEXT, pointers, problem, report
from harness import check


def ask_all(desk, charter, truth, **more):
    """Answers as they come, by what is true: {code: option}; every other question with «non lo sa»."""
    answers = []
    while True:
        answer = desk.post("/api/v1/triage", {"charter": charter, "answers": answers, **more})
        if answer.status != 200 or not answer.json["question"] or len(answers) > 9:
            return answers, answer
        code = answer.json["question"]["code"]
        check("the question is numbered", answer.json["question"]["number"] == len(answers) + 1, answer.json["question"])
        answers.append({"question": code, "option": truth.get(code, 0)})


def questions(stage):
    marta, irene = stage.client("marta"), stage.client("irene")
    first = marta.get("/api/v1/triage?charter=indecast")
    check("the first question", first.status == 200 and first.json["question"]["number"] == 1 and first.json["question"]["ask"].endswith("?"), first)
    check("its options have keys", [o["key"] for o in first.json["question"]["options"]] == list(range(1, 10)), first.json["question"])
    check("nothing known: nothing to tell", first.json["tell"] is None and first.json["decided"] is False and first.json["answered"] == [], first.json)
    charters = {c["code"] for c in marta.get("/api/v1/desk").json["charters"]}
    for charter in sorted(charters):
        answers, last = ask_all(marta, charter, {"what": 9, "other": 1})
        check(f"{charter}: a smell of gas is nobody's fault row", last.json["decided"] and last.json["classification"]["class"] == "none", last)
        check(f"{charter}: the caller is told what to do at once", "112" in last.json["tell"]["said_it"] and last.json["targets"] == [], last.json["tell"])
        check(f"{charter}: at most four questions", len(answers) <= 4, answers)
    truth = {"what": 1, "where": 1, "quantity": 3, "hazard": 1}
    answers, frost = ask_all(marta, "indecast", truth)
    check("a trickle that freezes is urgent", frost.json["classification"]["row"] == "F04" and frost.json["decided"], frost.json["classification"])
    check("the remaining row is one", [r["row"] for r in frost.json["remaining"]] == ["F04"] and frost.json["remaining"][0]["share"] == 1, frost.json["remaining"])
    check("level, time and advice are told", re.match(r"È un livello 1, il più urgente: la squadra arriva entro le \d\d:\d\d di \w+\. Non si avvicini", frost.json["tell"]["said_it"]),
          frost.json["tell"])
    check("the time told is the promise", frost.json["targets"][0]["told"] in frost.json["tell"]["said_it"] and frost.json["targets"][0]["effective"], frost.json["targets"])
    check("GET and POST agree", marta.get("/api/v1/triage?charter=indecast&answers=" + ",".join(f"{a['question']}:{a['option']}" for a in answers)).json["answered"] ==
          frost.json["answered"], answers)
    answers, mild = ask_all(marta, "indecast", {**truth, "hazard": 4}, text=TEXT)
    words = marta.post("/api/v1/triage", {"charter": "indecast", "text": TEXT}).json
    check("clear words need no question", words["question"] is None and words["classification"]["row"] == "F03" and words["classification"]["evidence"], words)
    against = marta.post("/api/v1/triage", {"charter": "indecast", "text": TEXT, "answers": [{"question": q, "option": o} for q, o in {**truth, "hazard": 4}.items()]}).json
    check("an answer goes before the words", against["classification"]["class"] == "L2" and all(a["applied"] for a in against["answered"]), against["classification"])
    unknown = marta.post("/api/v1/triage", {"charter": "indecast", "answers": [{"question": q, "option": 0} for q in ("what", "where", "quantity", "hazard")]}).json
    check("who knows nothing is asked no more and taken for urgent", unknown["question"] is None and unknown["decided"] is False and
          unknown["classification"]["class"] == "L1" and unknown["classification"]["needs_review"], unknown["classification"])
    check("of an option that is not known nothing is excluded", len(unknown["remaining"]) == len(first.json["remaining"]), len(unknown["remaining"]))
    began = time.strftime("%Y-%m-%dT%H:%M:%S+00:00", time.gmtime(time.time() - 3600))
    earlier = marta.post("/api/v1/triage", {"charter": "indecast", "text": TEXT, "conversation_started_at": began}).json
    check("the time counts from the conversation", earlier["targets"][0]["due"] < words["targets"][0]["due"], earlier["targets"])
    own = marta.post("/api/v1/triage", {"utility": "acque-valdoro", "text": TEXT})
    check("by a utility's charter", own.status == 200 and own.json["charter"] == "indecast", own)
    check("another utility's charter", irene.post("/api/v1/triage", {"utility": "acque-valdoro", "text": TEXT}).status == 403)
    for body, pointer in (({}, "/charter"), ({"charter": "nessuna"}, "/charter"), ({"charter": "cap", "text": 7}, "/text"),
                          ({"charter": "cap", "text": "x" * 4001}, "/text"), ({"charter": "cap", "answers": "what:1"}, "/answers"),
                          ({"charter": "cap", "answers": [{"question": "boh", "option": 1}]}, "/answers/0/question"),
                          ({"charter": "cap", "answers": [{"question": "where", "option": 6}]}, "/answers/0/option"),
                          ({"charter": "cap", "answers": [{"question": "what", "option": 1}] * 2}, "/answers/1/question"),
                          ({"charter": "cap", "answers": [{"question": "what", "option": "1"}]}, "/answers/0/option"),
                          ({"charter": "cap", "answers": [{"question": "what", "option": 1}] * 17}, "/answers")):
        answer = marta.post("/api/v1/triage", body)
        check(f"a wrong {pointer}", problem(answer, 422, "input") and pointers(answer) == [pointer], answer)
    for query in ("?charter=cap&answers=what", "?charter=cap&answers=what:x", "?charter=cap&answers=what:10"):
        check(f"a wrong {query}", pointers(marta.get("/api/v1/triage" + query)) == ["/answers"])
    kept_answers(marta, truth)


def kept_answers(marta, truth):
    """The answers go with the report, count in its reading, and are kept beside it."""
    answers = [{"question": q, "option": o} for q, o in {**truth, "hazard": 4}.items()]
    call = {"utility": "acque-valdoro", "channel": "phone", "text": "Esce acqua, un momento fa era tanta", "answers": answers}
    made = marta.post("/api/v1/reports", report(**call, row="F07", **{"class": "L2"}))
    check("the answers' class needs no reason", made.status == 201, made)
    if made.status != 201:
        return
    one = marta.get(f"/api/v1/incidents/{made.json['incident']['id']}").json["report_list"][0]
    kept = one["classification"].get("answers") or []
    check("the answers are kept", [(a["code"], a["option"]) for a in kept] == [(a["question"], a["option"]) for a in answers] and
          all(a["ask"].endswith("?") and a["label"] for a in kept), one["classification"])
    public = marta.get("/api/v1/reports/" + made.json["code"])
    check("they stay at the desk", "answers" not in public.text and "gocce" not in public.text, public)
    bad = marta.post("/api/v1/reports", report(**{**call, "answers": [{"question": "boh", "option": 1}]}))
    check("an answer to nothing stores nothing", problem(bad, 422, "input") and pointers(bad) == ["/answers/0/question"], bad)
    web = marta.post("/api/v1/reports", report(answers=answers))
    check("a web report brings none", web.status == 201 and "answers" not in json.dumps(web.json), web)


def logs(stage):
    log = stage.log()
    for secret in (NAME, PHONE, MAIL, "tamarindo", "momento fa", "via Roma"):
        check(f"the log keeps {secret} to itself", secret not in log, [l for l in log.splitlines() if secret in l][:2])


def main():
    with harness.Stage(workers=2) as stage:
        questions(stage)
        logs(stage)
    return harness.finish()


if __name__ == "__main__":
    sys.exit(main())
