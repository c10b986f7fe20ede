/* What the tests of http share: cmocka with the headers that it wants. */
#ifndef TEST_HTTP_SUPPORT_H
#define TEST_HTTP_SUPPORT_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <string.h>

#endif
