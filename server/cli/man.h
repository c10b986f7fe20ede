/* The manual pages that the command line makes: bootwright(1), bootwright-fields(5). */
#ifndef CLI_MAN_H
#define CLI_MAN_H

#include <stdio.h>

void man_fields_page(FILE *out);

#endif
