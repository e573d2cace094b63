/* Tags -> looks, from tables. See looks.h. */
#include "looks.h"

#include <string.h>

static const char *get(const struct tags *t, const char *key)
{
	const char *value = t->get(t->ctx, key);
	return value ? value : "";
}

static bool is(const char *a, const char *b)
{
	return strcmp(a, b) == 0;
}

static bool says_yes(const char *value)
{
	return *value && !is(value, "no");
}

/* ---- lines ---- */

struct line_look {
	const char *value;
	unsigned feature_class, min_zoom;
	bool link;
};

static const struct line_look roads[] = {
    {"motorway", DRAWN_MOTORWAY, 8, false},
    {"motorway_link", DRAWN_MOTORWAY, 11, true},
    {"trunk", DRAWN_TRUNK, 8, false},
    {"trunk_link", DRAWN_TRUNK, 12, true},
    {"primary", DRAWN_PRIMARY, 9, false},
    {"primary_link", DRAWN_PRIMARY, 12, true},
    {"secondary", DRAWN_SECONDARY, 10, false},
    {"secondary_link", DRAWN_SECONDARY, 12, true},
    {"tertiary", DRAWN_TERTIARY, 11, false},
    {"tertiary_link", DRAWN_TERTIARY, 13, true},
    {"unclassified", DRAWN_MINOR, 12, false},
    {"residential", DRAWN_MINOR, 12, false},
    {"living_street", DRAWN_MINOR, 13, false},
    {"road", DRAWN_MINOR, 13, false},
    {"service", DRAWN_SERVICE, 14, false},
    {"pedestrian", DRAWN_PEDESTRIAN, 14, false},
    {"track", DRAWN_TRACK, 14, false},
    {"footway", DRAWN_PATH, 14, false},
    {"cycleway", DRAWN_PATH, 14, false},
    {"path", DRAWN_PATH, 14, false},
    {"steps", DRAWN_PATH, 15, false},
    {"bridleway", DRAWN_PATH, 14, false},
    {"construction", DRAWN_CONSTRUCTION, 13, false},
    {NULL, 0, 0, false},
};

static const struct line_look rails[] = {
    {"rail", RAIL_TRAIN, 9, false},          {"narrow_gauge", RAIL_TRAIN, 10, false},
    {"light_rail", RAIL_TRAM, 12, false},    {"tram", RAIL_TRAM, 13, false},
    {"subway", RAIL_TRAM, 13, false},        {"funicular", RAIL_TRAM, 13, false},
    {"construction", RAIL_TRAM, 15, false},  {NULL, 0, 0, false},
};

static const struct line_look waterways[] = {
    {"river", 0, 8, false},  {"canal", 0, 11, false}, {"stream", 0, 13, false},
    {"ditch", 0, 14, false}, {"drain", 0, 14, false}, {NULL, 0, 0, false},
};

static const struct line_look *find(const struct line_look *table, const char *value)
{
	for (; table->value; table++)
		if (is(value, table->value))
			return table;
	return NULL;
}

static uint8_t structure(const struct tags *t)
{
	if (says_yes(get(t, "tunnel")) || says_yes(get(t, "covered")))
		return FEATURE_TUNNEL;
	return says_yes(get(t, "bridge")) ? FEATURE_BRIDGE : 0;
}

static struct map_look of_table(const struct line_look *found, enum map_layer layer,
                            const struct tags *t)
{
	return (struct map_look){.drawn = true,
	                     .layer = layer,
	                     .feature_class = found->feature_class,
	                     .min_zoom = found->min_zoom,
	                     .flags = structure(t) | (found->link ? FEATURE_LINK : 0),
	                     .named = true};
}

/* Drives to single houses, rows of a car park, pavements: seen when one stands before them. */
static bool is_detail(const struct tags *t, unsigned drawn)
{
	const char *service = get(t, "service"), *foot = get(t, "footway");
	return (drawn == DRAWN_SERVICE && (is(service, "driveway") || is(service, "parking_aisle") ||
	                                   is(service, "drive-through"))) ||
	       (drawn == DRAWN_PATH && (is(foot, "sidewalk") || is(foot, "crossing")));
}

static struct map_look of_road(const struct line_look *found, const struct tags *t)
{
	struct map_look look = of_table(found, LAYER_ROAD, t);
	struct way_rule rule = tags_way(t);
	bool one_way = rule.car && (rule.kmh[0][0] <= 0) != (rule.kmh[0][1] <= 0);
	if (is_detail(t, look.feature_class))
		look.min_zoom = 16;
	look.flags |= one_way ? FEATURE_ONEWAY : 0;
	look.against = one_way && rule.kmh[0][0] <= 0;
	if (look.feature_class <= DRAWN_SECONDARY && !found->link)
		look.ref = t->get(t->ctx, "ref");
	look.drawn = !is(get(t, "area"), "yes");
	return look;
}

static struct map_look of_rail(const struct line_look *found, const struct tags *t)
{
	struct map_look look = of_table(found, LAYER_RAILWAY, t);
	look.named = false;
	if (look.feature_class == RAIL_TRAIN && (*get(t, "service") || is(get(t, "usage"), "industrial")))
		look.min_zoom = 15;
	return look;
}

struct map_look look_of_line(const struct tags *t)
{
	const struct line_look *found = find(roads, get(t, "highway"));
	if (found)
		return of_road(found, t);
	if ((found = find(rails, get(t, "railway"))) != NULL)
		return of_rail(found, t);
	if ((found = find(waterways, get(t, "waterway"))) != NULL)
		return of_table(found, LAYER_WATERWAY, t);
	if (is(get(t, "aeroway"), "runway") && !is(get(t, "area"), "yes"))
		return (struct map_look){.drawn = true,
		                     .layer = LAYER_ROAD,
		                     .feature_class = DRAWN_RUNWAY,
		                     .min_zoom = 11};
	if (is(get(t, "man_made"), "pier") && !is(get(t, "area"), "yes"))
		return (struct map_look){.drawn = true,
		                     .layer = LAYER_ROAD,
		                     .feature_class = DRAWN_PATH,
		                     .min_zoom = 14};
	return (struct map_look){.drawn = false};
}

bool look_is_coast(const struct tags *t)
{
	return is(get(t, "natural"), "coastline");
}

/* ---- areas: the first that fits ---- */

static const struct area_look {
	const char *key, *value;
	enum map_layer layer;
	unsigned feature_class, min_zoom;
} areas[] = {
    {"natural", "water", LAYER_WATER, 0, 8},
    {"waterway", "riverbank", LAYER_WATER, 0, 8},
    {"waterway", "dock", LAYER_WATER, 0, 8},
    {"landuse", "reservoir", LAYER_WATER, 0, 8},
    {"landuse", "basin", LAYER_WATER, 0, 8},
    {"leisure", "swimming_pool", LAYER_WATER, 0, 16},
    {"highway", "pedestrian", LAYER_LANDUSE, LANDUSE_SQUARE, 14},
    {"highway", "footway", LAYER_LANDUSE, LANDUSE_SQUARE, 15},
    {"place", "square", LAYER_LANDUSE, LANDUSE_SQUARE, 14},
    {"amenity", "parking", LAYER_LANDUSE, LANDUSE_PARKING, 15},
    {"man_made", "pier", LAYER_LANDUSE, LANDUSE_PIER, 12},
    {"man_made", "breakwater", LAYER_LANDUSE, LANDUSE_PIER, 12},
    {"natural", "wood", LAYER_LANDUSE, LANDUSE_WOOD, 8},
    {"landuse", "forest", LAYER_LANDUSE, LANDUSE_WOOD, 8},
    {"natural", "beach", LAYER_LANDUSE, LANDUSE_SAND, 12},
    {"natural", "sand", LAYER_LANDUSE, LANDUSE_SAND, 12},
    {"natural", "grassland", LAYER_LANDUSE, LANDUSE_GRASS, 10},
    {"natural", "scrub", LAYER_LANDUSE, LANDUSE_GRASS, 10},
    {"natural", "heath", LAYER_LANDUSE, LANDUSE_GRASS, 10},
    {"landuse", "grass", LAYER_LANDUSE, LANDUSE_GRASS, 12},
    {"landuse", "meadow", LAYER_LANDUSE, LANDUSE_GRASS, 11},
    {"landuse", "orchard", LAYER_LANDUSE, LANDUSE_GRASS, 11},
    {"landuse", "vineyard", LAYER_LANDUSE, LANDUSE_GRASS, 11},
    {"landuse", "farmland", LAYER_LANDUSE, LANDUSE_GRASS, 11},
    {"landuse", "allotments", LAYER_LANDUSE, LANDUSE_GRASS, 12},
    {"landuse", "cemetery", LAYER_LANDUSE, LANDUSE_GRASS, 12},
    {"landuse", "recreation_ground", LAYER_LANDUSE, LANDUSE_GRASS, 12},
    {"landuse", "village_green", LAYER_LANDUSE, LANDUSE_GRASS, 12},
    {"leisure", "park", LAYER_LANDUSE, LANDUSE_GRASS, 11},
    {"leisure", "garden", LAYER_LANDUSE, LANDUSE_GRASS, 13},
    {"leisure", "pitch", LAYER_LANDUSE, LANDUSE_GRASS, 13},
    {"leisure", "golf_course", LAYER_LANDUSE, LANDUSE_GRASS, 11},
    {"landuse", "residential", LAYER_LANDUSE, LANDUSE_URBAN, 8},
    {"landuse", "commercial", LAYER_LANDUSE, LANDUSE_URBAN, 9},
    {"landuse", "industrial", LAYER_LANDUSE, LANDUSE_URBAN, 9},
    {"landuse", "retail", LAYER_LANDUSE, LANDUSE_URBAN, 9},
};

const struct look_key look_area_keys[] = {
    {"natural", NULL},   {"waterway", "riverbank"},      {"waterway", "dock"}, {"landuse", NULL},
    {"leisure", NULL},   {"highway", "pedestrian"},      {"highway", "footway"},
    {"place", "square"}, {"amenity", "parking"},         {"man_made", "pier"},
    {"man_made", "breakwater"}, {"building", NULL},      {NULL, NULL},
};

struct map_look look_of_area(const struct tags *t)
{
	if (says_yes(get(t, "building")))
		return (struct map_look){.drawn = true, .layer = LAYER_BUILDING, .min_zoom = 14};
	bool road = *get(t, "highway") && !is(get(t, "area"), "yes") && !is(get(t, "type"), "multipolygon");
	for (size_t i = 0; i < sizeof(areas) / sizeof(*areas); i++) {
		const struct area_look *a = &areas[i];
		if (!is(get(t, a->key), a->value) || (road && is(a->key, "highway")))
			continue;
		return (struct map_look){.drawn = true,
		                     .layer = a->layer,
		                     .feature_class = a->feature_class,
		                     .min_zoom = a->min_zoom,
		                     .sized = true,
		                     .named = a->layer == LAYER_WATER && a->min_zoom < 16};
	}
	return (struct map_look){.drawn = false};
}
