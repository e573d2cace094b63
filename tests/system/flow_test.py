"""The story of a fault over the corridor and a real PostgreSQL (flow_story.c), and what the database says afterwards."""
import os
import subprocess
import sys

import private_postgres as pg

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
BUILD = os.path.abspath(os.environ.get("PRONTOD_TEST_BUILD", "build/san"))
passed, failed = 0, 0


def check(good, text):
    global passed, failed
    print(("ok   " if good else "FAIL ") + text)
    if good:
        passed += 1
    else:
        failed += 1


def ctl(environment, *arguments):
    return subprocess.run([f"{BUILD}/src/prontoctl", *arguments], env=environment, text=True, capture_output=True, timeout=120)


def check_setting_up(environment, folder):
    missing = ctl(environment, "migrate", "--status")
    check(missing.returncode == 0 and "missing" in missing.stdout, "migrate --status names what is missing")
    check("applied" not in missing.stdout, "--status applies nothing")
    two = [subprocess.Popen([f"{BUILD}/src/prontoctl", "migrate"], env=environment, stdout=subprocess.PIPE) for _ in range(2)]
    check([p.wait(60) for p in two] == [0, 0], "two migrations at once both end well")
    for p in two:
        p.stdout.close()
    loaded = [ctl(environment, "load", f"{ROOT}/deploy/demo/demo.json") for _ in range(2)]
    check(all(r.returncode == 0 for r in loaded), "the demo is loaded, and loaded again")
    check(pg.rows(folder, "SELECT count(*) = count(DISTINCT (utility_id, name)) FROM crew") == [["t"]], "no crew twice")
    hashes = pg.rows(folder, "SELECT count(*) FROM account WHERE password NOT LIKE '$argon2id$%'")
    check(hashes == [["0"]], "passwords are kept as argon2id")
    bad = ctl(environment, "load", f"{ROOT}/meson.build")
    check(bad.returncode == 1 and bad.stderr.count("\n") == 1, "a file that is no JSON: one line, exit 1")
    disabled = ctl(environment, "user", "disable", "nobody")
    check(disabled.returncode == 1, "nobody cannot be disabled")


CHAIN = """
SELECT count(*) FROM (
  SELECT hash, sha256(coalesce(lag(hash) OVER (ORDER BY seq), sha256('prontod')) || convert_to(change_canonical(change), 'UTF8')) AS again,
         seq, row_number() OVER (ORDER BY seq) AS place
  FROM change) c WHERE hash <> again OR seq <> place"""


def check_database(folder):
    check(pg.rows(folder, CHAIN) == [["0"]], "the chain holds: every hash, no gap")
    for act in ("DELETE FROM change", "UPDATE change SET why = 'x'", "TRUNCATE change CASCADE"):
        try:
            pg.rows(folder, act)
            check(False, f"{act} is refused")
        except subprocess.CalledProcessError as error:
            check("append-only" in error.stderr, f"{act} is refused")
    once = pg.rows(folder, "SELECT count(*) FROM once WHERE key = 'key-stopped-1' AND answer IS NOT NULL")
    check(once == [["1"]], "the write of the stopped server happened once")
    stopped = pg.rows(folder, "SELECT count(*) FROM report r JOIN once o ON o.answer ->> 'id' = r.id::text WHERE o.key = 'key-stopped-1'")
    check(stopped == [["1"]], "and its answer names its report")
    words = pg.rows(folder, "SELECT count(*) FROM change WHERE payload::text || coalesce(why, '') ~* 'anna|333|tantissima|via cavour'")
    check(words == [["0"]], "no person, no words and no address in the chain")
    numbers = pg.rows(folder, "SELECT count(*) = max(right(number, 5)::integer) FROM incident GROUP BY utility_id")
    check(all(row == ["t"] for row in numbers), "incident numbers have no gap")


def main():
    with pg.server() as (folder, postmaster):
        environment = dict(os.environ, PATH=pg.programs() + ":" + os.environ["PATH"], PRONTOD_DATABASE_URL=pg.url(folder), PRONTOD_TEST_DB=pg.url(folder),
                           PRONTOD_TEST_CHARTERS=f"{ROOT}/classifications", PRONTOD_TEST_POSTMASTER=str(postmaster),
                           PRONTOD_CONFIG="/dev/null")
        check_setting_up(environment, folder)
        story = subprocess.run([f"{BUILD}/tests/system/flow_story"], env=environment, text=True, capture_output=True, timeout=180)
        sys.stdout.write(story.stderr)
        last = story.stdout.splitlines()[-1] if story.stdout else "no sum"
        check(story.returncode == 0, f"the story: {last}")
        leaks = [name for name in ("Anna", "333 0000000", "tantissima", "via Cavour 12", "prontod-demo", "gomma a terra", "doppione") if name in story.stderr]
        check(not leaks, f"nothing personal in the log {leaks}")
        check_database(folder)
    print(f"{passed} passed, {failed} failed")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
