#!/usr/bin/env python3
"""A worker that starts says it is ready only once it drives by the roads as they are, and a folder of metrics that
somebody else keeps locked holds up neither the roads nor the end. The lock is held the whole time, so that nothing here
hangs on how fast the machine is."""
import contextlib
import fcntl
import glob
import http.client
import os
import signal
import sys
import time

import harness
from harness import check, wait_for

LONG = 60  # seconds: the end of any wait
ZONE = [{"lat": 45.655, "lon": 10.225}, {"lat": 45.655, "lon": 10.235}, {"lat": 45.665, "lon": 10.235}, {"lat": 45.665, "lon": 10.225}]


@contextlib.contextmanager
def locked(folder):
    """As by a prontod that was stopped in its tracks while it made a metric."""
    with open(os.path.join(folder, "lock"), "a") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def close(stage, **more):
    made = stage.client("marta").post("/api/v1/closures", {"kind": "closed", "area": True, "points": ZONE, **more})
    check("a closure is made", made.status == 201 and made.json["roads"], made)


def roads(stage):
    return stage.client("marta").get("/api/v1/roads").json


def in_force(stage, count):
    def good():
        now = roads(stage)
        return now["state"] == "ok" and now["closures"] == count
    return wait_for(good, LONG)


def drive(stage):
    """Through the closed zone: (status, code, seconds)."""
    answer = stage.client("marta").get("/osrm/table/v1/driving/10.2150,45.6600;10.2450,45.6600?sources=0&destinations=1")
    return answer.status, answer.json["code"], (answer.json.get("durations") or [[None]])[0][0]


def before_ready(stage, folder, shut):
    """A worker that died and comes back beside a locked folder knows the roads after seconds: no time is told until then."""
    for path in glob.glob(folder + "/*.metric"):
        os.unlink(path)
    seen, ready = set(), False
    with locked(folder):
        os.kill(stage.worker_pids()[0], signal.SIGKILL)
        end = time.monotonic() + LONG
        while not ready and time.monotonic() < end:
            with contextlib.suppress(OSError, http.client.HTTPException):
                ready = stage.get("/readyz").status == 200
                seen.add(drive(stage))
    check("until it is ready it says that it is busy", (503, "Busy", None) in seen, seen)
    check("and tells no time but the one round what is closed", ready and seen <= {(503, "Busy", None), shut}, (seen, shut))


def main():
    with harness.Stage(workers=1) as stage:
        folder = os.path.join(stage.folder, "roads")
        stage.client("marta").post("/api/v1/roads", {"profile": "snow"})  # no hour of the day matters here
        open_way = drive(stage)
        close(stage)
        check("it is in force", in_force(stage, 1), roads(stage))
        shut = drive(stage)
        check("who drives through drives round it", shut[:2] == (200, "Ok") and shut[2] != open_way[2], (open_way, shut))
        before_ready(stage, folder, shut)
        check("it ends clean", stage.stop() == 0)
        for path in glob.glob(folder + "/*.metric"):
            os.unlink(path)
        with locked(folder):
            stage.start()
            first = roads(stage)
            check("the first answer after ready counts the closure", first["closures"] == 1 and first["state"] == "ok", first)
            check("times that cannot be shared are said", "is not shared" in stage.log(), stage.log()[-2000:])
            close(stage, kind="slow", speed=0.5)
            check("a locked folder keeps no road open", in_force(stage, 2), roads(stage))
            check("nothing was written there", not glob.glob(folder + "/*.metric*"), os.listdir(folder))
            close(stage, kind="slow", speed=0.5)
            check("nor the server from ending", stage.stop() == 0)
        stage.start()
        check("once it is free metrics are shared again", roads(stage)["closures"] == 3 and glob.glob(folder + "/*.metric"), os.listdir(folder))
        check("it ends clean again", stage.stop() == 0)
    return harness.finish()


if __name__ == "__main__":
    sys.exit(main())
