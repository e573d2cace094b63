"""A damaged map is never driven by: a small one is refused at the start, a large one as soon as its bytes have been
read, while the server runs already; in both cases prontod ends and says why.
"""
import os
import pathlib
import sys

import harness
from harness import check


def spoil(source, target, at):
    """A copy with one byte changed, `at` so much of its length."""
    data = bytearray(pathlib.Path(source).read_bytes())
    data[int(len(data) * at)] ^= 0x55
    target.write_bytes(data)
    return target


def ends(stage):
    """The exit code of a prontod that should not go on, None where it does."""
    try:
        stage.start()
    except RuntimeError:
        pass
    return harness.wait_for(lambda: stage.process.poll() is not None and [stage.process.returncode], 60)


def main():
    with harness.Stage(workers=2) as stage:
        good = harness.demo_map()
        check("the demo's map is large enough to be opened unread", os.path.getsize(good) > 2 << 20, os.path.getsize(good))
        read = harness.wait_for(lambda: "the whole map is as it was built" in stage.log(), 60)
        check("a good map is read to its end and said to be good", read, stage.log()[-1000:])
        check("once, not by each worker", stage.log().count("the whole map is as it was built") == 1)
        stage.stop()
        damaged = spoil(good, pathlib.Path(stage.folder) / "damaged.map", 0.6)
        stage.settings = {"map.file": damaged}
        stage.write_conf()
        code = ends(stage)
        check("with a damaged map prontod ends", code and code[0] != 0, (code, stage.log()[-1000:]))
        check("and says why", "the map file is damaged" in stage.log() and "build the map again" in stage.log(), stage.log()[-1000:])
    return harness.finish()


if __name__ == "__main__":
    sys.exit(main())
