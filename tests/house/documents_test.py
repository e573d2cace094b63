"""The documents are true: every file, folder and function that a README.md names stands in the tree.

What counts as a name: a word in backticks with a slash in it or a suffix of ours. It may be meant from the top of the
tree, from the document's own folder or from src/; without a folder it is anything below the document's own. `{a,b}`,
`*` and `<code>` stand for several. Behind a file's name, `file.c: function()` says where the function is.
"""
import fnmatch
import itertools
import os
import re
import subprocess
import sys

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
SUFFIXES = (".c", ".h", ".cpp", ".hpp", ".def", ".py", ".js", ".mjs", ".jsx", ".json", ".jsonl", ".tsv", ".md", ".yaml",
            ".sql", ".scss", ".html", ".svg", ".toml", ".build")
# Not in the tree: the form of a migration's name, and what the pages' build makes.
ELSEWHERE = {"NNNN_name.sql", "static/"}
failures = []
checks = 0


def check(good, message):
    """One test: a name in a document."""
    global checks
    checks += 1
    if not good:
        failures.append(message)


def listed():
    """Files and folders of the tree, from its top."""
    names = subprocess.run(["git", "ls-files", "--cached", "--others", "--exclude-standard"], cwd=ROOT, text=True,
                           capture_output=True, timeout=30).stdout.split("\n")
    files = {n for n in names if n and os.path.exists(os.path.join(ROOT, n))}
    folders = set()
    for name in files:
        while name := os.path.dirname(name):
            folders.add(name)
    return files, folders


def spans(text):
    """(line number, what stands in backticks) outside of fenced blocks."""
    fenced = False
    for number, line in enumerate(text.splitlines(), 1):
        if line.lstrip().startswith("```"):
            fenced = not fenced
        elif not fenced:
            for span in re.findall(r"`([^`]+)`", line):
                yield number, span


def is_name(word):
    if not re.fullmatch(r"[A-Za-z_{*<][\w.*{},<>/-]*", word) or word in ELSEWHERE:
        return False
    return "/" in word or word.endswith(SUFFIXES)


def alternatives(word):
    """a{b,c}d -> abd, acd; what a word leaves open becomes a star."""
    parts = [p[1:-1].split(",") if p.startswith("{") else [p] for p in re.split(r"(\{[^}]*\})", word)]
    for choice in itertools.product(*parts):
        yield re.sub(r"<[^>]*>", "*", "".join(choice))


def found(pattern, folder, tree):
    """Paths that a document in this folder may mean by the pattern."""
    name = pattern.rstrip("/")
    meant = {os.path.normpath(os.path.join(top, name)) for top in ("", folder, "src")}
    if "/" not in name:
        meant.add(os.path.join(folder, "*", name))
    return sorted(t for t in tree if any(fnmatch.fnmatchcase(t, m) for m in meant))


def check_document(document, files, folders):
    folder = os.path.dirname(document)
    with open(os.path.join(ROOT, document), encoding="utf-8") as opened:
        text = opened.read()
    for number, span in spans(text):
        word, _, rest = span.partition(" ")
        word = word.rstrip(":")
        is_made = word.startswith("build/") and os.path.join(folder, "build") not in folders
        if is_made or not is_name(word):
            continue
        for pattern in alternatives(word):
            where = found(pattern, folder, files | folders)
            check(where, f"{document}:{number}: there is no {pattern}")
            check_function(document, number, where, rest)


def check_function(document, number, where, rest):
    function = re.fullmatch(r"(\w+)\(\)", rest)
    if not function or not where:
        return
    with open(os.path.join(ROOT, where[0]), encoding="utf-8") as opened:
        defined = re.search(rf"^\w[^;\n]*\b{function.group(1)}\(", opened.read(), re.M)
    check(defined, f"{document}:{number}: {where[0]} has no {function.group(1)}()")


def main():
    files, folders = listed()
    documents = sorted(f for f in files if f.endswith(".md"))
    check("README.md" in documents, "git lists no README.md")
    for document in documents:
        check_document(document, files, folders)
    for failure in failures:
        print("FAIL", failure)
    print(f"{checks - len(failures)} passed, {len(failures)} failed")
    return 1 if failures else 0


sys.exit(main())
