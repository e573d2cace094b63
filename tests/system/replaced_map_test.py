"""A map file that changes on disk while it is served: who comes back after a crash drives by the very map the others
drive by, checked byte by byte, and the log says what lies on disk and what to do. Only a reload takes a new map.
"""
import os
import pathlib
import shutil
import signal
import subprocess
import sys

import harness
from harness import check

CTL = str(harness.BUILD / "src" / "prontoctl")
WORKERS = 2


def other_map(folder):
    """A good map that is not the demo's: one street."""
    (folder / "street.osm").write_text("""<osm version="0.6">
<node id="1" lat="45.60" lon="10.50" version="1"/><node id="2" lat="45.60" lon="10.51" version="1"/><node id="3" lat="45.61" lon="10.51" version="1"/>
<way id="1" version="1"><nd ref="1"/><nd ref="2"/><nd ref="3"/><tag k="highway" v="residential"/><tag k="name" v="Via Nuova"/></way>
</osm>
""")
    subprocess.run([CTL, "map", "build", str(folder / "street.osm"), "-o", str(folder / "street.map")], check=True, capture_output=True, timeout=120)
    return folder / "street.map"


def maps_served(desk):
    """By worker: the checksum of the map it drives by."""
    served = {}
    for _ in range(20 * WORKERS):
        answer = desk.get("/api/v1/roads")
        if answer.status == 200:
            served[answer.worker] = answer.json["map"]
        if len(served) == WORKERS:
            break
    return served


def crash_one(stage):
    """Kills a worker. True once another serves in its place and all are ready."""
    before = stage.worker_pids()
    starts = stage.log().count("msg=\"serving\"")
    os.kill(before[0], signal.SIGKILL)
    return harness.wait_for(lambda: before[0] not in stage.worker_pids() and stage.log().count("msg=\"serving\"") > starts
                            and all_ready(stage), 60)


def all_ready(stage):
    try:
        return stage.all_ready()
    except OSError:
        return False


def renamed(stage, desk, file, first):
    """Somebody renames a new map into place and forgets the reload."""
    os.replace(other_map(pathlib.Path(stage.folder)), file)
    check("a worker comes back", crash_one(stage), stage.log()[-600:])
    served = maps_served(desk)
    check("a file renamed into place changes no worker's map", served == dict.fromkeys(served, first) and len(served) == WORKERS, (first, served))
    check("and the log says what to do", "the map file on disk is another one" in stage.log() and "reload" in stage.log(), stage.log()[-600:])
    stage.process.send_signal(signal.SIGHUP)
    took = harness.wait_for(lambda: (lambda now: len(now) == WORKERS and first not in now.values())(maps_served(desk)), 60)
    check("a reload takes it", took, maps_served(desk))


def removed(stage, desk, file, first):
    said = stage.log().count("the map file on disk is gone")
    os.unlink(file)
    check("a worker comes back without the file", crash_one(stage), stage.log()[-600:])
    served = maps_served(desk)
    check("and drives by the map of the others", served == dict.fromkeys(served, first) and len(served) == WORKERS, (first, served))
    check("which the log says", stage.log().count("the map file on disk is gone") > said, stage.log()[-600:])


def written_over(stage, desk, file, first):
    """The bytes that the others have mapped change under them: nobody new drives by what was not checked."""
    os.utime(file)
    check("a worker comes back to a file with another date", crash_one(stage), stage.log()[-600:])
    check("its bytes are the same", maps_served(desk).keys() == {"1", "2"} and "written over" not in stage.log(), stage.log()[-600:])
    at = int(file.stat().st_size * 0.6)
    flip(file, at)
    victim = stage.worker_pids()[0]
    os.kill(victim, signal.SIGKILL)
    refused = harness.wait_for(lambda: "cannot start" in stage.log() and "written over" in stage.log() and "is damaged" in stage.log(), 60)
    check("a file that was damaged in place is not served by a new worker, and the log says so", refused, stage.log()[-900:])
    flip(file, at)
    check("made good again it is", harness.wait_for(lambda: all_ready(stage), 60), stage.log()[-600:])
    served = maps_served(desk)
    check("by all", served == dict.fromkeys(served, first) and len(served) == WORKERS, (first, served))


def flip(file, at):
    with open(file, "r+b") as f:
        f.seek(at)
        byte = f.read(1)[0]
        f.seek(at)
        f.write(bytes([byte ^ 0x55]))


def on_a_map(story):
    with harness.Stage(workers=WORKERS) as stage:
        file = pathlib.Path(stage.folder) / "region.map"
        shutil.copy(harness.demo_map(), file)
        stage.stop()
        stage.settings = {"map.file": file}
        stage.write_conf()
        stage.start()
        desk = stage.client("marta")
        served = maps_served(desk)
        check("all workers drive by one map", len(served) == WORKERS and len(set(served.values())) == 1, served)
        story(stage, desk, file, next(iter(served.values()), None))


def main():
    for story in (renamed, removed, written_over):
        on_a_map(story)
    return harness.finish()


if __name__ == "__main__":
    sys.exit(main())
