/*
 * What went wrong, for the person who reads it. A fallible function returns -1 and fills the
 * caller's struct err; each layer that knows more puts it in front with err_wrap(). Only the edges
 * (cli, http, the task worker) print it. The class decides the HTTP status and the exit status, in
 * one table (err.c).
 */
#ifndef BASE_ERR_H
#define BASE_ERR_H

enum err_code {
	ERR_NONE,
	ERR_USAGE,     /* the command line is wrong */
	ERR_INVALID,   /* a value is wrong; err.field may name it */
	ERR_DENIED,    /* the caller's role does not allow it */
	ERR_NOT_FOUND, /* no such item, file or route */
	ERR_METHOD,    /* the route is there, but not for this HTTP method */
	ERR_CONFLICT,  /* already exists, in use, or belongs to another */
	ERR_STALE,     /* If-Match names another version */
	ERR_UNMATCHED, /* replacing what is there needs If-Match (RFC 6585) */
	ERR_KEY_USED,  /* an Idempotency-Key that another request has had */
	ERR_TOO_BIG,   /* past a limit on size, depth, steps or count */
	ERR_TEMPLATE,  /* a template does not parse or render */
	ERR_NO_SPACE,  /* a disk is full */
	ERR_BUSY,      /* try again: shutting down, locked, limit reached */
	ERR_IO,        /* the operating system refused */
	ERR_UPSTREAM,  /* another program or server failed or timed out */
	ERR_INTERNAL,  /* our own mistake */
};

struct err {
	enum err_code code;
	char field[64]; /* the item field at fault, or "" */
	char msg[512];
};

#define ERR_INIT ((struct err){.code = ERR_NONE})

/*
 * Each is worth -1, so that a failing function can `return err_set(…)`; they are macros so that the
 * compiler knows it too. `err` may be NULL.
 */
#define err_set(err, ...)                                                                          \
	__extension__({                                                                            \
		err_fill(err, __VA_ARGS__);                                                        \
		-1;                                                                                \
	})
/* As err_set(), and says which field is at fault: the message gets "FIELD: " in front. */
#define err_field(err, ...)                                                                        \
	__extension__({                                                                            \
		err_fill_field(err, __VA_ARGS__);                                                  \
		-1;                                                                                \
	})
/* Appends the text of errno; its class follows errno (ENOSPC, EDQUOT: ERR_NO_SPACE; …). */
#define err_sys(err, ...)                                                                          \
	__extension__({                                                                            \
		err_fill_sys(err, __VA_ARGS__);                                                    \
		-1;                                                                                \
	})
/* Puts "fmt: " in front of the message that is there. */
#define err_wrap(err, ...)                                                                         \
	__extension__({                                                                            \
		err_prefix(err, __VA_ARGS__);                                                      \
		-1;                                                                                \
	})

void err_fill(struct err *err, enum err_code code, const char *fmt, ...)
	__attribute__((format(printf, 3, 4)));
void err_fill_field(struct err *err, enum err_code code, const char *field, const char *fmt, ...)
	__attribute__((format(printf, 4, 5)));
void err_fill_sys(struct err *err, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
void err_prefix(struct err *err, const char *fmt, ...) __attribute__((format(printf, 2, 3)));

/* 400, 404, 409 …, as in RFC 9110. */
int err_http_status(enum err_code code);
/* The class that an HTTP status stands for: what a client makes of an answer. */
enum err_code err_from_http_status(int status);
/* 1 for most, 2 for usage: what a program exits with. */
int err_exit_status(enum err_code code);
/* A few words for the class, such as "conflict": the title of a problem document (RFC 9457). */
const char *err_title(enum err_code code);

#endif
