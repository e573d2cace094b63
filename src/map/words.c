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
    {"v", "via", true},
    {"pza", "piazza", false},
    {"pzza", "piazza", false},
    {"pzz", "piazza", true},
    {"p", "piazza", true},
    {"piaz", "piazza", true},
    {"ple", "piazzale", false},
    {"pzle", "piazzale", false},
    {"pta", "piazzetta", true},
    {"ptta", "piazzetta", true},
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
    {"ctr", "contrada", true},
    {"cna", "cascina", true},
    {"flli", "fratelli", false},
    {"mons", "monsignor", true},
    {"card", "cardinale", true},
    {"prof", "professor", true},
    {"gen", "generale", true},
    {"circ", "circonvallazione", true},
    {"s", "san", false},
    {"sta", "san", true},
    {"sto", "san", true},
    {"ss", "san", true},
    {"santa", "san", false},
    {"santo", "san", false},
    {"sant", "san", false},
    {"santi", "san", false},
    {"sankt", "san", false},
    {"st", "san", true},
};

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
	return NULL;
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

static void put_word(const char *word, size_t length, struct str *out)
{
	if (length == 0)
		return;
	if (out->length && out->data[out->length - 1] != ' ')
		str_addc(out, ' ');
	str_addn(out, word, length);
}

/* One run of letters and dots: an abbreviation as a whole ("v.le"), else what the dots separate
 * ("g.verdi"). */
static void put_run(const struct str *run, struct str *out)
{
	struct str bare = {0};
	const char *text = str_text(run);
	for (const char *c = text; *c; c++)
		if (*c != '.')
			str_addc(&bare, *c);
	bool dotted = bare.length != run->length;
	const char *word = written_out(str_text(&bare), dotted, out->length == 0);
	if (word) {
		put_word(word, strlen(word), out);
		text = "";
	}
	while (*text) {
		size_t length = strcspn(text, "."), with_dot = length + (text[length] == '.');
		str_clear(&bare);
		str_addn(&bare, text, length);
		word = written_out(str_text(&bare), with_dot > length, out->length == 0);
		put_word(word ? word : text, word ? strlen(word) : length, out);
		text += with_dot;
	}
	str_fini(&bare);
}

void words_normal(const char *text, struct str *out)
{
	struct str run = {0};
	bool number = false;
	for (uint32_t c; (c = utf8_next(&text)) != 0;) {
		bool first = run.length == 0;
		enum sort sort = fold(c, &run);
		if (sort == LETTER && first)
			number = isdigit((unsigned char)run.data[0]);
		if (sort == DOT && !first && !number)
			str_addc(&run, '.');
		if (sort == SLASH && number && !first)
			str_addc(&run, '/'); /* 12/A stays together */
		else if (sort == BREAK || sort == SLASH || (sort == DOT && number)) {
			put_run(&run, out);
			str_clear(&run);
		}
	}
	put_run(&run, out);
	str_fini(&run);
}

static bool is_in(const char *word, size_t length, const char *const *list)
{
	for (; *list; list++)
		if (strlen(*list) == length && memcmp(word, *list, length) == 0)
			return true;
	return false;
}

double words_weight(const char *word, size_t length)
{
	static const char *const kinds[] = {"via",      "viale",     "vicolo", "corso",  "piazza",
	                                    "piazzale", "piazzetta", "largo",  "strada", "localita",
	                                    "vico",     "calle",     "triq",   "sqaq",   "frazione",
	                                    "contrada", "san",       NULL};
	static const char *const little[] = {
	    "di",  "del", "della", "dello", "dei", "degli", "delle", "dell", "d",
	    "de",  "da",  "dal",   "la",    "il",  "lo",    "le",    "l",    "i",
	    "gli", "e",   "al",    "alla",  "in",  "a",     "ed",    NULL};
	if (is_in(word, length, little))
		return 0.15;
	return length <= 1 || is_in(word, length, kinds) ? 0.3 : 1;
}

bool words_joins(const char *word, size_t length)
{
	static const char *const list[] = {"d",    "l",    "dell", "all", "nell",
	                                   "sull", "dall", "san",  "un",  NULL};
	return is_in(word, length, list);
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
