/* Place names -> words to compare. See words.h. */
#include "words.h"

#include <ctype.h>
#include <string.h>

/* U+0100 to U+017F without their marks */
static const char latin_a[] =
    "aaaaaaccccccccddddeeeeeeeeeegggggggghhhhiiiiiiiiiijjjjkkkllllllllllnnnnnnnnnoooooooorrrrrr"
    "ssssssssttttttuuuuuuuuuuuuwwyyyzzzzzzs";
/* U+00C0 to U+00FF; * is two letters, a space no letter */
static const char latin_1[] = "aaaaaa*ceeeeiiiidnooooo ouuuuy**aaaaaa*ceeeeiiiidnooooo ouuuuy*y";

static const char *two_letters(uint32_t c)
{
	switch (c) {
	case 0xC6:
	case 0xE6:
		return "ae";
	case 0xDF:
		return "ss";
	default:
		return "th";
	}
}

enum sort { LETTER, DOT, SLASH, MARK, BREAK };

/* What a character is; letters go to `to`, folded. */
static enum sort fold(uint32_t c, struct str *to)
{
	if (c == '.' || c == '/' || (c >= 0x300 && c <= 0x36F))
		return c == '.' ? DOT : c == '/' ? SLASH : MARK;
	if (c < 0x80 && !isalnum((int)c))
		return BREAK;
	if (c < 0x80)
		str_addc(to, (char)tolower((int)c));
	else if (c == 0xAA || c == 0xB0 || c == 0xBA)
		return BREAK; /* ª ° º after a number */
	else if (c < 0xC0 || (c >= 0x2000 && c < 0x2070))
		return BREAK;
	else if (c < 0x100 && latin_1[c - 0xC0] == '*')
		str_add(to, two_letters(c));
	else if (c < 0x100)
		str_addc(to, latin_1[c - 0xC0]);
	else if (c < 0x180)
		str_addc(to, latin_a[c - 0x100]);
	else
		utf8_put(to, c);
	return LETTER;
}

struct abbreviation {
	const char *shorter, *word;
	bool dotted_only;
};

static const struct abbreviation abbreviations[] = {
    {"vle", "viale", false},
    {"vl", "viale", true},
    {"v", "via", false},
    {"pza", "piazza", false},
    {"pzza", "piazza", false},
    {"pzz", "piazza", true},
    {"p", "piazza", true},
    {"piaz", "piazza", true},
    {"ple", "piazzale", false},
    {"pzle", "piazzale", false},
    {"pta", "piazzetta", true},
    {"ptta", "piazzetta", true},
    {"pzetta", "piazzetta", true},
    {"cso", "corso", false},
    {"c", "corso", true},
    {"lgo", "largo", false},
    {"vlo", "vicolo", false},
    {"vic", "vicolo", true},
    {"str", "strada", false},
    {"bgo", "borgo", false},
    {"loc", "localita", false},
    {"fraz", "frazione", false},
    {"fr", "frazione", true},
    {"cda", "contrada", false},
    {"tr", "triq", true},
    {"ctr", "contrada", true},
    {"cna", "cascina", true},
    {"flli", "fratelli", false},
    {"mons", "monsignor", true},
    {"card", "cardinale", true},
    {"prof", "professor", true},
    {"dott", "dottor", true},
    {"cap", "capitano", true},
    {"ten", "tenente", true},
    {"col", "colonnello", true},
    {"ing", "ingegner", true},
    {"gen", "generale", true},
    {"circ", "circonvallazione", true},
    {"s", "san", false},
    {"sp", "sp", true},
    {"sr", "sr", true},
    {"sta", "san", true},
    {"sto", "san", true},
    {"ss", "san", true},
    {"santa", "san", false},
    {"santo", "san", false},
    {"sant", "san", false},
    {"santi", "san", false},
    {"sankt", "san", false},
    {"st", "san", false},
    {"monsignore", "monsignor", false},
    {"professore", "professor", false},
    {"dottore", "dottor", false},
    {"ingegnere", "ingegner", false},
};

/* "Venti Settembre", as one says it. */
static const struct {
	const char *word, *digits;
} said[] = {
    {"primo", "1"},     {"due", "2"},         {"tre", "3"},           {"quattro", "4"},
    {"cinque", "5"},    {"sei", "6"},         {"sette", "7"},         {"otto", "8"},
    {"nove", "9"},      {"dieci", "10"},      {"undici", "11"},       {"dodici", "12"},
    {"venti", "20"},    {"ventuno", "21"},    {"ventiquattro", "24"}, {"venticinque", "25"},
    {"ventisei", "26"}, {"ventisette", "27"}, {"ventotto", "28"},     {"ventinove", "29"}};
#define SAID (sizeof(said) / sizeof(*said))

static const char *said_number(const char *word)
{
	for (size_t i = 0; i < SAID; i++)
		if (strcmp(word, said[i].word) == 0)
			return said[i].digits;
	return NULL;
}

const char *words_number_begun(const char *letters, size_t length, size_t *at)
{
	for (; length >= 3 && *at < SAID; ++*at)
		if (strncmp(letters, said[*at].word, length) == 0)
			return said[(*at)++].digits;
	return NULL;
}

/* "XX Settembre" and "20 Settembre" are one street. Single letters stay: they are initials. */
static const char *in_digits(const char *word)
{
	static const char *const romans[] = {
	    "ii",   "iii",   "iv",   "",    "vi",   "vii",   "viii",   "ix",   "",   "xi",
	    "xii",  "xiii",  "xiv",  "xv",  "xvi",  "xvii",  "xviii",  "xix",  "xx", "xxi",
	    "xxii", "xxiii", "xxiv", "xxv", "xxvi", "xxvii", "xxviii", "xxix", "xxx"};
	static const char *const digits[] = {"2",  "3",  "4",  "5",  "6",  "7",  "8",  "9",
	                                     "10", "11", "12", "13", "14", "15", "16", "17",
	                                     "18", "19", "20", "21", "22", "23", "24", "25",
	                                     "26", "27", "28", "29", "30"};
	for (size_t i = 0; i < sizeof(romans) / sizeof(*romans); i++)
		if (*word && strcmp(word, romans[i]) == 0)
			return digits[i];
	return said_number(word);
}

/* "V. Roma" begins with its kind; the C. of "Via C. Battisti" is a first name. */
static bool is_initial(const char *word)
{
	return strlen(word) == 1 && *word != 's';
}

static const char *written_out(const char *word, bool dotted, bool begins)
{
	const char *number = in_digits(word);
	if (number)
		return number;
	if (!begins && is_initial(word))
		return NULL;
	for (size_t i = 0; i < sizeof(abbreviations) / sizeof(*abbreviations); i++)
		if ((dotted || !abbreviations[i].dotted_only) &&
		    strcmp(word, abbreviations[i].shorter) == 0)
			return abbreviations[i].word;
	return NULL;
}

/* Both have as many words. */
struct normal {
	struct str *words, *typed; /* typed: NULL if nobody asks */
	bool comma;                /* just before */
};

static void put_word(const char *word, size_t length, struct str *out)
{
	if (length == 0)
		return;
	if (out->length && out->data[out->length - 1] != ' ')
		str_addc(out, ' ');
	str_addn(out, word, length);
}

static void put_both(const char *word, const char *typed, size_t typed_length,
                     const struct normal *out)
{
	put_word(word, strlen(word), out->words);
	if (out->typed)
		put_word(typed, typed_length, out->typed);
}

/* "Landstr.": the ending of a German street. */
static bool is_strasse(const char *word)
{
	size_t length = strlen(word);
	return length > 4 && strcmp(word + length - 3, "str") == 0;
}

/* "strada provinciale" is written "SP": then the last word becomes that. */
static bool is_road_number(const char *word, size_t length, const struct normal *to)
{
	struct str *out = to->words;
	static const struct {
		const char *word, *letters;
	} sorts[] = {{"provinciale", "sp"}, {"statale", "ss"}, {"regionale", "sr"}};
	static const char strada[] = "strada";
	size_t end = out->length, all = sizeof(strada) - 1;
	if (end < all || memcmp(out->data + end - all, strada, all) != 0 ||
	    (end > all && out->data[end - all - 1] != ' '))
		return false;
	for (size_t i = 0; i < sizeof(sorts) / sizeof(*sorts); i++)
		if (strlen(sorts[i].word) == length && memcmp(word, sorts[i].word, length) == 0) {
			out->length = end - all;
			out->data[out->length] = '\0';
			str_add(out, sorts[i].letters);
			if (to->typed)
				str_addn(to->typed, word, length);
			return true;
		}
	return false;
}

static void put_plain(const char *word, size_t length, const struct normal *to)
{
	struct str *out = to->words;
	if (is_road_number(word, length, to))
		return;
	put_word(word, length, out);
	if (length && is_strasse(out->data + out->length - length))
		str_add(out, "asse");
	if (to->typed)
		put_word(word, length, to->typed);
}

/* "s.a.t.", "a.c.l.i.": single letters and their dots. Two ("g.b.") are first names. */
static bool is_acronym(const struct str *run)
{
	size_t letters = 0;
	for (size_t i = 0; i < run->length; i += 2, letters++)
		if (run->data[i] == '.' || (i + 1 < run->length && run->data[i + 1] != '.'))
			return false;
	return letters >= 3;
}

/* What a run of letters and dots stands for as a whole; NULL: nothing. */
static const char *whole_run(const struct str *run, const char *bare, bool number_follows,
                             bool begins)
{
	if (is_acronym(run))
		return bare;
	if (number_follows && strcmp(bare, "ss") == 0) /* the road, no saints */
		return bare;
	return written_out(bare, strlen(bare) != run->length, begins);
}

/* "v Roma", "Trento, v Roma"; in "via Roma 12, c" the letter belongs to what was said. */
static bool begins_name(const struct normal *out)
{
	bool begins = out->words->length == 0 || out->comma;
	const char *at = str_text(out->words);
	for (size_t length; begins && (length = strcspn(at, " ")) > 0;
	     at += length + (at[length] == ' '))
		begins = !isdigit((unsigned char)*at) && !words_is_kind(at, length);
	return begins;
}

/* One run of letters and dots: an abbreviation as a whole ("v.le"), else what the dots separate
 * ("g.verdi"). */
static void put_run(const struct str *run, bool number_follows, struct normal *out)
{
	struct str bare = {0};
	const char *text = str_text(run);
	for (const char *c = text; *c; c++)
		if (*c != '.')
			str_addc(&bare, *c);
	const char *word = whole_run(run, str_text(&bare), number_follows, begins_name(out));
	if (word) {
		put_both(word, str_text(&bare), bare.length, out);
		text = "";
	}
	while (*text) {
		size_t length = strcspn(text, "."), with_dot = length + (text[length] == '.');
		str_clear(&bare);
		str_addn(&bare, text, length);
		word = written_out(str_text(&bare), with_dot > length, begins_name(out));
		if (word)
			put_both(word, text, length, out);
		else
			put_plain(text, length, out);
		out->comma = false;
		text += with_dot;
	}
	str_fini(&bare);
}

static bool ends_in_digit(const struct str *run)
{
	return isdigit((unsigned char)run->data[run->length - 1]) != 0;
}

static bool begins_in_digit(const char *text)
{
	return isdigit((unsigned char)text[strspn(text, " ")]) != 0;
}

static void normalise(const char *text, struct normal *out)
{
	struct str run = {0};
	bool number = false;
	for (uint32_t c; (c = utf8_next(&text)) != 0;) {
		if (c < 0x80 && isdigit((int)c) && run.length > 1 && !number &&
		    !ends_in_digit(&run)) { /* "roma12", "n.12" */
			put_run(&run, true, out);
			str_clear(&run);
		}
		bool first = run.length == 0;
		enum sort sort = fold(c, &run);
		if (sort == LETTER && first)
			number = isdigit((unsigned char)run.data[0]);
		if (sort == DOT && !first && !number)
			str_addc(&run, '.');
		if (sort == SLASH && number && !first)
			str_addc(&run, '/'); /* 12/A stays together */
		else if (sort == BREAK || sort == SLASH || (sort == DOT && number)) {
			put_run(&run, begins_in_digit(text), out);
			out->comma = c == ',' || (out->comma && first);
			str_clear(&run);
		}
	}
	put_run(&run, false, out);
	str_fini(&run);
}

void words_normal(const char *text, struct str *out)
{
	normalise(text, &(struct normal){out, NULL, false});
}

void words_typed(const char *text, struct str *out, struct str *typed)
{
	normalise(text, &(struct normal){out, typed, false});
}

static bool is_in(const char *word, size_t length, const char *const *list)
{
	for (; *list; list++)
		if (strlen(*list) == length && memcmp(word, *list, length) == 0)
			return true;
	return false;
}

bool words_is_little(const char *word, size_t length)
{
	static const char *const little[] = {
	    "di",  "del", "della", "dello", "dei", "degli", "delle", "dell", "d",   "de",
	    "da",  "dal", "la",    "il",    "lo",  "le",    "l",     "i",    "gli", "e",
	    "al",  "all", "alla",  "in",    "a",   "ed",    "im",    "am",   "zum", "zur",
	    "der", "die", "das",   "auf",   "ad",  "ai",    "sul",   "con",  NULL};
	return is_in(word, length, little);
}

bool words_is_kind(const char *word, size_t length)
{
	static const char *const kinds[] = {
	    "via",       "viale", "vicolo",    "corso",    "piazza",    "piazzale",
	    "piazzetta", "largo", "strada",    "localita", "vico",      "calle",
	    "triq",      "sqaq",  "frazione",  "contrada", "salita",    "borgo",
	    "rione",     "ss",    "lungadige", "galleria", "passaggio", "sp",        "sr",
	    NULL};
	return is_in(word, length, kinds);
}

bool words_is_road(const char *word, size_t length)
{
	static const char *const roads[] = {
	    "strada", "statale", "provinciale", "regionale", "autostrada", "ss", "sp", "sr", "a", NULL};
	return is_in(word, length, roads);
}

double words_weight(const char *word, size_t length)
{
	if (words_is_little(word, length))
		return 0.15;
	return length <= 1 || words_is_kind(word, length) ||
	               is_in(word, length, (const char *const[]){"san", NULL})
	           ? 0.3
	           : 1;
}

void words_number(const char *text, size_t length, char out[16])
{
	size_t n = 0;
	for (size_t i = 0; i < length && n < 15; i++) {
		unsigned char c = (unsigned char)text[i];
		bool separates_digits = n > 0 && isdigit((unsigned char)out[n - 1]) &&
		                        i + 1 < length && isdigit((unsigned char)text[i + 1]);
		if (isalnum(c))
			out[n++] = (char)tolower(c);
		else if ((c == '/' || c == '-') && separates_digits)
			out[n++] = '/';
	}
	out[n] = '\0';
}
