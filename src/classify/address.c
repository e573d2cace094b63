/*
 * The address inside a text: a kind of street, its name and number, and the municipality beside it. It
 * looks at shapes only ("via", capital letters, numbers); whether the place exists is the map's answer.
 */
#include "room.h"

#include <ctype.h>
#include <string.h>

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
		if (i + 1 < words->count && is_number_after(text, words, i + 1))
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

/* Last word of the street's name that begins at i, or i. */
static size_t street_last(const char *text, const struct words *words, size_t i)
{
	size_t last = name_last(text, words, i);
	return last == i ? small_name_last(text, words, i) : last;
}

void address_hide(const char *text, struct words *words)
{
	for (size_t i = 0; i + 1 < words->count; i++) {
		if (!is_street(words, i))
			continue;
		for (size_t last = street_last(text, words, i); i < last; i++)
			words->list[i + 1].quoted = true;
	}
}

void address_find(const char *text, const struct words *words, struct arena *arena, struct classify_address *out)
{
	*out = (struct classify_address){0};
	for (size_t i = 0; i + 1 < words->count; i++) {
		if (!is_street(words, i))
			continue;
		size_t last = street_last(text, words, i);
		if (last == i)
			continue;
		size_t end = find_number(text, words, last, words->list[last].end);
		out->start = words->list[i].start;
		out->end = end;
		out->text = arena_strn(arena, text + out->start, end - out->start);
		out->municipality = municipality_beside(text, words, i, end, arena);
		return;
	}
	find_place(text, words, arena, out);
}
