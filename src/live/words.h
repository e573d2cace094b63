/* Words and small pieces that several views share. Only for live/. */
#ifndef PRONTOD_SRC_LIVE_WORDS_H
#define PRONTOD_SRC_LIVE_WORDS_H

#include "live.h"

/* The row and class as the charter words them; every field null where it does not know them. */
void set_row(struct js *to, const struct charter *charter, const char *row);
void set_class(struct js *to, const struct charter *charter, const char *class_code,
               bool short_too);
void set_point(struct js *to, struct point p);
const struct charter_row *row_of(const struct charter *charter, const char *code);
int rank_of(const struct charter *charter, const char *class_code); /* 0: no class, or unknown */

const char *incident_state_it(enum incident_state s);
const char *crew_state_it(enum crew_state s);
const char *disposition_it(enum disposition d);
const char *cause_it(enum pause_cause c);
const char *cause_en(enum pause_cause c);
struct js *utility_json(const struct utility_id *id, const char *code, const char *name);
/* The governing promise; its verdict by now. */
const struct due_target *governing(const struct incident *i, struct instant now,
                                   enum target_result *result, struct span *late,
                                   struct span *left);
/* The crew on its way furthest on, and how many are open. */
size_t open_assignments(const struct incident *i);

#endif
