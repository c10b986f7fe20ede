/* Whether a rendered text is well-formed XML as far as templates break it: elements that are not
 * closed or closed by another's name, attributes without quotes, a bare '&' or '<', text outside of
 * the root. Declarations are skipped (W3C, XML 1.0, chapter 2 to 4.1). */
#ifndef OPS_TEMPLATE_XML_H
#define OPS_TEMPLATE_XML_H

#include "ops/answer/template_format.h"

/* ERR_INVALID, with the place. */
int template_xml_check(const char *text, struct template_place *place, struct err *err);

#endif
