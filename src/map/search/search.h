/*
 * The parts of the address search, in the order they work: a question is cut into units (words as
 * typed, joined or split), what only says where to stand or how far along a road is told apart
 * (said.c), each unit is looked up among the map's words (lexicon.c), a few readings
 * say which units are meant (question.c: which one is the house number?), every reading is compared
 * with the titles that share words with it, and the best titles' bearers are told apart by
 * municipality, nearness and number (score.c, number.c). Two streets at once are a crossing
 * (crossing.c), the second perhaps only begun (begun.c). Nothing here grows with the map but the
 * postings of the words that were typed.
 */
#ifndef PRONTOD_MAP_SEARCH_H
#define PRONTOD_MAP_SEARCH_H

#include "../file.h"

#include "words.h"

#define WORDS 16 /* of a query; further ones are ignored */
#define UNITS 32
#define READINGS 24
#define MATCHES 1024 /* of all units */
#define PREFIXES 64

/* What a word as typed is there for. */
enum role {
	ROLE_NAME,      /* of a place, or its number */
	ROLE_KILOMETRE, /* "km 12": how far along a road, never a house */
	ROLE_BESIDE,    /* "davanti alla": where to stand */
};

/* A word that was perhaps meant. */
struct unit {
	const char *text;
	size_t length;
	const char *typed; /* its letters before they were written out: "nove" for 9 */
	double weight;   /* how much it tells: 0 to 1 */
	uint32_t exact;  /* the word it is, MAP_NONE */
	bool unfinished; /* may go on */
	bool is_number;
	enum role role;
};

/* A unit may stand for one word, or for all words of a range that begin with it. */
struct match {
	uint32_t word;
	uint8_t unit;
	float like; /* 0 to 1 */
};
struct prefix {
	uint32_t low, high; /* words low to high - 1 */
	uint8_t unit;
	float like;
};

/* One way to understand the query. */
struct reading {
	uint8_t unit[WORDS];
	size_t count;
	uint32_t mask;   /* of its units */
	uint32_t around; /* units beside it that may say where: a help, no demand */
	char number[16]; /* "" none */
	bool doubtful;   /* "7 a Trento": a is hardly part of the number */
	double worth;    /* 0 to 1: less where something that was said is left out */
};

struct question {
	const struct map *map;
	struct point near;
	struct arena *arena;
	struct unit unit[UNITS];
	size_t units, typed; /* the first `typed` are the words in their order */
	struct match match[MATCHES];
	size_t matches; /* sorted by word */
	struct prefix prefix[PREFIXES];
	size_t prefixes;
	float in_settings[UNITS]; /* the best that the unit can be as a municipality */
	struct reading reading[READINGS];
	size_t readings;
};

/* ---- lexicon.c ---- */
uint32_t lexicon_find(const struct map *map, const char *text, size_t length); /* MAP_NONE */
/* The least cost of taking it for a word of the map, with at most so many slips; INFINITY. */
double lexicon_slip(const struct map *map, const char *text, size_t length, unsigned slips);
/* Fills in what unit i may stand for, and its weight. */
void lexicon_look_up(struct question *q, size_t i);
/* Looked up before: is it like any word? */
bool lexicon_knows(const struct question *q, size_t i);
/* Once all units are looked up. */
void lexicon_ready(struct question *q);
/* For one word of a title or setting: calls fn for each unit of the mask that may be it. */
typedef void lexicon_like_fn(void *ctx, size_t unit, double like);
void lexicon_likes(const struct question *q, uint32_t word, uint32_t mask, lexicon_like_fn *fn,
                   void *ctx);

/* ---- said.c ---- */
/* The typed words from `first` to `last` - 1, as far as their roles are kept. */
struct wording {
	size_t first, last;
	bool kilometres, besides;
	double worth;
};
#define WORDINGS 6
/* Gives the typed words their roles. A kilometre's fraction is rounded into it. */
void said_roles(struct question *q);
/* Ways to take the question, once its words are looked up: the first is what is mostly meant. */
size_t said_wordings(const struct question *q, struct wording out[WORDINGS]);

/* ---- coordinates.c ---- */
/* False where anything else was typed. */
bool coordinates_read(const char *query, struct point *out);

/* ---- question.c ---- */
void question_read(struct question *q, const char *query);
/* Readings for the words from `first` to `last` - 1 alone; the others may say where. */
size_t question_part(const struct question *q, size_t first, size_t last,
                     struct reading out[READINGS]);

/* ---- titles.c ---- */
#define TITLES 160       /* compared in full */
#define TOLD_WEIGHT 0.45 /* words below tell too little to be searched by */
struct chosen {
	uint32_t title;
	float rank;
};
/* The best for any of the mask's units, best first; returns how many. */
size_t titles_choose(const struct question *q, uint32_t mask, struct chosen out[TITLES]);

/* ---- score.c ---- */
struct hit {
	uint32_t named;
	uint32_t reading;
	double sure;  /* by the words of the name only */
	double score; /* with nearness, number and importance */
};
struct hits { /* the best, in no order until sorted */
	struct hit *hit;
	size_t count, room;
};
/* The word at place `i` of a title; the map's. */
const char *title_word(const struct map *map, const struct map_title *t, size_t i);
void score_readings(const struct question *q, const struct reading *readings, size_t count,
                    bool streets_only, struct hits *out);
void score_sort(struct hits *hits);

/* ---- number.c ---- */
struct numbered {
	uint32_t address; /* MAP_NONE: not on the map */
	bool about;       /* only a guess between its neighbours */
	struct map_vertex at;
};
/* False where neither the number nor neighbours of it are known. */
bool number_find(const struct map *map, const struct map_named *street, const char *wanted,
                 struct numbered *out);

/* ---- begun.c ---- */
#define CORNERS 96
struct corner { /* with a street whose name is perhaps being typed */
	uint32_t other;
	struct map_vertex at;
	double like;
};
/* Crossings of the street with those whose name goes on as the typed words from `first` on; with all if
 * there are none. In order along the street. */
size_t begun_corners(const struct question *q, uint32_t street, size_t first,
                     struct corner out[CORNERS]);

/* ---- crossing.c ---- */
/* Where a street's crossings begin. */
size_t crossing_first(const struct map *map, uint32_t street);
/* If two streets are asked for: where they meet, best first. Returns how many. */
size_t crossing_find(const struct question *q, struct map_candidate *out, size_t room);

#endif
