#pragma once

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "switchyard.h"

/* What the C programs of this folder test with: the first failure is told and ends the program. */

#define CHECK(condition)                                                            \
  do {                                                                              \
    if (!(condition)) {                                                             \
      fprintf(stderr, "%s:%d: %s does not hold\n", __FILE__, __LINE__, #condition); \
      exit(1);                                                                      \
    }                                                                               \
  } while (0)

/* The call succeeds; its last argument is `&error`. */
#define OK(call)                                                                           \
  do {                                                                                     \
    switchyard_error* error = NULL;                                                        \
    if ((call) != SWITCHYARD_OK) {                                                         \
      fprintf(stderr, "%s:%d: %s\n", __FILE__, __LINE__, switchyard_error_message(error)); \
      exit(1);                                                                             \
    }                                                                                      \
    CHECK(error == NULL);                                                                  \
  } while (0)

/* The call fails with that status, which its error has too, and a message that holds `part`. */
#define FAILS(call, status, part)                                               \
  do {                                                                          \
    switchyard_error* error = NULL;                                             \
    CHECK((call) == (status));                                                  \
    CHECK(error != NULL && switchyard_error_status(error) == (status));         \
    if (strstr(switchyard_error_message(error), part) == NULL) {                \
      fprintf(stderr, "%s:%d: `%s` is not in `%s`\n", __FILE__, __LINE__, part, \
              switchyard_error_message(error));                                 \
      exit(1);                                                                  \
    }                                                                           \
    switchyard_error_free(error);                                               \
  } while (0)

static inline int is(switchyard_str text, const char* expected) {
  return text.size == strlen(expected) && memcmp(text.data, expected, text.size) == 0;
}
