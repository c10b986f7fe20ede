/* Where in a template something stands. */
#ifndef TEMPLATE_PLACE_H
#define TEMPLATE_PLACE_H

/* Both from 1; the column counts characters, as an editor shows it. */
struct place {
	unsigned line;
	unsigned column;
};

/* "line 3 column 7", as every message of the engine says it. */
#define PLACE_FORMAT   "line %u column %u"
#define PLACE_ARGS(at) (at).line, (at).column

#endif
