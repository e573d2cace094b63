"""Tables, ways and nearest roads as OSRM answers them, beside running OSRMs: by the clock, by the processor, and whether
the answers are alike.
"""
import dataclasses
import glob
import json
import os
import random
import statistics
import time
import urllib.parse

import harness
import map_http

CREWS = (10, 100, 500)
QUESTIONS = 120
# A round ends after this for a server that did not get through its questions, but not before FEWEST of them.
ROUND_S, FEWEST = 5, 5
# How many times as fast as OSRM we mean to be.
AIMS = {10: 1, 100: 3, 500: 10}
# OSRM's hints make its answers longer, and only its own next question gains from them.
PLAIN = "generate_hints=false"
WAY = "overview=full&steps=true&alternatives=false&" + PLAIN


class Refused(Exception):
    """A server's answer that is none."""


class Server:
    """What answers at an address. Its processes are known where they run on this machine and are ours to see."""

    def __init__(self, name, url, pids):
        parts = urllib.parse.urlsplit(url)
        self.name, self.prefix, self.pids = name, parts.path.rstrip("/"), pids
        self.host, self.port = parts.hostname, parts.port or 80
        self.wire = map_http.Wire(self.host, self.port)

    def ask(self, path):
        took, head, body = self.wire.ask(map_http.request(self.prefix + path, self.port))
        try:
            answer = json.loads(body)
            code = answer["code"]
        except (ValueError, KeyError):
            raise Refused(f"{self.name}: {head.splitlines()[0].decode(errors='replace')}") from None
        if code != "Ok":
            raise Refused(f"{self.name}: {code}: {answer.get('message', '')}")
        return took, answer

    def cpu_ms(self):
        return sum(map(process_ms, self.pids))


def process_ms(pid):
    """A process's clock is addressed by its number, as clock_getcpuclockid(3) does."""
    try:
        return time.clock_gettime((~pid << 3) | 2) * 1000
    except OSError:
        return 0


def listeners(port):
    """Who listens at a port of this machine."""
    rows = [line.split() for table in ("tcp", "tcp6") for line in open(f"/proc/net/{table}").readlines()[1:]]
    sockets = {f"socket:[{row[9]}]" for row in rows if row[3] == "0A" and row[1].endswith(f":{port:04X}")}
    found = set()
    for path in glob.glob("/proc/[0-9]*/fd/*"):
        try:
            if os.readlink(path) in sockets:
                found.add(int(path.split("/")[2]))
        except OSError:
            pass
    return sorted(found)


def peer(text, places):
    """[NAME=]URL as a server, which must know these places' roads and be willing to answer as large tables as are asked."""
    name, _, url = text.rpartition("=")
    if not urllib.parse.urlsplit(url).hostname:
        raise SystemExit(f"bench: --osrm wants [NAME=]URL, as mld=http://127.0.0.1:5000, not {text}")
    made = Server(f"OSRM {name}" if name else "OSRM", url, [])
    made.pids = listeners(made.port) if made.host in ("127.0.0.1", "localhost", "::1") else []
    try:
        _, near = made.ask(f"/nearest/v1/driving/{places[0][1]},{places[0][0]}")
        made.ask(map_http.table_path(places[1:], places[0]) + "&" + PLAIN)
    except OSError as why:
        raise SystemExit(f"bench: nobody answers as OSRM at {url}: {why}") from None
    except Refused as why:
        raise SystemExit(f"bench: {why}") from None
    if near["waypoints"][0]["distance"] > 500:
        raise SystemExit(f"bench: {made.name} knows another region: its nearest road is {near['waypoints'][0]['distance']:.0f} m off")
    return made


# ---- one question after another, by turns ----

@dataclasses.dataclass
class Run:
    took: list = dataclasses.field(default_factory=list)
    cpu: list = dataclasses.field(default_factory=list) # a round's mean
    answers: dict = dataclasses.field(default_factory=dict)

    def p50(self):
        return statistics.median(self.took)

    def p99(self):
        return sorted(self.took)[len(self.took) * 99 // 100]

    def cpu_ms(self):
        return statistics.median(self.cpu)


def race(servers, paths, read, rounds):
    """Rounds of the same questions, each to one server after the other. What comes first in a round warms up and is not timed."""
    runs, share = [Run() for _ in servers], len(paths) // rounds
    for at in range(0, share * rounds, share):
        for server, run in zip(servers, runs):
            server.ask(paths[at - 1])
            before, end, asked = server.cpu_ms(), time.monotonic() + ROUND_S, 0
            for i in range(at, at + share):
                took, answer = server.ask(paths[i])
                run.took.append(took)
                run.answers[i] = read(answer)
                asked += 1
                if asked >= FEWEST and time.monotonic() > end:
                    break
            run.cpu.append((server.cpu_ms() - before) / asked)
    return runs


def report(servers, runs, what):
    for server, run in zip(servers, runs):
        cpu = f"; processor {run.cpu_ms():.2f} ms" if server.pids else ""
        print(f"  {what}, {server.name}: p50 {run.p50():.2f} ms, p99 {run.p99():.2f} ms{cpu}", flush=True)
    for server, run in zip(servers[1:], runs[1:]):
        cpu = f", {run.cpu_ms() / runs[0].cpu_ms():.1f} x by the processor" if server.pids else ""
        print(f"  {what}: {run.p50() / runs[0].p50():.1f} x as fast as {server.name}{cpu}")


# ---- are the answers alike ----

def alike(server, ours, theirs):
    """Other profiles drive at other speeds: what must agree is where there is a way at all, and much the same way."""
    both = [(a, b) for i in ours.answers.keys() & theirs.answers.keys() for a, b in zip(ours.answers[i], theirs.answers[i])]
    alone = [sum(a is None and b is not None for a, b in both), sum(a is not None and b is None for a, b in both)]
    ratios = sorted(a / b for a, b in both if a and b and b > 30)
    tenths = " ".join(f"{ratios[len(ratios) * share // 100]:.2f}" for share in (1, 10, 50, 90, 99)) if ratios else "-"
    print(f"  of {len(both)} times {alone[0]} are known to {server.name} alone, {alone[1]} to prontod alone; prontod's over {server.name}'s, "
          f"by hundredths 1 10 50 90 99: {tenths}", flush=True)


def column(answer):
    return [row[0] for row in answer["durations"]]


def trip(answer):
    return [answer["routes"][0]["duration"]]


# ---- what is asked ----

def moved(crews, turn):
    """Each elsewhere each time, within a block: nothing that was found for a place of theirs helps again."""
    rng = random.Random(turn)
    return [[f"{float(x) + rng.uniform(-0.001, 0.001):.6f}" for x in crew] for crew in crews]


def tables(made, servers, count, centre, rounds, claim):
    spots = map_http.places(made, count + QUESTIONS, centre)
    crews, incidents = spots[:count], spots[count:]
    where = f"/osrm/table, {count} crews {'within 11 km' if centre else 'anywhere'}"
    for moving in (False, True):
        what = where + (", all moved" if moving else "")
        paths = [map_http.table_path(moved(crews, turn) if moving else crews, incident) + "&" + PLAIN for turn, incident in enumerate(incidents)]
        runs = race(servers, paths, column, rounds)
        report(servers, runs, what)
        for server, run in zip(servers[1:], runs[1:]):
            claim(f"{what}: p50", runs[0].p50(), "ms", run.p50() / AIMS[count], f"1/{AIMS[count]} of {server.name}")
            if not moving:
                alike(server, runs[0], run)


def others(made, servers, centre, rounds):
    """One way with its line and steps; the nearest road."""
    where = "within 11 km" if centre else "anywhere"
    spots = [f"{lon},{lat}" for lat, lon in map_http.places(made, 2 * QUESTIONS, centre)]
    paths = [f"/route/v1/driving/{a};{b}?{WAY}" for a, b in zip(spots[::2], spots[1::2])]
    runs = race(servers, paths, trip, rounds)
    report(servers, runs, f"/osrm/route with line and steps, {where}")
    for server, run in zip(servers[1:], runs[1:]):
        alike(server, runs[0], run)
    runs = race(servers, [f"/nearest/v1/driving/{spot}?{PLAIN}" for spot in spots], lambda answer: [], rounds)
    report(servers, runs, f"/osrm/nearest, {where}")


def compare(made, wishes, claim):
    spots = map_http.places(made, max(CREWS) + 1)
    peers = [peer(text, spots) for text in wishes.osrm or []]
    if not peers:
        print("  no OSRM stands beside it: see --osrm")
    with map_http.stage(made, 1) as ours:
        servers = [Server("prontod", f"http://127.0.0.1:{ours.port}/osrm", harness.tree(ours.process.pid)), *peers]
        for centre in (spots[0], None):
            for count in CREWS:
                tables(made, servers, count, centre, wishes.rounds, claim)
            others(made, servers, centre, wishes.rounds)
