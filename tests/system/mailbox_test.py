#!/usr/bin/env python3
"""A mailbox end to end: a private Dovecot, a private PostgreSQL and prontod with two workers.

Each message becomes exactly one report, with its words, sender and attachments: also after a restart, after the
reading worker is killed, while the database stands still, after UIDVALIDITY changed, when it is delivered twice;
what cannot be taken is kept aside and stops nobody. Flags of other clients make no difference.
"""
import base64
import contextlib
import glob
import imaplib
import os
import pathlib
import pwd
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time

import private_postgres

ROOT = pathlib.Path(__file__).resolve().parents[2]
BUILD = pathlib.Path(os.environ.get("PRONTOD_TEST_BUILD", ROOT / "build" / "san"))
PAGES = os.environ.get("PRONTOD_TEST_PAGES", str(ROOT / "build" / "pages"))
DATABASE = "mail"
PASSWORD = "segr@ta"

passed = failed = 0


def check(name, good, seen=""):
    global passed, failed
    if good:
        passed += 1
    else:
        failed += 1
        print(f"FAILED {name}: {seen}")


def free_port():
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        return s.getsockname()[1]


class Dovecot:
    """Its folders under /tmp belong to the mail user; started and stopped as often as a test likes."""

    def __init__(self, folder):
        self.folder = folder
        self.port = free_port()
        self.process = None
        root = os.geteuid() == 0
        self.owner = "nobody" if root else pwd.getpwuid(os.geteuid()).pw_name
        uid, gid = pwd.getpwnam(self.owner).pw_uid, pwd.getpwnam(self.owner).pw_gid
        os.makedirs(f"{folder}/mail")
        if root:
            shutil.chown(f"{folder}/mail", uid, gid)
            os.chmod(folder, 0o755)
        users = "" if root else f"default_internal_user = {self.owner}\ndefault_login_user = {self.owner}\ndefault_internal_group = {gid}\n"
        chroot = "" if root else "chroot =\n"
        pathlib.Path(f"{folder}/dovecot.conf").write_text(f"""
protocols = imap
listen = 127.0.0.1
base_dir = {folder}/run
state_dir = {folder}/state
log_path = {folder}/dovecot.log
ssl = no
disable_plaintext_auth = no
{users}mail_location = maildir:{folder}/mail/%u
first_valid_uid = 1
passdb {{
  driver = static
  args = password={PASSWORD}
}}
userdb {{
  driver = static
  args = uid={uid} gid={gid} home={folder}/mail/%u
}}
namespace inbox {{
  inbox = yes
}}
service imap-login {{
  {chroot}
  inet_listener imap {{
    address = 127.0.0.1
    port = {self.port}
  }}
  inet_listener imaps {{
    port = 0
  }}
}}
service anvil {{
  {chroot}
}}
""")

    def start(self):
        self.process = subprocess.Popen(["dovecot", "-F", "-c", f"{self.folder}/dovecot.conf"],
                                        stdout=subprocess.DEVNULL, stderr=open(f"{self.folder}/err", "ab"))
        for _ in range(1200):
            with contextlib.suppress(OSError, imaplib.IMAP4.error):
                self.client().logout()
                return
            time.sleep(0.05)
        raise RuntimeError("dovecot does not answer: " + open(f"{self.folder}/err").read())

    def stop(self):
        if self.process:
            self.process.terminate()
            self.process.wait(20)
        self.process = None

    def client(self):
        client = imaplib.IMAP4("127.0.0.1", self.port)
        client.login("guasti", PASSWORD)
        return client

    def append(self, *messages, flags=None):
        client = self.client()
        for message in messages:
            kind, answer = client.append("INBOX", flags, None, message)
            assert kind == "OK", answer
        client.logout()

    def flags(self, folder="INBOX"):
        """subject -> flags, without touching them"""
        client = self.client()
        if client.select(folder, readonly=True)[0] != "OK":
            client.logout()
            return {}
        _, data = client.fetch("1:*", "(FLAGS BODY.PEEK[HEADER.FIELDS (SUBJECT)])")
        found = {}
        for part in data:
            if isinstance(part, tuple):
                subject = part[1].decode().split(":", 1)[1].strip()
                found[subject] = part[0].decode()
        client.logout()
        return found

    def number_anew(self):
        """As after a restored backup: the same messages under a new UIDVALIDITY."""
        self.stop()
        base = f"{self.folder}/mail/guasti"
        for pattern in ("dovecot-uidlist*", "dovecot-uidvalidity*", "dovecot.index*", "dovecot.list.index*"):
            for path in glob.glob(f"{base}/{pattern}"):
                os.unlink(path)
        time.sleep(1.1)  # the new number is the second in which it was made
        self.start()


class Prontod:
    def __init__(self, folder, database, dovecot, **settings):
        self.log = f"{folder}/prontod.log"
        self.port = free_port()
        password = PASSWORD.replace("@", "%40")
        self.env = dict(os.environ, PRONTOD_DATABASE_URL=database, PRONTOD_HTTP_LISTEN=f"127.0.0.1:{self.port}",
                        PRONTOD_HTTP_WORKERS="2", PRONTOD_HTTP_PAGES=PAGES, PRONTOD_MAIL_POLL_S="1",
                        PRONTOD_CHARTERS_DIR=str(ROOT / "classifications"), PRONTOD_MAIL_MAX_MIB="1",
                        PRONTOD_DATABASE_DEADLINE_MS="1500", PRONTOD_MAIL_TIMEOUT_S="20",
                        PRONTOD_MAIL_IMAP=f"imap://guasti:{password}@127.0.0.1:{dovecot.port}/INBOX", **settings)
        self.process = None

    def start(self):
        self.process = subprocess.Popen([BUILD / "src/prontod"], env=self.env, stderr=open(self.log, "ab"))

    def stop(self):
        """Its exit code."""
        self.process.terminate()
        code = self.process.wait(30)
        self.process = None
        return code

    def workers(self):
        out = subprocess.run(["pgrep", "-P", str(self.process.pid)], capture_output=True, text=True)
        return [int(pid) for pid in out.stdout.split()]

    def leader(self):
        """Process id of the worker that reads the mailbox: the one connected to Dovecot's port lately, by its log."""
        line = [l for l in open(self.log) if "takes the duties that run once" in l][-1]
        number = int(line.split("process=worker-")[1].split()[0])
        return sorted(self.workers())[number - 1]


def mail(subject, body, headers=""):
    return (f"From: =?utf-8?q?Nicol=C3=B2_Brun?= <nicolo@example.it>\r\nTo: guasti@example.it\r\nSubject: {subject}\r\n"
            f"Message-ID: <{subject}@example.it>\r\nDate: Sun, 29 Mar 2026 07:30:00 +0200\r\n{headers}\r\n").encode() + body


def with_attachments(subject):
    photo = base64.b64encode(b"\x89PNG\r\n\x1a\n" + bytes(range(256))).decode()
    body = ("--b\r\nContent-Type: text/plain; charset=iso-8859-1\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\n"
            "L'acqua =E8 gialla\r\n--b\r\nContent-Type: image/png\r\nContent-Disposition: attachment; filename=\"rubinetto.png\"\r\n"
            f"Content-Transfer-Encoding: base64\r\n\r\n{photo}\r\n--b\r\nContent-Type: application/pdf\r\n"
            "Content-Disposition: attachment; filename=\"bolletta.pdf\"\r\n\r\n%PDF-1.4\r\n--b--\r\n")
    return mail(subject, body.encode(), "MIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary=b\r\n")


class Story:
    def __init__(self, folder, pg):
        self.pg = pg
        self.dovecot = Dovecot(f"{folder}/dovecot")
        self.dovecot.start()
        self.folder = folder
        self.prontod = self.new_prontod()

    def new_prontod(self, **settings):
        return Prontod(self.folder, private_postgres.url(self.pg, DATABASE), self.dovecot, **settings)

    def rows(self, sql):
        return private_postgres.rows(self.pg, sql, DATABASE)

    def subjects(self):
        return sorted(r[0] for r in self.rows("SELECT w.subject FROM report r JOIN report_words w ON w.report_id = r.id"))

    def wait(self, name, subjects, seconds=180):
        """Until each of these is a report exactly once, and nothing else is."""
        end = time.time() + seconds
        while time.time() < end and self.subjects() != sorted(subjects):
            time.sleep(0.2)
        check(name, self.subjects() == sorted(subjects), f"{self.subjects()} instead of {sorted(subjects)}")

    def wait_taken(self, count, seconds=40):
        end = time.time() + seconds
        while time.time() < end and int(self.rows("SELECT count(*) FROM mail_taken")[0][0]) < count:
            time.sleep(0.2)


def words_sender_attachments(s, known):
    long_line = b"x" * 200000
    s.dovecot.append(mail("uno", b"Perdita in via Po 3\r\n> citazione\r\n-- \r\nfirma\r\n"), with_attachments("due"))
    s.dovecot.append(mail("tre", b"<p>Manca l'acqua</p>", "Content-Type: text/html\r\n"), flags="(\\Seen)")
    s.dovecot.append(mail("quattro", b"prima\r\nA003 OK finito\r\nB003 OK\r\n" + b"".join(
        b"%c%03d OK x\r\n" % (65 + i, n) for i in range(26) for n in range(9)) + long_line + b"\r\nultima\r\n"))
    s.prontod.start()
    known += ["uno", "due", "tre", "quattro"]
    s.wait("each message is a report, also one that another client has seen", known)
    rows = {r[0]: r for r in s.rows(
        "SELECT w.subject, replace(w.text, E'\\n', '/'), p.name, p.email, p.prefer, r.channel FROM report r "
        "JOIN report_words w ON w.report_id = r.id JOIN reporter p ON p.report_id = r.id")}
    check("words", rows["uno"][1] == "Perdita in via Po 3/> citazione/-- /firma", rows["uno"])
    check("charset", rows["due"][1] == "L'acqua è gialla", rows["due"])
    check("html", rows["tre"][1] == "Manca l'acqua", rows["tre"])
    check("lines that look like the server's, and long ones", rows["quattro"][1].endswith("x/ultima") and
          len(rows["quattro"][1]) > 200000, len(rows["quattro"][1]))
    check("sender", rows["uno"][2:] == ["Nicolò Brun", "nicolo@example.it", "email", "email"], rows["uno"])
    files = s.rows("SELECT name, content_type, length FROM photo ORDER BY length DESC")
    check("attachments", files == [["rubinetto.png", "image/png", "264"], ["bolletta.pdf", "application/pdf", "8"]], files)


def restart(s, known):
    check("ends well", s.prontod.stop() == 0)
    s.prontod.start()
    s.dovecot.append(mail("cinque", b"dopo il riavvio\r\n"))
    known.append("cinque")
    s.wait("nothing twice after a restart", known)


def reader_is_killed(s, known):
    messages = [mail(f"molti-{i}", b"Buca in strada %d\r\n" % i) for i in range(25)]
    known += [f"molti-{i}" for i in range(25)]
    s.dovecot.append(*messages[:20])
    for _ in range(3):
        count = len(s.subjects())
        end = time.time() + 20
        while len(s.subjects()) < count + 2 and time.time() < end:
            time.sleep(0.02)
        for pid in s.prontod.workers():
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
    s.dovecot.append(*messages[20:])
    s.wait("each once though the readers were killed", known, 240)


def database_stands_still(s, known, postmaster):
    pids = [postmaster] + [int(p) for p in subprocess.run(["pgrep", "-P", str(postmaster)], capture_output=True, text=True).stdout.split()]
    for pid in pids:
        os.kill(pid, signal.SIGSTOP)
    s.dovecot.append(mail("fermo", b"il database dorme\r\n"))
    time.sleep(4)
    check("nothing is flagged while the database stands still", "\\Seen" not in s.dovecot.flags().get("fermo", ""), s.dovecot.flags().get("fermo"))
    for pid in pids:
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, signal.SIGCONT)
    known.append("fermo")
    s.wait("taken once the database is back", known, 240)


def aside(s, known):
    s.dovecot.append(mail("enorme", b"y" * (2 << 20)),
                     mail("annidata", b"Content-Type: message/rfc822\r\n\r\n" * 400), mail("sei", b"dopo quello enorme\r\n"))
    known.append("sei")
    s.wait("what is too large stops nobody", known)
    reasons = sorted(r[0] for r in s.rows("SELECT aside FROM mail_taken WHERE aside IS NOT NULL"))
    check("kept aside, with the reason", reasons == ["too-large-or-lost", "unreadable"], reasons)
    end = time.time() + 60
    while time.time() < end and not all(flag in s.dovecot.flags()["sei"] for flag in ("\\Seen", "$Prontod")):
        time.sleep(0.2)
    flags = s.dovecot.flags()
    check("taken ones are flagged", "\\Seen" in flags["sei"] and "$Prontod" in flags["sei"], flags["sei"])
    check("those kept aside are not touched", "\\Seen" not in flags["enorme"], flags["enorme"])


def delivered_again(s, known):
    before = int(s.rows("SELECT count(*) FROM mail_taken")[0][0])
    s.dovecot.append(mail("sei", b"dopo quello enorme\r\n", "Received: by another way\r\n"))
    s.wait_taken(before + 1)
    s.wait("a second delivery is no second report", known, 5)
    check("and is remembered", int(s.rows("SELECT count(*) FROM mail_taken")[0][0]) == before + 1)


def numbered_anew(s, known):
    before = int(s.rows("SELECT count(DISTINCT uidvalidity) FROM mail_taken")[0][0])
    s.dovecot.number_anew()
    s.dovecot.append(mail("sette", b"dopo il ripristino\r\n"))
    known.append("sette")
    s.wait("nothing twice though UIDVALIDITY changed", known, 240)
    # The mailbox is read from its lowest number up: what comes last is a report after all else was looked at.
    s.dovecot.append(mail("sette-bis", b"l'ultima\r\n"))
    known.append("sette-bis")
    s.wait("nor twice by the time a later message is taken", known, 240)
    check("the new numbers are remembered", int(s.rows("SELECT count(DISTINCT uidvalidity) FROM mail_taken")[0][0]) == before + 1)


def moved(s, known):
    s.prontod.stop()
    s.prontod = s.new_prontod(PRONTOD_MAIL_DONE_FOLDER="Fatti")
    s.prontod.start()
    s.dovecot.append(mail("otto", b"va spostata\r\n"))
    known.append("otto")
    s.wait("taken", known)
    end = time.time() + 60
    while time.time() < end and "otto" not in s.dovecot.flags("Fatti"):
        time.sleep(0.3)
    check("moved into a folder that did not exist", "otto" in s.dovecot.flags("Fatti"), s.dovecot.flags("Fatti"))
    check("and gone from the inbox", "otto" not in s.dovecot.flags())


def quiet_log(s):
    text = open(s.prontod.log).read()
    for word in ("nicolo@", "Brun", "Perdita", "guasti:", PASSWORD, "%40ta"):
        check(f"the log does not say {word}", word not in text)
    check("no sanitizer report", "ERROR: " not in text and "runtime error" not in text, text[-3000:])


def main():
    folder = tempfile.mkdtemp(prefix="prontod-mail-", dir="/tmp")
    os.mkdir(f"{folder}/dovecot")
    os.chmod(folder, 0o755)
    story = None
    try:
        with private_postgres.server() as (pg, postmaster):
            private_postgres.rows(pg, f"CREATE DATABASE {DATABASE}")
            env = dict(os.environ, PRONTOD_DATABASE_URL=private_postgres.url(pg, DATABASE))
            subprocess.run([BUILD / "src/prontoctl", "migrate"], env=env, check=True, stdout=subprocess.DEVNULL, timeout=60)
            story = Story(folder, pg)
            known = []
            try:
                words_sender_attachments(story, known)
                restart(story, known)
                reader_is_killed(story, known)
                database_stands_still(story, known, postmaster)
                aside(story, known)
                delivered_again(story, known)
                numbered_anew(story, known)
                moved(story, known)
            finally:
                if story.prontod.process:
                    check("ends well at last", story.prontod.stop() == 0)
                story.dovecot.stop()
            quiet_log(story)
    finally:
        if failed and story:
            print("".join(open(story.prontod.log).readlines()[-60:]))
        shutil.rmtree(folder, ignore_errors=True)
    print(f"{passed} passed, {failed} failed")
    return 1 if failed else 0


sys.exit(main())
