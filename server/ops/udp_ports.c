#include "ops/udp_ports.h"

#include "base/file.h"

#include <fcntl.h>
#include <string.h>

enum { TABLE_BYTES_MAX = 4 << 20 };

/* "  12: 00000000:0043 00000000:0000 07 …": after the row's number the local address, with its port
 * in hex behind the colon. */
static bool line_has(const char *line, unsigned port)
{
	const char *address = strchr(line, ':');
	const char *text = address ? strchr(address + 1, ':') : NULL;
	char *end;
	unsigned long found;

	if (!text)
		return false;
	found = strtoul(text + 1, &end, 16);
	return end == text + 5 && found == port;
}

bool udp_table_has(const char *table, unsigned port)
{
	const char *line = strchr(table, '\n'); /* the first line is a title */

	for (; line && line[1]; line = strchr(line + 1, '\n'))
		if (line_has(line + 1, port))
			return true;
	return false;
}

bool udp_port_is_bound(unsigned port)
{
	static const char *const tables[] = {"/proc/net/udp", "/proc/net/udp6"};

	for (size_t i = 0; i < ARRAY_SIZE(tables); i++) {
		autostrbuf text = STRBUF_INIT;

		if (file_read(AT_FDCWD, tables[i], TABLE_BYTES_MAX, &text, NULL) == 0 &&
			udp_table_has(text.buf, port))
			return true;
	}
	return false;
}
