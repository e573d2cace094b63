"""A private PostgreSQL server for one test: its own data, a unix socket only, gone afterwards. Never as root."""
import contextlib
import glob
import os
import shutil
import subprocess
import tempfile


def programs():
    found = sorted(glob.glob("/usr/lib/postgresql/*/bin"))
    return found[-1] if found else os.path.dirname(shutil.which("initdb") or "")


def _run(command):
    """As the unprivileged user postgres where we are root: the server refuses root."""
    if os.geteuid() == 0:
        command = ["setpriv", "--reuid=postgres", "--regid=postgres", "--init-groups"] + command
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL, cwd="/tmp", timeout=120)


@contextlib.contextmanager
def server():
    """Gives (folder of the socket, process id of the postmaster)."""
    where = programs()
    folder = tempfile.mkdtemp(prefix="prontod-pg-", dir="/tmp")
    if os.geteuid() == 0:
        shutil.chown(folder, "postgres", "postgres")
    data = f"{folder}/data"
    options = f"-k {folder} -c listen_addresses='' -c fsync=off -c max_connections=60"
    try:
        _run([f"{where}/initdb", "-D", data, "-A", "trust", "-U", "postgres", "-E", "UTF8", "--locale=C.UTF-8"])
        _run([f"{where}/pg_ctl", "-D", data, "-o", options, "-l", f"{folder}/log", "-w", "start"])
        try:
            with open(f"{data}/postmaster.pid") as pid:
                yield folder, int(pid.readline())
        finally:
            _run([f"{where}/pg_ctl", "-D", data, "-m", "immediate", "-w", "stop"])
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def url(folder, name="postgres"):
    return f"host={folder} user=postgres dbname={name}"


def rows(folder, sql, name="postgres"):
    """What psql prints for a statement: lists of strings."""
    out = subprocess.run([f"{programs()}/psql", "-h", folder, "-U", "postgres", "-d", name, "-AtX", "-v", "ON_ERROR_STOP=1", "-c", sql],
                         check=True, text=True, capture_output=True, timeout=60).stdout
    return [line.split("|") for line in out.splitlines()]
