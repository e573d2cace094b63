/* Sockets to listen on and names of peers; private to wire/. */
#ifndef PRONTOD_WIRE_LISTEN_H
#define PRONTOD_WIRE_LISTEN_H

#include "base/problem.h"

#include <netinet/in.h>
#include <sys/socket.h>

/* A non-blocking listening socket on "ADDRESS:PORT", or -1 and a problem. share: with our other
 * workers. */
int listen_on(const char *listen, int share, struct problem *p);
/* The address of the other end as text; an IPv4 one in IPv6's clothes as IPv4. */
void listen_peer(const struct sockaddr_storage *address, char to[INET6_ADDRSTRLEN]);

#endif
