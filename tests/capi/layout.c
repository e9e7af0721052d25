/* The layout of every struct that C programs were compiled with: a change here is another ABI, and
 * raises SWITCHYARD_ABI_VERSION. Compiled, never run. */
#include "switchyard_log.h"

_Static_assert(SWITCHYARD_ABI_VERSION == 1, "the sizes below are those of ABI 1");
_Static_assert(sizeof(void*) == 8, "and of 64-bit machines");

_Static_assert(sizeof(switchyard_status) == 4, "");
_Static_assert(sizeof(switchyard_str) == 16 && offsetof(switchyard_str, size) == 8, "");
_Static_assert(sizeof(switchyard_fact) == 96, "");
_Static_assert(offsetof(switchyard_fact, low) == 48 &&
                   offsetof(switchyard_fact, default_code) == 64,
               "");
_Static_assert(offsetof(switchyard_fact, has_default) == 72, "");
_Static_assert(offsetof(switchyard_fact, symbol_count) == 84, "");
_Static_assert(offsetof(switchyard_fact, width) == 92, "");
_Static_assert(sizeof(switchyard_decision) == 16 && offsetof(switchyard_decision, leaf) == 4, "");
_Static_assert(offsetof(switchyard_decision, rule) == 12, "");
_Static_assert(sizeof(switchyard_outcome) == 24, "");
_Static_assert(offsetof(switchyard_outcome, parameter_count) == 20, "");
_Static_assert(sizeof(switchyard_parameter) == 48 && offsetof(switchyard_parameter, value) == 32,
               "");
_Static_assert(sizeof(switchyard_rule) == 48, "");
_Static_assert(sizeof(switchyard_kept_table) == 16, "");
/* Allocated by the library, so it may grow at its end. */
_Static_assert(offsetof(switchyard_store_state, generation) == 72, "");
_Static_assert(offsetof(switchyard_store_state, pinned) == 132, "");
_Static_assert(sizeof(switchyard_provider) == 32 && offsetof(switchyard_provider, value) == 24, "");
_Static_assert(sizeof(switchyard_log_options) == 72, "");
_Static_assert(offsetof(switchyard_log_options, path) == 24, "");
_Static_assert(offsetof(switchyard_log_options, first) == 56, "");
_Static_assert(offsetof(switchyard_log_state, slow_paths) == 48, "");

/* The numbers. */
_Static_assert(SWITCHYARD_OK == 0 && SWITCHYARD_INVALID_ARGUMENT == 1 && SWITCHYARD_BAD_TABLE == 2,
               "");
_Static_assert(SWITCHYARD_BAD_FACT == 3 && SWITCHYARD_MISSING_FACT == 4 && SWITCHYARD_REFUSED == 5,
               "");
_Static_assert(SWITCHYARD_OUT_OF_MEMORY == 6 && SWITCHYARD_INTERNAL == 7 && SWITCHYARD_BAD_FILE == 8, "");
_Static_assert(SWITCHYARD_LOG_FIRST_OF_BOX == 0 && SWITCHYARD_LOG_FIRST_NONE == 2, "");
_Static_assert(SWITCHYARD_NO_LAYER == -1 && SWITCHYARD_LOG_SAMPLE_NONE == UINT64_MAX, "");
_Static_assert(SWITCHYARD_TARGET == 0 && SWITCHYARD_REFUSE == 1 && SWITCHYARD_EXCLUDED == 2, "");
_Static_assert(SWITCHYARD_UNDECIDED == 3 && SWITCHYARD_BAD_VALUE == 4, "");
_Static_assert(SWITCHYARD_FACT_BOOL == 0 && SWITCHYARD_FACT_SWITCH == 6, "");
_Static_assert(SWITCHYARD_FROM_ENGINE == 0 && SWITCHYARD_FROM_MODEL == 3, "");
_Static_assert(SWITCHYARD_STORE_ACCEPTED == 0 && SWITCHYARD_STORE_POLLING == 3, "");
