#!/usr/bin/env python3
"""Due instants end to end: every labelled case of tests/eval/due.jsonl through `prontoctl due`, then
chained clocks, pauses, national rules and refusals. Exact answers, no timing."""
import json
import os
import pathlib
import subprocess
import sys
import tempfile

ROOT = pathlib.Path(__file__).resolve().parents[2]
BUILD = pathlib.Path(os.environ.get("PRONTOD_TEST_BUILD", ROOT / "build" / "san"))
PRONTOCTL = os.environ.get("PRONTOD_TEST_PRONTOCTL", str(BUILD / "src" / "prontoctl"))
# Charters of this tree, whatever configuration the machine has.
ENV = dict(os.environ, PRONTOD_CHARTERS_DIR=str(ROOT / "classifications"))

passed = failed = 0


def due(*arguments):
    run = subprocess.run([PRONTOCTL, "due", *arguments], capture_output=True, text=True, env=ENV, timeout=60)
    return run.returncode, json.loads(run.stdout) if run.stdout else None, run.stderr


def check(name, good, seen=""):
    global passed, failed
    if good:
        passed += 1
    else:
        failed += 1
        print(f"FAILED {name}: {seen}")


def dues(answer):
    return [(t["kind"], t["due"]) for t in answer["targets"]] if answer else None


def labelled():
    for number, line in enumerate((ROOT / "tests/eval/due.jsonl").read_text().splitlines(), 1):
        case = json.loads(line)
        arguments = ["--charter", case["charter"], "--class", case["class"], "--from", case["from"]]
        if case.get("row"):
            arguments += ["--row", case["row"]]
        if case.get("verified"):
            arguments += ["--verified", case["verified"]]
        code, answer, _ = due(*arguments)
        expected = [(t["kind"], t["due"]) for t in case["targets"]]
        check(f"due.jsonl line {number}", code == 0 and dues(answer) == expected, f"{dues(answer)} not {expected}")


def shape():
    _, answer, _ = due("--charter", "indecast", "--class", "L2", "--from", "2026-03-27T22:59:00Z")
    check("from is told in the utility's zone", answer["from"] == "2026-03-27T23:59:00+01:00", answer)
    target = answer["targets"][0]
    check("a day target is exclusive", target["bound"] == "exclusive" and target["source"] == "charter", target)
    check("without --all the first charter target only", len(answer["targets"]) == 1, answer)
    _, answer, _ = due("--charter", "cap", "--class", "promised", "--from", "2026-03-10T14:00:00+01:00")
    check("promised owes nothing", answer["targets"] == [], answer)
    _, answer, _ = due("--charter", "sap", "--class", "none", "--from", "2026-03-10T14:00:00+01:00")
    check("none owes nothing", answer["targets"] == [], answer)


def chained():
    ask = ["--charter", "ati1-rifiuti", "--class", "5gg+20gg", "--from", "2026-08-08T09:00:00+02:00"]
    _, answer, _ = due(*ask, "--verified", "2026-08-13T10:00:00+02:00")
    check("restore counts from the actual check", dues(answer) == [
        ("verify", "2026-08-15T00:00:00+02:00"), ("restore", "2026-09-11T00:00:00+02:00")], answer)


def arrivals(answer):
    return [(t["source"], t["due"][11:16], t["effective"]) for t in answer["targets"] if t["kind"] == "arrival"]


def national():
    ask = ["--charter", "indecast", "--class", "L1", "--from", "2026-03-10T14:00:00+01:00", "--all"]
    _, answer, _ = due(*ask, "--row", "F03")
    check("a danger owes the national arrival, the stricter governs",
          arrivals(answer) == [("charter", "16:00", True), ("national", "17:00", False)], answer)
    rows = json.loads((ROOT / "classifications/indecast.json").read_text())["rows"]
    harmless = next(r["code"] for r in rows if r["class"] == "L1" and not r["national_danger"])
    _, answer, _ = due(*ask, "--row", harmless)
    check("no danger, no national arrival", arrivals(answer) == [("charter", "16:00", True)], answer)
    repairs = [t["due"][:16] for t in answer["targets"] if t["kind"] == "repair"]
    check("repairs by their condition", repairs == ["2026-03-11T02:00", "2026-03-11T14:00"], answer)
    ask = ["--charter", "cap", "--class", "3h", "--from", "2026-03-10T14:00:00+01:00", "--all", "--row", "a"]
    _, answer, _ = due(*ask)
    check("where both fall together the charter governs",
          arrivals(answer) == [("charter", "17:00", True), ("national", "17:00", False)], answer)
    _, answer, _ = due("--charter", "buscemi", "--class", "G1", "--all", "--from", "2026-10-24T10:00:00+02:00")
    supply = [(t["source"], t["due"]) for t in answer["targets"] if t["kind"] == "substitute_supply"]
    check("substitute supply is 48 hours, not 2 days", ("national", "2026-10-26T09:00:00+01:00") in supply, supply)
    check("what was told stands first", answer["targets"][0]["kind"] == "arrival", answer)


def pauses():
    ask = ["--charter", "indecast", "--class", "L3", "--from", "2026-03-06T08:00:00+01:00"]
    with tempfile.TemporaryDirectory() as folder:
        path = pathlib.Path(folder) / "pauses.json"

        def paused(cause, start, end, to=ask):
            path.write_text(json.dumps([{"from": start, "to": end, "cause": cause}]))
            return due(*to, "--pauses", str(path))

        day = ("2026-03-10T00:00:00+01:00", "2026-03-11T00:00:00+01:00")
        _, answer, _ = paused("force_majeure", *day)
        check("a working day wholly inside a pause does not count",
              dues(answer) == [("arrival", "2026-03-24T00:00:00+01:00")], answer)
        _, answer, _ = paused("force_majeure", "2026-03-10T00:00:01+01:00", day[1])
        check("a day touched by work counts", dues(answer) == [("arrival", "2026-03-21T00:00:00+01:00")], answer)
        _, answer, _ = paused("strike", *day)
        check("a cause that the charter does not name stops nothing",
              dues(answer) == [("arrival", "2026-03-21T00:00:00+01:00")], answer)
        code, _, error = paused("rain", *day)
        check("an unknown cause is refused by name", code == 1 and "rain" in error and "/0" in error, error)
        path.write_text("{}")
        code, _, error = due(*ask, "--pauses", str(path))
        check("a pauses file that is no array is refused", code == 1 and "array" in error, error)


def proof():
    _, answer, _ = due("--charter", "indecast", "--class", "L3", "--from", "2026-04-02T16:20:00+02:00", "--explain")
    lines = answer["targets"][0]["explain"]
    check("the proof names the skipped holiday", any("Lunedì dell'Angelo" in l for l in lines), lines)
    check("the proof ends with the last day", "fine di ven 17 apr 2026" in lines[-1], lines)


def explained(*arguments):
    _, answer, _ = due(*arguments, "--explain", "--all")
    return {(t["kind"], t["source"]): "\n".join(t["explain"]) for t in answer["targets"]}, answer


def proof_in_italian():
    lines, answer = explained("--charter", "indecast", "--class", "L2", "--row", "F09", "--danger", "a", "--from", "2026-03-10T14:00:00+01:00")
    target = next(t for t in answer["targets"] if t["source"] == "charter")
    check("the rule has its Italian beside the English", (target["rule"], target["rule_it"]) == ("2 calendar days", "2 giorni di calendario"), target)
    check("the proof gives both with quote and section",
          "regola: 2 giorni di calendario / 2 calendar days (carta, 8.4: «entro 2 giorni di calendario dalla data della richiesta»)"
          in lines["arrival", "charter"], lines)
    check("it names the start event", "parte: mar 10 mar 2026 14:00:00 (ricezione della segnalazione)" in lines["arrival", "charter"], lines)
    check("a national rule says why it holds and since when", "vale per la situazione di pericolo a, osservata" in lines["arrival", "national"]
          and "in vigore dal 2016-07-01" in lines["arrival", "national"] and "RQSII, art. 33" in lines["arrival", "national"], lines)
    check("the national arrival is effective where it is stricter", arrivals(answer) == [("national", "17:00", True), ("charter", "00:00", False)], answer)
    check("the edition is named", answer["edition"] == "Allegato 6, in vigore dal 1 gennaio 2007", answer)
    _, answer, _ = due("--charter", "cap", "--class", "3h", "--row", "c", "--from", "2026-03-10T14:00:00+01:00", "--ring",
                       "2026-03-10T13:59:30+01:00", "--all")
    check("answering the call has its seconds", ("call_answer", "2026-03-10T14:01:30+01:00") in dues(answer), answer)


def states():
    ask = ["--charter", "sap", "--class", "60m", "--from", "2026-11-20T07:00:00+01:00", "--at", "2026-11-20T12:00:00+01:00"]
    state = lambda answer: [answer["targets"][0]["state"][k] for k in ("result", "left_s", "late_s", "excuse")]
    _, answer, _ = due(*ask, "--stopped", "2026-11-20T07:45:00+01:00")
    check("kept with a quarter of an hour left", state(answer) == ["met", 900, 0, "none"], answer)
    with tempfile.TemporaryDirectory() as folder:
        path = pathlib.Path(folder) / "pauses.json"
        path.write_text(json.dumps([{"from": "2026-11-20T07:10:00+01:00", "cause": "traffic_or_visibility"}]))
        _, answer, _ = due(*ask, "--stopped", "2026-11-20T08:15:00+01:00", "--pauses", str(path), "--explain")
    check("fog stops nothing, the miss is shown with its excuse", state(answer) == ["missed", 0, 900, "not_binding"]
          and answer["targets"][0]["due"] == "2026-11-20T08:00:00+01:00", answer)
    check("the words that say so are quoted", answer["targets"][0]["state"]["quote"] == "in condizioni normali di traffico e visibilità"
          and any("non vincola" in line for line in answer["targets"][0]["explain"]), answer)


def editions():
    _, named, _ = due("--charter", "sap", "--class", "60m", "--from", "2026-11-20T07:00:00+01:00", "--edition", "adottata il 1 gennaio 2003")
    check("an edition is asked for by name", dues(named) == [("arrival", "2026-11-20T08:00:00+01:00")], named)
    code, _, error = due("--charter", "sap", "--class", "60m", "--from", "2026-11-20T07:00:00+01:00", "--edition", "2031")
    check("an unknown edition is refused", code == 1 and "2031" in error, error)
    code, _, error = due("--charter", "sap", "--class", "60m", "--from", "2002-12-31T23:59:59+01:00")
    check("before the first edition nothing was promised", code == 1 and "no edition" in error, error)


def listed():
    run = subprocess.run([PRONTOCTL, "charter", "check", str(ROOT / "classifications/mm.json")], capture_output=True, text=True, env=ENV, timeout=60)
    check("the check prints the hours of a target", run.returncode == 0 and "night_or_holiday 22:00-06:00" in run.stdout
          and "from received, otherwise" in run.stdout, run.stdout + run.stderr)
    check("and since when a national one holds", "national, since 2018-01-01" in run.stdout, run.stdout)


def refusals():
    for name, arguments, code, words in [
        ("no such charter", ["--charter", "nowhere", "--class", "L1", "--from", "2026-03-10T14:00:00Z"], 1, "nowhere"),
        ("no such class", ["--charter", "cap", "--class", "L1", "--from", "2026-03-10T14:00:00Z"], 1, "L1"),
        ("no such row", ["--charter", "cap", "--class", "3h", "--row", "zz", "--from", "2026-03-10T14:00:00Z"], 1, "zz"),
        ("an instant without offset", ["--charter", "cap", "--class", "3h", "--from", "2026-03-29 02:30"], 1, "--from"),
        ("a check before the report", ["--charter", "ati1-rifiuti", "--class", "5gg+20gg", "--from",
                                       "2026-03-10T14:00:00Z", "--verified", "2026-03-09T14:00:00Z"], 1, "before"),
        ("a danger that is none", ["--charter", "cap", "--class", "3h", "--from", "2026-03-10T14:00:00Z", "--danger", "e"], 1, "--danger"),
        ("a stop without a present", ["--charter", "cap", "--class", "3h", "--from", "2026-03-10T14:00:00Z", "--stopped",
                                      "2026-03-10T15:00:00Z"], 2, "--at"),
        ("nothing asked", ["--charter", "cap"], 2, "prontoctl due"),
    ]:
        seen, answer, error = due(*arguments)
        check(f"{name} is refused", seen == code and answer is None and words in error, (seen, error))


for part in (labelled, shape, chained, national, pauses, proof, proof_in_italian, states, editions, listed, refusals):
    part()
print(f"{passed} passed, {failed} failed")
sys.exit(1 if failed else 0)
