#include "koan-client/plan/fetch.h"

#include <curl/curl.h>
#include <string.h>

enum { PROBLEM_MAX = 64 * 1024, CONNECT_SECONDS = 15, STALL_SECONDS = 30, STALL_BYTES = 1024 };
/* What fits into an Ethernet frame with the headers of IP, UDP and TFTP. */
enum { TFTP_BLOCK = 1468 };

struct fetch {
	CURL *curl;
	const char *ca_file;
	struct progress *progress;
	uint64_t bytes;
};

/* One transfer under way. */
struct transfer {
	CURL *curl;
	struct progress *progress;
	const struct fetch_request *request;
	struct strbuf *problem;
	uint64_t received;
	struct err *err;
	bool stopped; /* `err` is filled */
};

struct fetch *fetch_new(const char *ca_file, struct progress *progress)
{
	struct fetch *fetch = xcalloc(1, sizeof(*fetch));

	curl_global_init(CURL_GLOBAL_DEFAULT);
	fetch->curl = curl_easy_init();
	if (!fetch->curl)
		abort(); /* out of memory, as in xmalloc() */
	fetch->ca_file = ca_file;
	fetch->progress = progress;
	return fetch;
}

void fetch_free(struct fetch *fetch)
{
	if (!fetch)
		return;
	curl_easy_cleanup(fetch->curl);
	curl_global_cleanup();
	free(fetch);
}

static long status_of(CURL *curl)
{
	long status = 0;

	curl_easy_getinfo(curl, CURLINFO_RESPONSE_CODE, &status);
	return status;
}

static int too_big(const struct fetch_request *request, struct err *err)
{
	return err_set(err, ERR_TOO_BIG, "%s has more than the %llu bytes that it should",
		request->url, (unsigned long long)request->max);
}

/* An error's body is kept for its message; what does not fit is dropped. */
static size_t keep_problem(struct transfer *transfer, const char *bytes, size_t n)
{
	size_t room = PROBLEM_MAX - transfer->problem->len;

	strbuf_add(transfer->problem, bytes, n < room ? n : room);
	if (n <= room)
		return n;
	transfer->stopped = true;
	return 0;
}

static size_t receive(char *bytes, size_t size, size_t n, void *ctx)
{
	struct transfer *transfer = ctx;
	const struct fetch_request *request = transfer->request;
	int bad = 0;

	n *= size;
	if (status_of(transfer->curl) >= 300)
		return keep_problem(transfer, bytes, n);
	transfer->received += n;
	if (transfer->received > request->max)
		bad = too_big(request, transfer->err);
	else
		bad = request->sink(request->ctx, bytes, n, transfer->err);
	transfer->stopped = bad < 0;
	return bad < 0 ? 0 : n;
}

static int watch(
	void *ctx, curl_off_t down_total, curl_off_t down, curl_off_t up_total, curl_off_t up)
{
	struct transfer *transfer = ctx;
	const struct interrupt *interrupt = transfer->request->interrupt;

	(void)up_total;
	(void)up;
	/* A plan or a list is not worth a line. */
	if (transfer->progress && transfer->request->interrupt && status_of(transfer->curl) < 300)
		progress_bytes(transfer->progress, transfer->request->url, (uint64_t)down,
			(uint64_t)down_total);
	if (!interrupt || interrupt_check(interrupt, transfer->err) == 0)
		return 0;
	transfer->stopped = true;
	return 1;
}

/* A pinned authority is the only one: the system's folder of others is not looked into. */
static void set_trust(CURL *curl, const struct fetch *fetch, const struct fetch_request *request)
{
	bool https = strncmp(request->url, "https:", 6) == 0;

	curl_easy_setopt(
		curl, CURLOPT_PROTOCOLS_STR, request->tftp ? "http,https,tftp" : "http,https");
	curl_easy_setopt(curl, CURLOPT_REDIR_PROTOCOLS_STR, https ? "https" : "http,https");
	if (!fetch->ca_file)
		return;
	curl_easy_setopt(curl, CURLOPT_CAINFO, fetch->ca_file);
	curl_easy_setopt(curl, CURLOPT_CAPATH, NULL);
}

static void prepare(
	const struct fetch *fetch, const struct fetch_request *request, struct transfer *transfer)
{
	CURL *curl = fetch->curl;

	curl_easy_reset(curl); /* keeps the connections */
	curl_easy_setopt(curl, CURLOPT_URL, request->url);
	set_trust(curl, fetch, request);
	curl_easy_setopt(curl, CURLOPT_NOBODY, (long)request->head);
	curl_easy_setopt(curl, CURLOPT_TFTP_BLKSIZE, (long)TFTP_BLOCK);
	curl_easy_setopt(curl, CURLOPT_FOLLOWLOCATION, 1L);
	curl_easy_setopt(curl, CURLOPT_MAXREDIRS, 5L);
	curl_easy_setopt(curl, CURLOPT_NOSIGNAL, 1L);
	curl_easy_setopt(curl, CURLOPT_CONNECTTIMEOUT, (long)CONNECT_SECONDS);
	curl_easy_setopt(curl, CURLOPT_LOW_SPEED_LIMIT, (long)STALL_BYTES);
	curl_easy_setopt(curl, CURLOPT_LOW_SPEED_TIME, (long)STALL_SECONDS);
	curl_easy_setopt(curl, CURLOPT_TIMEOUT, (long)request->seconds);
	curl_easy_setopt(curl, CURLOPT_USERAGENT, "koan (Bootwright)");
	curl_easy_setopt(curl, CURLOPT_WRITEFUNCTION, receive);
	curl_easy_setopt(curl, CURLOPT_WRITEDATA, transfer);
	curl_easy_setopt(curl, CURLOPT_NOPROGRESS, 0L);
	curl_easy_setopt(curl, CURLOPT_XFERINFOFUNCTION, watch);
	curl_easy_setopt(curl, CURLOPT_XFERINFODATA, transfer);
}

/* TFTP has errors instead of a status (RFC 1350). */
static int tftp_status(CURLcode code)
{
	if (code == CURLE_OK)
		return 200;
	if (code == CURLE_TFTP_NOTFOUND || code == CURLE_REMOTE_FILE_NOT_FOUND)
		return 404;
	return code == CURLE_TFTP_PERM ? 403 : 0;
}

/* Of TFTP libcurl 7.88 only tells that getpeername() fails on its socket. */
static const char *tftp_reason(const struct transfer *transfer, CURLcode code)
{
	if (code == CURLE_TFTP_ILLEGAL)
		return "the TFTP server refuses it, or its answer is none of TFTP's";
	if (code != CURLE_COULDNT_CONNECT && code != CURLE_OPERATION_TIMEDOUT)
		return curl_easy_strerror(code);
	return transfer->received ? "the TFTP server has stopped answering"
	                          : "no TFTP server answers";
}

static const char *reason(const struct transfer *transfer, CURLcode code, const char *why)
{
	if (strncmp(transfer->request->url, "tftp:", 5) == 0)
		return tftp_reason(transfer, code);
	return *why ? why : curl_easy_strerror(code);
}

int fetch_get(struct fetch *fetch, const struct fetch_request *request, int *status,
	struct strbuf *body, struct err *err)
{
	char why[CURL_ERROR_SIZE] = "";
	struct transfer transfer = {.curl = fetch->curl,
		.progress = fetch->progress,
		.request = request,
		.problem = body,
		.err = err};
	CURLcode code;

	prepare(fetch, request, &transfer);
	curl_easy_setopt(fetch->curl, CURLOPT_ERRORBUFFER, why);
	code = curl_easy_perform(fetch->curl);
	curl_easy_setopt(fetch->curl, CURLOPT_ERRORBUFFER, NULL);
	*status = (int)status_of(fetch->curl);
	fetch->bytes += transfer.received;
	if (strncmp(request->url, "tftp:", 5) == 0 && !transfer.stopped) {
		*status = tftp_status(code);
		if (*status)
			return 0;
	}
	if (code == CURLE_OK ||
		(transfer.stopped && *status >= 300 && *status < 600 && body->len == PROBLEM_MAX))
		return 0;
	if (transfer.stopped)
		return -1;
	return err_set(err, ERR_UPSTREAM, "%s: %s", request->url, reason(&transfer, code, why));
}

uint64_t fetch_bytes(const struct fetch *fetch)
{
	return fetch->bytes;
}

int fetch_into_memory(void *ctx, const void *bytes, size_t n, struct err *err)
{
	(void)err;
	strbuf_add(ctx, bytes, n);
	return 0;
}

int fetch_text(struct fetch *fetch, const char *url, size_t max, int *status, struct strbuf *ret,
	struct err *err)
{
	struct fetch_request request = {
		.url = url, .sink = fetch_into_memory, .ctx = ret, .max = max, .seconds = 60};

	return fetch_get(fetch, &request, status, ret, err);
}
