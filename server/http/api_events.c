#include "http/tables.h"
#include "ops/task.h"

#include <inttypes.h>
#include <string.h>
#include <time.h>

enum { LIST_MAX = 1000, BATCH = 100, POLL_MS = 250, PING_POLLS = 60 };

static json_t *event_json(const struct db_event *event)
{
	json_t *object = json_pack("{s:I,s:f}", "id", (json_int_t)event->id, "time", event->time);

	json_set_str(object, "kind", event->kind);
	json_set_str(object, "subject", event->subject);
	json_set_str(object, "address", event->address);
	json_set_str(object, "message", event->message);
	return object;
}

static int add_event(void *ctx, const struct db_event *event, struct err *err)
{
	(void)err;
	json_array_append_new(ctx, event_json(event));
	return 0;
}

static int list_events(struct request *request, struct response *response, struct err *err)
{
	autojson json_t *items = json_array();
	int64_t after = -1, limit = BATCH;

	if (request_number(request, "after", &after, err) < 0 ||
		request_number(request, "limit", &limit, err) < 0 ||
		db_event_list(request->server->db, after, (size_t)limit, add_event, items, err) < 0)
		return -1;
	response_json_take(response, 200, json_pack("{s:O}", "items", items));
	return 0;
}

/* Server-sent events (WHATWG HTML, 9.2): each event of the store as a message with its id, and the
 * list of tasks as an event "tasks" whenever it changes. */
struct feed {
	struct server *server;
	int64_t last; /* event sent */
	struct strbuf waiting;
	size_t sent; /* of `waiting` */
	char *tasks; /* as last sent */
	unsigned quiet;
};

static int feed_event(void *ctx, const struct db_event *event, struct err *err)
{
	struct feed *feed = ctx;
	autojson json_t *object = event_json(event);

	(void)err;
	strbuf_addf(&feed->waiting, "id: %" PRId64 "\ndata: ", event->id);
	json_print(object, false, &feed->waiting);
	strbuf_adds(&feed->waiting, "\n\n");
	feed->last = event->id;
	return 0;
}

static void feed_tasks(struct feed *feed)
{
	autojson json_t *tasks = json_pack("{s:o}", "items", tasks_json(feed->server->tasks));
	autostrbuf text = STRBUF_INIT;

	json_print(tasks, false, &text);
	if (feed->tasks && strcmp(feed->tasks, text.buf) == 0)
		return;
	strbuf_addf(&feed->waiting, "event: tasks\ndata: %s\n\n", text.buf);
	free(feed->tasks);
	feed->tasks = strbuf_take(&text);
}

/* Looks for news; a comment now and then finds out whether the client is still there. */
static void feed_look(struct feed *feed)
{
	strbuf_reset(&feed->waiting);
	feed->sent = 0;
	db_event_list(feed->server->db, feed->last, BATCH, feed_event, feed, NULL);
	feed_tasks(feed);
	if (feed->waiting.len == 0 && ++feed->quiet >= PING_POLLS)
		strbuf_adds(&feed->waiting, ": still here\n\n");
	if (feed->waiting.len)
		feed->quiet = 0;
}

static ssize_t feed_read(void *ctx, char *buf, size_t max)
{
	struct feed *feed = ctx;
	size_t n;

	while (feed->sent == feed->waiting.len) {
		if (atomic_load(&feed->server->stopping))
			return -1;
		feed_look(feed);
		if (feed->waiting.len == 0)
			nanosleep(&(struct timespec){.tv_nsec = POLL_MS * 1000000L}, NULL);
	}
	n = feed->waiting.len - feed->sent;
	if (n > max)
		n = max;
	memcpy(buf, feed->waiting.buf + feed->sent, n);
	feed->sent += n;
	return (ssize_t)n;
}

static void feed_free(void *ctx)
{
	struct feed *feed = ctx;

	strbuf_done(&feed->waiting);
	free(feed->tasks);
	free(feed);
}

static int note_id(void *ctx, const struct db_event *event, struct err *err)
{
	(void)err;
	*(int64_t *)ctx = event->id;
	return 0;
}

static int stream_events(struct request *request, struct response *response, struct err *err)
{
	const char *resume = request_header(request, "Last-Event-ID");
	struct response_stream stream = {.read = feed_read, .done = feed_free};
	int64_t last = -1;
	struct feed *feed;

	if (resume && resume[strspn(resume, "0123456789")] == '\0' && *resume)
		last = strtoll(resume, NULL, 10);
	if (request_number(request, "after", &last, err) < 0)
		return -1;
	if (last < 0) {
		last = 0;
		if (db_event_list(request->server->db, -1, 1, note_id, &last, err) < 0)
			return -1;
	}
	feed = xcalloc(1, sizeof(*feed));
	feed->server = request->server;
	feed->last = last;
	/* Something at once, so that the client sees the stream open. */
	strbuf_adds(&feed->waiting, "retry: 2000\n\n");
	stream.ctx = feed;
	response_stream_take(response, "text/event-stream", &stream);
	return 0;
}

static const struct route rows[] = {
	API_ROUTE(HTTP_GET, "/api/v1/events", ROLE_READ, list_events, "listEvents",
		"What happened, oldest first: the last events, or those after one.",
		.args = ARGS(NUMBER("after", 0, INT64_MAX, "only events with a higher id"),
			NUMBER("limit", 1, LIST_MAX, "at most so many; without, 100")),
		.answer = "EventList"),
	API_ROUTE(HTTP_GET, "/api/v1/events/stream", ROLE_READ, stream_events, "streamEvents",
		"Events as they come (server-sent events): each as a message with its id, and the "
		"list of tasks as \"tasks\" whenever it changes. Last-Event-ID resumes.",
		.args = ARGS(NUMBER("after", 0, INT64_MAX, "begin after this event")),
		.answer = "text/event-stream"),
};
const struct route_table api_event_routes = {rows, ARRAY_SIZE(rows)};
