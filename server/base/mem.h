/*
 * Allocation that cannot fail (out of memory aborts, by CONVENTIONS.md) and the cleanup attributes
 * that end ownership at the end of a scope. `autofree char *s = xstrdup(…); return TAKE(s);`
 */
#ifndef BASE_MEM_H
#define BASE_MEM_H

#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

void *xmalloc(size_t size) __attribute__((malloc, returns_nonnull));
void *xcalloc(size_t n, size_t size) __attribute__((malloc, returns_nonnull));
void *xreallocarray(void *p, size_t n, size_t size) __attribute__((returns_nonnull));
char *xstrdup(const char *s) __attribute__((malloc, returns_nonnull));
/* NULL stays NULL. */
char *xstrdup_null(const char *s);
char *xstrndup(const char *s, size_t n) __attribute__((malloc, returns_nonnull));
void *xmemdup(const void *p, size_t size) __attribute__((malloc, returns_nonnull));
char *xasprintf(const char *fmt, ...) __attribute__((format(printf, 1, 2), returns_nonnull));

/* Hands over what an auto variable owns: the variable is emptied. */
#define TAKE(x)                                                                                    \
	__extension__({                                                                            \
		__typeof__(x) take_ = (x);                                                         \
		(x) = NULL;                                                                        \
		take_;                                                                             \
	})
/* The same for a file descriptor. */
static inline int take_fd(int *fd)
{
	int was = *fd;

	*fd = -1;
	return was;
}

/* DEFINE_AUTO(fclose_p, FILE *, fclose) makes auto_fclose_p() for use with
 * __attribute__((cleanup)). */
#define DEFINE_AUTO(name, type, func)                                                              \
	static inline void auto_##name(type *p)                                                    \
	{                                                                                          \
		if (*p)                                                                            \
			func(*p);                                                                  \
	}

static inline void auto_free(void *p)
{
	free(*(void **)p);
}
static inline void auto_close(const int *fd)
{
	if (*fd >= 0)
		close(*fd);
}
static inline int fclose_ignore(FILE *f)
{
	return fclose(f);
}
DEFINE_AUTO(fclose, FILE *, fclose_ignore)

#define AUTO(name) __attribute__((cleanup(auto_##name)))
#define autofree   AUTO(free)
#define autoclose  AUTO(close)
#define autofclose AUTO(fclose)

#define ARRAY_SIZE(a) (sizeof(a) / sizeof((a)[0]))

#endif
