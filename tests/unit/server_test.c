/*
 * wire/server over real sockets: a server process of its own, and a client that speaks bytes.
 * Framing, limits with answers one can read, HEAD, keep-alive, pipelining, streams, draining.
 */
#include "base/log.h"
#include "wire/server.h"

#include <arpa/inet.h>
#include <errno.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#define MAX_BODY 100000

static uint16_t port;
static pid_t server_pid;

/* ---- the server's side ---- */

struct house {
	struct loop *loop;
	struct server *server;
	struct stream *stream;
	int gone;
};

static void answer_now(void *ctx)
{
	answer(ctx, 200, "text/plain", "late", 4);
}

static void count_gone(void *ctx)
{
	((struct house *)ctx)->gone++;
}

static void stream_gone(void *ctx)
{
	struct house *house = ctx;

	house->stream = NULL;
	house->gone++;
}

static void released(void *ctx)
{
	free(ctx);
}

static void tell(struct request *r)
{
	const char *q = request_query(r, "q"), *cookie = request_cookie(r, "prontod_session");
	const char *header = request_header(r, "x-thing");
	size_t length;
	const unsigned char *body = request_body(r, &length);
	unsigned sum = 0;
	char *text;

	for (size_t i = 0; i < length; i++)
		sum += body[i];
	text =
	    arena_format(request_arena(r), "%s %s q=%s cookie=%s thing=%s body=%zu sum=%u peer=%s",
	                 request_method(r), request_path(r), q ? q : "-", cookie ? cookie : "-",
	                 header ? header : "-", length, sum, request_peer(r));
	answer_header(r, "X-Split", "a\r\nSet-Cookie: evil=1");
	answer(r, 200, "text/plain", text, strlen(text));
}

static void on_request(void *ctx, struct request *r)
{
	struct house *house = ctx;
	char gone[32];

	if (strcmp(request_path(r), "/late") == 0) {
		loop_after(house->loop, SPAN_MS(150), answer_now, r);
	} else if (strcmp(request_path(r), "/never") == 0) {
		request_on_gone(r, count_gone, house);
	} else if (strcmp(request_path(r), "/gone") == 0) {
		snprintf(gone, sizeof gone, "%d", house->gone);
		answer(r, 200, "text/plain", gone, strlen(gone));
	} else if (strcmp(request_path(r), "/empty") == 0) {
		answer_empty(r, 204);
	} else if (strcmp(request_path(r), "/big") == 0) {
		char *big = mem_zero(5000000, 1);

		memset(big, 'b', 5000000);
		answer_shared(r, 200, "text/plain", big, 5000000, released, big);
	} else if (strcmp(request_path(r), "/stream") == 0) {
		house->stream = answer_stream(r, "text/event-stream");
		stream_on_gone(house->stream, stream_gone, house);
		stream_write(house->stream, "event: hello\n\n", 14, 65536);
	} else if (strcmp(request_path(r), "/flood") == 0) {
		int n = 0;
		char count[16];

		while (house->stream != NULL &&
		       stream_write(house->stream, gone, sizeof gone, 65536))
			n++;
		snprintf(count, sizeof count, "%d", n > 0);
		stream_close(&house->stream);
		answer(r, 200, "text/plain", count, strlen(count));
	} else {
		tell(r);
	}
}

static void on_drained(void *ctx)
{
	loop_stop(((struct house *)ctx)->loop);
}

static void on_term(void *ctx, int number)
{
	struct house *house = ctx;

	(void)number;
	server_drain(house->server, on_drained, house);
}

static void serve(void)
{
	struct house house = {.loop = loop_new()};
	struct server_options options = {.max_body = MAX_BODY,
	                                 .max_headers = 8192,
	                                 .idle = SPAN_MS(700),
	                                 .worker_name = "worker-7",
	                                 .handler = on_request,
	                                 .ctx = &house};
	struct problem p;
	char listen[32];

	snprintf(listen, sizeof listen, "127.0.0.1:%d", port);
	options.listen = listen;
	house.server = server_open(house.loop, &options, &p);
	if (house.server == NULL) {
		fprintf(stderr, "%s\n", p.text);
		exit(7);
	}
	loop_on_signal(house.loop, SIGTERM, on_term, &house);
	loop_run(house.loop);
	server_close(&house.server);
	loop_free(&house.loop);
	exit(0);
}

/* ---- the client's side ---- */

static int dial(void)
{
	struct sockaddr_in to = {.sin_family = AF_INET,
	                         .sin_port = htons(port),
	                         .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
	struct timeval limit = {5, 0};

	for (int i = 0; i < 200; i++) {
		int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

		setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof limit);
		if (connect(fd, (struct sockaddr *)&to, sizeof to) == 0)
			return fd;
		close(fd);
		usleep(10000);
	}
	fail_msg("the server does not listen");
	return -1;
}

static void say(int fd, const char *text)
{
	assert_int_equal(send(fd, text, strlen(text), MSG_NOSIGNAL), (ssize_t)strlen(text));
}

/* Reads until `until` appears or the peer ends; the text stays valid until the next call. */
static const char *hear(int fd, const char *until)
{
	static char text[65536];
	size_t length = 0;

	text[0] = '\0';
	while (length < sizeof text - 1 && (until == NULL || strstr(text, until) == NULL)) {
		ssize_t n = recv(fd, text + length, sizeof text - 1 - length, 0);

		if (n <= 0)
			break;
		length += (size_t)n;
		text[length] = '\0';
	}
	return text;
}

/* One connection, one exchange up to the peer's end. */
static const char *exchange(const char *request)
{
	int fd = dial();
	const char *text;

	say(fd, request);
	text = hear(fd, NULL);
	close(fd);
	return text;
}

#define H "Host: x\r\n"
#define CLOSE "Connection: close\r\n\r\n"

/* After two exchanges, one after the other, the server has looked at all that was sent before. */
static void let_it_read(void)
{
	exchange("GET /empty HTTP/1.1\r\n" H CLOSE);
	exchange("GET /empty HTTP/1.1\r\n" H CLOSE);
}

static void has(const char *text, const char *part)
{
	const char *where = text != NULL ? text : "";

	if (strstr(where, part) == NULL)
		fail_msg("'%s' is not in: %s", part, where);
}

static void requests_are_understood(void **state)
{
	const char *text;

	(void)state;
	text = exchange("GET /a%20b/%C3%A8?x=1&q=citt%C3%A0+alta HTTP/1.1\r\n" H
	                "X-Thing:  due parole \r\nCookie: a=b; prontod_session=tok; c=d\r\n" CLOSE);
	has(text, "HTTP/1.1 200 OK\r\n");
	has(text, "X-Prontod-Worker: worker-7\r\n");
	has(text, "\r\n\r\nGET /a b/è q=città alta cookie=tok thing=due parole body=0 sum=0 "
	          "peer=127.0.0.1");
	has(text, "X-Split: a  Set-Cookie: evil=1\r\n"); /* no header of its own */
	has(exchange("POST /p HTTP/1.1\r\n" H "Content-Length: 3\r\n" CLOSE "abc"),
	    "body=3 sum=294");
	has(exchange("POST /p HTTP/1.1\r\n" H "Transfer-Encoding: chunked\r\n" CLOSE
	             "2;x=y\r\nab\r\n01\r\nc\r\n0\r\nT: r\r\n\r\n"),
	    "body=3 sum=294");
	has(exchange("GET http://other/abs HTTP/1.0\r\n\r\n"), "GET /abs");
	text = exchange("GET /empty HTTP/1.1\r\n" H CLOSE);
	has(text, "204 No Content");
	assert_null(strstr(text, "Content-Length"));
}

static void bad_requests_are_refused(void **state)
{
	static const char *const bad[][2] = {
	    {"GET /\r\n\r\n", " 400 "},
	    {"GET / HTTP/2.0\r\n\r\n", " 505 "},
	    {"GET / HTTP/1.1\r\n\r\n", " 400 "}, /* no Host */
	    {"GET / HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n", " 400 "},
	    {"GET /../etc/passwd HTTP/1.1\r\n" H "\r\n", " 400 "},
	    {"GET /a/%2e%2E/b HTTP/1.1\r\n" H "\r\n", " 400 "},
	    {"GET /a%00b HTTP/1.1\r\n" H "\r\n", " 400 "},
	    {"GET /a%zz HTTP/1.1\r\n" H "\r\n", " 400 "},
	    {"GET /%FF HTTP/1.1\r\n" H "\r\n", " 400 "},
	    {"GET / HTTP/1.1\r\n" H " folded: x\r\n\r\n", " 400 "},
	    {"GET / HTTP/1.1\r\n" H "A : x\r\n\r\n", " 400 "},
	    {"GET / HTTP/1.1\nHost: x\n\r\n\r\n", " 400 "},
	    {"POST / HTTP/1.1\r\n" H "Content-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n",
	     " 400 "},
	    {"POST / HTTP/1.1\r\n" H "Content-Length: 1\r\nContent-Length: 2\r\n\r\n", " 400 "},
	    {"POST / HTTP/1.1\r\n" H "Content-Length: -1\r\n\r\n", " 400 "},
	    {"POST / HTTP/1.1\r\n" H "Content-Length: 99999999999999999999999\r\n\r\n", " 400 "},
	    {"POST / HTTP/1.1\r\n" H "Transfer-Encoding: gzip\r\n\r\n", " 501 "},
	    {"POST / HTTP/1.1\r\n" H "Transfer-Encoding: chunked\r\n\r\nxyz\r\n", " 400 "},
	    {"POST / HTTP/1.1\r\n" H "Transfer-Encoding: chunked\r\n\r\n1\r\nabc\r\n", " 400 "},
	    {"\x16\x03\x01\x02\r\n\r\n", " 400 "},
	};

	(void)state;
	for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
		int fd = dial();
		const char *text;

		say(fd, bad[i][0]);
		text = hear(fd, NULL);
		close(fd);
		if (strstr(text, bad[i][1]) == NULL)
			fail_msg("not%s: %s -> %s", bad[i][1], bad[i][0], text);
		has(text, "X-Prontod-Worker: worker-7");
		has(text, "Connection: close");
	}
}

static void headers_have_a_limit(void **state)
{
	char request[20000] = "GET / HTTP/1.1\r\n" H "X-Long: ";
	size_t length = strlen(request);
	int fd;

	(void)state;
	memset(request + length, 'x', 10000);
	has(exchange(strcat(request, "\r\n\r\n")), " 431 ");
	fd = dial();
	request[9000] = '\0'; /* never ends */
	say(fd, request);
	has(hear(fd, NULL), " 431 ");
	close(fd);
}

/* The whole body is sent before anything is read, as simple clients do. */
static void send_all(int fd, const char *head, size_t length, bool chunked)
{
	char block[1000];
	char size[16];

	memset(block, 'x', sizeof block);
	say(fd, head);
	for (size_t sent = 0; sent < length; sent += sizeof block) {
		snprintf(size, sizeof size, "%zx\r\n", sizeof block);
		if (chunked)
			say(fd, size);
		assert_int_equal(send(fd, block, sizeof block, MSG_NOSIGNAL), sizeof block);
		if (chunked)
			say(fd, "\r\n");
	}
	if (chunked)
		say(fd, "0\r\n\r\n");
}

static void large_bodies_get_an_answer_one_can_read(void **state)
{
	int fd = dial();

	(void)state;
	send_all(fd, "POST /p HTTP/1.1\r\n" H "Content-Length: 3000000\r\n\r\n", 3000000, false);
	has(hear(fd, NULL), "HTTP/1.1 413 ");
	close(fd);
	fd = dial();
	send_all(fd, "POST /p HTTP/1.1\r\n" H "Transfer-Encoding: chunked\r\n\r\n", 3000000, true);
	has(hear(fd, NULL), "HTTP/1.1 413 ");
	close(fd);
	fd = dial();
	send_all(fd, "POST /p HTTP/1.1\r\n" H "Transfer-Encoding: chunked\r\n" CLOSE, MAX_BODY,
	         true);
	has(hear(fd, NULL), "body=100000");
	close(fd);
	has(exchange("POST /p HTTP/1.1\r\n" H
	             "Content-Length: 100001\r\nExpect: 100-continue\r\n\r\n"),
	    "HTTP/1.1 413 ");
	fd = dial();
	say(fd, "POST /p HTTP/1.1\r\n" H "Content-Length: 3\r\nExpect: 100-continue\r\n" CLOSE);
	has(hear(fd, "\r\n\r\n"), "HTTP/1.1 100 Continue\r\n\r\n");
	say(fd, "abc");
	has(hear(fd, NULL), "sum=294");
	close(fd);
}

static void connections_are_kept_and_pipelined(void **state)
{
	int fd = dial();
	const char *text;

	(void)state;
	say(fd, "HEAD /h HTTP/1.1\r\n" H "\r\n");
	text = hear(fd, "\r\n\r\n");
	has(text, "Content-Length: 56\r\n");
	assert_string_equal(strstr(text, "\r\n\r\n"), "\r\n\r\n");
	say(fd, "GET /late HTTP/1.1\r\n" H "\r\nGET /second HTTP/1.1\r\n" H
	        "\r\nGET /third HTTP/1.1\r\n" H CLOSE);
	text = hear(fd, NULL);
	has(text, "\r\n\r\nlateHTTP/1.1 200 OK");
	has(strstr(text, "late"), "GET /second");
	has(strstr(text, "GET /second"), "GET /third");
	close(fd);
}

static void big_answers_arrive_whole(void **state)
{
	int fd = dial();
	static char block[100000];
	size_t total = 0;
	ssize_t n;

	(void)state;
	say(fd, "GET /big HTTP/1.1\r\n" H CLOSE);
	let_it_read(); /* it has filled the socket and waits */
	while ((n = recv(fd, block, sizeof block, 0)) > 0)
		total += (size_t)n;
	assert_in_range(total, 5000100, 5000400);
	close(fd);
}

static void silent_peers_are_sent_away(void **state)
{
	int fd = dial(), slow = dial();
	const char *text;

	(void)state;
	say(slow, "GET / HTTP/1.1\r\nHo");
	text = hear(fd, NULL); /* nothing was asked: closed without a word */
	assert_string_equal(text, "");
	has(hear(slow, NULL), " 408 ");
	close(fd);
	close(slow);
}

static void leaving_is_noticed(void **state)
{
	struct linger reset = {1, 0};
	int fd = dial();

	(void)state;
	say(fd, "GET /never HTTP/1.1\r\n" H "\r\n");
	let_it_read();
	setsockopt(fd, SOL_SOCKET, SO_LINGER, &reset, sizeof reset);
	close(fd);
	fd = dial();
	say(fd, "GET /stream HTTP/1.1\r\n" H "\r\n");
	has(hear(fd, "hello\n\n"), "Content-Type: text/event-stream\r\n");
	close(fd);
	let_it_read();
	has(exchange("GET /gone HTTP/1.1\r\n" H CLOSE), "\r\n\r\n2");
}

static void slow_readers_are_told_apart(void **state)
{
	int fd = dial();

	(void)state;
	say(fd, "GET /stream HTTP/1.1\r\n" H "\r\n");
	has(hear(fd, "hello\n\n"), "hello");
	has(exchange("GET /flood HTTP/1.1\r\n" H CLOSE),
	    "\r\n\r\n1"); /* wrote some, then was refused */
	close(fd);
}

static void half_closed_peers_get_their_answer(void **state)
{
	int fd = dial();

	(void)state;
	say(fd, "GET /late HTTP/1.1\r\n" H "\r\n");
	shutdown(fd, SHUT_WR);
	has(hear(fd, NULL), "late");
	close(fd);
}

static void draining_finishes_what_is_in_hand(void **state)
{
	int late = dial(), stream = dial(), fresh = dial();
	int status;

	(void)state;
	say(late, "GET /late HTTP/1.1\r\n" H "\r\n");
	say(stream, "GET /stream HTTP/1.1\r\n" H "\r\n");
	has(hear(stream, "hello\n\n"), "hello");
	kill(server_pid, SIGTERM);
	assert_string_equal(hear(stream, NULL), ""); /* it is leaving */
	say(fresh, "GET /just-in-time HTTP/1.1\r\n" H "\r\n");
	has(hear(fresh, NULL), "GET /just-in-time");
	has(hear(late, NULL), "Connection: close\r\n\r\nlate");
	close(late);
	close(stream);
	close(fresh);
	assert_int_equal(waitpid(server_pid, &status, 0), server_pid);
	assert_int_equal(status, 0); /* and nothing leaked */
}

static uint16_t free_port(void)
{
	struct sockaddr_in any = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
	socklen_t size = sizeof any;
	int fd = socket(AF_INET, SOCK_STREAM, 0);

	bind(fd, (struct sockaddr *)&any, sizeof any);
	getsockname(fd, (struct sockaddr *)&any, &size);
	close(fd);
	return ntohs(any.sin_port);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(requests_are_understood),
	    cmocka_unit_test(bad_requests_are_refused),
	    cmocka_unit_test(headers_have_a_limit),
	    cmocka_unit_test(large_bodies_get_an_answer_one_can_read),
	    cmocka_unit_test(connections_are_kept_and_pipelined),
	    cmocka_unit_test(big_answers_arrive_whole),
	    cmocka_unit_test(silent_peers_are_sent_away),
	    cmocka_unit_test(leaving_is_noticed),
	    cmocka_unit_test(slow_readers_are_told_apart),
	    cmocka_unit_test(half_closed_peers_get_their_answer),
	    cmocka_unit_test(draining_finishes_what_is_in_hand),
	};

	port = free_port();
	server_pid = fork();
	if (server_pid == 0)
		serve();
	return cmocka_run_group_tests(tests, NULL, NULL);
}
