/*
 * Italian text to words: lower case without accents, byte offsets, clauses and sentences, and each
 * word's Snowball stem. The only file that knows libstemmer. It knows letters and marks, no meanings.
 */
#include "room.h"

#include <libstemmer.h>
#include <stdlib.h>
#include <string.h>

struct stems {
	struct sb_stemmer *italian;
};

struct stems *stems_new(void)
{
	struct stems *s = mem_zero(1, sizeof *s);
	s->italian = sb_stemmer_new("italian", "UTF_8");
	must(s->italian);
	return s;
}

void stems_free(struct stems **s)
{
	if (!*s)
		return;
	sb_stemmer_delete((*s)->italian);
	free(*s);
	*s = NULL;
}

const char *stems_of(struct stems *s, const char *norm, struct arena *arena)
{
	const sb_symbol *stem = sb_stemmer_stem(s->italian, (const sb_symbol *)norm, (int)strlen(norm));
	if (!stem)
		return norm;
	return arena_strn(arena, (const char *)stem, (size_t)sb_stemmer_length(s->italian));
}

/* Latin-1 and Latin Extended-A letters by their plain letter; 0 where there is none. */
static char plain(uint32_t c)
{
	static const char latin1[] = "aaaaaaaceeeeiiiidnooooo\0ouuuuyts"
				     "aaaaaaaceeeeiiiidnooooo\0ouuuuyty";
	static const char extended[] = "aaaaaaccccccccddddeeeeeeeeeegggggggghhhhiiiiiiiiiiiijjkkklllllllllll"
				       "nnnnnnnnnoooooooorrrrrrssssssssttttttuuuuuuuuuuuuwwyyyzzzzzzs";
	if (c >= 0xC0 && c <= 0xFF)
		return latin1[c - 0xC0];
	if (c >= 0x100 && c < 0x100 + sizeof extended - 1)
		return extended[c - 0x100];
	return 0;
}

/* The letter as words keep it, 0 if it is none. Cyrillic and Greek stay, in lower case. */
static uint32_t fold(uint32_t c)
{
	if (c >= 'A' && c <= 'Z')
		return c + 32;
	if ((c >= 'a' && c <= 'z') || (c >= '0' && c <= '9'))
		return c;
	if (c >= 0xC0 && c < 0x180)
		return (uint32_t)plain(c);
	if (c >= 0x410 && c <= 0x42F)
		return c + 32;
	if (c >= 0x218 && c <= 0x21B)
		return c < 0x21A ? 's' : 't';
	if ((c >= 0x370 && c <= 0x3FF) || (c >= 0x430 && c <= 0x45F) || (c >= 0x5D0 && c <= 0x6FF))
		return c;
	return 0;
}

/* " one two three " */
static bool stands_in(const char *list, const char *word)
{
	char key[16];
	size_t n = strlen(word);
	if (n > 12)
		return false;
	key[0] = ' ';
	memcpy(key + 1, word, n);
	key[n + 1] = ' ';
	key[n + 2] = '\0';
	return strstr(list, key) != NULL;
}

bool word_is_small(const char *w)
{
	static const char *const list =
	    " il lo la i gli le l un uno una d di del dello della dell dei degli delle a ad al allo alla all ai agli "
	    "alle da dal dallo dalla dall dai dagli dalle in nel nello nella nell nei negli nelle su sul sullo sulla "
	    "sull sui sugli sulle mi m ti t si s ci vi v ne proprio anche ancora gia ormai tutta tutto tutti "
	    "davvero veramente molto solo soltanto quasi pure adesso ora oggi sempre the of to an is qui qua li ha hanno "
	    "ho abbiamo mio mia miei mie suo sua suoi sue vostro vostra nostra nostro questo questa quel quella quello ";
	return stands_in(list, w);
}

/* Words that hold a sentence together say nothing that a person could check. */
bool word_is_glue(const char *norm)
{
	static const char list[] =
	    " che con per via come perche sono era ero siamo sei stato stata fra tra poi cui chi dove quando quanto cosi "
	    "anche non nn dal dai dalla sul nel col qualcuno qualcosa loro lui lei noi voi avete abbiamo hanno ogni dopo prima "
	    "mentre ecc via viale piazza corso vicolo contrada frazione borgo largo the and for with are was und der die das ist les des une est que los las para con ";
	return strlen(norm) < 3 || stands_in(list, norm);
}

/* What a mark does to the flow: 2 ends the sentence, 1 the clause, 0 nothing. */
static int breaks(uint32_t c, uint32_t next)
{
	if (c == '!' || c == '?' || c == ';' || c == '\n')
		return 2;
	if (c == '.' && next == '.')
		return 1; /* "perdita... di soldi" goes on */
	if (c == '.')
		return next == ' ' || next == '\n' || next == '\r' || !next ? 2 : 0;
	if (c == 0x2026 || c == ',' || c == ':' || c == '(' || c == ')' || c == 0x2013 || c == 0x2014 || c == 0x2192)
		return 1;
	return c == '-' && next == ' ' ? 1 : 0;
}

#define WORD_MAX 200 /* bytes; a longer one is cut in two. struct known counts up to 255 */

struct cutter {
	struct words out;
	size_t room;
	struct glossary *glossary;
	struct arena *arena;
	struct str norm;
	size_t start;
	int clause, sentence;
	bool quoted, signature;
};

/* Words of other languages that no Italian uses, but for English, which is understood: two of them, and the text is
 * in neither. */
bool word_is_foreign(const char *norm)
{
	static const char list[] =
	    " hay mucha mucho calle agua esta desde los las nuestra estamos muy pero inundacion sotano "
	    "der die das ist und nicht wir haben aus wasser strasse kein bitte seit im "
	    "les des est dans rue eau nous avons pas depuis fuite "
	    "este apa avem din pe ujë nuk ka het geen water straat wij ";
	return stands_in(list, norm);
}

bool word_turns(const char *w)
{
	static const char *const turns[] = {"ma", "pero", "invece", "mentre", "anzi", "bensi", "tuttavia", "but"};
	for (size_t i = 0; i < sizeof turns / sizeof turns[0]; i++) {
		if (str_equal(w, turns[i]))
			return true;
	}
	return false;
}

bool word_denies(const char *w)
{
	static const char *const list[] = {"non",     "nessun", "nessuna", "nessuno", "senza",  "niente",
					   "nemmeno", "neanche", "not",     "without", "kein",   "keine",
					   "pas",     "neppure", "nulla",   "mai",     "zero"};
	for (size_t i = 0; i < sizeof list / sizeof list[0]; i++) {
		if (str_equal(w, list[i]))
			return true;
	}
	return false;
}

/* "se non venite subito allaga": denies nothing of what follows. */
static bool after_if(const struct words *before)
{
	return before->count && str_equal(before->list[before->count - 1].norm, "se");
}

/* "…, e poi il tombino", "inoltre": another matter begins, as after a full stop. */
static bool adds_matter(const struct words *before, const char *norm)
{
	const struct word *last = before->count ? &before->list[before->count - 1] : NULL;
	return str_equal(norm, "inoltre") || (str_equal(norm, "poi") && last && str_equal(last->norm, "e"));
}

static void end_word(struct cutter *c, size_t end)
{
	if (!c->norm.length)
		return;
	if (c->out.count == c->room) {
		struct word *old = c->out.list;
		c->room = c->room ? c->room * 2 : 64;
		c->out.list = arena_take(c->arena, c->room * sizeof *old);
		if (old)
			memcpy(c->out.list, old, c->out.count * sizeof *old);
	}
	const struct known *k = glossary_word(c->glossary, c->norm.data, c->norm.length, c->arena);
	__builtin_prefetch(k->starts); /* both are wanted once the text is cut */
	__builtin_prefetch(k->features);
	bool adds = adds_matter(&c->out, k->norm);
	c->clause += k->turns || adds;
	c->sentence += adds;
	c->out.list[c->out.count++] = (struct word){.norm = k->norm,
						    .stem = k->stem,
						    .start = c->start,
						    .end = end,
						    .clause = c->clause,
						    .sentence = c->sentence,
						    .small = k->small,
						    .number = k->number,
						    .denies = k->denies && !after_if(&c->out),
						    .known = k,
						    .quoted = c->quoted || c->signature};
	str_clear(&c->norm);
}

static void mark(struct cutter *c, uint32_t sign, uint32_t next)
{
	int much = breaks(sign, next);
	if (!much)
		return;
	c->clause++;
	c->sentence += much == 2;
	if (c->out.count && !c->out.list[c->out.count - 1].after)
		c->out.list[c->out.count - 1].after = sign < 128 ? (char)sign : '-';
}

/* A new line: ">" quotes an earlier message, "-- " begins a signature. */
static void new_line(struct cutter *c, const char *line)
{
	while (*line == ' ')
		line++;
	c->quoted = *line == '>';
	if (str_starts(line, "-- \n") || str_starts(line, "-- \r"))
		c->signature = true;
}

struct words words_cut(const char *text, struct glossary *glossary, struct arena *arena)
{
	struct cutter c = {.glossary = glossary, .arena = arena};
	const char *p = text;
	new_line(&c, p);
	while (*p && (size_t)(p - text) < CLASSIFY_MAX_TEXT) {
		const char *at = p;
		uint32_t sign = utf8_next(&p), letter = fold(sign);
		if (letter && c.norm.length < WORD_MAX) {
			if (!c.norm.length)
				c.start = (size_t)(at - text);
			utf8_put(&c.norm, letter);
			if (sign == 0xDF)
				utf8_put(&c.norm, 's');
			continue;
		}
		end_word(&c, (size_t)(at - text));
		mark(&c, sign, (unsigned char)*p);
		if (sign == '\n')
			new_line(&c, p);
	}
	end_word(&c, (size_t)(p - text));
	str_fini(&c.norm);
	return c.out;
}
