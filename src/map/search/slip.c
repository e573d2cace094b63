/* Slips of the finger. See slip.h. */
#include "slip.h"

#include <math.h>
#include <stdbool.h>
#include <string.h>

#define LETTERS 7 /* of a word's beginning that are looked at */
#define LONGEST 40
#define BAND 2

/* FNV-1a */
static uint32_t checksum(const char *text, size_t length)
{
	uint32_t sum = 2166136261u;
	for (size_t i = 0; i < length; i++)
		sum = (sum ^ (unsigned char)text[i]) * 16777619u;
	return sum;
}

static size_t add_key(const char *text, size_t length, uint32_t *keys, size_t count)
{
	uint32_t key = checksum(text, length);
	for (size_t i = 0; i < count; i++)
		if (keys[i] == key)
			return count;
	keys[count] = key;
	return count + 1;
}

/* Leaves out letters from `first` on, so that no pair is tried twice. */
static size_t leave_out(const char *text, size_t length, size_t first, unsigned left_out,
                        uint32_t *keys, size_t count)
{
	char less[LETTERS];
	count = add_key(text, length, keys, count);
	for (size_t i = first; left_out > 0 && length > 1 && i < length; i++) {
		memcpy(less, text, i);
		memcpy(less + i, text + i + 1, length - i - 1);
		count = leave_out(less, length - 1, i, left_out - 1, keys, count);
	}
	return count;
}

size_t slip_keys(const char *word, size_t length, unsigned left_out, uint32_t out[SLIP_KEYS])
{
	size_t seen = length < LETTERS ? length : LETTERS;
	return seen ? leave_out(word, seen, 0, left_out < 2 ? left_out : 2, out, 0) : 0;
}

/* ---- what a slip costs ---- */

/* Italian keyboard */
static bool side_by_side(char a, char b)
{
	static const char *const beside[26] = {
	    "qsz",  "vng",  "xvd", "sfec", "wrd", "dgrv", "fhtb", "gjyn", "uok",
	    "hkum", "jlim", "kop", "nk",   "bmh", "ipl",  "ol",   "wa",   "etf",
	    "adwx", "ryg",  "yij", "cbf",  "qes", "zcs",  "tuh",  "xa"};
	return a >= 'a' && a <= 'z' && b && strchr(beside[a - 'a'], b) != NULL;
}

static bool sound_alike(char a, char b)
{
	static const char *const pairs[] = {"ck", "ij", "iy", "jy", "cq", "kq", "sz", "vw", NULL};
	for (const char *const *p = pairs; *p; p++)
		if ((a == (*p)[0] && b == (*p)[1]) || (a == (*p)[1] && b == (*p)[0]))
			return true;
	return strchr("aeiou", a) && strchr("aeiou", b);
}

static double changed(char a, char b)
{
	if (a == b)
		return 0;
	return sound_alike(a, b) ? 0.8 : side_by_side(a, b) ? 0.85 : 1;
}

/* A letter that one has and the other lacks, behind `before`. */
static double extra(char letter, char before)
{
	/* ae, oe, ue: German without dots on the letters */
	bool umlaut = letter == 'e' && (before == 'a' || before == 'o' || before == 'u');
	return letter == before               ? 0.6
	       : letter == 'h'                ? 0.7
	       : umlaut                       ? 0.5
	       : side_by_side(letter, before) ? 0.85
	                                      : 1;
}

struct table {
	double row[3][LONGEST + 2]; /* this, the one before, the one before that */
};

static double cell(const struct table *t, const char *a, const char *b, size_t i, size_t j)
{
	char a_before = i > 1 ? a[i - 2] : '\0', b_before = j > 1 ? b[j - 2] : '\0';
	double best = t->row[1][j - 1] + changed(a[i - 1], b[j - 1]);
	best = fmin(best, t->row[1][j] + extra(a[i - 1], a_before));
	best = fmin(best, t->row[0][j - 1] + extra(b[j - 1], b_before));
	if (i > 1 && j > 1 && a[i - 1] == b_before && a_before == b[j - 1])
		best = fmin(best, t->row[2][j - 2] + 0.8);
	return best;
}

double slip_cost(const char *typed, size_t typed_length, const char *word, size_t word_length,
                 double limit)
{
	size_t n = typed_length, m = word_length;
	if (n > LONGEST || m > LONGEST || n > m + BAND || m > n + BAND || n == 0 || m == 0)
		return INFINITY;
	struct table t;
	for (size_t j = 0; j <= m; j++)
		t.row[0][j] = j <= BAND ? (double)j : INFINITY;
	for (size_t i = 1; i <= n; i++) {
		size_t low = i > BAND ? i - BAND : 1, high = i + BAND < m ? i + BAND : m;
		memcpy(t.row[2], t.row[1], sizeof(t.row[0]));
		memcpy(t.row[1], t.row[0], sizeof(t.row[0]));
		double least = t.row[0][low - 1] = low == 1 && i <= BAND ? (double)i : INFINITY;
		for (size_t j = low; j <= high; j++)
			least = fmin(least, t.row[0][j] = cell(&t, typed, word, i, j));
		if (high < m)
			t.row[0][high + 1] = INFINITY;
		if (least > limit)
			return INFINITY;
	}
	double cost = t.row[0][m] + (typed[0] != word[0] ? 0.2 : 0);
	return cost <= limit ? cost : INFINITY;
}
