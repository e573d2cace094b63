/*
 * Words -> places, as one types. Words may come in any order, unfinished, without accents, joined,
 * split, with one or two slips; the last number is perhaps the house's. How: search.h.
 */
#include "search.h"

#include <ctype.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#define SCORE_FLOOR 0.5
#define FINALISTS 96 /* whose numbers are looked up */
#define LONGEST_QUERY 300
#define CROSSINGS 32

const char *map_place_kind_name(enum map_place_kind k)
{
	switch (k) {
	case MAP_ADDRESS:
		return "address";
	case MAP_STREET:
		return "street";
	case MAP_PLACE:
		return "place";
	case MAP_CROSSING:
		return "crossing";
	}
	return "place";
}

/* ---- a finalist with its number ---- */

struct finalist {
	struct hit hit;
	struct numbered number;
	bool has_number;
};

/* A street that has the number is meant rather than one that has not. */
static struct finalist with_number(const struct question *q, const struct hit *h)
{
	const struct map_named *n = &q->map->named[h->named];
	const char *wanted = q->reading[h->reading].number;
	struct finalist f = {.hit = *h};
	double fit = 1;
	if (!wanted[0])
		return f;
	f.has_number = number_find(q->map, n, wanted, &f.number);
	if (f.has_number)
		fit = !f.number.about ? 1 : f.number.address != MAP_NONE ? 0.97 : 0.93;
	else
		fit = n->kind == MAP_STREET ? 0.85 : 0.75;
	if (q->reading[h->reading].doubtful)
		fit *= f.has_number && !f.number.about ? 0.96 : 0.85;
	f.hit.score *= fit;
	f.hit.sure *= fit;
	return f;
}

static int better(const void *a, const void *b)
{
	const struct finalist *x = a, *y = b;
	if (x->hit.score != y->hit.score)
		return x->hit.score > y->hit.score ? -1 : 1;
	if (x->hit.named != y->hit.named)
		return x->hit.named < y->hit.named ? -1 : 1;
	return x->hit.reading < y->hit.reading ? -1 : x->hit.reading > y->hit.reading;
}

/* ---- answers ---- */

/* A comparable number as people write it: "12c" -> "12C", "12bis" -> "12 bis". */
static const char *written_number(struct arena *arena, const char *key)
{
	size_t length = strcspn(key, "abcdefghijklmnopqrstuvwxyz");
	const char *suffix = key + length;
	if (strlen(suffix) == 1)
		return arena_format(arena, "%.*s%c", (int)length, key,
		                    toupper((unsigned char)*suffix));
	return arena_format(arena, *suffix ? "%.*s %s" : "%.*s%s", (int)length, key, suffix);
}

static const char *numbered_label(const struct question *q, const struct finalist *f,
                                  struct map_candidate *c)
{
	const struct map *map = q->map;
	uint32_t address = f->number.address;
	const char *known = address != MAP_NONE ? map->strings + map->addresses[address].number
	                                        : q->reading[f->hit.reading].number;
	const char *number =
	    f->number.about ? written_number(q->arena, known) : arena_str(q->arena, known);
	c->kind = MAP_ADDRESS;
	c->at = map_point(f->number.at);
	c->number = number;
	c->about = f->number.about;
	return arena_format(q->arena, f->number.about ? "%s %s (circa)" : "%s %s",
	                    map->strings + map->named[f->hit.named].label, number);
}

static struct map_candidate describe(const struct question *q, const struct finalist *f)
{
	const struct map *map = q->map;
	const struct map_named *n = &map->named[f->hit.named];
	const char *label = map->strings + n->label, *town = map_string(map, n->municipality),
	           *hamlet = map_string(map, n->hamlet);
	struct map_candidate c = {.municipality = arena_str(q->arena, town),
	                          .at = map_point(n->at),
	                          .kind = (enum map_place_kind)n->kind,
	                          .score = fmin(1, f->hit.score),
	                          .sure = f->hit.sure};
	if (n->kind == MAP_STREET)
		c.street = arena_str(q->arena, label);
	if (f->has_number)
		label = numbered_label(q, f, &c);
	if (hamlet)
		label = arena_format(q->arena, "%s, %s", label, hamlet);
	c.label = town && strcmp(town, label) != 0 ? arena_format(q->arena, "%s, %s", label, town)
	                                           : arena_str(q->arena, label);
	return c;
}

/* One thing may be found by two readings, or by two of its names. */
static bool given_before(const struct map_candidate *out, size_t given,
                         const struct map_candidate *c)
{
	for (size_t i = 0; i < given; i++)
		if (strcmp(out[i].label, c->label) == 0 && out[i].kind == c->kind &&
		    (c->kind != MAP_PLACE || point_distance_m(out[i].at, c->at) < 50))
			return true;
	return false;
}

static size_t find_named(struct question *q, struct map_candidate *out, size_t room)
{
	struct hit hit[FINALISTS];
	struct finalist finalist[FINALISTS];
	struct hits hits = {hit, 0, FINALISTS};
	size_t given = 0;
	score_readings(q, q->reading, q->readings, false, &hits);
	for (size_t i = 0; i < hits.count; i++)
		finalist[i] = with_number(q, &hit[i]);
	qsort(finalist, hits.count, sizeof(*finalist), better);
	for (size_t i = 0; i < hits.count && given < room && finalist[i].hit.score >= SCORE_FLOOR;
	     i++) {
		struct map_candidate c = describe(q, &finalist[i]);
		if (!given_before(out, given, &c))
			out[given++] = c;
	}
	return given;
}

/* Takes out the street that is given again, and better. */
static size_t without(struct map_candidate *out, size_t count, const struct map_candidate *better)
{
	for (size_t i = 0; i < count; i++)
		if (better->kind == MAP_STREET && out[i].kind == MAP_STREET &&
		    out[i].score <= better->score && strcmp(out[i].label, better->label) == 0) {
			memmove(&out[i], &out[i + 1], (count - i - 1) * sizeof(*out));
			return count - 1;
		}
	return count;
}

/* Puts the crossings where their scores let them be. */
static size_t merge(struct map_candidate *out, size_t count, size_t room,
                    const struct map_candidate *crossing, size_t crossings)
{
	for (size_t i = 0; i < crossings && crossing[i].score >= SCORE_FLOOR; i++) {
		count = without(out, count, &crossing[i]);
		size_t at = count < room ? count++ : room;
		if (at == room && (room == 0 || out[--at].score >= crossing[i].score))
			break;
		for (; at > 0 && out[at - 1].score < crossing[i].score; at--)
			out[at] = out[at - 1];
		out[at] = crossing[i];
	}
	return count;
}

/* "km 12+300" */
static bool is_between_digits(char before, const char *at)
{
	return isdigit((unsigned char)before) && isdigit((unsigned char)at[1]);
}

/* "via A / via B" and "via A & via B": said with a word, as far as the words go. */
static const char *spelt_out(const char *query, struct arena *arena)
{
	struct str out = {0};
	char before = '\0';
	for (const char *c = query; *c && out.length < LONGEST_QUERY; c++) {
		bool bar = *c == '/' && isalpha((unsigned char)before) &&
		           (c[1] == ' ' || isalpha((unsigned char)c[1]));
		if (*c == '&' || (*c == '+' && !is_between_digits(before, c)) || bar)
			str_add(&out, " angolo ");
		else
			str_addc(&out, *c);
		if (*c != ' ')
			before = *c;
	}
	const char *text = arena_str(arena, str_text(&out));
	str_fini(&out);
	return text;
}

/* ---- typed coordinates ---- */

/* Among its roads. */
static bool is_on_map(const struct map *map, struct point at)
{
	struct map_info info;
	map_info(map, &info);
	return at.lat >= info.south_west.lat && at.lat <= info.north_east.lat &&
	       at.lon >= info.south_west.lon && at.lon <= info.north_east.lon;
}

/* The point itself, called by what stands there. */
static size_t find_point(const struct map *map, struct point at, struct arena *arena,
                         struct map_candidate *out, size_t room)
{
	struct map_reverse there;
	map_reverse(map, at, arena, &there);
	if (room == 0 || (!there.area && !is_on_map(map, at)))
		return 0;
	const char *label =
	    there.area ? there.area : arena_format(arena, "%.5f, %.5f", at.lat, at.lon);
	if (there.street && there.number)
		label = arena_format(arena, there.municipality ? "%s %s, %s" : "%s %s",
		                     there.street, there.number, there.municipality);
	*out = (struct map_candidate){.label = label,
	                              .street = there.street,
	                              .number = there.number,
	                              .municipality = there.municipality,
	                              .at = at,
	                              .kind = MAP_PLACE,
	                              .score = 1,
	                              .sure = 1};
	return 1;
}

size_t map_geocode(const struct map *map, const char *query, struct point near, struct arena *arena,
                   struct map_candidate *out, size_t room)
{
	struct point typed;
	if (coordinates_read(query, &typed))
		return find_point(map, typed, arena, out, room);
	struct question *q = mem_zero(1, sizeof(*q));
	struct map_candidate crossing[CROSSINGS];
	q->map = map;
	q->near = near;
	q->arena = arena;
	question_read(q, spelt_out(query, arena));
	size_t crossings = crossing_find(q, crossing, CROSSINGS);
	size_t count = find_named(q, out, room);
	count = merge(out, count, room, crossing, crossings);
	free(q);
	return count;
}
