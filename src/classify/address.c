/*
 * The address inside a text: a kind of street, its name and number, and the municipality beside it. It
 * looks at shapes only ("via", capital letters, numbers); whether the place exists is the map's answer.
 */
#include "room.h"

#include <ctype.h>
#include <string.h>
#include <strings.h>

#define NAME_MAX_WORDS 6

static bool in_list(const char *word, const char *const *list)
{
	for (; *list; list++) {
		if (word[0] == **list && str_equal(word, *list))
			return true;
	}
	return false;
}

bool word_is_street(const char *norm)
{
	static const char *const kinds[] = {"via",    "viale",	"piazza",  "piazzale", "piazzetta", "corso",   "vicolo",
					    "largo",  "contrada", "lungolago", "lungomare", "vico",	"salita",  "borgo",
					    "strada", "localita", "loc",     "frazione", "fraz",	"cascina", "vle",
					    "pzza",   "piazz",	"rione",   "calle",    "traversa",  "stradone", "viottolo", NULL};
	return in_list(norm, kinds);
}

bool word_is_lead(const char *norm)
{
	static const char *const leads[] = {"a", "ad", "dove", "comune", "frazione", "paese", NULL};
	return in_list(norm, leads);
}

static bool is_street(const struct words *words, size_t at)
{
	return words->list[at].known->street;
}

/* The word as it stands, whatever its letters' size: known words are kept corrected. */
static bool reads(const char *text, const struct word *w, const char *wanted)
{
	return strlen(wanted) == w->end - w->start && strncasecmp(text + w->start, wanted, w->end - w->start) == 0;
}

static bool reads_one(const char *text, const struct word *w, const char *const *list)
{
	for (; *list; list++) {
		if (reads(text, w, *list))
			return true;
	}
	return false;
}

static bool is_dotted(const char *text, const struct word *a, const struct word *b)
{
	return b->start == a->end + 1 && text[a->end] == '.';
}

/* "p.zza", "v.le": cut in two at the dot. */
static bool is_short_street(const char *text, const struct words *words, size_t at)
{
	static const char *const begins[] = {"p", "v", "c", "l", NULL};
	static const char *const ends[] = {"zza", "za", "tta", "le", "so", "go", "lo", NULL};
	return at + 1 < words->count && is_dotted(text, &words->list[at], &words->list[at + 1]) &&
	       reads_one(text, &words->list[at], begins) && reads_one(text, &words->list[at + 1], ends);
}

/* The last word of a kind of street that begins at `at`; the number of words if none does. */
static size_t kind_last(const char *text, const struct words *words, size_t at)
{
	return is_street(words, at) ? at : is_short_street(text, words, at) ? at + 1 : words->count;
}

static bool is_capital(const char *text, const struct word *w)
{
	unsigned char c = (unsigned char)text[w->start], next = (unsigned char)text[w->start + 1];
	return isupper(c) || (c == 0xC3 && next >= 0x80 && next <= 0x9E); /* À to Þ */
}

static bool is_joint(const struct word *w)
{
	static const char *const joints[] = {"di",   "del",  "della", "dello", "dei", "degli", "delle", "dell", "d", "da",
					     "dal", "e", "al", "alla", "la", "il", "lo", "le", "san", "santa", "s", "sul", "de", NULL};
	return in_list(w->norm, joints);
}

/* Only blanks, dots and apostrophes between two words: the name goes on. */
static bool is_close(const char *text, const struct word *a, const struct word *b)
{
	bool short_form = a->end - a->start <= 3; /* "S. Giorgio" goes on, "Dresano. Problema" ends */
	for (size_t i = a->end; i < b->start; i++) {
		if (!strchr(short_form ? " .'`" : " '`", text[i]) && (unsigned char)text[i] < 0x80)
			return false;
	}
	return b->start - a->end <= 3;
}

static bool is_number_after(const char *text, const struct words *words, size_t at)
{
	const struct word *w = &words->list[at];
	const struct word *before = &words->list[at - 1];
	if (!w->number || strlen(w->norm) > 4 || w->start - before->end > 4)
		return false;
	return !(text[w->end] == ':' && isdigit((unsigned char)text[w->end + 1])); /* "via Cavour 12:30" is a time */
}

/* "12/A", "12 bis" belong to the number. */
static size_t number_end(const char *text, const struct words *words, size_t at)
{
	const struct word *w = &words->list[at], *next = w + 1;
	if (at + 1 == words->count)
		return w->end;
	bool letter = strlen(next->norm) == 1 && !next->number && next->start == w->end + 1 &&
		      (text[w->end] == '/' || (text[w->end] == ' ' && isupper((unsigned char)text[next->start])));
	bool glued = text[w->end] == '/' && next->start == w->end + 1 && strlen(next->norm) <= 3;
	return letter || glued || (str_equal(next->norm, "bis") && is_close(text, w, next)) ? next->end : w->end;
}

/* Last word of the name that begins behind `at`, or `at` if there is none. */
static size_t name_last(const char *text, const struct words *words, size_t at)
{
	size_t last = at;
	for (size_t i = at + 1; i < words->count && i <= at + NAME_MAX_WORDS; i++) {
		const struct word *w = &words->list[i];
		if (!is_close(text, w - 1, w))
			break;
		if (is_capital(text, w) || (w->number && i == at + 1))
			last = i;
		else if (!is_joint(w))
			break;
	}
	return last;
}

/* Where "via" begins no name: "manca in tutta la via da stamattina", "è andata via ieri". */
static bool is_time(const struct word *w)
{
	static const char *const times[] = {"stamattina", "stamane", "stamani", "stanotte", "stasera", "ieri", "oggi", "subito",
					    "sempre", "ora", "ore", "giorni", "giorno", "settimana", "mesi", "tempo", NULL};
	return in_list(w->norm, times);
}

static bool says_crossing(const char *text, const struct word *w)
{
	static const char *const marks[] = {"angolo", "ang", "incrocio", NULL};
	return reads_one(text, w, marks);
}

/* In small letters ("via duca d'aosta 13", speech to text): words up to a number, else one word before a mark. */
static size_t small_name_last(const char *text, const struct words *words, size_t at)
{
	static const char *const plain[] = {"via", "viale", "piazza", "corso", "vicolo", "largo", "contrada", "piazzale", NULL};
	if (!in_list(words->list[at].norm, plain))
		return at;
	for (size_t i = at + 1; i < words->count && i <= at + NAME_MAX_WORDS; i++) {
		const struct word *w = &words->list[i];
		if (!is_close(text, w - 1, w) || w->number)
			break;
		if (i + 1 < words->count && (is_number_after(text, words, i + 1) || says_crossing(text, w + 1)))
			return i;
		if (w->after || i + 1 == words->count)
			return !is_time(w) && (i == at + 1 || (i == at + 2 && is_joint(w - 1))) ? i : at;
	}
	return at;
}

static size_t find_number(const char *text, const struct words *words, size_t last, size_t end)
{
	static const char *const marks[] = {"n", "nr", "num", "numero", "civico", "civ", NULL};
	size_t at = last + 1;
	if (at < words->count && in_list(words->list[at].norm, marks) && words->list[at].start - words->list[last].end <= 3)
		at++;
	return at < words->count && is_number_after(text, words, at) ? number_end(text, words, at) : end;
}

/* A run of capitalised words from `at`: a place's name. Returns its last word, or `at - 1`. */
static size_t place_last(const char *text, const struct words *words, size_t at)
{
	size_t last = at - 1;
	for (size_t i = at; i < words->count && i < at + 5; i++) {
		const struct word *w = &words->list[i];
		if (i > at && !is_close(text, w - 1, w))
			break;
		if (is_capital(text, w) && !is_street(words, i) && strlen(w->norm) > 1 && !(i == at && w->small))
			last = i; /* "In via Po": no town is called so */
		else if (i == at || !is_joint(w))
			break;
	}
	return last;
}

static char *slice(const char *text, const struct words *words, size_t first, size_t last, struct arena *arena)
{
	size_t start = words->list[first].start;
	return arena_strn(arena, text + start, words->list[last].end - start);
}

/* Behind the address: ", Castiglione" or " a Gubbio"; in front of it: "Cerro Maggiore, via Curiel". */
static const char *municipality_beside(const char *text, const struct words *words, size_t first, size_t end,
				       struct arena *arena)
{
	size_t next = first;
	while (next < words->count && words->list[next].start < end)
		next++;
	if (next < words->count && words->list[next].start - end <= 3) {
		size_t from = next;
		if (str_equal(words->list[from].norm, "a") || str_equal(words->list[from].norm, "ad"))
			from++;
		bool marked = from > next || text[end] == ',' || text[end] == '(' || str_starts(text + end, " (");
		if (marked && from < words->count && place_last(text, words, from) >= from)
			return slice(text, words, from, place_last(text, words, from), arena);
	}
	for (size_t back = 1; back <= 4 && back <= first; back++) {
		size_t from = first - back;
		bool begins = from == 0 || words->list[from - 1].after || words->list[from - 1].small;
		if (begins && is_capital(text, &words->list[from]) && place_last(text, words, from) == first - 1)
			return slice(text, words, from, first - 1, arena);
	}
	return NULL;
}

/* No street: "a Canegrate", "Dove: Carpiano." */
static bool find_place(const char *text, const struct words *words, struct arena *arena, struct classify_address *out)
{
	for (size_t i = 0; i + 1 < words->count; i++) {
		bool initial = words->list[i].end - words->list[i].start == 1 && is_capital(text, &words->list[i]);
		if (initial || !words->list[i].known->lead || !is_capital(text, &words->list[i + 1]) ||
		    words->list[i + 1].start - words->list[i].end > 3)
			continue;
		size_t last = place_last(text, words, i + 1);
		if (last <= i)
			continue;
		out->municipality = out->text = slice(text, words, i + 1, last, arena);
		out->start = words->list[i + 1].start;
		out->end = words->list[last].end;
		return true;
	}
	return false;
}

/* ---- roads by their number ---- */

/* "SP 121", "S.S. 12", "strada provinciale 121": the number's word, or the number of words. */
static size_t road_last(const char *text, const struct words *words, size_t at)
{
	static const char *const letters[] = {"sp", "ss", "sr", NULL}, *const second[] = {"p", "s", "r", NULL};
	static const char *const sorts[] = {"provinciale", "statale", "regionale", NULL};
	size_t number = words->count;
	const struct word *w = &words->list[at];
	if (reads_one(text, w, letters))
		number = at + 1;
	else if (at + 1 < words->count && ((reads(text, w, "strada") && reads_one(text, w + 1, sorts)) ||
					   (reads(text, w, "s") && is_dotted(text, w, w + 1) && reads_one(text, w + 1, second))))
		number = at + 2;
	return number < words->count && is_number_after(text, words, number) ? number : words->count;
}

/* "km 12+300", "al km 12" behind it. */
static size_t kilometre_end(const char *text, const struct words *words, size_t last)
{
	size_t at = last + 1, end = words->list[last].end;
	if (at < words->count && reads(text, &words->list[at], "al"))
		at++;
	if (at + 1 >= words->count || !reads(text, &words->list[at], "km") || !words->list[at + 1].number)
		return end;
	const struct word *km = &words->list[at + 1];
	bool metres = at + 2 < words->count && text[km->end] == '+' && km[1].start == km->end + 1 && km[1].number;
	return metres ? km[1].end : km->end;
}

/* Last word of the street's name behind its kind, which ends at i; or i. */
static size_t street_last(const char *text, const struct words *words, size_t i)
{
	size_t last = name_last(text, words, i);
	return last == i ? small_name_last(text, words, i) : last;
}

void address_hide(const char *text, struct words *words)
{
	for (size_t i = 0; i + 1 < words->count; i++) {
		size_t kind = kind_last(text, words, i);
		if (kind >= words->count)
			continue;
		i = kind;
		for (size_t last = street_last(text, words, i); i < last; i++)
			words->list[i + 1].quoted = true;
	}
}

/* ---- two streets ---- */

/* "angolo via X con via Y": said in front of the first. */
static bool is_corner_before(const char *text, const struct words *words, size_t first)
{
	for (size_t back = 1; back <= 2 && back <= first; back++) {
		if (says_crossing(text, &words->list[first - back]))
			return true;
	}
	return false;
}

/* Where a second street ends that crosses the first: "angolo via Y", "all'incrocio con via Y"; else `end`. */
static size_t crossing_end(const char *text, const struct words *words, size_t first, size_t last, size_t end)
{
	static const char *const between[] = {"all", "con", "di", "e", "della", "altezza", NULL};
	bool crosses = is_corner_before(text, words, first);
	for (size_t i = last + 1; i + 1 < words->count && i <= last + 5; i++) {
		const struct word *w = &words->list[i];
		size_t kind = kind_last(text, words, i);
		if (crosses && kind < words->count && i > last + 1) {
			size_t second = street_last(text, words, kind);
			return second > kind ? words->list[second].end : end;
		}
		crosses = crosses || says_crossing(text, w) || reads(text, w, "altezza");
		if (!says_crossing(text, w) && !reads_one(text, w, between))
			break;
	}
	return end;
}

static void found(const char *text, const struct words *words, struct arena *arena, size_t first, size_t end,
		  struct classify_address *out)
{
	out->start = words->list[first].start;
	out->end = end;
	out->text = arena_strn(arena, text + out->start, end - out->start);
	out->municipality = municipality_beside(text, words, first, end, arena);
}

void address_find(const char *text, const struct words *words, struct arena *arena, struct classify_address *out)
{
	*out = (struct classify_address){0};
	for (size_t i = 0; i + 1 < words->count; i++) {
		size_t kind = kind_last(text, words, i), road = road_last(text, words, i);
		if (road < words->count) {
			found(text, words, arena, i, kilometre_end(text, words, road), out);
			return;
		}
		size_t last = kind < words->count ? street_last(text, words, kind) : kind;
		if (last == kind)
			continue;
		size_t end = words->list[last].end, numbered = find_number(text, words, last, end);
		found(text, words, arena, i, numbered > end ? numbered : crossing_end(text, words, i, last, end), out);
		return;
	}
	find_place(text, words, arena, out);
}
