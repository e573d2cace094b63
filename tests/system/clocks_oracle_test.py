#!/usr/bin/env python3
"""The rules of the clocks once more, in Python, from their text: no line of it comes from the C.

usage: clocks_oracle_test.py           the expectations of tests/data/clocks.jsonl are what the rules give, and the C
                                       agrees with the rules on three thousand random cases
       clocks_oracle_test.py --write   writes the expectations of the file anew (after adding a case)

Rules: a day target begins the day after its start and ends with the last counted day; hours are elapsed time; a pause
takes its seconds from hours and its whole days from days. Holidays are listed, not reckoned.
"""
import copy
import datetime as dt
import json
import os
import pathlib
import random
import subprocess
import sys
import tempfile
from zoneinfo import ZoneInfo

ROOT = pathlib.Path(__file__).resolve().parents[2]
CASES = ROOT / "tests/data/clocks.jsonl"
READER = pathlib.Path(os.environ.get("PRONTOD_TEST_BUILD", ROOT / "build" / "san")) / "tests/unit/clocks_cases_test"
CHARTERS = ("cap", "indecast", "sap", "buscemi", "ati1-rifiuti", "mm", "ats")
ROME, UTC, DAY = ZoneInfo("Europe/Rome"), dt.timezone.utc, dt.timedelta(1)
EASTER_MONDAYS = {dt.date.fromisoformat(d) for d in (
    "2016-03-28", "2017-04-17", "2018-04-02", "2019-04-22", "2020-04-13", "2021-04-05", "2022-04-18", "2023-04-10", "2024-04-01",
    "2025-04-21", "2026-04-06", "2027-03-29", "2028-04-17", "2029-04-02", "2030-04-22")}
HOLIDAYS = {(1, 1), (1, 6), (4, 25), (5, 1), (6, 2), (8, 15), (11, 1), (12, 8), (12, 25), (12, 26)}
WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
# The second edition of S.A.P.'s charter that the tests lay beside the first.
SECOND_SAP = ("dicembre 2026", dt.date(2026, 12, 1), 5400)


def load(name):
    return json.loads((ROOT / "classifications" / f"{name}.json").read_text())


def instant(text):
    return dt.datetime.fromisoformat(text.replace("Z", "+00:00")).astimezone(UTC)


def date(t):
    return t.astimezone(ROME).date()


def midnight(day):
    return dt.datetime(day.year, day.month, day.day, tzinfo=ROME).astimezone(UTC)


def show(t):
    return t.astimezone(ROME).isoformat(timespec="seconds")


# ---- calendar

def is_patron(patron, day):
    if not (patron.get("valid_from") or "") <= day.isoformat() <= (patron.get("valid_to") or "9999"):
        return False
    on = patron["on"]
    if "after_easter" in on:
        return any(easter + (on["after_easter"] - 1) * DAY == day for easter in EASTER_MONDAYS)
    if "weekday" not in on:
        return (day.month, day.day) == (on["month"], on["day"])
    of_month = [d for d in (dt.date(day.year, on["month"], 1) + i * DAY for i in range(31))
                if d.month == on["month"] and d.weekday() == WEEKDAYS.index(on["weekday"])]
    at = -1 if on["nth"] < 0 else on["nth"] - 1
    return at < len(of_month) and of_month[at] == day


class Calendar:
    def __init__(self, policy, patrons, municipality):
        chosen = policy["patron_saints"]
        self.saturday = policy["working_days"] == "mon-sat"
        if isinstance(chosen, list):
            self.patrons = [p for p in patrons if p["municipality"] in chosen]
        else:
            self.patrons = [p for p in patrons if chosen and p["municipality"] == municipality]

    def holiday(self, day):
        return ((day.month, day.day) in HOLIDAYS or day in EASTER_MONDAYS or day + DAY in EASTER_MONDAYS
                or (day.month, day.day) == (10, 4) and day.year >= 2026 or any(is_patron(p, day) for p in self.patrons))

    def rests(self, day):
        return day.weekday() == 6 or self.holiday(day)

    def works(self, day):
        return day.weekday() <= (5 if self.saturday else 4) and not self.holiday(day)

    def next_working(self, day):
        while not self.works(day):
            day += DAY
        return day


# ---- sums

def joined(pauses):
    out = []
    for begin, end in sorted(p for p in pauses if p[1] > p[0]):
        if out and begin <= out[-1][1]:
            out[-1][1] = max(out[-1][1], end)
        else:
            out.append([begin, end])
    return out


def due_hours(start, seconds, pauses):
    t, left = start, dt.timedelta(seconds=seconds)
    for begin, end in joined(pauses):
        if end <= t:
            continue
        if begin > t and begin - t >= left:
            break
        left -= max(begin - t, dt.timedelta(0))
        t = end
    return t + left


def due_days(zero, target, calendar, pauses, extend):
    day, counted = date(zero), 0
    while counted < target["amount"]:
        day += DAY
        held = any(begin <= midnight(day) and end >= midnight(day + DAY) for begin, end in joined(pauses))
        counted += not held and (target["unit"] == "calendar_days" or calendar.works(day))
    if extend and target["unit"] == "calendar_days" and calendar.rests(day):
        day = calendar.next_working(day)
    return midnight(day + DAY)


def by_the_clock(when, start, calendar):
    minutes = lambda text: int(text[:2]) * 60 + int(text[3:])
    wall = start.astimezone(ROME)
    now, night = wall.hour * 60 + wall.minute, False
    if "night" in when["is"]:
        begin, end = minutes(when["night_from"]), minutes(when["night_to"])
        night = now >= begin or now < end if begin > end else begin <= now < end
    return night or "holiday" in when["is"] and calendar.rests(wall.date())


# ---- a case

class Case:
    def __init__(self, case, charter, national):
        self.case, self.charter, self.national = case, charter, national
        self.policy = {**charter["policy"], **case.get("policy", {})}
        if case.get("patrons") and "patron_saints" not in case.get("policy", {}):
            self.policy["patron_saints"] = [p["municipality"] for p in case["patrons"]]
        self.calendar = Calendar(self.policy, case.get("patrons", []), case.get("municipality"))
        own = next(c for c in charter["classes"] if c["code"] == case["class"])["targets"]
        self.targets = own + [{**t, "valid_from": t.get("valid_from", national["valid_from"])} for t in national["targets"]
                              if set(t["services"]) & set(charter["services"])]
        row = next((r for r in charter["rows"] if r["code"] == case.get("row")), {})
        self.danger = case.get("danger") or row.get("national_danger")

    def start(self, target):
        event = target["start"]
        if event in ("conversation", "call"):
            return instant(self.case.get(event) or self.case["from"])
        text = self.case["from"] if event == "received" else self.case.get(event)
        return instant(text) if text else None

    def owed(self, target, start):
        if not self.case.get("all") and not (target["first"] and target["source"] == "charter"):
            return False
        if target.get("dangers") and (not self.danger or self.danger not in target["dangers"]):
            return False
        if date(start).isoformat() < (target.get("valid_from") or ""):
            return False
        when = target.get("when", {"is": "always"})
        if when["is"] == "otherwise":
            rivals = [t["when"] for t in self.targets if t.get("when") and t["when"]["is"] != "otherwise"
                      and (t["kind"], t["source"]) == (target["kind"], target["source"])]
            return not any(by_the_clock(w, start, self.calendar) for w in rivals)
        return when["is"] == "always" or by_the_clock(when, start, self.calendar)

    def due(self, target, start, now):
        pauses = [(instant(p["from"]), instant(p["to"]) if p.get("to") else now or instant(p["from"]))
                  for p in self.case.get("pauses", []) if p["cause"] in target["pause_causes"]]
        if target["unit"] == "seconds":
            return due_hours(start, target["amount"], pauses)
        zero = start
        if self.policy["start_from"] == "protocol_date" and target["start"] == "received" and target["source"] == "charter":
            zero = (instant(self.case["protocol"]) if self.case.get("protocol")
                    else midnight(self.calendar.next_working(date(start))))
        return due_days(zero, target, self.calendar, pauses, self.policy["extend_if_holiday"])

    def excuse(self, target, start, due, at):
        words = (self.charter if target["source"] == "charter" else self.national)["excuses"]
        hindered = [p["cause"] for p in self.case.get("pauses", []) if p["cause"] not in target["pause_causes"]
                    and instant(p["from"]) < min(due, at) and (not p.get("to") or instant(p["to"]) > start)]
        for validity, name in ((True, "not_binding"), (False, "excused")):
            if any(cause in e["causes"] and e.get("validity", False) == validity for e in words for cause in hindered):
                return name
        return "none"

    def state(self, target, start, now):
        stopped = instant(self.case["stopped"]) if self.case.get("stopped") else None
        at = stopped or now
        due = self.due(target, start, at)
        missed = at > due if target["unit"] == "seconds" else at >= due
        held = any(p["cause"] in target["pause_causes"] and instant(p["from"]) <= at and not (p.get("to") and instant(p["to"]) <= at)
                   for p in self.case.get("pauses", []))
        return {"result": "missed" if missed else "met" if stopped else "paused" if held else "running",
                "late_s": int((at - due).total_seconds()) if missed else 0,
                "left_s": 0 if missed else int((due - at).total_seconds()),
                "excuse": self.excuse(target, start, due, at) if missed else "none"}

    def answer(self):
        now, out = instant(self.case["now"]) if self.case.get("now") else None, []
        for target in self.targets:
            start = self.start(target)
            if not start or not self.owed(target, start):
                continue
            due = self.due(target, start, now)
            state = self.state(target, start, now) if now else {}
            out.append((due, {"kind": target["kind"], "source": target["source"], "due": show(due), **state, "effective": False}))
        out = [o for _, o in sorted(out, key=lambda pair: pair[0])]
        for first in [o for o in out if o["kind"] == "arrival"][:1]:
            first["effective"] = True
        return out


def expectation(case, charters, national):
    charter = charters[case["charter"]]
    name, begins, seconds = SECOND_SAP
    later = case["edition"] == name if case.get("edition") else date(instant(case["from"])) >= begins
    if case["charter"] == "sap" and later:
        charter = copy.deepcopy(charter)
        charter["classes"][0]["targets"][0]["amount"] = seconds
    return Case(case, charter, national).answer()


# ---- random cases: around clock changes, Easter, holidays and year's end

def random_case(r, name, charters, patrons):
    charter = charters[r.choice(CHARTERS)]
    month, day = r.choice(((3, 25), (3, 28), (4, 1), (4, 25), (6, 1), (8, 13), (10, 2), (10, 24), (10, 30), (12, 6), (12, 23), (12, 30)))
    t = dt.datetime(r.randrange(2017, 2030), month, day, tzinfo=UTC) + dt.timedelta(seconds=r.randrange(-2 * 86400, 6 * 86400))
    if r.random() < .3:
        t = midnight(date(t)) + dt.timedelta(seconds=r.choice((-1, 0, 1)))
    code = r.choice(charter["classes"])["code"]
    case = {"name": name, "charter": charter["code"], "class": code, "from": show(t), "all": r.random() < .6, "policy": {}, "pauses": []}
    rows = [row["code"] for row in charter["rows"] if row["class"] == code]
    if rows and r.random() < .5:
        case["row"] = r.choice(rows)
    if r.random() < .2:
        case["danger"] = r.choice("abcd")
    for event, most in (("conversation", 7200), ("call", 7200), ("verified", 20 * 86400), ("interruption", 7200), ("ring", 7200)):
        if r.random() < .3:
            case[event] = show(t + dt.timedelta(seconds=r.randrange(most)))
    for key, value in (("extend_if_holiday", True), ("start_from", "protocol_date"), ("working_days", "mon-sat")):
        if r.random() < .3:
            case["policy"][key] = value
    if r.random() < .3:
        case["protocol"] = show(t + r.randrange(5) * DAY)
    if r.random() < .4:
        case["patrons"] = patrons
        case["municipality"] = r.choice(("Milano", "Buscemi", "Altrove"))
        if r.random() < .5:
            case["policy"]["patron_saints"] = True
    for _ in range(r.choice((0, 0, 1, 2, 3, 4))):
        case["pauses"].append(random_pause(r, t))
    if r.random() < .8:
        now = t + dt.timedelta(seconds=r.choice((r.randrange(20 * 86400), r.randrange(14400), 3600, 7200, 10800)))
        case["now"] = show(now)
        if r.random() < .5:
            case["stopped"] = show(min(now, t + dt.timedelta(seconds=r.randrange(20 * 86400))))
    return case


def random_pause(r, t):
    begin = t + dt.timedelta(seconds=r.randrange(-86400, 12 * 86400))
    if r.random() < .5:
        begin = midnight(date(begin))
    end = begin + dt.timedelta(seconds=r.choice((0, 600, 3600, 86400, 3 * 86400, r.randrange(6 * 86400))))
    if r.random() < .5:
        end = midnight(date(end) + DAY)
    cause = r.choice(("force_majeure", "third_party_permit", "reporter_absent", "traffic_or_visibility", "extraordinary_weather", "strike"))
    return {"from": show(begin), **({"to": show(end)} if r.random() < .8 else {}), "cause": cause}


def line(case, charters, national):
    return json.dumps({**case, "expect": expectation(case, charters, national)}, ensure_ascii=False) + "\n"


def agrees(seed, charters, national):
    """The unit test that reads cases from a file, given random ones."""
    r, patrons = random.Random(seed), [p for p in load("patrons")["patrons"] if not p.get("disputed")]
    with tempfile.NamedTemporaryFile("w", suffix=".jsonl") as file:
        for number in range(1000):
            file.write(line(random_case(r, f"random {seed}.{number}", charters, patrons), charters, national))
        file.flush()
        run = subprocess.run([READER], env={**os.environ, "PRONTOD_CLOCKS_CASES": file.name}, capture_output=True, text=True, timeout=300)
    if run.returncode:
        print(run.stderr[:4000])
    return run.returncode == 0


def main():
    charters, national = {name: load(name) for name in CHARTERS}, load("national")
    cases = [json.loads(text) for text in CASES.read_text().splitlines()]
    if sys.argv[1:] == ["--write"]:
        CASES.write_text("".join(line(case, charters, national) for case in cases))
        return 0
    wrong = [case for case in cases if case["expect"] != expectation(case, charters, national)]
    for case in wrong:
        print(f"FAILED {case['name']}: the rules give {json.dumps(expectation(case, charters, national))}")
    seeds = [seed for seed in (2026, 2027, 2028) if not agrees(seed, charters, national)]
    for seed in seeds:
        print(f"FAILED random cases of seed {seed}")
    failed = len(wrong) + len(seeds)
    print(f"{len(cases) + 3 - failed} passed, {failed} failed")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
