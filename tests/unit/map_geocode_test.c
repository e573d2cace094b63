/*
 * The address search on tiny towns: words, slips, numbers and their neighbours, crossings, reverse
 * search. How often it is right on real maps says tests/eval/addresses.
 */
#include "map_drawn.h"

#include "../../src/map/file.h"
#include "../../src/map/search/slip.h"
#include "../../src/map/search/words.h"
#include "map/places.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* ---- words ---- */

static void names_become_comparable_words(void **state)
{
	(void)state;
	static const char *const cases[][2] = {
	    {"Via Roma", "via roma"},
	    {"V.le  TRENTO", "viale trento"},
	    {"P.zza S. Anna 12/B", "piazza san anna 12/b"},
	    {"piazza Sant’Anna", "piazza san anna"},
	    {"c.so Vitt. Emanuele", "corso vitt emanuele"},
	    {"Via C. Battisti", "via c battisti"},
	    {"Via G.B. Trener", "via g b trener"},
	    {"Trento, v G.B. Trener", "trento via g b trener"},
	    {"Trento,c. Battisti", "trento corso battisti"},
	    {"Via Verdi 12, c", "via verdi 12 c"},
	    {"Via Verdi, C. Trento", "via verdi c trento"},
	    {"Vicolo dell'Adige", "vicolo dell adige"},
	    {"Città di Forlì", "citta di forli"},
	    {"Il-Ħamrun", "il hamrun"},
	    {"Große Straße", "grosse strasse"},
	    {"Corso III Novembre", "corso 3 novembre"},
	    {"F.lli Cervi", "fratelli cervi"},
	    {"loc. Piné, fraz. Rizzolaga", "localita pine frazione rizzolaga"},
	    {"n. 12 bis", "n 12 bis"},
	    {"Vicolo della S.A.T. 14", "vicolo della sat 14"},
	    {"via a.c.l.i", "via acli"},
	    {"S.S. 12", "ss 12"},
	    {"S.S.12", "ss 12"},
	    {"SS12", "ss 12"},
	    {"Strada Statale 12", "ss 12"},
	    {"S.P. 121", "sp 121"},
	    {"s.p.121", "sp 121"},
	    {"Via S.S. Trinità 12", "via san trinita 12"},
	    {"via s.anna n.12", "via san anna n 12"},
	    {"", ""},
	    {"  ,.'/ ", ""},
	    {"\xff\xc3", "\xef\xbf\xbd\xef\xbf\xbd"},
	};
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		struct str out = {0};
		words_normal(cases[i][0], &out);
		assert_string_equal(str_text(&out), cases[i][1]);
		str_fini(&out);
	}
}

static void house_numbers_become_comparable(void **state)
{
	(void)state;
	static const char *const cases[][2] = {
	    {"12", "12"},   {"12/A", "12a"}, {"12 a", "12a"},
	    {"12A", "12a"}, {"8/1", "8/1"},  {"12 bis", "12bis"},
	    {"", ""},       {"/", ""},       {"123456789012345678", "123456789012345"}};
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		char key[16];
		words_number(cases[i][0], strlen(cases[i][0]), key);
		assert_string_equal(key, cases[i][1]);
	}
}

/* ---- addresses ---- */

static struct map_candidate best(const struct map *map, const char *query, struct arena *arena)
{
	struct map_candidate found = {.label = "nothing"};
	map_geocode(map, query, POINT_NONE, arena, &found, 1);
	return found;
}

static void addresses_are_found_however_typed(void **state)
{
	(void)state;
	static const char *const cases[][2] = {
	    {"Via Roma 12", "Via Roma 12, Borgo"},
	    {"via roma, 12/a", "Via Roma 12/A, Borgo"},
	    {"via roma 12 A", "Via Roma 12/A, Borgo"},
	    {"12a v. Roma Borgo", "Via Roma 12/A, Borgo"},
	    {"roma n. 8/1", "Via Roma 8/1, Borgo"},
	    {"via Roma 16, 38100 Borgo", "Via Roma 16, Borgo"},
	    {"via roma 56", "Via Roma 54-56, Borgo"},
	    {"via roma 99", "Via Roma, Borgo"},
	    {"via rom", "Via Roma, Borgo"},
	    {"ROMA VIA", "Via Roma, Borgo"},
	    {"via mazini", "Via Mazzini, Borgo"},
	    {"vicolo dell orso 3", "Vicolo dell'Orso 3, Borgo"},
	    {"vicolo dellorso 3", "Vicolo dell'Orso 3, Borgo"},
	    {"borgo alto", "Borgo Alto, Borgo"},
	    {"farmacia central", "Farmacia Centrale, Borgo"},
	    {"corso Napoli", "nothing"},
	    {"", "nothing"},
	    {"12", "nothing"},
	};
	struct map *map = town(VILLAGE);
	struct arena *arena = arena_new();
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		struct map_candidate found = best(map, cases[i][0], arena);
		if (strcmp(found.label, cases[i][1]) != 0)
			fail_msg("\"%s\" found \"%s\"", cases[i][0], found.label);
	}
	struct map_candidate address = best(map, "via roma 12/a", arena);
	assert_int_equal(address.kind, MAP_ADDRESS);
	assert_string_equal(address.street, "Via Roma");
	assert_string_equal(address.number, "12/A");
	assert_string_equal(address.municipality, "Borgo");
	assert_true(fabs(address.at.lon - 11.0010) < 1e-6);
	assert_true(address.score > 0.9);
	arena_free(&arena);
	map_close(&map);
}

static void near_decides_between_equals(void **state)
{
	(void)state;
	/* Two villages of one municipality, each with a Via Roma. */
	struct map *map = town(VILLAGE "n50 x11.0090 y46.009 Tplace=hamlet,name=Valle\n"
	                               "n51 x11.0095 y46.0095\nn52 x11.0098 y46.0095\n" WAY(
	                                   "50", "name=Via%20%Roma", "n51,n52"));
	struct arena *arena = arena_new();
	struct map_candidate found[2];
	size_t count =
	    map_geocode(map, "via roma", (struct point){46.0095, 11.0095}, arena, found, 2);
	assert_int_equal(count, 2);
	assert_string_equal(found[0].label, "Via Roma, Valle, Borgo");
	map_geocode(map, "via roma", (struct point){46, 11}, arena, found, 2);
	assert_string_equal(found[1].label, "Via Roma, Valle, Borgo");
	assert_string_equal(found[1].street, "Via Roma");
	arena_free(&arena);
	map_close(&map);
}

static void a_point_is_told_its_street_and_municipality(void **state)
{
	(void)state;
	struct map *map = town(VILLAGE);
	struct arena *arena = arena_new();
	struct map_reverse found;
	map_reverse(map, (struct point){46.00015, 11.00101}, arena, &found);
	assert_string_equal(found.street, "Via Roma");
	assert_string_equal(found.number, "12/A");
	assert_string_equal(found.municipality, "Borgo");
	assert_string_equal(found.area, "Via Roma, Borgo");
	assert_true(fabs(found.street_distance_m - 16.7) < 0.5);
	map_reverse(map, (struct point){46.001, 11.00405}, arena, &found);
	assert_string_equal(found.area, "Via Mazzini, Borgo");
	assert_null(found.number);
	map_reverse(map, (struct point){46.0065, 11.002}, arena, &found); /* far from any street */
	assert_string_equal(found.municipality, "Borgo");
	assert_string_equal(found.area, "Borgo Alto, Borgo");
	assert_null(found.number);
	map_reverse(map, (struct point){46.0047, 11.002}, arena,
	            &found); /* 300 m from one: the desk reads it */
	assert_string_equal(found.street, "Via Dante");
	assert_true(fabs(found.street_distance_m - 300) < 1);
	assert_string_equal(found.area, "Borgo Alto, Borgo");
	map_reverse(map, (struct point){46.2, 11.5}, arena, &found); /* outside */
	assert_null(found.street);
	assert_null(found.municipality);
	map_reverse(map, POINT_NONE, arena, &found);
	assert_null(found.area);
	arena_free(&arena);
	map_close(&map);
}

static void only_roads_are_found_by_number(void **state)
{
	(void)state;
	struct map *map = town(NODES "w1 Thighway=primary,ref=SS12%3b%%20%SP%20%90 Nn1,n2\n"
	                             "w2 Trailway=platform,ref=2%3b%3 Nn2,n3\n" W3 W5 W6 W7
	                             "w8 Thighway=footway,ref=4 Nn3,n7\n"
	                             "w9 Thighway=path,ref=E5 Nn6,n7\n");
	struct arena *arena = arena_new();
	assert_string_equal(best(map, "ss 12", arena).label, "SS12");
	assert_string_equal(best(map, "SP90", arena).label, "SS12");
	assert_string_equal(best(map, "2", arena).label, "nothing");
	assert_string_equal(best(map, "2;3", arena).label, "nothing");
	assert_string_equal(best(map, "4", arena).label, "nothing");
	assert_string_equal(best(map, "e5", arena).label, "nothing");
	arena_free(&arena);
	map_close(&map);
}

/* A house of Via Verdi behind another road, and a road spelt otherwise than its houses. */
static void a_house_says_its_street_itself(void **state)
{
	(void)state;
	struct map *map = town(
	    NODES
	    "n30 x11.0030 y46.00015 Taddr:street=Via%20%Verdi,addr:housenumber=7\n"
	    "n31 x11.0050 y46.0004 Taddr:street=Via%20%F.%20%de%20%Panizza,addr:housenumber=27\n" W1
	        W2 W3 W4 W5 W6 W7 WAY("8", "name=Via%20%F.%20%De%20%Panizza", "n3,n7"));
	struct arena *arena = arena_new();
	struct map_reverse found;
	map_reverse(map, (struct point){46.00015, 11.0030}, arena, &found);
	assert_string_equal(found.street, "Via Verdi");
	assert_string_equal(found.number, "7");
	map_reverse(map, (struct point){46.00001, 11.0030}, arena, &found); /* on the road itself */
	assert_string_equal(found.street, "Via Roma");
	assert_null(found.number);
	map_reverse(map, (struct point){46.0001, 11.0050}, arena, &found);
	assert_string_equal(found.number, "27");
	arena_free(&arena);
	map_close(&map);
}

static void without_outlines_neighbours_name_the_municipality(void **state)
{
	(void)state;
	const char *cut = NODES
	    "n30 x11.0002 y46.0001 Taddr:street=Via%20%Roma,addr:housenumber=2,addr:city=Borgo\n"
	    "n31 x11.0004 y46.0001 Taddr:street=Via%20%Roma,addr:housenumber=4,addr:city=Rione\n" W1
	        W2 W3 W4 W5 W6 W7
	    "r20 Ttype=boundary,boundary=administrative,admin_level=8,name=Borgo Mw99@outer\n";
	struct map *map = town(cut);
	struct map_info info;
	const char *const *names;
	map_info(map, &info);
	assert_int_equal(info.counts.cut_boundaries, 1);
	assert_int_equal(map_municipalities(map, &names), 1);
	assert_string_equal(names[0], "Borgo");
	struct arena *arena = arena_new();
	struct map_reverse found;
	map_reverse(map, (struct point){46.0001, 11.0004}, arena, &found);
	assert_string_equal(found.municipality, "Borgo");
	assert_string_equal(best(map, "via roma 4 rione", arena).label,
	                    "Via Roma 4, Borgo"); /* as people say */
	arena_free(&arena);
	map_close(&map);
}

/* ---- slips ---- */

static double cost(const char *typed, const char *word)
{
	return slip_cost(typed, strlen(typed), word, strlen(word), 3);
}

static void slips_cost_what_they_are_worth(void **state)
{
	(void)state;
	assert_true(cost("mazzini", "mazzini") == 0);
	assert_true(cost("mazini", "mazzini") < cost("maxini", "mazzini")); /* doubled letter */
	assert_true(cost("roms", "roma") < cost("romp", "roma"));           /* the key beside */
	assert_true(cost("battsiti", "battisti") < 1);                      /* swapped */
	assert_true(cost("oma", "roma") > cost("rma", "roma"));             /* first letter */
	assert_true(isinf(cost("garibaldi", "cavour")));
	assert_true(isinf(cost("via", "viale trento")));
	assert_true(isinf(cost("", "roma")));
	assert_true(isinf(slip_cost("rxyz", 4, "roma", 4, 2)));
}

static bool share_key(const char *typed, const char *word)
{
	uint32_t a[SLIP_KEYS], b[SLIP_KEYS];
	size_t x = slip_keys(typed, strlen(typed), 2, a), y = slip_keys(word, strlen(word), 2, b);
	for (size_t i = 0; i < x; i++)
		for (size_t k = 0; k < y; k++)
			if (a[i] == b[k])
				return true;
	return false;
}

static void two_slips_still_share_a_key(void **state)
{
	(void)state;
	const char *word = "montegrappa";
	char typed[16];
	for (size_t i = 0; word[i]; i++)
		for (size_t k = 0; word[k]; k++) {
			snprintf(typed, sizeof(typed), "%s", word);
			typed[i] = 'x';
			typed[k] = 'q';
			assert_true(share_key(typed, word));
			memmove(typed + k, typed + k + 1, strlen(typed + k));
			assert_true(share_key(typed, word));
		}
	assert_false(share_key("roma", "bologna"));
}

/* ---- more ways to type ---- */

struct asked {
	const char *query, *label;
};

static void assert_answers(const char *opl, const struct asked *cases, size_t count)
{
	struct map *map = town(opl);
	struct arena *arena = arena_new();
	for (size_t i = 0; i < count; i++) {
		struct map_candidate found = best(map, cases[i].query, arena);
		if (strcmp(found.label, cases[i].label) != 0)
			fail_msg("\"%s\" found \"%s\"", cases[i].query, found.label);
	}
	arena_free(&arena);
	map_close(&map);
}
#define ANSWERS(opl, cases) assert_answers(opl, cases, sizeof(cases) / sizeof(*cases))

static bool offers(const struct map *map, const char *query, const char *label)
{
	struct map_candidate found[10];
	struct arena *arena = arena_new();
	size_t count = map_geocode(map, query, POINT_NONE, arena, found, 10);
	bool offered = false;
	for (size_t i = 0; i < count; i++)
		offered |= strcmp(found[i].label, label) == 0;
	arena_free(&arena);
	return offered;
}

static void a_house_number_is_no_road_number(void **state)
{
	(void)state;
	static const struct asked roads[] = {
	    {"via mazzini 12", ""}, {"via mazini 22", ""},  {"12", ""},
	    {"mazzini 12 a", ""},   {"ss12", "SS12"},       {"ss 12", "SS12"},
	    {"s.s. 12", "SS12"},    {"statale 12", "SS12"}, {"strada statale 12", "SS12"},
	    {"strada 12", "SS12"},  {"a22", "A22"},         {"ss n. 12", "SS12"},
	};
	struct map *map = town(VILLAGE "n60 x11.009 y46.000\n"
	                               "w60 Thighway=primary,ref=SS12 Nn3,n7\n"
	                               "w61 Thighway=motorway,ref=A22 Nn7,n60\n");
	for (size_t i = 0; i < sizeof(roads) / sizeof(*roads); i++) {
		bool ss = offers(map, roads[i].query, "SS12, Borgo"),
		     a = offers(map, roads[i].query, "A22, Borgo");
		if (ss != (strcmp(roads[i].label, "SS12") == 0) ||
		    a != (strcmp(roads[i].label, "A22") == 0))
			fail_msg("\"%s\"", roads[i].query);
	}
	map_close(&map);
}

/* How far along a road is no house; stones are found where the map has them. */
static void kilometres_are_no_house_numbers(void **state)
{
	(void)state;
	static const struct asked cases[] = {
	    {"via roma km 12", "Via Roma, Borgo"},
	    {"via roma, km 12+300", "Via Roma, Borgo"},
	    {"via roma al km. 2,5", "Via Roma, Borgo"},
	    {"via roma al chilometro 2", "Via Roma, Borgo"},
	    {"via roma 12 km", "Via Roma, Borgo"},
	    {"via roma 12km", "Via Roma, Borgo"},
	    {"via roma km 12 n. 2", "Via Roma 2, Borgo"},
	    {"SP 47 km 12+300", "SP47 km 12, Borgo"},
	    {"sp47 km 12.800", "SP47 km 13, Borgo"},
	    {"strada provinciale 47 km 12,5, borgo", "SP47 km 13, Borgo"},
	    {"s.p. 47 al km 40", "SP47, Borgo"},
	    {"sp 47", "SP47, Borgo"},
	    {"sp 47 km 1", "SP47, Borgo"},
	    {"sp 47 12", "SP47, Borgo"},
	    {"sp 46 km 12", "nothing"},
	};
	ANSWERS(VILLAGE "n60 x11.0045 y46.000 Thighway=milestone,ref=SP47,distance=12\n"
	                "n61 x11.0055 y46.000 Thighway=milestone,ref=SP47,pk=13+000\n"
	                "n62 x11.0052 y46.000 Thighway=milestone,ref=SP47,distance=12.6\n"
	                "n63 x11.0053 y46.000 Thighway=milestone,distance=40\n"
	                "w60 Thighway=secondary,ref=SP47 Nn3,n7\n",
	        cases);
	struct map *map = town(VILLAGE);
	struct arena *arena = arena_new();
	assert_true(best(map, "via roma km 12", arena).score <
	            best(map, "via roma", arena).score); /* not all that was said */
	arena_free(&arena);
	map_close(&map);
}

/* Where to stand is no part of the name; what stands there besides is nothing to look for. */
static void words_that_say_where_to_stand_are_set_aside(void **state)
{
	(void)state;
	static const struct asked cases[] = {
	    {"davanti alla farmacia centrale", "Farmacia Centrale, Borgo"},
	    {"di fronte alla farmacia", "Farmacia Centrale, Borgo"},
	    {"vicino a via mazzini", "Via Mazzini, Borgo"},
	    {"siamo in via roma 12 davanti al bar", "Via Roma 12, Borgo"},
	    {"via roma 12, vicino alla banca", "Via Roma 12, Borgo"},
	    {"davanti al bar sport in via roma 12", "Via Roma 12, Borgo"},
	    {"bar sport, via roma 12", "Via Roma 12, Borgo"},
	    {"12 via roma", "Via Roma 12, Borgo"},
	    {"nei pressi dell'incrocio tra via roma e via verdi",
	     "Via Roma angolo Via Verdi, Borgo"},
	    {"via dietro le mura 3", "Via Dietro le Mura, Borgo"},
	    {"davanti", "nothing"},
	    {"vicino alla", "nothing"},
	};
	ANSWERS(VILLAGE WAY("50", "name=Via%20%Dietro%20%le%20%Mura", "n3,n7"), cases);
}

static void coordinates_are_found(void **state)
{
	(void)state;
	static const char house[] = "Via Roma 12/A, Borgo";
	static const struct asked cases[] = {
	    {"46.00015, 11.00101", house},
	    {"46.00015 11.00101", house},
	    {" 46.00015,11.00101 ", house},
	    {"46,00015 11,00101", house},
	    {"46,00015, 11,00101", house},
	    {"46.00015N 11.00101E", house},
	    {"46.00015 n, 11.00101 e", house},
	    {"N 46.00015 E 11.00101", house},
	    {"11.00101E 46.00015N", house},
	    {"46.00015° 11.00101°", house},
	    {"46°0'0.54\"N 11°0'3.64\"E", house},
	    {"46° 00' 0,54'' 11° 00' 3,64''", house},
	    {"46°0.009′ N; 11°0.0606’ E", house},
	    {"46.0065 11.002", "Borgo Alto, Borgo"},
	    {"46.00015, 12.00101", "nothing"}, /* outside */
	    {"-46.00015, 11.00101", "nothing"},
	    {"46.00015S 11.00101E", "nothing"},
	    {"46.00015W 11.00101E", "nothing"},
	    {"46.00015 11.00101 12.3456", "nothing"},
	    {"46°61' 11°0'", "nothing"},
	    {"46.00015", "nothing"},
	    {"46, 11", "nothing"}, /* two numbers of anything */
	    {"46.0000000000000000000001 11.00101", "nothing"},
	    {"via roma 12", "Via Roma 12, Borgo"},
	    {"n. 12 via roma", "Via Roma 12, Borgo"},
	};
	ANSWERS(VILLAGE, cases);
	struct map *map = town(VILLAGE);
	struct arena *arena = arena_new();
	struct map_candidate found = best(map, "46°0'0.54\"N 11°0'3.64\"E", arena);
	assert_true(point_distance_m(found.at, (struct point){46.00015, 11.00101}) < 0.2);
	assert_int_equal(found.kind, MAP_PLACE);
	assert_string_equal(found.street, "Via Roma");
	assert_int_equal(map_geocode(map, "46.00015 11.00101", POINT_NONE, arena, &found, 0), 0);
	arena_free(&arena);
	map_close(&map);
}

/* A name that does not tell what it names is shown with what it is. */
static void a_landmark_says_what_it_is(void **state)
{
	(void)state;
	static const char lines[] = NODES ADDRESSES
	    "n41 x11.003 y46.001 Tamenity=hospital,name=Santa%20%Chiara\n"
	    "n42 x11.005 y46.001 Trailway=station,name=Rione\n" W1 W2 W3 W4 W5 W6 W7 BORDER;
	static const struct asked cases[] = {
	    {"ospedale santa chiara", "Ospedale Santa Chiara, Borgo"},
	    {"santa chiara", "Ospedale Santa Chiara, Borgo"},
	    {"stazione", "Stazione di Rione, Borgo"},
	    {"farmacia centrale", "Farmacia Centrale, Borgo"},
	};
	ANSWERS(lines, cases);
}

/* "frazione" is no kind of street. */
static void a_hamlet_is_found_as_such(void **state)
{
	(void)state;
	static const struct asked cases[] = {
	    {"fraz. borgo alto", "Borgo Alto, Borgo"},
	    {"loc. valle", "Valle, Borgo"},
	    {"fraz. valle di borgo", "Valle, Borgo"},
	};
	ANSWERS(VILLAGE "n50 x11.0090 y46.009 Tplace=hamlet,name=Valle\n"
	                "n51 x11.0091 y46.009 Trailway=station,name=Valle\n"
	                "n52 x11.0092 y46.009 Tamenity=school,name=Valle%20%Verde\n",
	        cases);
	struct map *map = town(VILLAGE);
	struct arena *arena = arena_new();
	assert_true(best(map, "fraz. borgo alto", arena).score > 0.9);
	assert_true(best(map, "farmacia centrale borgo", arena).score > 0.9);
	arena_free(&arena);
	map_close(&map);
}

static void slips_of_the_finger_are_seen_through(void **state)
{
	(void)state;
	static const struct asked cases[] = {
	    {"via mazinni", "Via Mazzini, Borgo"},
	    {"vai mazini 3", "Via Mazzini, Borgo"},
	    {"via mzazinii borog", "Via Mazzini, Borgo"},
	    {"viamazzini", "Via Mazzini, Borgo"},
	    {"via maz zini", "Via Mazzini, Borgo"},
	    {"via mazx", "Via Mazzini, Borgo"}, /* as one types */
	    {"via roma12", "Via Roma 12, Borgo"},
	    {"via Roma 12 a Borgo", "Via Roma 12, Borgo"},
	    {"via roma n.12 interno 3", "Via Roma 12, Borgo"},
	    {"borgo, via roma n° 12 /a", "Via Roma 12/A, Borgo"},
	    {"borgo, via maz", "Via Mazzini, Borgo"}, /* as the citizen's form asks */
	    {"borgo, v maz", "Via Mazzini, Borgo"},
	    {"farmacia borgo", "Farmacia Centrale, Borgo"},
	};
	ANSWERS(VILLAGE, cases);
}

/* A blank too many or too few, and slips besides; what is typed may look like an abbreviation. */
static void words_joined_or_split_are_seen_through(void **state)
{
	(void)state;
	static const struct asked cases[] = {
	    {"nove mbre", "Corso III Novembre"}, /* "nove" is 9 */
	    {"corso iiinovembre", "Corso III Novembre"},
	    {"corso iii nove mbr", "Corso III Novembre"},
	    {"pietrastr etta", "Via Pietrastretta"}, /* "…str" is "…strasse" */
	    {"via pietrastr", "Via Pietrastretta"},  /* as one types */
	    {"loc atelli", "Via Locatelli"},
	    {"via loc", "Via Locatelli"},
	    {"via cap itolo", "Via Capitolo"},
	    {"sio nion", "Via Simonino"},
	    {"via sora sasso", "Via Soprasasso"},
	    {"via alcide degasperi", "Via Alcide De Gasperi"},
	    {"alcide degaspri", "Via Alcide De Gasperi"},
	    {"imbretschna", "Im Bretscha"},
	    {"imbre tscha", "Im Bretscha"},
	    {"lan dstrase", "Landstrasse"},
	    {"landsrt", "Landstrasse"},
	    {"vimilano", "Via Milano"},
	    {"visan martino", "Via San Martino"},
	    {"viasna martino", "Via San Martino"},
	};
	ANSWERS(NODES WAY("1", "name=Corso%20%III%20%Novembre", "n1,n2")
	            WAY("2", "name=Via%20%Pietrastretta", "n2,n3")
	                WAY("3", "name=Via%20%Locatelli", "n4,n5") WAY("4", "name=Via%20%Capitolo",
	                                                               "n5,n6")
	                    WAY("5", "name=Via%20%Simonino", "n1,n4")
	                        WAY("6", "name=Via%20%Alcide%20%De%20%Gasperi", "n2,n5")
	                            WAY("7", "name=Im%20%Bretscha", "n3,n6")
	                                WAY("8", "name=Landstrasse", "n1,n5")
	                                    WAY("9", "name=Via%20%Milano", "n2,n6")
	                                        WAY("10", "name=Via%20%San%20%Martino", "n3,n7")
	                                            WAY("11", "name=Via%20%Soprasasso", "n3,n5"),
	        cases);
}

/* Of two that bear the same words, the one that has them in the order typed. */
static void words_in_their_order_come_first(void **state)
{
	(void)state;
	static const struct asked cases[] = {
	    {"via paolo silvio", "Via Paolo Silvio"},
	    {"via silvio paolo", "Via Silvio Paolo"},
	};
	ANSWERS(NODES WAY("1", "name=Via%20%Paolo%20%Silvio", "n1,n2")
	            WAY("2", "name=Via%20%Silvio%20%Paolo", "n2,n3"),
	        cases);
}

/* Who types a saint means one: a man of that name is no better than a saint's street of another
 * kind. */
static void a_saint_is_not_any_man_of_the_name(void **state)
{
	(void)state;
	static const struct asked cases[] = {
	    {"via san giacomo", "Piazza San Giacomo Maggiore"},
	    {"via giacomo", "Via Giacomo Matteotti"},
	};
	ANSWERS(NODES WAY("1", "name=Via%20%Giacomo%20%Matteotti", "n1,n2")
	            WAY("2", "name=Piazza%20%San%20%Giacomo%20%Maggiore", "n2,n3"),
	        cases);
}

static void numbers_that_are_not_on_the_map_are_guesses(void **state)
{
	(void)state;
	static const struct asked cases[] = {
	    {"via roma 6", "Via Roma 6 (circa), Borgo"},      /* between 2 and 12 */
	    {"via roma 12/c", "Via Roma 12C (circa), Borgo"}, /* at 12 */
	    {"via roma 12 bis", "Via Roma 12 bis (circa), Borgo"},
	    {"via roma 58", "Via Roma 58 (circa), Borgo"}, /* just beyond 54-56 */
	    {"via roma 90", "Via Roma, Borgo"},
	    {"via roma 0", "Via Roma, Borgo"},
	    {"via mazzini 4", "Via Mazzini, Borgo"},
	};
	ANSWERS(VILLAGE, cases);
	struct map *map = town(VILLAGE);
	struct arena *arena = arena_new();
	struct map_candidate guess = best(map, "via roma 7", arena);
	assert_int_equal(guess.kind, MAP_STREET); /* no odd number near */
	guess = best(map, "via roma 6", arena);
	assert_true(guess.about);
	assert_true(fabs(guess.at.lon - 11.0014) < 1e-5); /* 2 and 8/1 are far apart: on the road */
	assert_true(fabs(guess.at.lat - 46.0) < 1e-6);
	assert_true(guess.score < best(map, "via roma 12", arena).score);
	arena_free(&arena);
	map_close(&map);
}

/* A courtyard of houses bears all of its numbers; houses that are far apart tell nothing of what is
 * between. */
static void neighbours_tell_what_is_near_to_them(void **state)
{
	(void)state;
	static const struct asked cases[] = {
	    {"via roma 40", "Via Roma 40-56"},
	    {"via roma 56", "Via Roma 40-56"},
	    {"via dante 14", "Via Dante 14 (circa)"},
	    {"via mazzini 14", "Via Mazzini"},
	};
	/* Dante 10 and 20 are 290 m apart, Mazzini 10 and 20 310 m. */
	ANSWERS("n1 x11.000 y46.000\nn2 x11.005 y46.000\nn3 x11.000 y46.002\nn4 x11.005 y46.002\n"
	        "n5 x11.000 y46.004\nn6 x11.005 y46.004\n" WAY("1", "name=Via%20%Roma", "n1,n2")
	            WAY("2", "name=Via%20%Dante", "n3,n4") WAY("3", "name=Via%20%Mazzini", "n5,n6")
	                WAY("4", "name=Capo",
	                    "n1,n3,n5") "n30 x11.001 y46.0001 "
	                                "Taddr:street=Via%20%Roma,addr:housenumber=40-56\n"
	                                "n31 x11.000 y46.0021 "
	                                "Taddr:street=Via%20%Dante,addr:housenumber=10\n"
	                                "n32 x11.00375 y46.0021 "
	                                "Taddr:street=Via%20%Dante,addr:housenumber=20\n"
	                                "n33 x11.000 y46.0041 "
	                                "Taddr:street=Via%20%Mazzini,addr:housenumber=10\n"
	                                "n34 x11.00401 y46.0041 "
	                                "Taddr:street=Via%20%Mazzini,addr:housenumber=20\n",
	        cases);
}

static void interpolation_lines_give_numbers(void **state)
{
	(void)state;
	const char *lines = NODES W1 W2 W3 W4 W5 W6 W7
	    "n30 x11.0000 y46.0021 Taddr:street=Via%20%Dante,addr:housenumber=1\n"
	    "n31 x11.0040 y46.0021 Taddr:street=Via%20%Dante,addr:housenumber=9\n"
	    "n32 x11.0000 y46.0001 Taddr:housenumber=4a\n"
	    "n33 x11.0004 y46.0001 Taddr:housenumber=4d\n"
	    "w30 Taddr:interpolation=odd Nn30,n31\n"
	    "w31 Taddr:interpolation=alphabetic,addr:street=Via%20%Roma Nn32,n33\n";
	static const struct asked cases[] = {
	    {"via dante 9", "Via Dante 9"},
	    {"via dante 5", "Via Dante 5 (circa)"},
	    {"via dante 4", "Via Dante"},
	    {"via roma 4d", "Via Roma 4d"},
	    {"via roma 4/c", "Via Roma 4C (circa)"},
	};
	ANSWERS(lines, cases);
	struct map *map = town(lines);
	struct arena *arena = arena_new();
	struct map_reverse found;
	assert_true(fabs(best(map, "via dante 5", arena).at.lon - 11.002) < 1e-6);
	map_reverse(map, (struct point){46.0021, 11.003}, arena, &found);
	assert_string_equal(found.street, "Via Dante");
	assert_null(found.number); /* a guess is no number */
	arena_free(&arena);
	map_close(&map);
}

static void interpolation_goes_by_its_kind(void **state)
{
	(void)state;
	/* By node: number, and where; a line joins two of them. */
#define ENDS(id, street, low, high, y)                                                \
	"n" id "0 x11.0000 y" y " Taddr:street=" street ",addr:housenumber=" low "\n" \
	"n" id "1 x11.0040 y" y " Taddr:street=" street ",addr:housenumber=" high "\n"
	const char *lines = NODES ENDS("3", "Even", "2", "8", "46.0021")
	    ENDS("4", "All", "1", "4", "46.0022") ENDS("5", "Mixed", "1", "4", "46.0023")
	        ENDS("6", "Down", "9", "1", "46.0024") ENDS("7", "Tens", "10", "40", "46.0025")
	            ENDS("8", "Uneven", "10", "35", "46.0026") W1 W2 W3 W4 W5 W6 W7
	    "w30 Taddr:interpolation=even Nn30,n31\nw40 Taddr:interpolation=all Nn40,n41\n"
	    "w50 Taddr:interpolation=odd Nn50,n51\nw60 Taddr:interpolation=odd Nn60,n61\n"
	    "w70 Taddr:interpolation=10 Nn70,n71\nw80 Taddr:interpolation=10 Nn80,n81\n";
	struct map *map = town(lines);
	static const struct {
		const char *street, *numbers; /* as they follow each other */
	} cases[] = {{"Even", "2 4 6 8 "},   {"All", "1 2 3 4 "},      {"Mixed", "1 4 "},
	             {"Down", "1 3 5 7 9 "}, {"Tens", "10 20 30 40 "}, {"Uneven", "10 35 "}};
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		struct str found = {0};
		for (size_t k = 0; k < map->address_count; k++) {
			const struct map_address *a = &map->addresses[k];
			if (strcmp(map_string(map, map->named[a->street].label), cases[i].street) ==
			    0)
				str_addf(&found, "%s ", map_string(map, a->number));
		}
		assert_string_equal(str_text(&found), cases[i].numbers);
		str_fini(&found);
	}
	map_close(&map);
}

/* On a building's outline, on a relation, and where houses have no street but a hamlet. */
static void addresses_stand_on_any_shape(void **state)
{
	(void)state;
	const char *opl = NODES
	    "n40 x11.0001 y46.0001\nn41 x11.0002 y46.0001\nn42 x11.0002 y46.0002\n"
	    "n43 x11.0007 y46.0001\nn44 x11.0008 y46.0001\nn45 x11.0008 y46.0002\n"
	    "n46 x11.0031 y46.0001 Taddr:place=Casale,addr:housenumber=5\n" W1 W2 W3 W4 W5 W6 W7
	    "w40 Tbuilding=yes,addr:street=Via%20%Roma,addr:housenumber=71 Nn40,n41,n42,n40\n"
	    "w41 T Nn43,n44,n45,n43\n"
	    "r40 Ttype=multipolygon,building=yes,addr:street=Via%20%Roma,addr:housenumber=73 "
	    "Mw41@outer\n";
	static const struct asked cases[] = {{"via roma 71", "Via Roma 71"},
	                                     {"via roma 73", "Via Roma 73"},
	                                     {"casale 5", "Casale 5"}};
	ANSWERS(opl, cases);
}

static void two_streets_are_a_crossing(void **state)
{
	(void)state;
	static const struct asked cases[] = {
	    {"via roma angolo via verdi", "Via Roma angolo Via Verdi, Borgo"},
	    {"via roma ang. via verdi borgo", "Via Roma angolo Via Verdi, Borgo"},
	    {"incrocio tra via Roma e via Verdi", "Via Roma angolo Via Verdi, Borgo"},
	    {"incrocio roma verdi", "Via Roma angolo Via Verdi, Borgo"},
	    {"incrocoi via Roam con via Verdi", "Via Roma angolo Via Verdi, Borgo"},
	    {"angolo di Roma e Mazzini", "Via Roma angolo Via Mazzini, Borgo"},
	    {"via mazzini all'altezza di via dante", "Via Mazzini angolo Via Dante, Borgo"},
	    {"via mazzini / via dante", "Via Mazzini angolo Via Dante, Borgo"},
	    {"via mazzini & via dante", "Via Mazzini angolo Via Dante, Borgo"},
	    {"via mazzini, via dante", "Via Mazzini angolo Via Dante, Borgo"},
	    {"via Roma tra via Verdi e via Mazzini", "Via Roma tra Via Verdi e Via Mazzini, Borgo"},
	    {"angolo", "nothing"},
	    {"tra e", "nothing"},
	    {"via verdi angolo", "Via Verdi, Borgo"},
	};
	ANSWERS(VILLAGE, cases);
	struct map *map = town(VILLAGE);
	struct arena *arena = arena_new();
	struct map_candidate found = best(map, "via roma angolo via po", arena);
	assert_int_equal(found.kind, MAP_CROSSING);
	assert_true(point_distance_m(found.at, (struct point){46.000, 11.002}) < 1);
	found = best(map, "via roma tra via verdi e via mazzini", arena);
	assert_true(point_distance_m(found.at, (struct point){46.000, 11.002}) < 1);
	found = best(map, "via verdi angolo via mazzini", arena); /* they do not meet */
	assert_int_equal(found.kind, MAP_STREET);
	assert_true(found.score < 0.75);
	arena_free(&arena);
	map_close(&map);
}

/* Via Roma and what crosses it, from west to east; more names than these begin so elsewhere. */
#define CROSSED                                                                               \
	"n1 x11.000 y46.000\nn2 x11.002 y46.000\nn3 x11.004 y46.000\nn4 x11.006 y46.000\n"    \
	"n5 x11.008 y46.000\nn11 x11.000 y46.001\nn12 x11.002 y46.001\nn13 x11.004 y46.001\n" \
	"n14 x11.006 y46.001\nn15 x11.008 y46.001\nn16 x11.020 y46.001\nn17 x11.022 "         \
	"y46.001\n" WAY("1", "name=Via%20%Roma", "n1,n2,n3,n4,n5")                            \
	    WAY("2", "name=Via%20%San%20%Marco", "n3,n13")                                    \
	        WAY("3", "name=Via%20%San%20%Pietro", "n2,n12")                               \
	            WAY("4", "name=Vicolo%20%della%20%S.A.T.", "n5,n15")                      \
	                WAY("5", "name=Via%20%XX%20%Settembre", "n4,n14")                     \
	                    WAY("6", "name=Via%20%dell'Adige", "n1,n11")                      \
	                        WAY("7", "name=Via%20%Santa%20%Croce", "n16,n17")

static void assert_crossings(const struct map *map, const char *query, const char *others)
{
	static const char before[] = "Via Roma angolo ";
	struct map_candidate found[10];
	struct arena *arena = arena_new();
	struct str got = {0};
	size_t count = map_geocode(map, query, POINT_NONE, arena, found, 10);
	for (size_t i = 0; i < count; i++)
		if (found[i].kind == MAP_CROSSING &&
		    strncmp(found[i].label, before, strlen(before)) == 0) {
			str_add(&got, got.length ? "|" : "");
			str_add(&got, found[i].label + strlen(before));
		}
	if (strcmp(str_text(&got), others) != 0)
		fail_msg("\"%s\" offers \"%s\", not \"%s\"", query, str_text(&got), others);
	str_fini(&got);
	arena_free(&arena);
}

static void a_crossing_is_offered_while_it_is_typed(void **state)
{
	(void)state;
	static const struct asked cases[] = {
	    {"via roma angolo san", "Via San Pietro|Via San Marco|Vicolo della S.A.T."},
	    {"via roma angolo via s", "Via San Pietro|Via San Marco|Via XX Settembre"},
	    {"via roma angolo s",
	     "Via San Pietro|Via San Marco|Vicolo della S.A.T.|Via XX Settembre"},
	    {"via roma angolo via san p", "Via San Pietro"},
	    {"incrocio tra via roma e via sa", "Via San Pietro|Via San Marco|Vicolo della S.A.T."},
	    {"via roma angolo via vent", "Via XX Settembre"},
	    {"via roma angolo via a", "Via dell'Adige"},
	    {"via roma angolo vic", "Vicolo della S.A.T."},
	    {"via roma angolo via ",
	     "Via dell'Adige|Via San Pietro|Via San Marco|Via XX Settembre"},
	    {"via roma angolo xyz", ""},
	};
	struct map *map = town(CROSSED);
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++)
		assert_crossings(map, cases[i].query, cases[i].label);
	struct arena *arena = arena_new();
	assert_true(best(map, "via roma angolo via s", arena).sure < 0.8); /* others begin so too */
	arena_free(&arena);
	map_close(&map);
}

/* Only people on foot reach Via Piana by Via Roma. */
static void the_crossings_of_a_street_are_listed(void **state)
{
	(void)state;
	static const char others[] =
	    "Via dell'Adige|Via San Pietro|Via San Marco|Via XX Settembre|Vicolo della S.A.T.";
	struct map *map = town(CROSSED "n6 x11.010 y46.000\nn18 x11.010 y46.001\n"
	                               "w8 Thighway=footway,name=Via%20%Roma Nn5,n6\n" WAY(
	                                   "9", "name=Via%20%Piana", "n6,n18"));
	struct arena *arena = arena_new();
	struct map_candidate found[4];
	assert_crossings(map, "via roma angolo ", others);
	assert_crossings(map, "via roma angolo", others);
	assert_crossings(map, "via roma, incrocio con ", others);
	assert_crossings(map, "via roma angolo xyz", "");
	assert_crossings(map, "via angolo ", ""); /* of which? */
	assert_int_equal(map_geocode(map, "via roma angolo ", POINT_NONE, arena, found, 4), 4);
	assert_int_equal(found[0].kind, MAP_STREET); /* the street itself leads, once */
	assert_string_equal(found[0].label, "Via Roma");
	assert_string_equal(found[3].label, "Via Roma angolo Via San Marco");
	assert_true(found[1].sure < 0.8);
	arena_free(&arena);
	map_close(&map);
}

/* Where a staggered crossing lets two streets miss each other by a few metres, they meet as people
 * say. */
static void streets_nearly_meet(void **state)
{
	(void)state;
	static const struct asked cases[] = {
	    {"via dante angolo via po", "Via Dante angolo Via Po"}};
	const char *opl = "n1 x11.000 y46.000\nn2 x11.002 y46.000\nn3 x11.0025 y46.000\n"
	                  "n4 x11.004 y46.000\nn5 x11.002 y46.002\nn6 x11.0025 y45.998\n"
	                  "w1 Thighway=residential,name=Corso Nn1,n2,n3,n4\n"
	                  "w2 Thighway=residential,name=Via%20%Dante Nn2,n5\n"
	                  "w3 Thighway=residential,name=Via%20%Po Nn3,n6\n";
	ANSWERS(opl, cases);
	struct map *map = town(opl);
	struct arena *arena = arena_new();
	struct map_candidate found = best(map, "via dante angolo via po", arena);
	assert_int_equal(found.kind, MAP_CROSSING);
	assert_true(point_distance_m(found.at, (struct point){46.000, 11.00225}) < 1);
	arena_free(&arena);
	map_close(&map);
}

/* A roundabout has no name; the streets that lead into it meet all the same. */
static void streets_meet_at_a_roundabout(void **state)
{
	(void)state;
	static const struct asked cases[] = {
	    {"via dante angolo via po", "Via Dante angolo Via Po"}};
	ANSWERS(
	    "n1 x11.000 y46.000\nn2 x11.002 y46.000\nn3 x11.0022 y46.0001\nn4 x11.0021 y46.0003\n"
	    "n5 x11.0021 y46.002\n"
	    "w1 Thighway=residential,name=Via%20%Dante Nn1,n2\n"
	    "w2 Thighway=residential,junction=roundabout Nn2,n3,n4,n2\n"
	    "w3 Thighway=residential,name=Via%20%Po Nn4,n5\n",
	    cases);
}

static void other_names_find_the_same_street(void **state)
{
	(void)state;
	static const struct asked cases[] = {
	    {"via vecchia 2", "Via Nuova 2"},
	    {"strada provinciale 121", "SP121"},
	    {"s.p. 121", "SP121"},
	    {"eggentaler strasse", "Via Val d'Ega - Eggentaler Straße"},
	    {"via val dega", "Via Val d'Ega - Eggentaler Straße"},
	    {"municipio", "Palazzo Rosso"},
	    {"comune palazzo rosso", "Palazzo Rosso"},
	    {"cimitero", "Cimitero"},
	};
	ANSWERS(
	    NODES
	    "w1 Thighway=residential,name=Via%20%Nuova,old_name=Via%20%Vecchia Nn1,n2\n"
	    "w2 Thighway=secondary,ref=SP121 Nn2,n3\n"
	    "w3 Thighway=residential,name=Via%20%Val%20%d'Ega%20%-%20%Eggentaler%20%Straße Nn2,n5\n"
	    "n30 x11.001 y46.0001 Taddr:street=Via%20%Nuova,addr:housenumber=2\n"
	    "n31 x11.001 y46.0011 Tamenity=townhall,name=Palazzo%20%Rosso\n"
	    "n32 x11.003 y46.0011 Tlanduse=cemetery\n",
	    cases);
}

/* An enclave belongs to the municipality that it is of, not to the one around it, even where its
 * own outline is not in the inputs. */
static void enclaves_are_told_apart(void **state)
{
	(void)state;
	struct map *map = town(
	    NODES W1 W2 W3 W4
	    "n21 x10.990 y45.990\nn22 x11.010 y45.990\nn23 x11.010 y46.010\nn24 x10.990 y46.010\n"
	    "n25 x11.003 y46.001\nn26 x11.005 y46.001\nn27 x11.005 y46.003\nn28 x11.003 y46.003\n"
	    "n29 x10.993 y46.004\nn30 x10.996 y46.004\nn31 x10.996 y46.007\nn32 x10.993 y46.007\n"
	    "w20 T Nn21,n22,n23,n24,n21\nw21 T Nn25,n26,n27,n28,n25\nw22 T Nn29,n30,n31,n32,n29\n"
	    "r20 Ttype=boundary,boundary=administrative,admin_level=8,name=Borgo "
	    "Mw20@outer,w21@inner,w22@inner\n"
	    "r21 Ttype=boundary,boundary=administrative,admin_level=8,name=Isola Mw21@outer\n");
	struct arena *arena = arena_new();
	struct map_reverse found;
	map_reverse(map, (struct point){46.002, 11.004}, arena, &found);
	assert_string_equal(found.municipality, "Isola");
	map_reverse(map, (struct point){46.002, 11.001}, arena, &found);
	assert_string_equal(found.municipality, "Borgo");
	map_reverse(map, (struct point){46.0055, 10.9945}, arena, &found);
	assert_null(found.municipality);
	arena_free(&arena);
	map_close(&map);
}

static void count_entry(void *ctx, const struct map_entry *e)
{
	size_t *count = ctx;
	assert_non_null(e->name);
	assert_true((e->kind == MAP_ADDRESS) == (e->number != NULL));
	assert_true((e->kind == MAP_CROSSING) == (e->other != NULL));
	count[e->kind]++;
}

static void all_that_is_known_can_be_listed(void **state)
{
	(void)state;
	size_t count[MAP_CROSSING + 1] = {0};
	struct map *map = town(VILLAGE);
	map_each_entry(map, count_entry, count);
	assert_int_equal(count[MAP_STREET], 6);
	assert_int_equal(count[MAP_PLACE], 2);
	assert_int_equal(count[MAP_ADDRESS], 8);
	assert_int_equal(count[MAP_CROSSING], 6);
	map_close(&map);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(names_become_comparable_words),
	    cmocka_unit_test(house_numbers_become_comparable),
	    cmocka_unit_test(addresses_are_found_however_typed),
	    cmocka_unit_test(near_decides_between_equals),
	    cmocka_unit_test(a_point_is_told_its_street_and_municipality),
	    cmocka_unit_test(only_roads_are_found_by_number),
	    cmocka_unit_test(a_house_number_is_no_road_number),
	    cmocka_unit_test(coordinates_are_found),
	    cmocka_unit_test(kilometres_are_no_house_numbers),
	    cmocka_unit_test(words_that_say_where_to_stand_are_set_aside),
	    cmocka_unit_test(a_landmark_says_what_it_is),
	    cmocka_unit_test(a_hamlet_is_found_as_such),
	    cmocka_unit_test(a_house_says_its_street_itself),
	    cmocka_unit_test(without_outlines_neighbours_name_the_municipality),
	    cmocka_unit_test(slips_cost_what_they_are_worth),
	    cmocka_unit_test(two_slips_still_share_a_key),
	    cmocka_unit_test(slips_of_the_finger_are_seen_through),
	    cmocka_unit_test(words_joined_or_split_are_seen_through),
	    cmocka_unit_test(words_in_their_order_come_first),
	    cmocka_unit_test(a_saint_is_not_any_man_of_the_name),
	    cmocka_unit_test(neighbours_tell_what_is_near_to_them),
	    cmocka_unit_test(numbers_that_are_not_on_the_map_are_guesses),
	    cmocka_unit_test(interpolation_lines_give_numbers),
	    cmocka_unit_test(interpolation_goes_by_its_kind),
	    cmocka_unit_test(addresses_stand_on_any_shape),
	    cmocka_unit_test(two_streets_are_a_crossing),
	    cmocka_unit_test(a_crossing_is_offered_while_it_is_typed),
	    cmocka_unit_test(the_crossings_of_a_street_are_listed),
	    cmocka_unit_test(streets_nearly_meet),
	    cmocka_unit_test(streets_meet_at_a_roundabout),
	    cmocka_unit_test(other_names_find_the_same_street),
	    cmocka_unit_test(enclaves_are_told_apart),
	    cmocka_unit_test(all_that_is_known_can_be_listed),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
