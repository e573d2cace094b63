/* Shared by the two files that read incidents and reports; furniture of the room. */
#ifndef PRONTOD_STORE_READ_H
#define PRONTOD_STORE_READ_H

#include "sql.h"

/* What a report is read from: FROM … WHERE is the caller's; aliases r (report), w, p, u. */
#define REPORT_COLUMNS                                                                             \
	"r.id, r.utility_id, u.code, u.name, u.phone, r.incident_id, r.charter, r.code, r.state, " \
	"r.version, r.channel, w.subject, w.text, r.lang, w.address, w.landmark, r.municipality, " \
	"r.area, r.lat, r.lon, r.point_confirmed, p.name, p.phone, p.email, p.prefer, "            \
	"r.received_at, r.recorded_at, r.started_at, r.updated_at, r.rang_at, r.charter_edition, " \
	"r.edition_digest, r.fault_row, r.fault_class, "                                           \
	"r.confidence, r.needs_review, r.reason, r.refer_to, w.reading, "                          \
	"(SELECT jsonb_agg(to_jsonb(t) ORDER BY t.due_at, t.id) FROM report_target t "             \
	"WHERE t.report_id = r.id AND t.superseded_at IS NULL), "                                  \
	"(SELECT jsonb_agg(jsonb_build_object('id', f.id, 'name', f.name, 'content_type', "        \
	"f.content_type, 'bytes', f.length) ORDER BY f.id) FROM photo f WHERE f.report_id = r.id)"
#define REPORT_FROM                                                                             \
	" FROM report r LEFT JOIN utility u ON u.id = r.utility_id "                            \
	"LEFT JOIN report_words w ON w.report_id = r.id LEFT JOIN reporter p ON p.report_id = " \
	"r.id "

void report_read(struct row *row, struct report *out);

/* Inserts promises of a report, each with what it was judged by. */
void targets_add(struct sql *q, const struct report *r, const struct due_target *targets,
                 size_t count);
/* What still holds the clocks of an incident ends with it ($at). */
void events_end(struct sql *q, const struct incident *i, struct instant at);

/* Keyset cursors: "<microseconds>.<uuid>". False where it is not one of ours. */
bool cursor_read(const char *cursor, struct instant *at, char id[ID_TEXT]);
const char *cursor_write(struct arena *arena, struct instant at, const char *id);

/* Six parameters of a list: state, utility, words, the cursor's instant and id, limit. */
void filter_add(struct sql *q, const struct store_query *query);

#endif
