"""Real OpenStreetMap extracts (PRONTOD_TEST_OSM names their folder): routes equal to a plain Dijkstra, addresses
found again, tiles drawn; and prontoctl map as a person uses it. Skipped where no folder is named.
"""
import json
import os
import re
import subprocess
import sys
import tempfile

BUILD = os.environ.get("PRONTOD_TEST_BUILD", "build/san")
CTL = f"{BUILD}/src/prontoctl"
passed, failed = 0, 0


def check(good, text):
    global passed, failed
    print(("ok   " if good else "FAIL ") + text)
    if good:
        passed += 1
    else:
        failed += 1


def run(*command, stdin=""):
    return subprocess.run(command, text=True, capture_output=True, timeout=300, input=stdin)


def check_program():
    global passed, failed
    done = run(f"{BUILD}/tests/system/map_real_check")
    print(done.stdout, done.stderr)
    good = sum(int(n) for n in re.findall(r"PASSED  \] (\d+) test", done.stdout + done.stderr))
    passed += good
    failed += len(set(re.findall(r"FAILED  \] (\w+)$", done.stdout + done.stderr, re.M))) or int(done.returncode != 0)


def check_commands(folder, directory):
    made = f"{directory}/trento.map"
    done = run(CTL, "map", "build", f"{folder}/trento-2023-02.osm.pbf", "-o", made)
    check(done.returncode == 0 and os.path.exists(made), "map build makes the file: " + done.stderr.strip()[-200:])
    check(not [f for f in os.listdir(directory) if "part" in f], "nothing else is left beside it")
    info = json.loads(run(CTL, "map", "info", made).stdout)
    check(info["junctions"] > 6000 and info["addresses"] > 6000, f"map info counts: {info['junctions']} junctions")
    crews = "A 46.0627 11.1236\nB 46.0919 11.1177\nfar 45.0 9.0\n"
    lines = [json.loads(l) for l in run(CTL, "map", "eta", made, "--to", "46.0777,11.1171", stdin=crews).stdout.splitlines()]
    check([l["id"] for l in lines][-1] == "far" and lines[-1]["eta_s"] is None, "who cannot come is last, with null")
    check(0 < lines[0]["eta_s"] <= lines[1]["eta_s"] < 1800, f"soonest first: {lines}")
    first = json.loads(run(CTL, "map", "geocode", made, "c.so 3 novembre 10").stdout.splitlines()[0])
    check(first["label"] == "Corso III Novembre 10, Trento" and first["kind"] == "address", first["label"])
    arrays = [json.loads(l) for l in run(CTL, "map", "geocode", made, "--lines", stdin="via piave 84\nxyzzy\n").stdout.splitlines()]
    check(len(arrays) == 2 and arrays[0][0]["municipality"] == "Trento" and arrays[1] == [], "--lines: an array a line")
    near = run(CTL, "map", "geocode", made, "--lines", stdin="46.0627,11.1236\tc.so iii novemrbe\nvia piave angolo via milano\nvia piave 9999\n")
    street, crossing, far = [json.loads(l)[0] for l in near.stdout.splitlines()]
    check(street["street"] == "Corso III Novembre", f"a line may say where it is asked: {street}")
    check(crossing["kind"] == "crossing" and crossing["label"] == "Via Piave angolo Via Milano, Trento", f"two streets: {crossing}")
    check(far["kind"] == "street" and far["number"] is None, f"no number is made up: {far}")
    listed = [json.loads(l) for l in run(CTL, "map", "addresses", made).stdout.splitlines()]
    kinds = {kind: sum(e["kind"] == kind for e in listed) for kind in ("street", "address", "place", "crossing")}
    check(kinds["street"] == info["streets"] and kinds["place"] == info["places"] and kinds["crossing"] > 1000, f"map addresses: {kinds}")
    check(kinds["address"] > 6000 and all(e["number"] for e in listed if e["kind"] == "address"), "addresses have their number")
    there = json.loads(run(CTL, "map", "reverse", made, "46.0627266,11.1267672").stdout)
    check(there["street"] == "Via Piave" and there["number"] == "84", f"reverse: {there}")
    check_drives(folder, directory, made)
    check_overlap(folder, directory, made)
    check_refusals(folder, directory, made)


def drive(made, start, to):
    line = json.loads(run(CTL, "map", "eta", made, "--to", to, stdin=f"A {start}\n").stdout)
    return line["eta_s"], line["distance_m"]


def check_drives(folder, directory, made):
    """Drives that people know, by their length and roughly by their time."""
    for name, start, to, minutes, km in (
        ("Piazza Dante to Povo", "46.0722 11.1199", "46.0660,11.1545", (7, 15), (4.5, 7)),
        ("Piazza Dante to Gardolo", "46.0722 11.1199", "46.1090,11.1130", (6, 15), (4.5, 8)),
        ("Santa Chiara to Piazza Dante", "46.0575 11.1330", "46.0722,11.1199", (4, 10), (1.8, 4)),
    ):
        eta, metres = drive(made, start, to)
        check(eta is not None and minutes[0] * 60 < eta < minutes[1] * 60 and km[0] < metres / 1000 < km[1],
              f"{name}: {eta} s, {metres} m")
    malta = f"{directory}/malta.map"
    done = run(CTL, "map", "build", f"{folder}/malta-2018-08.osm.pbf", "-o", malta)
    check("percent=" in done.stderr, "without a terminal a log line tells how far it is")
    info = json.loads(run(CTL, "map", "info", malta).stdout)
    check(info["kept"]["ferries"] >= 1 and info["islands"] == [], f"Gozo belongs to Malta by ship: {info['kept']}")
    eta, metres = drive(malta, "35.8955 14.5075", "36.0443,14.2393")
    check(eta is not None and 45 * 60 < eta < 120 * 60 and metres > 33000, f"Valletta to Gozo: {eta} s, {metres} m")


def check_overlap(folder, directory, made):
    both = f"{directory}/both.map"
    run(CTL, "map", "build", f"{folder}/trento-2023-02.osm.pbf", f"{folder}/trento-centro-2023-02.osm.pbf", "-o", both)
    one, two = (json.loads(run(CTL, "map", "info", m).stdout)["checksum"] for m in (made, both))
    check(one == two, "what two inputs share is taken once")


def check_refusals(folder, directory, made):
    cut = f"{directory}/cut.map"
    with open(made, "rb") as whole, open(cut, "wb") as part:
        part.write(whole.read()[:-100])
    for path, why in ((cut, "truncated"), (f"{folder}/trento-2023-02.osm.pbf", "not a prontod map"), ("/nonexistent", "open")):
        done = run(CTL, "map", "info", path)
        check(done.returncode == 1 and why in done.stderr, f"refused: {done.stderr.strip()}")
    done = run(CTL, "map", "build", made, "-o", f"{directory}/none.map")
    check(done.returncode == 1 and not os.path.exists(f"{directory}/none.map"), f"no input: {done.stderr.strip()}")
    check(run(CTL, "map", "build").returncode == 2, "wrong usage is told so")


def main():
    folder = os.environ.get("PRONTOD_TEST_OSM")
    if not folder:
        print("0 passed, 0 failed, 1 skipped")
        return 0
    check_program()
    with tempfile.TemporaryDirectory() as directory:
        check_commands(folder, directory)
    print(f"{passed} passed, {failed} failed")
    return failed > 0


sys.exit(main())
