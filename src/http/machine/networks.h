/*
 * A list of networks as a configuration writes it, "127.0.0.0/8, ::1, 10.1.0.0/16": does an address
 * belong to one? An address without a slash is a network of its own.
 */
#ifndef PRONTOD_HTTP_NETWORKS_H
#define PRONTOD_HTTP_NETWORKS_H

#include "base/problem.h"

bool networks_check(const char *list, struct problem *p) MUST_CHECK; /* is every entry a network? */
bool networks_hold(const char *list, const char *address);           /* what is no address is in none */

#endif
