"""A private PostgreSQL and a prontod for system tests: everything in temporary folders, a socket in a short
private one, never as root. Programs come from PRONTOD_TEST_BUILD, pages from PRONTOD_TEST_PAGES.

    with harness.Stage(workers=3) as stage:
        answer = stage.get("/healthz")

Checks are counted by `check(name, good, seen)`; `finish()` prints the sum and returns the exit code.
"""
import glob
import http.client
import json
import os
import pathlib
import pwd
import re
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
import urllib.parse

ROOT = pathlib.Path(__file__).resolve().parents[2]
BUILD = pathlib.Path(os.environ.get("PRONTOD_TEST_BUILD", ROOT / "build" / "san"))
PAGES = pathlib.Path(os.environ.get("PRONTOD_TEST_PAGES", ROOT / "build" / "pages"))
PASSWORD = "prontod-demo"

_passed = _failed = 0


def check(name, good, seen=""):
    global _passed, _failed
    if good:
        _passed += 1
    else:
        _failed += 1
        print(f"FAILED {name}: {str(seen)[:600]}", flush=True)
    return bool(good)


def finish():
    print(f"{_passed} passed, {_failed} failed")
    return 1 if _failed else 0


def wait_for(what, seconds, step=0.05):
    """Calls until it is true; its value, or None when the time is over."""
    end = time.monotonic() + seconds
    while True:
        value = what()
        if value:
            return value
        if time.monotonic() > end:
            return None
        time.sleep(step)


def free_port():
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        return s.getsockname()[1]


def tree(pid):
    """A process and all below it."""
    pids, todo = [], [pid]
    while todo:
        one = todo.pop()
        pids.append(one)
        for path in glob.glob(f"/proc/{one}/task/*/children"):
            try:
                todo += [int(p) for p in open(path).read().split()]
            except OSError:
                pass
    return pids


class Database:
    """One cluster for a test: initdb, a socket that only we see, no TCP."""

    def __init__(self, folder, durable=False):
        self.durable = durable
        versions = glob.glob("/usr/lib/postgresql/*/bin")
        if not versions:
            sys.exit("PostgreSQL's server is not installed")
        self.bin = max(versions, key=lambda p: int(p.split("/")[-2]))
        self.data = os.path.join(folder, "pg")
        self.sockets = tempfile.mkdtemp(prefix="pg", dir="/tmp")
        self.user = None
        os.mkdir(self.data, 0o700)
        if os.getuid() == 0:
            self.user = "postgres"
            who = pwd.getpwnam(self.user)
            for path in (self.data, self.sockets):
                os.chown(path, who.pw_uid, who.pw_gid)
        self.pid = None

    def run(self, program, *arguments, check=True):
        drop = ["setpriv", f"--reuid={self.user}", f"--regid={self.user}", "--init-groups"] if self.user else []
        return subprocess.run([*drop, f"{self.bin}/{program}", *arguments], capture_output=True, text=True, cwd="/",
                              check=check, timeout=120)

    def start(self):
        self.run("initdb", "-D", self.data, "-U", "prontod", "--auth=trust", "-E", "UTF8", "--locale=C.UTF-8", "-N")
        # fsync off: these tests lose no power; what they show does not rest on the disk. Benchmarks keep it on.
        self.run("pg_ctl", "-D", self.data, "-w", "-t", "60", "-l", self.data + "/log", "-o",
                 f"-c listen_addresses='' -c unix_socket_directories='{self.sockets}' -c fsync={'on' if self.durable else 'off'} "
                 "-c max_connections=60 -c shared_buffers=32MB", "start")
        self.pid = int(open(self.data + "/postmaster.pid").readline())
        self.run("createdb", "-h", self.sockets, "-U", "prontod", "prontod")

    @property
    def url(self):
        return f"host={self.sockets} user=prontod dbname=prontod"

    def query(self, sql):
        run = self.run("psql", "-h", self.sockets, "-U", "prontod", "-d", "prontod", "-AtX", "-v", "ON_ERROR_STOP=1", "-c", sql)
        return [line.split("|") for line in run.stdout.splitlines()]

    def freeze(self):
        """Everything of it stops in its tracks, as on a hung disk."""
        # The postmaster first: it starts nobody after that, and who ended meanwhile need not be stopped.
        os.kill(self.pid, signal.SIGSTOP)
        self.frozen = tree(self.pid)
        for pid in self.frozen:
            try:
                os.kill(pid, signal.SIGSTOP)
            except ProcessLookupError:
                pass

    def thaw(self):
        for pid in reversed(self.frozen):
            try:
                os.kill(pid, signal.SIGCONT)
            except ProcessLookupError:
                pass

    def stop(self):
        if self.pid:
            self.run("pg_ctl", "-D", self.data, "-m", "immediate", "-w", "stop", check=False)
        shutil.rmtree(self.sockets, ignore_errors=True)


class Answer:
    def __init__(self, response):
        self.status = response.status
        self.headers = response.headers
        self.body = response.read()

    @property
    def text(self):
        return self.body.decode()

    @property
    def json(self):
        return json.loads(self.body) if self.body else None

    @property
    def worker(self):
        return self.headers.get("X-Prontod-Worker")

    def __repr__(self):
        return f"{self.status} {self.body[:400]!r}"


class Client:
    """One visitor: a cookie jar of one, and the headers a browser on our own page would send."""

    def __init__(self, port, headers=None):
        self.port, self.cookie, self.headers = port, None, headers or {}

    def request(self, method, path, body=None, headers=None, timeout=20):
        send = {"Host": f"127.0.0.1:{self.port}", "Origin": f"http://127.0.0.1:{self.port}", **self.headers, **(headers or {})}
        send = {k: v for k, v in send.items() if v is not None}
        if self.cookie:
            send["Cookie"] = f"prontod_session={self.cookie}"
        if isinstance(body, (dict, list)):
            body = json.dumps(body)
            send.setdefault("Content-Type", "application/json")
        link = http.client.HTTPConnection("127.0.0.1", self.port, timeout=timeout)
        try:
            link.request(method, path, body, send)
            answer = Answer(link.getresponse())
        finally:
            link.close()
        for cookie in answer.headers.get_all("Set-Cookie") or []:
            found = re.match(r"prontod_session=([^;]*)", cookie)
            if found:
                self.cookie = found.group(1) or None
        return answer

    def get(self, path, **more):
        return self.request("GET", path, **more)

    def post(self, path, body=None, **more):
        return self.request("POST", path, body if body is not None else {}, **more)

    def form(self, path, fields, **more):
        headers = {"Content-Type": "application/x-www-form-urlencoded", **more.pop("headers", {})}
        return self.request("POST", path, urllib.parse.urlencode(fields), headers=headers, **more)

    def multipart(self, path, fields, files, **more):
        """files: [(field, filename, content type, bytes)]"""
        mark = b"----prontod-" + os.urandom(8).hex().encode()
        parts = []
        for name, value in fields.items():
            parts.append(b'--%s\r\nContent-Disposition: form-data; name="%s"\r\n\r\n%s\r\n' % (mark, name.encode(), value.encode()))
        for name, filename, kind, data in files:
            parts.append(b'--%s\r\nContent-Disposition: form-data; name="%s"; filename="%s"\r\nContent-Type: %s\r\n\r\n%s\r\n'
                         % (mark, name.encode(), filename.encode(), kind.encode(), data))
        headers = {"Content-Type": "multipart/form-data; boundary=" + mark.decode(), **more.pop("headers", {})}
        return self.request("POST", path, b"".join(parts) + b"--%s--\r\n" % mark, headers=headers, **more)

    def log_in(self, login, password=PASSWORD):
        return self.post("/api/v1/session", {"login": login, "password": password})


class Stream:
    """An event stream read in a thread: events is a list of (id, name, data)."""

    def __init__(self, client, path, last_id=None):
        self.events, self.closed = [], False
        self.link = http.client.HTTPConnection("127.0.0.1", client.port, timeout=60)
        headers = {"Accept": "text/event-stream"}
        if client.cookie:
            headers["Cookie"] = f"prontod_session={client.cookie}"
        if last_id is not None:
            headers["Last-Event-ID"] = str(last_id)
        self.link.request("GET", path, headers=headers)
        self.response = self.link.getresponse()
        self.status, self.worker = self.response.status, self.response.headers.get("X-Prontod-Worker")
        self.thread = threading.Thread(target=self._read, daemon=True)
        if self.status == 200:
            self.thread.start()

    def _read(self):
        seq, name, data = None, "message", []
        try:
            for raw in self.response:
                line = raw.decode().rstrip("\n")
                if not line:
                    if data:
                        self.events.append((seq, name, json.loads("\n".join(data))))
                    seq, name, data = None, "message", []
                elif line.startswith("id: "):
                    seq = int(line[4:])
                elif line.startswith("event: "):
                    name = line[7:]
                elif line.startswith("data: "):
                    data.append(line[6:])
        except (OSError, ValueError, AttributeError, http.client.HTTPException):
            pass
        self.closed = True

    def find(self, what, seconds=60):
        """The first event for which what(name, data) is true."""
        return wait_for(lambda: next((e for e in list(self.events) if what(e[1], e[2])), None), seconds)

    def close(self):
        try:
            self.link.sock and self.link.sock.shutdown(socket.SHUT_RDWR)
        except OSError:
            pass
        self.link.close()


def opens(path):
    """Is it a map as this build writes them?"""
    return subprocess.run([str(BUILD / "src" / "prontoctl"), "map", "info", str(path)], capture_output=True, timeout=120).returncode == 0


def demo_map():
    """The demo valley as a map, made once for a build, and again where the form of maps has changed since."""
    target = BUILD / "tests" / "demo.map"
    generator = BUILD / "deploy" / "demo" / "demo-valley"
    if target.exists() and target.stat().st_mtime >= generator.stat().st_mtime and opens(target):
        return target
    target.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as folder:
        subprocess.run([str(generator), folder + "/valley.osm.pbf"], check=True, capture_output=True, timeout=120)
        subprocess.run([str(BUILD / "src" / "prontoctl"), "map", "build", folder + "/valley.osm.pbf", "-o", folder + "/demo.map"],
                       check=True, capture_output=True, timeout=300, cwd=folder)
        shutil.copy(folder + "/demo.map", str(target) + ".new")
    os.replace(str(target) + ".new", target)
    return target


class Stage:
    """Database, migrations, demo utilities, prontod."""

    def __init__(self, workers=3, with_map=True, settings=None, durable=False):
        self.workers, self.with_map, self.settings = workers, with_map, settings or {}
        self.folder = tempfile.mkdtemp(prefix="prontod-test-")
        os.chmod(self.folder, 0o755)
        self.database = Database(self.folder, durable)
        self.port = free_port()
        self.log_path = os.path.join(self.folder, "prontod.log")
        self.process = None

    def __enter__(self):
        try:
            self.database.start()
            self.write_conf()
            self.ctl("migrate")
            self.ctl("load", str(ROOT / "deploy" / "demo" / "demo.json"))
            self.start()
        except BaseException:
            self.__exit__(*sys.exc_info())
            raise
        return self

    def __exit__(self, *why):
        if self.process and self.process.poll() is None:
            self.stop()
        self.database.stop()
        if why[0] or _failed:
            print(f"log kept: {self.log_path}", flush=True)
        else:
            shutil.rmtree(self.folder, ignore_errors=True)

    def write_conf(self):
        sections = {
            "http": {"listen": f"127.0.0.1:{self.port}", "workers": self.workers, "pages": PAGES},
            # A statement that waits for a busy machine is no fault of the program.
            "database": {"url": self.database.url, "deadline_ms": 30000},
            "charters": {"dir": ROOT / "classifications"},
            "limits": {"reports_per_minute": 100000, "public_per_minute": 1000000, "logins_per_minute": 10000},
            "log": {"level": "debug"},
        }
        if self.with_map:
            sections["map"] = {"file": demo_map(), "cache": os.path.join(self.folder, "roads")}
        for name, value in self.settings.items():
            section, key = name.split(".")
            sections.setdefault(section, {})[key] = value
        self.conf = os.path.join(self.folder, "prontod.conf")
        with open(self.conf, "w") as f:
            for section, keys in sections.items():
                f.write(f"[{section}]\n" + "".join(f"{k} = {v}\n" for k, v in keys.items()))

    def ctl(self, *arguments):
        run = subprocess.run([str(BUILD / "src" / "prontoctl"), "-c", self.conf, *arguments], capture_output=True, text=True,
                             timeout=120, cwd=str(ROOT))
        if run.returncode:
            raise RuntimeError(f"prontoctl {arguments[0]}: {run.stderr}")
        return run.stdout

    def start(self):
        log = open(self.log_path, "ab")
        self.process = subprocess.Popen([str(BUILD / "src" / "prontod"), "-c", self.conf], stdout=log, stderr=log, cwd=str(ROOT))
        log.close()
        if not wait_for(self.all_ready, 60, 0.1):
            print(open(self.log_path, errors="replace").read()[-4000:])
            raise RuntimeError("prontod did not become ready")

    def all_ready(self):
        """Each worker has answered that it is ready."""
        if self.process.poll() is not None:
            raise RuntimeError(f"prontod ended with {self.process.returncode}: {self.log()[-2000:]}")
        ready = set()
        for _ in range(12 * self.workers):
            try:
                answer = self.get("/readyz", timeout=5)
            except OSError:
                return False
            if answer.status != 200:
                return False
            ready.add(answer.worker)
        return len(ready) == self.workers

    def stop(self, seconds=20):
        """SIGTERM and its exit code; None where it had to be killed."""
        self.process.send_signal(signal.SIGTERM)
        try:
            return self.process.wait(seconds)
        except subprocess.TimeoutExpired:
            for pid in tree(self.process.pid):
                os.kill(pid, signal.SIGKILL)
            self.process.wait()
            return None

    def log(self):
        with open(self.log_path, errors="replace") as f:
            return f.read()

    def client(self, login=None):
        client = Client(self.port)
        if login:
            answer = client.log_in(login)
            if answer.status != 200:
                raise RuntimeError(f"{login} cannot log in: {answer}")
        return client

    def get(self, path, **more):
        return Client(self.port).get(path, **more)

    def stream(self, path, client=None, last_id=None):
        return Stream(client or Client(self.port), path, last_id)

    def worker_pids(self):
        return tree(self.process.pid)[1:]
