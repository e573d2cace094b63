#!/usr/bin/env python3
"""Makes address queries as people type them, from what a map knows; always the same for the same list and seed.

usage: prontoctl map addresses MAP | tests/eval/addresses/queries.py [--count N] [--seed S] [--lines]

One JSON object a line: `q`, `near` ([lat, lon] or null), `form` (how it is written), `edits` (slips of the finger: 0, 1
or 2, a third of the queries each), and the truth: `kind`, `names` (folded), `number`, `points`, `metres`. README.md says
the rules. --lines prints the queries alone, as `prontoctl map geocode --lines` reads them. The lists are made of OpenStreetMap data (ODbL) and are not kept in the repository.
"""
import argparse, json, math, random, re, sys, unicodedata
from collections import defaultdict

FORMS = [("plain", 20), ("bare", 8), ("kind short", 12), ("name short", 12), ("surname only", 5), ("swapped", 12),
         ("joined", 5), ("split", 4), ("number", 10), ("no number", 6), ("crossing", 6), ("place", 4), ("poi", 5)]
KINDS = {"via": ["v.", "v"], "viale": ["v.le", "vle"], "piazza": ["p.za", "p.zza", "pza", "piazz."], "piazzale": ["p.le", "p.zle"],
         "piazzetta": ["p.tta", "p.zetta"], "corso": ["c.so", "cso"], "largo": ["l.go", "lgo"], "vicolo": ["vic.", "v.lo"],
         "localita": ["loc.", "loc"], "frazione": ["fraz.", "fr."], "strada": ["str.", "str"], "contrada": ["c.da", "contr."],
         "borgo": ["b.go"], "triq": ["tr."], "passaggio": ["pass."], "lungadige": ["lung."]}
KIND_WORDS = set(KINDS) | {"salita", "galleria", "vico", "sqaq", "calle", "rione", "vicoletto", "lungolago", "maso"}
TITLES = {"san": ["s.", "s"], "santa": ["s.", "s.ta"], "santo": ["s.", "s.to"], "sant": ["s."], "santi": ["ss."], "don": ["d."],
          "fratelli": ["f.lli", "flli"], "monsignor": ["mons."], "generale": ["gen."], "dottor": ["dott."], "madonna": ["mad."],
          "professor": ["prof."], "capitano": ["cap."], "padre": ["p."], "sankt": ["st.", "st"]}
FIRST_NAMES = set("""giuseppe giovanni francesco antonio carlo luigi paolo pietro alessandro andrea vittorio cesare guglielmo
 michelangelo dante giacomo matteo marco bernardo leonardo alcide aldo ettore enrico ernesto felice filippo gaetano giorgio
 girolamo guido lorenzo maria mario nazario nicolo renato roberto silvio stefano tommaso umberto valentina vincenzo adriano
 alfonso anna bartolomeo benedetto camillo emilio fabio federico fortunato giosue goffredo jacopo josef peter johann franz"""
                  .split())
NUMERALS = {"I": "1", "II": "2", "III": "3", "IV": "4", "V": "5", "VIII": "8", "XI": "11", "XX": "20", "XXIV": "24",
            "XXV": "25", "XXVI": "26", "XXX": "30"}
KEYS = {"q": "wa", "w": "qes", "e": "wrd", "r": "etf", "t": "ryg", "y": "tuh", "u": "yij", "i": "uok", "o": "ipl", "p": "ol",
        "a": "qsz", "s": "adwx", "d": "sfec", "f": "dgrv", "g": "fhtb", "h": "gjyn", "j": "hkum", "k": "jlim", "l": "kop",
        "z": "xa", "x": "zcs", "c": "xvd", "v": "cbf", "b": "vng", "n": "bmh", "m": "nk"}
ADDRESS_M, STREET_M, PLACE_M, CROSSING_M = 100, 250, 300, 100


def fold(text):
    text = unicodedata.normalize("NFKD", text.lower().replace("ß", "ss").replace("ħ", "h"))
    text = "".join(c for c in text if not unicodedata.combining(c))
    return " ".join(re.findall(r"[a-z0-9]+", text))


def number_key(number):
    return re.sub(r"(?<=[a-z])[^a-z0-9]+|[^a-z0-9]+(?=[a-z])", "", re.sub(r"[^a-z0-9]+", "/", number.lower()).strip("/"))


def metres(a, b):
    x = math.radians(b[1] - a[1]) * math.cos(math.radians((a[0] + b[0]) / 2))
    return math.hypot(x, math.radians(b[0] - a[0])) * 6371000


def at(entry):
    return [entry["lat"], entry["lon"]]


class World:
    """The entries, by what a query may mean."""

    def __init__(self, entries):
        self.entries = [e for e in entries if e["name"] and fold(e["name"]) and not e.get("about")]
        of = lambda kind: [e for e in self.entries if e["kind"] == kind]
        self.addresses = [e for e in of("address") if re.match(r"^\d+( ?/? ?[A-Za-z]| ?bis|/\d+)?$", e["number"])]
        self.streets, self.crossings = of("street"), of("crossing")
        streets = {fold(e["name"]) for e in self.streets}
        named = [e for e in of("place") if fold(e["name"]) not in streets]
        self.places = [e for e in named if e["sort"] != "poi"]
        self.pois = [e for e in named if e["sort"] == "poi" and len(fold(e["name"])) > 5]
        self.by_name = defaultdict(list)
        for e in self.entries:
            self.by_name[e["kind"], fold(e["name"])].append(e)
        self.names = {fold(e["name"]) for e in self.entries}

    def hamlet_of(self, entry):
        near = [(metres(at(entry), at(p)), p["name"]) for p in self.places
                if p["sort"] in ("village", "hamlet", "suburb") and p["name"] != entry["municipality"]]
        return min(near, default=(9e9, None))[1] if near and min(near)[0] < 900 else None


# ---- how a name is written ----

def bare(name):
    """No accents, no apostrophes."""
    text = unicodedata.normalize("NFKD", name.replace("ß", "ss"))
    text = "".join(c for c in text if not unicodedata.combining(c))
    return re.sub(r"['’]", "", text)


def kind_short(rng, words):
    short = KINDS.get(fold(words[0]))
    if short:
        return [rng.choice(short)] + words[1:]
    last = words[-1]
    for ending in ("strasse", "straße"):  # Landstr.
        if last.lower().endswith(ending) and len(last) > len(ending):
            return words[:-1] + [last[:-len(ending)] + rng.choice(["str.", "str", "strasse"])]
    return None


def name_short(rng, words):
    out, changed = [], False
    for i, word in enumerate(words):
        key = fold(word.split("'")[0].split("’")[0])
        rest = re.split(r"['’]", word)
        if i and not changed and key in TITLES and i + 1 <= len(words):
            tail = rest[1:] if len(rest) > 1 else []
            out += [rng.choice(TITLES[key])] + tail
            changed = True
        elif i and not changed and word in NUMERALS:
            out.append(NUMERALS[word])
            changed = True
        elif i and not changed and key in FIRST_NAMES and i + 1 < len(words):
            out.append(word[0] + ".")
            changed = True
        else:
            out.append(word)
    return out if changed else None


def surname_only(words):
    if len(words) >= 3 and fold(words[0]) in KIND_WORDS and fold(words[1]) in FIRST_NAMES:
        return [words[0]] + words[2:]
    return None


def joined(rng, words, number):
    if len(words) < 2 or rng.random() < 0.2 and number:
        return (words[:-1] + [words[-1] + number], "") if number and len(fold(words[-1])) > 2 else None
    i = rng.randrange(len(words) - 1)
    if len(fold(words[i])) < 2:
        return None
    return words[:i] + [words[i] + words[i + 1].lower()] + words[i + 2:], number


def split(rng, words):
    long = [i for i, w in enumerate(words) if len(w) >= 8 and w.isalpha()]
    if not long:
        return None
    i = rng.choice(long)
    cut = rng.randrange(3, len(words[i]) - 3)
    return words[:i] + [words[i][:cut], words[i][cut:].lower()] + words[i + 1:]


def number_forms(rng, number):
    digits, letter = re.match(r"(\d+)(.*)", number).groups()
    bare_letter = letter.strip(" /")
    if bare_letter.lower() in ("bis", "ter"):
        body = rng.choice([digits + " bis", digits + "bis", digits + "/bis"])
    elif bare_letter and bare_letter.isalpha():
        body = digits + rng.choice(["", "/", " ", "/ ", " /"]) + rng.choice([bare_letter.lower(), bare_letter.upper()])
    else:
        body = number
    return rng.choice(["", "n. ", "n.", "n° ", "nr ", "civico ", "num. ", "n "]) + body


# ---- slips of the finger ----

def slip(rng, word):
    letters = [i for i, c in enumerate(word) if c.isalpha()]
    i = rng.choice(letters if rng.random() < 0.1 else letters[1:])
    c, kind = word[i].lower(), rng.choice(["insert", "delete", "substitute", "transpose"])
    near = KEYS.get(fold(c) or c, "aeio")
    if kind == "insert":
        return word[:i] + (c if rng.random() < 0.5 else rng.choice(near)) + word[i:]
    if kind == "delete":
        return word[:i] + word[i + 1:]
    if kind == "transpose" and i + 1 < len(word) and word[i + 1].isalpha() and word[i + 1].lower() != c:
        return word[:i] + word[i + 1] + word[i] + word[i + 2:]
    vowels = "aeiou".replace(c, "")
    return word[:i] + rng.choice(vowels if c in "aeiou" and rng.random() < 0.3 else near) + word[i + 1:]


def slips(rng, text, count):
    """Count edits: in words of at least four letters, both in one word only if it has seven."""
    words = text.split(" ")
    for_edit = [i for i, w in enumerate(words) if sum(c.isalpha() for c in w) >= 4 and "." not in w]
    if count == 0:
        return text
    if not for_edit:
        return None
    first = rng.choice(for_edit)
    others = [i for i in for_edit if i != first]
    words[first] = slip(rng, words[first])
    if count == 2:
        if len(words[first]) >= 7 and (not others or rng.random() < 0.5):
            others = [first]
        if not others:
            return None
        second = rng.choice(others)
        words[second] = slip(rng, words[second])
    return " ".join(words)


# ---- a query and its truth ----

class Maker:
    def __init__(self, world, seed):
        self.world, self.rng = world, random.Random(seed)

    def where(self, entry):
        """Municipality, hamlet, a point near by, or nothing: (text, in which municipality, hamlet, near)."""
        rng, p = self.rng, self.rng.random()
        town = entry["municipality"]
        hamlet = self.world.hamlet_of(entry) if p > 0.9 else None
        if hamlet:
            return hamlet, town, hamlet, None
        if p < 0.5 and town:
            return town, town, None, None
        if p < 0.75:
            return None, None, None, [entry["lat"] + rng.uniform(-.008, .008), entry["lon"] + rng.uniform(-.008, .008)]
        return None, None, None, None

    def meant(self, found, entry, town, near):
        """Of several that fit the words, those that fit the place too."""
        found = [e for e in found if not town or e["municipality"] == town]
        if near:
            limit = 2 * metres(near, at(entry)) + 500
            found = [e for e in found if metres(near, at(e)) <= limit]
        return [at(e) for e in found]

    def put(self, street, number, town):
        rng = self.rng
        street, number = street.strip(), number.strip()
        text = street + (rng.choice([" ", " ", ", "]) + number if number else "")
        if town:
            text += rng.choice([", ", ", ", " ", " a "]) + town
        return text

    def swapped(self, words, number, town):
        rng, street = self.rng, " ".join(words)
        ways = []
        if number:
            ways += [number + " " + street + (" " + town if town else ""), number + ", " + street + (", " + town if town else "")]
        if town:
            ways += [town + ", " + street + " " + number, town + " " + street + " " + number]
        if len(words) > 2 and fold(words[1]) in FIRST_NAMES:
            ways += [self.put(" ".join([words[0]] + words[2:] + [words[1]]), number, town)]
        return rng.choice(ways).strip() if ways else None

    def address(self, form):
        rng = self.rng
        numbered = form != "no number" and (form == "number" or rng.random() < 0.8)
        entry = rng.choice(self.world.addresses if numbered and self.world.addresses else self.world.streets)
        number = entry.get("number", "") if numbered else ""
        words, town_text, town, hamlet, near = entry["name"].split(), *self.where(entry)
        name, names, text = fold(entry["name"]), None, None
        if form == "bare":
            if bare(entry["name"]) == entry["name"]:
                return None
            words = bare(entry["name"]).split()
        elif form == "kind short":
            words = kind_short(rng, words)
        elif form == "name short":
            words = name_short(rng, words)
        elif form == "surname only":
            words = surname_only(words)
            if words:
                wanted = fold(" ".join(words)).split()
                names = {fold(s["name"]) for s in self.world.streets
                         if fold(s["name"]).split()[0] == wanted[0] and set(wanted) <= set(fold(s["name"]).split())}
        elif form == "joined":
            done = joined(rng, words, number)
            words, number_text = done if done else (None, "")
        elif form == "split":
            words = split(rng, words)
        if not words:
            return None
        typed = number if form != "joined" else number_text
        if form == "number":
            typed = number_forms(rng, number)
        if form == "swapped":
            text = self.swapped(words, number, town_text)
        else:
            text = self.put(" ".join(words), typed, town_text)
        names = names or {name}
        found = [e for n in names for e in self.world.by_name["address" if number else "street", n]
                 if not number or number_key(e["number"]) == number_key(number)]
        return text and {"q": text, "near": near, "kind": "address" if number else "street", "names": sorted(names),
                         "number": number_key(number) if number else None, "points": self.meant(found, entry, town, near),
                         "metres": ADDRESS_M if number else STREET_M}

    def crossing(self):
        rng = self.rng
        if not self.world.crossings:
            return None
        entry = rng.choice(self.world.crossings)
        a, b = entry["name"], entry["other"]
        if fold(a) == fold(b):
            return None
        town_text, town, hamlet, near = self.where(entry)
        text = rng.choice(["%s angolo %s", "%s ang. %s", "incrocio %s %s", "incrocio tra %s e %s", "%s incrocio con %s",
                           "%s all'altezza di %s", "%s / %s", "%s e %s", "angolo %s con %s", "%s, angolo %s"]) % (a, b)
        if town_text:
            text += rng.choice([", ", " "]) + town_text
        pair = {fold(a), fold(b)}
        found = [e for e in self.world.crossings if {fold(e["name"]), fold(e["other"])} == pair]
        return {"q": text, "near": near, "kind": "crossing", "names": sorted(pair), "number": None,
                "points": self.meant(found, entry, town, near), "metres": CROSSING_M}

    def named(self, entries):
        rng = self.rng
        if not entries:
            return None
        entry = rng.choice(entries)
        town_text, town, hamlet, near = self.where(entry)
        text = entry["name"] + (", " + town_text if town_text and fold(town_text) != fold(entry["name"]) else "")
        name = fold(entry["name"])
        found = self.world.by_name["place", name]
        return {"q": text, "near": near, "kind": "place", "names": [name], "number": None,
                "points": self.meant(found, entry, town, near), "metres": PLACE_M}

    def one(self, form, edits):
        query = (self.crossing() if form == "crossing" else self.named(self.world.places) if form == "place" else
                 self.named(self.world.pois) if form == "poi" else self.address(form))
        if not query:
            return None
        text = slips(self.rng, query["q"], edits)
        if not text or edits and fold(text.split(",")[0]) in self.world.names:
            return None  # no finger's slip any more, or another name
        if self.rng.random() < 0.7:
            text = text.lower()
        return {**query, "q": text, "form": form, "edits": edits}


def make(entries, count=600, seed=1):
    maker = Maker(World(entries), seed)
    forms, weights = zip(*FORMS)
    queries, tries = [], 0
    while len(queries) < count and tries < 100 * count:
        tries += 1
        query = maker.one(maker.rng.choices(forms, weights)[0], len(queries) % 3)
        if query:
            queries.append(query)
    return queries


def line_of(query):
    return ("%.6f,%.6f\t" % tuple(query["near"]) if query["near"] else "") + query["q"]


def main():
    args = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    args.add_argument("--count", type=int, default=600)
    args.add_argument("--seed", type=int, default=1)
    args.add_argument("--lines", action="store_true")
    options = args.parse_args()
    for query in make([json.loads(line) for line in sys.stdin], options.count, options.seed):
        print(line_of(query) if options.lines else json.dumps(query, ensure_ascii=False))


if __name__ == "__main__":
    main()
