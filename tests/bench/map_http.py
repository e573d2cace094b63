"""The map over HTTP: the connection and the questions; memory of a further worker; whether closures delay anybody."""
import atexit
import glob
import multiprocessing
import os
import pathlib
import select
import shutil
import socket
import subprocess
import tempfile
import time

import harness

RELEASE = pathlib.Path(__file__).resolve().parents[2] / "build" / "release"
NEAR_M = 11000
DELAY_ROUNDS = 4


class Wire:
    """One keep-alive connection; requests are bytes made beforehand, so that only the server's time shows."""

    def __init__(self, host, port):
        self.host, self.port, self.link = host, port, None

    def open(self):
        self.link = socket.create_connection((self.host, self.port), timeout=60)
        self.link.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)

    def close(self):
        if self.link:
            self.link.close()
        self.link = None

    def ask(self, request):
        """Milliseconds and the answer's head and body. To connect is no part of it, once or again."""
        if self.link and self.left():
            self.close()
        if not self.link:
            self.open()
        begun = time.perf_counter()
        self.link.sendall(request)
        data = b""
        while b"\r\n\r\n" not in data:
            data += self.more()
        head, _, body = data.partition(b"\r\n\r\n")
        fields = dict(line.lower().split(b": ", 1) for line in head.split(b"\r\n")[1:])
        chunked = fields.get(b"transfer-encoding") == b"chunked"
        length = int(fields.get(b"content-length", 0))
        while (not body.endswith(b"0\r\n\r\n")) if chunked else (len(body) < length):
            body += self.more()
        took = (time.perf_counter() - begun) * 1000
        if fields.get(b"connection") == b"close":
            self.close()
        return took, head, body

    def left(self):
        """Between answers there is nothing to read, but that the other side has closed: OSRM does, after some seconds or questions."""
        return bool(select.select([self.link], [], [], 0)[0])

    def more(self):
        """What came is acknowledged at once: a server with Nagle's delay, as OSRM, holds back the rest of its answer till then."""
        self.link.setsockopt(socket.IPPROTO_TCP, socket.TCP_QUICKACK, 1)
        part = self.link.recv(1 << 18)
        if not part:
            raise ConnectionError("the server closed the connection")
        return part


def request(path, port, cookie=None):
    more = f"Cookie: prontod_session={cookie}\r\n" if cookie else ""
    return f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nAccept-Encoding: identity\r\n{more}\r\n".encode()


def places(made, count, centre=None):
    around = [centre[0], centre[1], str(NEAR_M)] if centre else []
    out = subprocess.run([str(RELEASE / "tests" / "bench" / "bench_places"), made, str(count), *around], text=True,
                         capture_output=True, check=True, timeout=300).stdout
    return [line.split() for line in out.splitlines()]


def table_path(crews, incident):
    spots = ";".join(f"{lon},{lat}" for lat, lon in crews + [incident])
    return f"/table/v1/driving/{spots}?sources={';'.join(map(str, range(len(crews))))}&destinations={len(crews)}"


def stage(made, workers, **more):
    """Metrics lie in memory, where prontod keeps them unless told otherwise."""
    cache = tempfile.mkdtemp(prefix="prontod-bench-", dir="/dev/shm" if os.path.isdir("/dev/shm") else None)
    os.chmod(cache, 0o700)
    atexit.register(shutil.rmtree, cache, ignore_errors=True)
    settings = {"map.file": made, "map.cache": cache + "/roads", "log.level": "warn", "osrm.open_to": "127.0.0.1/32", "limits.osrm_per_minute": 1000000, **more}
    return harness.Stage(workers=workers, settings=settings)


# ---- memory ----

def smaps(pid):
    """KiB of a process by kind."""
    out = {}
    for line in open(f"/proc/{pid}/smaps_rollup"):
        words = line.split()
        if len(words) == 3 and words[2] == "kB":
            out[words[0].rstrip(":")] = int(words[1])
    return out


def worker_memory(made, workers):
    """MB of all processes together, each page once, after every worker has ranked 500 crews: what is theirs, and of files."""
    crews, incidents = places(made, 500, places(made, 1)[0]), places(made, 20)
    with stage(made, workers) as ours:
        seen = set()
        for _ in range(40 * workers):
            wire = Wire("127.0.0.1", ours.port)
            for incident in incidents:
                _, head, _ = wire.ask(request("/osrm" + table_path(crews, incident), ours.port))
            seen |= {line for line in head.split(b"\r\n") if line.lower().startswith(b"x-prontod-worker")}
            wire.close()
            if len(seen) == workers:
                break
        pids = harness.tree(ours.process.pid)
        return [sum(smaps(pid)[kind] for pid in pids) / 1024 for kind in ("Pss_Anon", "Pss_File", "Pss_Shmem")]


def memory(made, claim):
    """The map is one file for all: what of it lies in memory is counted once, and goes when others need the room."""
    few, many = worker_memory(made, 1), worker_memory(made, 3)
    for number, kinds in ((1, few), (3, many)):
        print(f"  prontod with {number} worker(s): {kinds[0]:.0f} MB of its own, {kinds[2]:.0f} MB shared, {kinds[1]:.0f} MB of files")
    claim("memory of a further worker", (many[0] + many[2] - few[0] - few[2]) / 2, "MB", 50)


# ---- closures delay nobody ----

class Waits:
    """Since when it was last asked: how long our own process and the threads of a worker that answer us, all of them
    runnable, waited for a processor, in ms. What other programs of this machine take shows here; so does what prontod
    takes from itself where it makes new times."""

    def __init__(self, link, pids):
        answers = [task for task in glob.glob(f"/proc/{answering(link, pids)}/task/*") if open(task + "/comm").read() != "sums\n"]
        self.files = [os.open(task + "/schedstat", os.O_RDONLY) for task in ["/proc/self", *answers]]
        self.seen = 0
        self.since()

    def since(self):
        before, self.seen = self.seen, sum(int(os.pread(file, 99, 0).split()[1]) for file in self.files)
        return (self.seen - before) / 1e6


def answering(link, pids):
    """The process at the other end of a connection on this machine."""
    ours, theirs = (f"{port:04X}" for port in (link.getsockname()[1], link.getpeername()[1]))
    rows = [line.split() for line in open("/proc/net/tcp").read().splitlines()[1:]]
    inode = next(row[9] for row in rows if row[1].endswith(":" + theirs) and row[2].endswith(":" + ours))
    return next(pid for pid in pids if any(linked(file) == f"socket:[{inode}]" for file in glob.glob(f"/proc/{pid}/fd/*")))


def linked(file):
    try:
        return os.readlink(file)
    except OSError: # closed meanwhile
        return ""


def trickle_one(port, pids, requests, seconds, answer):
    """Small questions on one connection, one after another. A process of its own: no other thread holds it up. For each:
    milliseconds by the clock, and those of them that it waited for a processor."""
    wire, took, i = Wire("127.0.0.1", port), [], 0
    wire.ask(requests[0])
    waits = Waits(wire.link, pids)
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        waits.since()
        ms = wire.ask(requests[i % len(requests)])[0]
        took.append((ms, min(ms, waits.since())))
        i += 1
        time.sleep(0.003)
    wire.close()
    answer.put(took)


def trickle(ours, requests, seconds, meanwhile=None):
    answers, pids = multiprocessing.Queue(), ours.worker_pids()
    crowd = [multiprocessing.Process(target=trickle_one, args=(ours.port, pids, requests, seconds, answers)) for _ in range(4)]
    for one in crowd:
        one.start()
    if meanwhile:
        meanwhile(time.monotonic() + seconds - 1)
    took = [pair for _ in crowd for pair in answers.get()]
    for one in crowd:
        one.join()
    return took


def close_roads(ours, desk, spots, effect):
    """Closes one place after another until `end`; when every worker drives by it is noted."""
    def work(end):
        while spots and time.monotonic() < end:
            lat, lon = spots.pop()
            before = desk.get("/api/v1/roads").json["metric"]
            begun = time.monotonic()
            done = desk.post("/api/v1/closures", {"kind": "closed", "points": [{"lat": float(lat), "lon": float(lon)}], "reason": "prova"})
            if done.status != 201:
                continue
            changed = harness.wait_for(lambda: desk.get("/api/v1/roads").json["metric"] != before, 20, 0.02)
            effect.append((time.monotonic() - begun) if changed else 20.0)
    return work


def at(values, share):
    """The value below which that share lies; 1: the largest."""
    return sorted(values)[min(len(values) - 1, int(len(values) * share))]


def delay(made, claim):
    """The same questions with and without new times, by turns, in one run."""
    crews, incidents, spots = places(made, 10), places(made, 20), places(made, 20 * DELAY_ROUNDS)
    with stage(made, 2) as ours:
        desk = ours.client("marta")
        if desk.get("/api/v1/roads").status != 200:
            print("  this prontod knows no closures")
            return
        requests = [request("/osrm" + table_path(crews, incident), ours.port) for incident in incidents]
        requests += [request("/api/v1/live", ours.port)] * 20
        effect, without, beside = [], [], []
        trickle(ours, requests, 3)
        for _ in range(DELAY_ROUNDS):
            without.append(trickle(ours, requests, 6))
            beside.append(trickle(ours, requests, 6, close_roads(ours, desk, spots, effect)))
    print(f"  {len(effect)} new metrics in {DELAY_ROUNDS} rounds")
    for name, rounds in (("without new times", without), ("while new times are made", beside)):
        say_delay(name, rounds)
    if effect:
        claim("a closure takes effect: worst", max(effect), "s", 2)
    for what, share in (("p99", 0.99), ("p99.9", 0.999), ("the worst of all", 1)):
        more = at([by_clock(one) for took in beside for one in took], share) - at([by_clock(one) for took in without for one in took], share)
        claim(f"delay of requests by new times: {what}", more, "ms", 5)
    claim("worst while new times are made, less waiting for a processor", max(by_us(one) for took in beside for one in took), "ms", 5)


def by_clock(one):
    return one[0]


def by_us(one):
    """What is prontod's (and this program's) own: work, locks, missing pages."""
    return one[0] - one[1]


def say_delay(name, rounds):
    took = [one for part in rounds for one in part]
    figures = ", ".join(f"{word} {at([by_clock(one) for one in took], share):.2f}" for word, share in (("p50", 0.5), ("p99", 0.99), ("p99.9", 0.999)))
    print(f"  {len(took)} small requests {name}: {figures}, worst by round {' '.join(f'{max(map(by_clock, part)):.1f}' for part in rounds)} ms; "
          f"without waiting for a processor p99.9 {at([by_us(one) for one in took], 0.999):.2f}, worst by round {' '.join(f'{max(map(by_us, part)):.1f}' for part in rounds)} ms; "
          f"waited {sum(one[1] for one in took) / len(took) * 1000:.0f} us a request")
