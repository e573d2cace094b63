"""A house on the first schema is brought up to date with its tables full: no old row is rewritten, nothing it promised moves."""
import json
import os
import pathlib
import shutil
import sys
import tempfile

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import harness  # noqa: E402
from harness import check  # noqa: E402

TABLES = ("report", "report_target", "incident", "assignment", "change")
# One incident with its report and promise as the first schema kept them; the promise names today's edition and rule.
OLD = """
WITH i AS (INSERT INTO incident (id, utility_id, number, state, charter, charter_edition, fault_row, fault_class, opened_at)
  SELECT gen_random_uuid(), u.id, '2026-' || lpad(n::text, 5, '0'), 'classified', 'indecast', '{edition}', 'F03', 'L1', now() - interval '3 hours'
  FROM utility u, generate_series(1, {count}) n WHERE u.code = 'acque-valdoro' RETURNING id, utility_id, number, opened_at),
r AS (INSERT INTO report (id, utility_id, incident_id, code, channel, state, received_at, charter, charter_edition, fault_row, fault_class)
  SELECT gen_random_uuid(), utility_id, id, upper(substr(md5(number), 1, 11)), 'web', 'linked', opened_at, 'indecast', '{edition}', 'F03', 'L1'
  FROM i RETURNING id, utility_id, received_at),
w AS (INSERT INTO report_words (report_id, utility_id, text) SELECT id, utility_id, 'esce acqua' FROM r)
INSERT INTO report_target (utility_id, report_id, charter, charter_edition, fault_row, fault_class, kind, source, bound, rule, quote, first,
  effective, start_at, due_at)
SELECT utility_id, id, 'indecast', '{edition}', 'F03', 'L1', 'arrival', 'charter', 'inclusive', '{rule}', 'entro 2 ore', true, true,
  received_at, received_at + interval '2 hours' FROM r
"""


def files(database):
    """Where each table lies, and what it holds: a table that is rewritten lies elsewhere afterwards."""
    return {t: (database.query(f"SELECT pg_relation_filenode('{t}')"), database.query(f"SELECT count(*) FROM {t}")) for t in TABLES}


class OldStage(harness.Stage):
    """Brought up with the first migration alone, filled, and only then with the rest."""

    def ctl(self, *arguments):
        if arguments[0] != "migrate":
            return super().ctl(*arguments)
        with tempfile.TemporaryDirectory() as folder:
            shutil.copy(harness.ROOT / "migrations" / "0001_main_story.sql", folder)
            os.environ["PRONTOD_MIGRATIONS"] = folder
            try:
                return super().ctl("migrate")
            finally:
                del os.environ["PRONTOD_MIGRATIONS"]

    def start(self):
        if not self.process:
            self.fill()
        super().start()

    def fill(self):
        charter = json.loads(pathlib.Path(harness.ROOT, "classifications", "indecast.json").read_text())
        rule = next(t["rule"] for c in charter["classes"] if c["code"] == "L1" for t in c["targets"] if t["first"])
        self.database.query(OLD.format(edition=charter["edition"].replace("'", "''"), rule=rule, count=2000))
        self.database.query("INSERT INTO assignment (id, utility_id, incident_id, crew_id, state, offered_at, ended_at) SELECT gen_random_uuid(), "
                            "i.utility_id, i.id, (SELECT min(id::text)::uuid FROM crew), 'left', opened_at, opened_at FROM incident i")
        before = files(self.database)
        promised = self.database.query("SELECT min(due_at), max(due_at) FROM report_target")
        super().ctl("migrate")
        check("no table is rewritten, no row lost", files(self.database) == before, (before, files(self.database)))
        check("no promise moves", self.database.query("SELECT min(due_at), max(due_at) FROM report_target") == promised)
        again = super().ctl("migrate", "--status")
        check("nothing is missing afterwards", "missing" not in again, again)


def main():
    with OldStage(workers=2, with_map=False) as stage:
        desk = stage.client("marta")
        old = desk.get("/api/v1/incidents?state=open&limit=1").json["incidents"][0]["id"]
        found = desk.get(f"/api/v1/incidents/{old}").json
        first = found["targets"][0]
        check("an incident of before is read whole", first["result"] == "missed" and found["chain"][7]["state"] == "waiting", first)
        check("with the crew that was there", found["assignments"][0]["ranking"] is None, found["assignments"])
        check("and proved by the edition of its name", any("entro 2 ore" in line for line in first["proof"]), first["proof"])
        changed = desk.post(f"/api/v1/incidents/{old}/classify", {"version": found["version"], "row": "F03", "class": "L1"}).json
        check("reckoned anew it keeps its promise, now with its edition pinned", changed["targets"][0]["due"] == first["due"]
              and changed["past_targets"][0]["due"] == first["due"], changed["targets"])
        told = harness.wait_for(lambda: stage.database.query("SELECT count(*) FROM clock_warning WHERE NOT skipped") == [["2000"]], 60, 0.5)
        check("what was overdue is told once, in parts", told, stage.database.query("SELECT count(*), count(DISTINCT seq) FROM clock_warning WHERE NOT skipped"))
        check("and half and 80 % of it are skipped", stage.database.query(
            "SELECT percent, skipped, count(*) FROM clock_warning GROUP BY 1, 2 ORDER BY 1") == [["50", "t", "2000"], ["80", "t", "2000"], ["100", "f", "2000"]])
    return harness.finish()


if __name__ == "__main__":
    sys.exit(main())
