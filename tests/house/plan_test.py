"""The house plan is true: compares src/README.md's table with what the code includes.

For each folder, every quoted include must belong to a folder of its "may include" column; every outside
library's header must occur only in the files named in its last column; every public header must compile
alone, as C, and as C++ too where it offers itself to C++.
"""
import os
import re
import shutil
import subprocess
import sys

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
# Header prefixes by which an outside library is known.
LIBRARIES = {
    "libevent": ("event2/", "event.h", "evhttp.h"),
    "libpq": ("libpq-fe.h", "postgresql/"),
    "libcurl": ("curl/",),
    "json-c": ("json-c/", "json.h", "json_"),
    "libsodium": ("sodium",),
    "GMime": ("gmime/",),
    "GLib": ("glib",),
    "libstemmer": ("libstemmer",),
    "libosmium": ("osmium/",),
    "protozero": ("protozero/",),
    "zlib": ("zlib.h",),
    "threads": ("pthread.h", "threads.h"),
}
failures = []
checks = 0


def check(good, message):
    """One test: a rule, or a file under it."""
    global checks
    checks += 1
    if not good:
        failures.append(message)


def check_none(wrong):
    """One test that lists all that is wrong."""
    check(not wrong, "\n".join(wrong))


def plan():
    """folder -> (allowed folders, {library: files}) from the table of src/README.md"""
    rooms = {}
    text = open(os.path.join(ROOT, "src/README.md"), encoding="utf-8").read()
    for line in text.splitlines():
        cells = [c.strip() for c in line.strip().strip("|").split("|")]
        match = re.fullmatch(r"`src/(\w*)/?(?:\*\.c)?`", cells[0]) if len(cells) == 4 else None
        if not match:
            continue
        allowed = {a.strip().strip("`") for a in cells[2].split(",")} - {"–", ""}
        libraries = {}
        for name, files in re.findall(r"([\w-]+) \(([^)]*)\)", cells[3]):
            libraries[name] = set(re.findall(r"`([^`]+)`", files))
        rooms[match.group(1)] = (allowed, libraries)
    return rooms


def room_of_header(name, rooms):
    head = name.split("/")[0]
    if "/" in name:
        return head
    stem = name.rsplit(".", 1)[0]
    return stem if stem in rooms else None


def room_beside(path, name):
    """The room of a header that lies in this file's folder or is named from there: rooms may have sub-folders."""
    beside = os.path.relpath(os.path.normpath(os.path.join(os.path.dirname(path), name)), os.path.join(ROOT, "src"))
    exists = os.path.exists(os.path.join(ROOT, "src", beside))
    return beside.split("/")[0] if exists and "/" in beside and not beside.startswith("..") else None


def sources(rooms):
    for top, _, files in os.walk(os.path.join(ROOT, "src")):
        if "node_modules" in top or "/src/pages" in top:
            continue
        for name in sorted(files):
            if name.endswith((".c", ".h", ".cpp", ".def")):
                path = os.path.join(top, name)
                relative = os.path.relpath(path, os.path.join(ROOT, "src"))
                yield path, (relative.split("/")[0] if "/" in relative else "")
    for top, _, files in os.walk(os.path.join(ROOT, "include")):
        for name in sorted(files):
            relative = os.path.relpath(os.path.join(top, name), os.path.join(ROOT, "include"))
            if name.endswith(".h"):
                yield os.path.join(top, name), room_of_header(relative, rooms)


def check_includes(rooms):
    for path, room in sources(rooms):
        short = os.path.relpath(path, ROOT)
        if room == "ctl":
            room = ""
        if room in rooms:
            check_none(wrong_includes(path, short, room, rooms))
        else:
            check(False, f"{short}: folder '{room}' is not in the plan of src/README.md")


def wrong_includes(path, short, room, rooms):
    allowed, libraries = rooms[room]
    wrong = []
    for line in open(path, encoding="utf-8"):
        quoted = re.match(r'\s*#\s*include\s+"([^"]+)"', line)
        outside = re.match(r"\s*#\s*include\s+<([^>]+)>", line)
        if quoted:
            target = room_beside(path, quoted.group(1)) or room_of_header(quoted.group(1), rooms)
            fine = (target is None or target == room or target in allowed or "everything" in allowed
                    or quoted.group(1).removesuffix(".h") in allowed)
            if not fine:
                wrong.append(f"{short}: includes \"{quoted.group(1)}\", which src/{room}/ may not")
        if outside:
            for library, prefixes in LIBRARIES.items():
                if outside.group(1).startswith(prefixes) and os.path.basename(path) not in libraries.get(library, ()):
                    wrong.append(f"{short}: includes <{outside.group(1)}>; {library} has its own file in the plan")
    return wrong


def check_every_library_has_one_home(rooms):
    homes = {library for _, libraries in rooms.values() for library in libraries}
    check_none([f"{library} stands in no row of the plan" for library in LIBRARIES if library not in homes])


def check_headers_alone():
    flags = ["-std=c17", "-D_GNU_SOURCE", "-Wall", "-Wextra", "-Wpedantic", "-Wshadow", "-Wconversion", "-Werror",
             "-fsyntax-only", "-I" + os.path.join(ROOT, "include")]
    c = [shutil.which("cc") or "gcc"] + flags
    cpp = [shutil.which("c++") or "g++"] + [f for f in flags if f not in ("-std=c17", "-Wshadow")] + ["-std=c++17"]
    for top, _, files in os.walk(os.path.join(ROOT, "include")):
        for name in sorted(files):
            if not name.endswith(".h"):
                continue
            path = os.path.join(top, name)
            wrong = complaint_alone(path, "c", c)
            if 'extern "C"' in open(path, encoding="utf-8").read():
                wrong += complaint_alone(path, "c++", cpp)
            check_none(wrong)


def complaint_alone(path, language, command):
    done = subprocess.run(command + ["-x", language, "-"], input=f'#include "{path}"\n', text=True,
                          capture_output=True, timeout=60)
    return [] if done.returncode == 0 else [
        f"{os.path.relpath(path, ROOT)}: does not compile alone as {language}:\n{done.stderr[:600]}"]


def check_top_level():
    allowed = {"meson.build", "meson_options.txt", "src", "include", "classifications", "migrations", "tests", "deploy",
               "README.md", "LICENSE"}
    listed = subprocess.run(["git", "ls-files"], cwd=ROOT, text=True, capture_output=True, timeout=30).stdout.split("\n")
    tops = {name.split("/")[0] for name in listed if name}
    wrong = [f"{name} does not belong at the top level" for name in sorted(tops) if name not in allowed and not name.startswith(".")]
    if not tops and os.path.exists(os.path.join(ROOT, ".git")):
        wrong.append("git lists no file")
    check_none(wrong)


def main():
    rooms = plan()
    check(len(rooms) >= 12, "src/README.md: the table of the house plan was not found")
    check_includes(rooms)
    check_every_library_has_one_home(rooms)
    check_headers_alone()
    check_top_level()
    for failure in failures:
        print("FAIL", failure)
    print(f"{checks - len(failures)} passed, {len(failures)} failed")
    return 1 if failures else 0


sys.exit(main())
