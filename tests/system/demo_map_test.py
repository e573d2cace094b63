"""The demo's invented valley has what a first start needs, and the shape of a real Italian town's roads.

Counts come from the map that prontoctl builds of it. Its shape stands beside the Trento extract's, each
figure within 20 %, where PRONTOD_TEST_OSM names the folder of real extracts; else that part is skipped.
"""
import fcntl
import hashlib
import json
import os
import pty
import re
import struct
import subprocess
import sys
import tempfile
import termios

BUILD = os.environ.get("PRONTOD_TEST_BUILD", "build/san")
SHAPE = ["dead_ends", "degree3", "degree4", "mean_m", "p25_m", "median_m", "p75_m", "p90_m"]
passed, failed, skipped = 0, 0, 0


def check(good, text):
    global passed, failed
    print(("ok   " if good else "FAIL ") + text)
    if good:
        passed += 1
    else:
        failed += 1


def run(*command):
    return subprocess.run(command, check=True, text=True, capture_output=True, timeout=120).stdout


def digest(path):
    return hashlib.sha256(open(path, "rb").read()).hexdigest()


def check_counts(info):
    least = {"streets": 400, "addresses": 9000, "restrictions": 60}
    for what, number in least.items():
        check(info[what] >= number, f"{info[what]} {what}, at least {number}")
    check(info["municipalities"] == 3, f"{info['municipalities']} municipalities with boundaries, three wanted")


def check_places(directory):
    questions = {"pharmacy": "farmacia al ponte", "school": "scuola primaria giovanni pascoli", "hamlet": "selvapiana",
                 "old town": "vicolo del forno", "provincial road": "strada provinciale 9"}
    for what, question in questions.items():
        lines = run(f"{BUILD}/src/prontoctl", "map", "geocode", f"{directory}/valley.map", question).splitlines()
        first = json.loads(lines[0])["label"] if lines else "nothing"
        check(question.split()[-1] in first.lower(), f"{what}: «{question}» finds {first}")
    numbers = run(f"{BUILD}/src/prontoctl", "map", "geocode", f"{directory}/valley.map", "corso roma 12, borgo valdoro")
    check('"kind":"address"' in numbers.replace(" ", ""), "a house number is found as an address")


def refused(*arguments):
    done = subprocess.run([f"{BUILD}/src/prontoctl", "map", *arguments], text=True, capture_output=True, stdin=subprocess.DEVNULL, timeout=120)
    return done.stderr.strip() if done.returncode == 1 and not done.stdout else f"rc {done.returncode}: {done.stdout}"


def check_words(directory):
    """What cannot be answered is said, with the file or the end that is to blame."""
    valley, here, away = f"{directory}/valley.map", "45.66,10.25", "45,9"
    said = refused("info", f"{directory}/nope.map")
    check(f"{directory}/nope.map: " in said, f"no such file: {said}")
    said = refused("eta", valley, "--to", away)
    check("--to 45,9 is not near a road" in said, f"times to off the map: {said}")
    said = refused("route", valley, "--from", away, "--to", here)
    check("--from 45,9 is not near a road" in said, f"a way from off the map: {said}")
    said = refused("route", valley, "--from", here, "--to", away)
    check("--to 45,9 is not near a road" in said, f"a way to off the map: {said}")


def check_bar(valley, directory):
    """The bar stays in one line of the terminal, however narrow."""
    for columns in (40, 120):
        ours, theirs = pty.openpty()
        fcntl.ioctl(theirs, termios.TIOCSWINSZ, struct.pack("HHHH", 24, columns, 0, 0))
        builder = subprocess.Popen([f"{BUILD}/src/prontoctl", "map", "build", valley, "-o", f"{directory}/bar.map"], stderr=theirs)
        os.close(theirs)
        written = b""
        try:
            while chunk := os.read(ours, 4096):
                written += chunk
        except OSError:
            pass  # the terminal's other end is closed
        os.close(ours)
        good = builder.wait(timeout=120) == 0
        widest = max(len(line) for line in re.split(r"[\r\n]+", written.decode()))
        check(good and 20 < widest < columns, f"the bar is {widest} wide on {columns} columns")


def check_shape(valley, folder):
    global skipped
    trento = os.path.join(folder, "trento-2023-02.osm.pbf") if folder else ""
    if not os.path.exists(trento):
        print("skip: PRONTOD_TEST_OSM names no folder with trento-2023-02.osm.pbf")
        skipped += len(SHAPE)
        return
    ours, real = [json.loads(line) for line in run(f"{BUILD}/deploy/demo/demo-valley", "--stats", valley, trento).splitlines()]
    print(f"     {'':10} {'valley':>10} {'Trento':>10}")
    for key in SHAPE:
        ratio = ours[key] / real[key]
        check(0.8 <= ratio <= 1.2, f"{key:10} {ours[key]:10.3f} {real[key]:10.3f}  ratio {ratio:.2f}")


def main():
    with tempfile.TemporaryDirectory() as directory:
        valley, again = f"{directory}/valley.osm.pbf", f"{directory}/again.osm.pbf"
        run(f"{BUILD}/deploy/demo/demo-valley", valley)
        run(f"{BUILD}/deploy/demo/demo-valley", again)
        check(digest(valley) == digest(again), "the same valley comes out each time")
        run(f"{BUILD}/src/prontoctl", "map", "build", valley, "-o", f"{directory}/valley.map")
        check_counts(json.loads(run(f"{BUILD}/src/prontoctl", "map", "info", f"{directory}/valley.map")))
        check_places(directory)
        check_words(directory)
        check_bar(valley, directory)
        check_shape(valley, os.environ.get("PRONTOD_TEST_OSM"))
    tail = f", {skipped} skipped" if skipped else ""
    print(f"{passed} passed, {failed} failed{tail}")
    return 1 if failed else 0


sys.exit(main())
