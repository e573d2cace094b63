/*
 * Answers of OSRM's HTTP interface as JSON, straight into a buffer: a table may have hundreds of
 * thousands of cells. Seconds and metres have one decimal, degrees six. Hints are never given: a
 * place is found as fast without one.
 */
#include "osrm.h"

#include "wire/json.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* ---- pieces ---- */

void osrm_write_number(struct str *to, double n, int decimals)
{
	static const uint64_t powers[] = {1, 10, 100, 1000, 10000, 100000, 1000000};
	char digits[32];
	uint64_t power = powers[decimals];
	uint64_t scaled = (uint64_t)llround(fabs(n) * (double)power);
	char *s = digits + sizeof digits;
	while (decimals > 0 && scaled % 10 == 0) {
		scaled /= 10;
		decimals--;
	}
	for (int i = 0; i < decimals; i++, scaled /= 10)
		*--s = (char)('0' + scaled % 10);
	if (decimals > 0)
		*--s = '.';
	do
		*--s = (char)('0' + scaled % 10);
	while ((scaled /= 10) > 0);
	size_t length = (size_t)(digits + sizeof digits - s);
	if (n < 0 && !(length == 1 && *s == '0'))
		*--s = '-', length++;
	str_addn(to, s, length);
}

void osrm_write_text(struct str *to, const char *text)
{
	struct js *value = js_string(text ? text : "");
	js_write(value, to);
	js_free(&value);
}

void osrm_write_place(struct str *to, struct point at)
{
	str_addc(to, '[');
	osrm_write_number(to, at.lon, 6);
	str_addc(to, ',');
	osrm_write_number(to, at.lat, 6);
	str_addc(to, ']');
}

/* A comma before all but the first. */
static void separate(struct str *to, size_t i)
{
	if (i > 0)
		str_addc(to, ',');
}

void osrm_write_line(struct str *to, enum osrm_lines lines, const struct point *points,
                     size_t count)
{
	if (lines != OSRM_GEOJSON) {
		struct str text = {0};
		polyline_write(&text, points, count, lines == OSRM_POLYLINE ? 1e5 : 1e6);
		osrm_write_text(to, str_text(&text));
		str_fini(&text);
		return;
	}
	str_add(to, "{\"type\":\"LineString\",\"coordinates\":[");
	for (size_t i = 0; i < count; i++) {
		separate(to, i);
		osrm_write_place(to, points[i]);
	}
	str_add(to, "]}");
}

static void write_waypoint(struct str *to, const struct osrm_waypoint *w)
{
	str_add(to, "{\"location\":");
	osrm_write_place(to, w->at);
	str_add(to, ",\"distance\":");
	osrm_write_number(to, w->distance_m, 2);
	str_add(to, ",\"name\":");
	osrm_write_text(to, w->street);
	str_addc(to, '}');
}

void osrm_write_refusal(struct str *to, const struct osrm_refusal *why)
{
	str_addf(to, "{\"code\":\"%s\",\"message\":", why->code);
	osrm_write_text(to, why->text);
	str_addc(to, '}');
}

/* ---- table ---- */

struct cell {
	double duration_s, distance_m; /* NAN: no route */
	bool estimated;
};

static struct point place_of(const struct osrm_query *q, const struct osrm_waypoint *snapped,
                             size_t i)
{
	return q->fallback_snapped ? snapped[i].at : q->places[i].at;
}

static struct cell cell_of(const struct osrm_query *q, const struct map_eta *etas,
                           const struct osrm_waypoint *snapped, size_t i, size_t j)
{
	const struct map_eta *eta = &etas[i * q->destination_count + j];
	struct cell cell = {NAN, NAN, false};
	if (eta->known) {
		cell.duration_s = eta->eta_s * q->scale;
		cell.distance_m = eta->distance_m;
	} else if (q->fallback_mps > 0) {
		cell.distance_m = point_distance_m(place_of(q, snapped, q->sources[i]),
		                                   place_of(q, snapped, q->destinations[j]));
		cell.duration_s = cell.distance_m / q->fallback_mps * q->scale;
		cell.estimated = true;
	}
	return cell;
}

typedef double cell_fn(const struct cell *cell);

static double cell_duration(const struct cell *cell)
{
	return cell->duration_s;
}

static double cell_distance(const struct cell *cell)
{
	return cell->distance_m;
}

static void write_cells(struct str *to, const struct osrm_query *q, const struct map_eta *etas,
                        const struct osrm_waypoint *snapped, cell_fn *value)
{
	str_addc(to, '[');
	for (size_t i = 0; i < q->source_count; i++) {
		separate(to, i);
		str_addc(to, '[');
		for (size_t j = 0; j < q->destination_count; j++) {
			struct cell cell = cell_of(q, etas, snapped, i, j);
			separate(to, j);
			if (isnan(value(&cell)))
				str_add(to, "null");
			else
				osrm_write_number(to, value(&cell), 1);
		}
		str_addc(to, ']');
	}
	str_addc(to, ']');
}

static void write_estimated(struct str *to, const struct osrm_query *q, const struct map_eta *etas,
                            const struct osrm_waypoint *snapped)
{
	size_t written = 0;
	str_add(to, ",\"fallback_speed_cells\":[");
	for (size_t i = 0; i < q->source_count; i++)
		for (size_t j = 0; j < q->destination_count; j++)
			if (cell_of(q, etas, snapped, i, j).estimated) {
				separate(to, written++);
				str_addf(to, "[%zu,%zu]", i, j);
			}
	str_addc(to, ']');
}

static void write_chosen(struct str *to, const struct osrm_waypoint *snapped, const size_t *chosen,
                         size_t count)
{
	str_addc(to, '[');
	for (size_t i = 0; i < count; i++) {
		separate(to, i);
		write_waypoint(to, &snapped[chosen[i]]);
	}
	str_addc(to, ']');
}

void osrm_write_table(struct str *to, const struct osrm_query *q, const struct map_eta *etas,
                      const struct osrm_waypoint *snapped)
{
	str_add(to, "{\"code\":\"Ok\"");
	if (q->durations) {
		str_add(to, ",\"durations\":");
		write_cells(to, q, etas, snapped, cell_duration);
	}
	if (q->distances) {
		str_add(to, ",\"distances\":");
		write_cells(to, q, etas, snapped, cell_distance);
	}
	if (q->fallback_mps > 0)
		write_estimated(to, q, etas, snapped);
	if (!q->skip_waypoints) {
		str_add(to, ",\"sources\":");
		write_chosen(to, snapped, q->sources, q->source_count);
		str_add(to, ",\"destinations\":");
		write_chosen(to, snapped, q->destinations, q->destination_count);
	}
	str_addc(to, '}');
}

/* ---- nearest ---- */

void osrm_write_nearest(struct str *to, const struct osrm_query *q, const struct map_snap *found,
                        size_t count)
{
	str_add(to, "{\"code\":\"Ok\"");
	if (!q->skip_waypoints) {
		str_add(to, ",\"waypoints\":[");
		for (size_t i = 0; i < count; i++) {
			separate(to, i);
			write_waypoint(to, &(struct osrm_waypoint){
			                       found[i].at, found[i].distance_m, found[i].street});
		}
		str_addc(to, ']');
	}
	str_addc(to, '}');
}

/* ---- route ---- */

/* Duration, distance and weight, which is the duration here. */
static void write_sums(struct str *to, double duration_s, double distance_m)
{
	str_add(to, "\"distance\":");
	osrm_write_number(to, distance_m, 1);
	str_add(to, ",\"duration\":");
	osrm_write_number(to, duration_s, 1);
	str_add(to, ",\"weight\":");
	osrm_write_number(to, duration_s, 1);
}

static double note_of(enum osrm_note note, const struct map_route *leg, size_t i)
{
	double metres = point_distance_m(leg->points[i], leg->points[i + 1]);
	double seconds = leg->at_s[i + 1] - leg->at_s[i];
	switch (note) {
	case OSRM_NOTE_DISTANCE:
		return metres;
	case OSRM_NOTE_DURATION:
	case OSRM_NOTE_WEIGHT:
		return seconds;
	case OSRM_NOTE_SPEED:
		return seconds > 0 ? metres / seconds : 0;
	case OSRM_NOTE_SOURCES:
	case OSRM_NOTE_NODES:
		break;
	}
	return 0; /* one source of speeds, the first of the list */
}

static void write_notes(struct str *to, unsigned notes, const struct map_route *leg,
                        const char *profile)
{
	static const struct {
		enum osrm_note note;
		const char *name;
	} all[] = {{OSRM_NOTE_DURATION, "duration"},
	           {OSRM_NOTE_DISTANCE, "distance"},
	           {OSRM_NOTE_SPEED, "speed"},
	           {OSRM_NOTE_WEIGHT, "weight"},
	           {OSRM_NOTE_SOURCES, "datasources"}};
	size_t written = 0;
	str_add(to, ",\"annotation\":{");
	for (size_t n = 0; n < sizeof all / sizeof all[0]; n++) {
		if (!(notes & all[n].note))
			continue;
		separate(to, written++);
		str_addf(to, "\"%s\":[", all[n].name);
		for (size_t i = 0; i + 1 < leg->count; i++) {
			separate(to, i);
			osrm_write_number(to, note_of(all[n].note, leg, i), 1);
		}
		str_addc(to, ']');
	}
	if (notes & OSRM_NOTE_SOURCES)
		str_addf(to, ",\"metadata\":{\"datasource_names\":[\"%s\"]}", profile);
	str_addc(to, '}');
}

static void write_leg(struct str *to, const struct osrm_query *q, const struct map_route *leg,
                      size_t i, const char *profile)
{
	str_addc(to, '{');
	write_sums(to, leg->eta.eta_s, leg->eta.distance_m);
	str_add(to, ",\"summary\":");
	if (q->steps)
		osrm_write_summary(to, leg);
	else
		str_add(to, "\"\"");
	str_add(to, ",\"steps\":[");
	if (q->steps)
		osrm_write_steps(
		    to, &(struct osrm_leg){leg, q->places[i].at, q->places[i + 1].at, q->lines});
	str_addc(to, ']');
	if (q->overview == OSRM_BY_LEGS) {
		str_add(to, ",\"geometry\":");
		osrm_write_line(to, q->lines, leg->points, leg->count);
	}
	if (q->notes)
		write_notes(to, q->notes, leg, profile);
	str_addc(to, '}');
}

/* The lines of all legs as one; where two meet the point stands once. */
static void write_overview(struct str *to, const struct osrm_query *q, const struct map_route *legs)
{
	size_t count = 0, room = 0;
	for (size_t i = 0; i + 1 < q->count; i++)
		room += legs[i].count;
	struct point *line = mem_zero(room + 1, sizeof *line);
	for (size_t i = 0; i + 1 < q->count; i++) {
		size_t skip = i > 0 && legs[i].count > 1 ? 1 : 0;
		memcpy(line + count, legs[i].points + skip, (legs[i].count - skip) * sizeof *line);
		count += legs[i].count - skip;
	}
	if (q->overview == OSRM_SIMPLIFIED)
		count = osrm_simplify(line, count);
	str_add(to, ",\"geometry\":");
	osrm_write_line(to, q->lines, line, count);
	free(line);
}

void osrm_write_route(struct str *to, const struct osrm_query *q, const struct map_route *legs,
                      const struct osrm_waypoint *snapped, const char *profile)
{
	double duration_s = 0, distance_m = 0;
	str_add(to, "{\"code\":\"Ok\",\"routes\":[{\"legs\":[");
	for (size_t i = 0; i + 1 < q->count; i++) {
		separate(to, i);
		write_leg(to, q, &legs[i], i, profile);
		duration_s += legs[i].eta.eta_s;
		distance_m += legs[i].eta.distance_m;
	}
	str_add(to, "],\"weight_name\":\"duration\",");
	write_sums(to, duration_s, distance_m);
	if (q->overview == OSRM_SIMPLIFIED || q->overview == OSRM_FULL)
		write_overview(to, q, legs);
	str_add(to, "}]");
	if (!q->skip_waypoints) {
		str_add(to, ",\"waypoints\":[");
		for (size_t i = 0; i < q->count; i++) {
			separate(to, i);
			write_waypoint(to, &snapped[i]);
		}
		str_addc(to, ']');
	}
	str_addc(to, '}');
}
