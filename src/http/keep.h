/*
 * Photos of a form that came back with errors wait here, under the form's key, for 30 minutes: the
 * person need not choose them again. All workers share the folder, for the next sending may reach
 * another.
 */
#ifndef PRONTOD_HTTP_KEEP_H
#define PRONTOD_HTTP_KEEP_H

#include "room.h"

void keep_store(struct visit *v, const struct flow_once *once, const struct flow_photo *photos,
                size_t count);
/* Adds what is kept to what came, up to INTAKE_PHOTOS_MAX and 10 MiB in all. */
void keep_fetch(struct visit *v, const struct flow_once *once, struct arena *arena,
                struct flow_photo *photos, size_t *count);
void keep_drop(struct visit *v, const struct flow_once *once);
/* page.photos [{name,size}] or page.photos_again. */
void keep_show(const struct visit *v, const struct flow_once *once, const struct flow_photo *photos,
               size_t count, struct js *page);

#endif
