/*
 * Lines on stderr: "warning: text". Under systemd (JOURNAL_STREAM is set) each line carries its
 * syslog priority instead, as sd-daemon(3) describes. Control bytes in the text become '?', so no
 * request can forge a line. Thread-safe: one write(2) per line.
 */
#ifndef BASE_LOG_H
#define BASE_LOG_H

enum log_level { LOG_LEVEL_ERROR, LOG_LEVEL_WARNING, LOG_LEVEL_INFO, LOG_LEVEL_DEBUG };

/* Lines below this level are dropped; the start value is LOG_LEVEL_INFO. */
void log_set_level(enum log_level level);
void log_line(enum log_level level, const char *fmt, ...) __attribute__((format(printf, 2, 3)));

#define log_error(...)   log_line(LOG_LEVEL_ERROR, __VA_ARGS__)
#define log_warning(...) log_line(LOG_LEVEL_WARNING, __VA_ARGS__)
#define log_info(...)    log_line(LOG_LEVEL_INFO, __VA_ARGS__)
#define log_debug(...)   log_line(LOG_LEVEL_DEBUG, __VA_ARGS__)

/* Tells the service manager, as sd_notify(3) does ("READY=1", "STOPPING=1"); nothing happens
 * where NOTIFY_SOCKET is not set. */
void log_notify(const char *state);

#endif
