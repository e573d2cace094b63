"""A damaged map is never driven by: prontod refuses it before it serves, prontoctl before it answers, and a reload keeps
the map that is good.
"""
import os
import pathlib
import signal
import struct
import subprocess
import sys

import harness
from harness import check

CTL = str(harness.BUILD / "src" / "prontoctl")


def spoil(source, target, at):
    """A copy with one byte changed: the one at `at`."""
    data = bytearray(pathlib.Path(source).read_bytes())
    data[at] ^= 0x55
    target.write_bytes(data)
    return target


def sections(path):
    """(offset, bytes) of each section that is not empty: the table after the header's fixed part (src/map/file.h)."""
    head = pathlib.Path(path).read_bytes()[:8192]
    count, = struct.unpack_from("<Q", head, 24)
    table = [struct.unpack_from("<IIQQQ", head, 152 + 32 * i) for i in range(count)]
    check("the table of sections is where this test reads it", [row[0] for row in table] == list(range(count)), table)
    return [(offset, record * rows) for _, record, offset, rows, _ in table if rows]


def every_section(folder, good):
    """Two bytes of each, in its first record and in its last: nothing is read before it is known to be whole."""
    for offset, size in sections(good):
        for at in (offset + min(3, size - 1), offset + size - 1):
            damaged = spoil(good, folder / "damaged.map", at)
            done = subprocess.run([CTL, "map", "info", str(damaged)], text=True, capture_output=True, timeout=120)
            check(f"a map changed at byte {at} is refused", done.returncode == 1 and "damaged" in done.stderr and not done.stdout,
                  (done.returncode, done.stdout[:200], done.stderr[-300:]))


def ends(stage):
    """The exit code of a prontod that should not serve, None where it does."""
    try:
        stage.start()
    except RuntimeError:
        pass
    return harness.wait_for(lambda: stage.process.poll() is not None and [stage.process.returncode], 60)


def command_line(folder, good):
    questions = {"info": [], "eta": ["--to", "45.6,10.5"], "route": ["--from", "45.6,10.5", "--to", "45.61,10.51"],
                 "geocode": ["corso roma"], "reverse": ["45.6,10.5"], "addresses": []}
    for at in (0.001, 0.2, 0.6, 0.95):
        damaged = spoil(good, folder / "damaged.map", int(os.path.getsize(good) * at))
        for name, more in questions.items():
            done = subprocess.run([CTL, "map", name, str(damaged), *more], input="A 45.6 10.5\n", text=True, capture_output=True, timeout=120)
            check(f"map {name} refuses a map changed at {at}", done.returncode == 1 and "damaged" in done.stderr and not done.stdout,
                  (done.returncode, done.stdout[:200], done.stderr[-300:]))


def broken_reload(stage, good, folder):
    """The map is good, but no worker can start: those who serve go on, and a good configuration is taken after that."""
    stage.settings = {"map.file": good, "http.pages": folder / "no-pages"}
    stage.write_conf()
    stage.process.send_signal(signal.SIGHUP)
    said = harness.wait_for(lambda: "the one before stays" in stage.log(), 60)
    check("a reload by which nobody can serve keeps those who do", said and stage.process.poll() is None and stage.get("/readyz").status == 200,
          stage.log()[-600:])
    stage.settings = {"map.file": good}
    stage.write_conf()
    stage.process.send_signal(signal.SIGHUP)
    check("a good one is taken after it", harness.wait_for(lambda: stage.log().count("take over when they are ready") == 2 and
                                                           stage.log().count('msg="serving" worker=') >= 2 * stage.workers, 60) and
          stage.get("/readyz").status == 200, stage.log()[-600:])


def main():
    with harness.Stage(workers=2) as stage:
        good, folder = harness.demo_map(), pathlib.Path(stage.folder)
        check("the demo's map is large enough to be opened unread", os.path.getsize(good) > 2 << 20, os.path.getsize(good))
        command_line(folder, good)
        every_section(folder, good)
        damaged = spoil(good, folder / "damaged.map", os.path.getsize(good) * 6 // 10)
        stage.settings = {"map.file": damaged}
        stage.write_conf()
        stage.process.send_signal(signal.SIGHUP)
        said = harness.wait_for(lambda: "the configuration stays as it was" in stage.log(), 60)
        check("a reload with a damaged map keeps the good one", said and stage.get("/readyz").status == 200, stage.log()[-600:])
        broken_reload(stage, good, folder)
        stage.settings = {"map.file": damaged}
        stage.write_conf()
        stage.stop()
        code = ends(stage)
        check("with a damaged map prontod does not start", code and code[0] == 1, (code, stage.log()[-600:]))
        last = stage.log()
        check("and says which file, why, and what to do", str(damaged) in last and "the map file is damaged" in last and "build the map again" in last,
              last[-600:])
    return harness.finish()


if __name__ == "__main__":
    sys.exit(main())
