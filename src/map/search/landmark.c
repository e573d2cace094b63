/* What people name a place by. See landmark.h. */
#include "landmark.h"

#include "words.h"

#include <stddef.h>
#include <string.h>

static const struct landmark landmarks[] = {
    {"amenity", "townhall", "Municipio", "comune rathaus gemeindeverwaltung", true},
    {"amenity", "hospital", "Ospedale", "spital krankenhaus", true},
    {"amenity", "clinic", "Clinica", "ambulatorio poliambulatorio", false},
    {"amenity", "pharmacy", "Farmacia", "apotheke", true},
    {"amenity", "school", "Scuola", "scuole schule", false},
    {"amenity", "kindergarten", "Scuola materna", "asilo infanzia kindergarten", false},
    {"amenity", "university", "Università", "facolta universitaet", false},
    {"amenity", "college", "Istituto", "scuola", false},
    {"amenity", "place_of_worship", "Chiesa", "parrocchia santuario kirche", false},
    {"amenity", "police", "Polizia", "carabinieri caserma polizei", false},
    {"amenity", "fire_station", "Vigili del fuoco", "pompieri caserma feuerwehr", true},
    {"amenity", "post_office", "Ufficio postale", "posta poste post", true},
    {"amenity", "library", "Biblioteca", "bibliothek", true},
    {"amenity", "theatre", "Teatro", "theater", false},
    {"amenity", "cinema", "Cinema", "kino", false},
    {"amenity", "marketplace", "Mercato", "markt", false},
    {"amenity", "courthouse", "Tribunale", "gericht", true},
    {"amenity", "prison", "Carcere", "casa circondariale", true},
    {"amenity", "nursing_home", "Casa di riposo", "rsa altersheim", true},
    {"amenity", "community_centre", "Centro civico", "sala civica", false},
    {"amenity", "grave_yard", "Cimitero", "camposanto friedhof", true},
    {"landuse", "cemetery", "Cimitero", "camposanto friedhof", true},
    {"railway", "station", "Stazione", "ferroviaria treni bahnhof", true},
    {"railway", "halt", "Fermata", "stazione ferroviaria haltestelle", true},
    {"leisure", "stadium", "Stadio", "stadion", true},
    {"leisure", "sports_centre", "Centro sportivo", "palestra campo sportivo sportanlage", false},
    {"leisure", "pitch", "Campo sportivo", "campo calcio sportplatz", false},
    {"leisure", "park", "Parco", "giardino giardini park", false},
    {"shop", "supermarket", "Supermercato", "supermarkt", false},
    {"shop", "mall", "Centro commerciale", "einkaufszentrum", false},
    {"tourism", "museum", "Museo", "museum", false},
    {"tourism", "hotel", "Hotel", "albergo", false},
    {"historic", "castle", "Castello", "schloss burg", false},
    {"aeroway", "aerodrome", "Aeroporto", "flugplatz", false},
    {"man_made", "water_works", "Acquedotto", "potabilizzatore wasserwerk", false},
    {"man_made", "wastewater_plant", "Depuratore", "klaeranlage", true},
    {"man_made", "water_tower", "Torre dell'acqua", "acquedotto", false},
    {"man_made", "reservoir_covered", "Serbatoio", "acquedotto", false},
    {"man_made", "pumping_station", "Stazione di pompaggio", "sollevamento pozzo", false},
};

const struct landmark *landmark_of(const struct tags *tags)
{
	for (size_t i = 0; i < sizeof(landmarks) / sizeof(*landmarks); i++) {
		const char *value = tags->get(tags->ctx, landmarks[i].key);
		if (value && strcmp(value, landmarks[i].value) == 0)
			return &landmarks[i];
	}
	return NULL;
}

/* Names that hold one of the stems tell by themselves; so do those of all other landmarks, mostly.
 */
#define STEMS 7
static const struct {
	const char *value, *before, *stems[STEMS];
} said_before[] = {
    {"hospital",
     "Ospedale",
     {"ospedal", "clinic", "cura", "centro", "spital", "krankenhaus", NULL}},
    {"pharmacy", "Farmacia", {"farmac", "apothek", NULL}},
    {"station", "Stazione di", {"stazion", "bahnhof", NULL}},
    {"halt", "Fermata di", {"fermat", "stazion", "haltestelle", "bahnhof", NULL}},
};

static bool holds_any(const char *name, const char *const stems[STEMS])
{
	struct str words = {0};
	bool held = false;
	words_normal(name, &words);
	for (size_t i = 0; stems[i]; i++)
		held |= strstr(str_text(&words), stems[i]) != NULL;
	str_fini(&words);
	return held;
}

const char *landmark_said_before(const struct landmark *what, const char *name)
{
	for (size_t i = 0; i < sizeof(said_before) / sizeof(*said_before); i++)
		if (strcmp(what->value, said_before[i].value) == 0)
			return holds_any(name, said_before[i].stems) ? NULL : said_before[i].before;
	return NULL;
}
