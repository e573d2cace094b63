"""The demo's invented valley has what a first start needs, and the shape of a real Italian town's roads.

Counts come from the map that prontoctl builds of it. Its shape stands beside the Trento extract's, each
figure within 20 %, where PRONTOD_TEST_OSM names the folder of real extracts; else that part is skipped.
"""
import hashlib
import json
import os
import subprocess
import sys
import tempfile

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
        check_shape(valley, os.environ.get("PRONTOD_TEST_OSM"))
    tail = f", {skipped} skipped" if skipped else ""
    print(f"{passed} passed, {failed} failed{tail}")
    return 1 if failed else 0


sys.exit(main())
