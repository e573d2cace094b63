/*
 * Addresses to listen on, in numbers: parsing, the socket with SO_REUSEPORT, and the other end's
 * name.
 */
#include "listen.h"

#include "base/str.h"
#include "wire/server.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netdb.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

static bool split_address(const char *listen, char host[64], char port[8])
{
	const char *colon = strrchr(listen, ':');
	size_t length;

	if (colon == NULL || strlen(colon + 1) > 5 || colon[1] == '\0')
		return false;
	length = (size_t)(colon - listen);
	if (length >= 2 && listen[0] == '[' && listen[length - 1] == ']') {
		listen++;
		length -= 2;
	}
	if (length >= 64)
		return false;
	memcpy(host, listen, length);
	host[length] = '\0';
	str_copy(port, 8, colon + 1);
	return true;
}

static int listening_socket(const struct addrinfo *address, int share)
{
	int fd = socket(address->ai_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
	int yes = 1;

	if (fd < 0)
		return -1;
	setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof yes);
	if (setsockopt(fd, SOL_SOCKET, SO_REUSEPORT, &share, sizeof share) == 0 &&
	    bind(fd, address->ai_addr, address->ai_addrlen) == 0 && listen(fd, 1024) == 0)
		return fd;
	close(fd);
	return -1;
}

int listen_on(const char *listen, int share, struct problem *p)
{
	struct addrinfo hints = {.ai_socktype = SOCK_STREAM,
	                         .ai_flags = AI_NUMERICHOST | AI_NUMERICSERV | AI_PASSIVE};
	struct addrinfo *address = NULL;
	char host[64], port[8];
	int fd;

	if (!split_address(listen, host, port) ||
	    getaddrinfo(host[0] != '\0' ? host : NULL, port, &hints, &address) != 0) {
		problem_set(p, PROBLEM_INPUT, "http.listen",
		            "cannot listen on '%s': write ADDRESS:PORT in numbers", listen);
		return -1;
	}
	fd = listening_socket(address, share);
	freeaddrinfo(address);
	if (fd < 0)
		problem_set(p, PROBLEM_BUSY, "http.listen", "cannot listen on %s: %s", listen,
		            strerror(errno));
	return fd;
}

bool server_may_listen(const char *listen, struct problem *p)
{
	int fd = listen_on(listen, 0, p);

	if (fd >= 0)
		close(fd);
	return fd >= 0;
}

void listen_peer(const struct sockaddr_storage *address, char to[INET6_ADDRSTRLEN])
{
	const struct sockaddr_in6 *six = (const void *)address;
	const struct sockaddr_in *four = (const void *)address;

	if (address->ss_family == AF_INET)
		inet_ntop(AF_INET, &four->sin_addr, to, INET6_ADDRSTRLEN);
	else if (address->ss_family == AF_INET6 && IN6_IS_ADDR_V4MAPPED(&six->sin6_addr))
		inet_ntop(AF_INET, &six->sin6_addr.s6_addr[12], to, INET6_ADDRSTRLEN);
	else if (address->ss_family == AF_INET6)
		inet_ntop(AF_INET6, &six->sin6_addr, to, INET6_ADDRSTRLEN);
}
