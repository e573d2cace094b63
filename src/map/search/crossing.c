/*
 * Two streets at once: "via Roma angolo via Verdi", "incrocio tra A e B", "via A all'altezza di via
 * B", "via A tra via B e via C". Each side is searched by itself, the other side's words saying
 * where at most; what meets on the map is an answer. See search.h.
 */
#include "search.h"

#include "slip.h"

#include "map/roads.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#define SIDE_HITS 1600  /* a region has as many of one name */
#define SIDE_FLOOR 0.65 /* of the best: others are not meant */
#define MEETINGS 64
#define SPLITS 4
#define SAME_M 60.0 /* meetings of the same streets so near count once */
#define GAP_M 150.0 /* streets that come so near meet, as people say */
#define GAP_SIDES 8 /* so many of each side are tried for that */
#define MOST_CORNERS 60
#define LONE_STREET 0.7 /* of its score, where two streets were said to cross and do not */
#define BEGUN_STREETS 64
#define BEGUN_SURE 0.7 /* of its score: others may begin so */
/* Of the street's score: any of its crossings may come, the street itself leads. */
#define LISTED 0.69
#define ALIKE 0.9         /* of the best street's score */
#define LISTED_FLOOR 0.75 /* a street of a lower score is not known yet */

static bool is_word(const struct unit *u, const char *const *list)
{
	for (; *list; list++)
		if (strlen(*list) == u->length && memcmp(u->text, *list, u->length) == 0)
			return true;
	return false;
}

static bool is_marker(const struct unit *u)
{
	static const char *const list[] = {"angolo",   "ang",          "incrocio", "incr",
	                                   "altezza",  "intersezione", "crocevia", "ecke",
	                                   "kreuzung", "confluenza",   NULL};
	static const char *const slipped[] = {"angolo", "incrocio", "altezza", NULL};
	bool is = is_word(u, list);
	for (size_t i = 0; slipped[i] && !is && u->exact == MAP_NONE; i++)
		is = slip_cost(u->text, u->length, slipped[i], strlen(slipped[i]), 2.3) <= 2.3;
	return is;
}

static bool is_between(const struct unit *u)
{
	static const char *const list[] = {"tra", "fra", "zwischen", NULL};
	return is_word(u, list);
}

static bool is_link(const struct unit *u)
{
	static const char *const list[] = {"e", "ed", "con", "und", NULL};
	return is_word(u, list);
}

/* What stands between a marker and a street, and belongs to neither. */
static bool is_filler(const struct unit *u)
{
	static const char *const list[] = {"all", "alla", "di", "della", "dello",  "del", "la",
	                                   "l",   "in",   "a",  "nei",   "pressi", NULL};
	return u->role == ROLE_BESIDE || is_word(u, list) || is_link(u) || is_between(u);
}

static bool is_kind(const struct unit *u)
{
	return words_is_kind(u->text, u->length);
}

/* ---- where the question falls apart ---- */

struct side {
	size_t first, last; /* typed units; last is behind it */
};
struct split {
	struct side side[3]; /* the third: "between", else empty */
	bool sure;           /* it was said that they cross */
};

/* An unfinished word goes on: the "a" of "angolo via a" is no preposition yet. */
static struct side trimmed(const struct question *q, size_t first, size_t last)
{
	while (first < last && is_filler(&q->unit[first]) && !q->unit[first].unfinished)
		first++;
	while (last > first && is_filler(&q->unit[last - 1]) && !q->unit[last - 1].unfinished)
		last--;
	return (struct side){first, last};
}

static bool is_whole(const struct split *s)
{
	return s->side[0].first < s->side[0].last && s->side[1].first < s->side[1].last;
}

/* From `first`: where the second street of two begins; `last` if that is not said. */
static size_t second_street(const struct question *q, size_t first, size_t last)
{
	for (size_t i = first + 1; i + 1 < last; i++)
		if ((is_link(&q->unit[i]) && is_kind(&q->unit[i + 1])) || is_marker(&q->unit[i]))
			return i + 1;
	for (size_t i = first + 1; i < last; i++)
		if (is_kind(&q->unit[i]))
			return i;
	for (size_t i = first + 1; i + 1 < last; i++)
		if (is_link(&q->unit[i]))
			return i + 1;
	return last;
}

static struct split split_at(const struct question *q, size_t first, size_t second, size_t last)
{
	size_t end = second;
	while (end > first && (is_marker(&q->unit[end - 1]) || is_filler(&q->unit[end - 1])))
		end--;
	return (struct split){.side = {trimmed(q, first, end), trimmed(q, second, last)}};
}

/* "incrocio Landstrasse Aeulestrasse": anywhere in the middle. */
static size_t split_anywhere(const struct question *q, size_t first, struct split *out)
{
	size_t count = 0;
	for (size_t i = first + 1; i < q->typed && count < SPLITS; i++) {
		out[count] = split_at(q, first, i, q->typed);
		count += is_whole(&out[count]);
	}
	return count;
}

/* "via C tra via A e via B" */
static bool split_between(const struct question *q, struct split *out)
{
	for (size_t i = 1; i < q->typed; i++) {
		if (!is_between(&q->unit[i]))
			continue;
		size_t second = second_street(q, i + 1, q->typed);
		struct split ends = split_at(q, i + 1, second, q->typed);
		*out = (struct split){.side = {trimmed(q, 0, i), ends.side[0], ends.side[1]}};
		return is_whole(out) && ends.side[1].first < ends.side[1].last;
	}
	return false;
}

static size_t split_question(const struct question *q, struct split out[SPLITS])
{
	size_t marker = 0, n = q->typed, count = 0;
	while (marker < n && !is_marker(&q->unit[marker]))
		marker++;
	struct side before = trimmed(q, 0, marker);
	if (marker == n && split_between(q, &out[0])) {
		count = 1;
	} else if (marker < n && before.first < before.last) {
		out[0] = split_at(q, 0, marker + 1, n); /* the second is perhaps still to come */
		count = 1;
	} else {
		struct side rest = marker < n ? trimmed(q, marker + 1, n) : (struct side){0, n};
		size_t second = second_street(q, rest.first, rest.last);
		out[0] = split_at(q, rest.first, second, rest.last);
		count = second < rest.last && is_whole(&out[0]);
		if (count == 0 && marker < n)
			count = split_anywhere(q, rest.first, out);
	}
	for (size_t i = 0; i < count; i++)
		out[i].sure = marker < n || out[i].side[2].last > 0;
	return count;
}

/* ---- where two streets meet ---- */

struct meeting {
	uint32_t street, other;
	struct map_vertex at;
	double score, sure;
};
struct meetings {
	struct meeting meeting[MEETINGS];
	size_t count;
};

static void search_side(const struct question *q, struct side side, struct hits *out)
{
	struct reading readings[READINGS];
	size_t count = question_part(q, side.first, side.last, readings);
	*out = (struct hits){mem_zero(SIDE_HITS, sizeof(struct hit)), 0, SIDE_HITS};
	score_readings(q, readings, count, true, out);
	score_sort(out);
	while (out->count > 0 && out->hit[out->count - 1].score < SIDE_FLOOR * out->hit[0].score)
		out->count--;
}

static int by_named(const void *a, const void *b)
{
	const struct hit *x = a, *y = b;
	return x->named < y->named ? -1 : x->named > y->named;
}

static const struct hit *hit_of(const struct hits *sorted, uint32_t named)
{
	struct hit key = {.named = named};
	return bsearch(&key, sorted->hit, sorted->count, sizeof(key), by_named);
}

size_t crossing_first(const struct map *map, uint32_t street)
{
	size_t low = 0, high = map->crossing_count;
	while (low < high) {
		size_t middle = low + (high - low) / 2;
		if (map->crossings[middle].street < street)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

/* Which of them is the same; `count` if none. */
static size_t met_before(const struct meetings *m, const struct map_crossing *c)
{
	size_t i = 0;
	while (i < m->count &&
	       (m->meeting[i].street != c->street || m->meeting[i].other != c->other ||
	        point_distance_m(map_point(m->meeting[i].at), map_point(c->at)) >= SAME_M))
		i++;
	return i;
}

/* Best first, equal ones as they came; the same once, with its best score. */
static void add_meeting(struct meetings *m, const struct map_crossing *c, double score, double sure)
{
	size_t at = met_before(m, c);
	if (at == m->count && at == MEETINGS)
		at--;
	if (at < m->count && m->meeting[at].score >= score)
		return;
	m->count += at == m->count;
	for (; at > 0 && m->meeting[at - 1].score < score; at--)
		m->meeting[at] = m->meeting[at - 1];
	m->meeting[at] = (struct meeting){c->street, c->other, c->at, score, sure};
}

static double both(double one, double other)
{
	return fmin(1, sqrt(one * other));
}

/* Where two streets that share no junction come nearest to each other: between corners of theirs.
 */
static void find_gap(const struct question *q, const struct hit *a, const struct hit *b,
                     struct meetings *out)
{
	const struct map *map = q->map;
	struct map_crossing best = {.street = a->named, .other = b->named};
	double best_m = GAP_M;
	size_t i = crossing_first(map, a->named), from = crossing_first(map, b->named);
	for (size_t n = 0; n < MOST_CORNERS && i < map->crossing_count; n++, i++) {
		if (map->crossings[i].street != a->named)
			break;
		struct map_plane plane = map_plane_at(map->crossings[i].at);
		for (size_t k = from; k < from + MOST_CORNERS && k < map->crossing_count; k++) {
			if (map->crossings[k].street != b->named)
				break;
			double metres = map_plane_distance(&plane, map->crossings[k].at);
			if (metres >= best_m)
				continue;
			best_m = metres;
			best.at = (struct map_vertex){
			    map->crossings[i].at.lat / 2 + map->crossings[k].at.lat / 2,
			    map->crossings[i].at.lon / 2 + map->crossings[k].at.lon / 2};
		}
	}
	double score = 0.95 * both(a->score, b->score);
	if (best_m < GAP_M)
		add_meeting(out, &best, score, score);
}

static void find_gaps(const struct question *q, const struct hits *first, const struct hits *second,
                      struct meetings *out)
{
	for (size_t i = 0; i < first->count && i < GAP_SIDES; i++)
		for (size_t k = 0; k < second->count && k < GAP_SIDES; k++)
			if (first->hit[i].named != second->hit[k].named)
				find_gap(q, &first->hit[i], &second->hit[k], out);
}

/* Goes through the corners of the side that has fewer streets. */
static void find_shared(const struct question *q, struct hits *first, struct hits *second,
                        struct meetings *out)
{
	bool swapped = first->count > second->count;
	const struct hits *few = swapped ? second : first, *many = swapped ? first : second;
	qsort(many->hit, many->count, sizeof(*many->hit), by_named);
	for (size_t i = 0; i < few->count; i++) {
		uint32_t street = few->hit[i].named;
		for (size_t k = crossing_first(q->map, street);
		     k < q->map->crossing_count && q->map->crossings[k].street == street; k++) {
			struct map_crossing c = q->map->crossings[k];
			const struct hit *other = hit_of(many, c.other);
			if (!other)
				continue;
			if (swapped)
				c = (struct map_crossing){c.other, street, c.at};
			double score = both(few->hit[i].score, other->score);
			add_meeting(out, &c, score, score);
		}
	}
}

/* Is the last street's name being typed: its last word unfinished, or nothing but its kind there?
 */
static bool is_begun(const struct question *q, struct side last)
{
	bool kinds = last.first < last.last;
	for (size_t i = last.first; i < last.last; i++)
		kinds = kinds && is_kind(&q->unit[i]);
	return last.last == q->typed && last.first < last.last &&
	       (kinds || q->unit[last.last - 1].unfinished);
}

/* However little is typed of the second street, those that cross and go on so are few. */
static void find_begun(const struct question *q, struct side last, const struct hits *streets,
                       struct meetings *out)
{
	struct corner corners[CORNERS];
	for (size_t i = 0; i < streets->count && i < BEGUN_STREETS; i++) {
		uint32_t street = streets->hit[i].named;
		size_t count = begun_corners(q, street, last.first, corners);
		for (size_t k = 0; k < count; k++) {
			struct map_crossing c = {street, corners[k].other, corners[k].at};
			double score = both(streets->hit[i].score, corners[k].like);
			add_meeting(out, &c, score, BEGUN_SURE * score);
		}
	}
}

static void find_meetings(const struct question *q, struct side a, struct side b, bool sure,
                          struct meetings *out)
{
	struct hits first, second;
	search_side(q, a, &first);
	search_side(q, b, &second);
	out->count = 0;
	find_shared(q, &first, &second, out);
	score_sort(&first);
	score_sort(&second);
	double best =
	    first.count && second.count ? sqrt(first.hit[0].score * second.hit[0].score) : INFINITY;
	if (out->count == 0 || out->meeting[0].score < 0.9 * best)
		find_gaps(q, &first, &second, out);
	if (sure && is_begun(q, b))
		find_begun(q, b, &first, out);
	free(first.hit);
	free(second.hit);
}

/* ---- answers ---- */

/* third: NULL, or the street at the other end of a stretch. */
static struct map_candidate answer(const struct question *q, const struct meeting *m,
                                   const char *third)
{
	const struct map *map = q->map;
	const struct map_named *street = &map->named[m->street];
	const char *name = map->strings + street->label,
	           *other = map->strings + map->named[m->other].label,
	           *town = map_string(map, street->municipality);
	const char *label = third ? arena_format(q->arena, "%s tra %s e %s", name, other, third)
	                          : arena_format(q->arena, "%s angolo %s", name, other);
	return (struct map_candidate){.label = town ? arena_format(q->arena, "%s, %s", label, town)
	                                            : label,
	                              .street = arena_str(q->arena, name),
	                              .municipality = arena_str(q->arena, town),
	                              .at = map_point(m->at),
	                              .kind = MAP_CROSSING,
	                              .score = m->score,
	                              .sure = m->sure};
}

static size_t put(struct map_candidate *out, size_t count, size_t room, struct map_candidate new)
{
	for (size_t i = 0; i < count; i++)
		if (strcmp(out[i].label, new.label) == 0 &&
		    point_distance_m(out[i].at, new.at) < SAME_M)
			return count;
	if (count == room)
		return count;
	size_t at = count;
	for (; at > 0 && out[at - 1].score < new.score; at--)
		out[at] = out[at - 1];
	out[at] = new;
	return count + 1;
}

/* Streets that do not meet: each by itself is better than nothing. */
static size_t put_streets(const struct question *q, const struct split *s,
                          struct map_candidate *out, size_t count, size_t room)
{
	for (size_t i = 0; i < 2; i++) {
		struct hits hits;
		search_side(q, s->side[i], &hits);
		if (hits.count > 0) {
			const struct map_named *n = &q->map->named[hits.hit[0].named];
			const char *name = arena_str(q->arena, q->map->strings + n->label),
			           *town = map_string(q->map, n->municipality);
			count = put(
			    out, count, room,
			    (struct map_candidate){
			        .label = town ? arena_format(q->arena, "%s, %s", name, town) : name,
			        .street = name,
			        .municipality = arena_str(q->arena, town),
			        .at = map_point(n->at),
			        .kind = MAP_STREET,
			        .score = LONE_STREET * fmin(1, hits.hit[0].score)});
		}
		free(hits.hit);
	}
	return count;
}

static bool is_told(const struct question *q, struct side side)
{
	for (size_t i = side.first; i < side.last; i++)
		if (q->unit[i].weight >= TOLD_WEIGHT)
			return true;
	return false;
}

static bool same_street(const struct map_named *a, const struct map_named *b)
{
	return a->label == b->label && a->municipality == b->municipality;
}

/* The crossings of the best street, and which record has them: that of another name has none. */
static size_t corners_of_best(const struct question *q, const struct hits *hits, uint32_t *street,
                              struct corner corners[CORNERS])
{
	const struct map_named *named = q->map->named;
	size_t count = 0;
	for (size_t i = 0; i < hits->count && count == 0; i++) {
		*street = hits->hit[i].named;
		if (same_street(&named[*street], &named[hits->hit[0].named]))
			count = begun_corners(q, *street, q->typed, corners);
	}
	return count;
}

/* Nothing of the second street is typed yet: all crossings of the first that cars reach. */
static size_t list_crossings(const struct question *q, struct side side, struct map_candidate *out,
                             size_t room)
{
	struct hits hits;
	struct corner corners[CORNERS];
	uint32_t street = MAP_NONE;
	size_t count = 0, found = 0;
	search_side(q, side, &hits);
	if (hits.count > 0 && hits.hit[0].score >= LISTED_FLOOR && is_told(q, side))
		found = corners_of_best(q, &hits, &street, corners);
	for (size_t i = 0; i < found; i++) {
		double score = LISTED * fmin(1, hits.hit[0].score);
		struct meeting m = {street, corners[i].other, corners[i].at, score, 0};
		struct map_candidate c = answer(q, &m, NULL);
		if (map_street_drivable(q->map, c.street, c.at))
			count = put(out, count, room, c);
	}
	free(hits.hit);
	return count;
}

/* The middle of the stretch between two crossings of one street. */
static size_t find_stretch(const struct question *q, const struct split *s,
                           struct map_candidate *out, size_t room)
{
	struct meetings from, to;
	size_t count = 0;
	find_meetings(q, s->side[0], s->side[1], true, &from);
	find_meetings(q, s->side[0], s->side[2], true, &to);
	for (size_t i = 0; i < from.count && count == 0; i++)
		for (size_t k = 0; k < to.count && count < room; k++) {
			struct meeting m = from.meeting[i];
			if (to.meeting[k].street != m.street || to.meeting[k].other == m.other)
				continue;
			m.score = sqrt(m.score * to.meeting[k].score);
			m.sure = sqrt(m.sure * to.meeting[k].sure);
			m.at = (struct map_vertex){m.at.lat / 2 + to.meeting[k].at.lat / 2,
			                           m.at.lon / 2 + to.meeting[k].at.lon / 2};
			count =
			    put(out, count, room,
			        answer(q, &m,
			               q->map->strings + q->map->named[to.meeting[k].other].label));
		}
	return count;
}

size_t crossing_find(const struct question *q, struct map_candidate *out, size_t room)
{
	struct split splits[SPLITS];
	struct meetings found;
	size_t count = 0, ways = split_question(q, splits);
	double doubt =
	    q->readings > 1 && q->reading[1].number[0] ? 0.9 : 0.97; /* crossings have no number */
	if (ways == 1 && !is_whole(&splits[0]))
		return put_streets(q, &splits[0], out,
		                   list_crossings(q, splits[0].side[0], out, room - 1), room);
	for (size_t i = 0; i < ways; i++) {
		if (splits[i].side[2].last > 0) {
			count = find_stretch(q, &splits[i], out, room);
			continue;
		}
		find_meetings(q, splits[i].side[0], splits[i].side[1], splits[i].sure, &found);
		for (size_t k = 0; k < found.count; k++) {
			found.meeting[k].score *= splits[i].sure ? 1 : doubt;
			found.meeting[k].sure *= splits[i].sure ? 1 : doubt;
			count = put(out, count, room, answer(q, &found.meeting[k], NULL));
		}
	}
	for (size_t i = 0; i < ways && count == 0; i++)
		if (splits[i].sure)
			count = put_streets(q, &splits[i], out, count, room);
	return count;
}
