#pragma once

/* The policy of a running engine, followed while it runs: a table in a file, or the one that
 * policyc makes of a policy file (`….policy`). A rename over the file, a write in place and a
 * swapped symbolic link on its way are seen; a file that cannot be used leaves the last good table
 * in place. runtime/store/README.md says how. The rules of switchyard.h hold here. */

#include "switchyard.h"

#ifdef __cplusplus
extern "C" {
#endif

typedef struct switchyard_store switchyard_store;
typedef struct switchyard_reader switchyard_reader;

enum {                                /* of events */
       SWITCHYARD_STORE_ACCEPTED = 0, /* a table is current: from the file, by rollback or by pin */
       SWITCHYARD_STORE_HELD = 1, /* a new table is good, and waits because the store is pinned */
       SWITCHYARD_STORE_REJECTED = 2, /* the file is no table to use; the last good one stays */
       SWITCHYARD_STORE_POLLING =
           3 /* changes cannot be watched: the file is looked at now and then */
};

/* Zero-initialise; zero is the default of every member. Callbacks run in the store's thread, or in
 * the one that calls switchyard_store_open or _reload; one at a time. They must not call the store,
 * throw or unwind, and are not called after switchyard_store_free returned. */
typedef struct switchyard_store_options {
  void* user; /* the callbacks' first argument */
  /* Can the engine run this table (its kernels and facts are known)? 0: yes; else `reason` holds
   * why not, terminated, in `size` bytes. Asked of every table of the first one's schema. */
  int (*check)(void* user, const switchyard_table* table, char* reason, size_t size);
  /* Sets in `facts`, which is empty, those that never change in this process, and returns 0; else
   * as above. They are folded into what switchyard_reader_decide asks. Called after `check`. */
  int (*bind)(void* user, switchyard_facts* facts, char* reason, size_t size);
  /* For the engine's log; a rejection for the same reason is told again after ten minutes at the
   * earliest. `generation` is current; `text` is one line. */
  void (*log)(void* user, uint32_t event, uint64_t generation, const char* text);
  const char* compiler; /* a path, or a name on the PATH; NULL: "policyc". For policies only */
  uint64_t max_bytes;   /* of a table or policy; 0: 256 MiB */
  uint32_t compile_timeout_ms; /* 0: a minute */
  uint32_t quiet_ms;           /* a file written in place is read when unchanged so long; 0: 50 */
  uint32_t poll_ms;            /* how often it is looked at whatever inotify says; 0: 2,000 */
  uint32_t keep;               /* good tables to go back to, the current one included; 0: 4 */
  uint32_t no_watch;           /* 1: no thread; switchyard_store_reload looks at the file */
  uint32_t no_inotify;         /* 1: poll only */
} switchyard_store_options;

/* Loads the first table, compiling if need be, and starts to watch. `options` may be NULL; what it
 * points at is copied. SWITCHYARD_REFUSED: that table cannot be used, so there is nothing to serve.
 */
SWITCHYARD_API switchyard_status switchyard_store_open(const char* path,
                                                       const switchyard_store_options* options,
                                                       switchyard_store** out,
                                                       switchyard_error** error);
/* Ends a compilation that runs. Readers and shared tables stay usable. */
SWITCHYARD_API void switchyard_store_free(switchyard_store* store);

/* ---- Reading: never waits, sees the generations in order */

/* One a thread, made once, for the hot path. May outlive the store, and then stays at its last
 * table. */
SWITCHYARD_API switchyard_status switchyard_reader_new(const switchyard_store* store,
                                                       switchyard_reader** out,
                                                       switchyard_error** error);
SWITCHYARD_API void switchyard_reader_free(switchyard_reader* reader);
/* The current table, valid until the reader's next call; and its generation, where that is not
 * NULL: it counts the tables that became current, from 1. Hot: a load and a comparison, some tens
 * of nanoseconds after a swap. */
SWITCHYARD_API const switchyard_table* switchyard_reader_read(switchyard_reader* reader,
                                                              uint64_t* generation);
/* Reads and decides, by the residual table where `bind` was given. A table that comes later has the
 * same struct of facts. Hot. */
SWITCHYARD_API switchyard_decision switchyard_reader_decide(switchyard_reader* reader,
                                                            const void* facts,
                                                            uint64_t* generation);
/* The table that the last read or decide took, for what is asked beside it (a log's record), and its
 * generation; NULL before the first, and after switchyard_reader_rest. Hot. */
SWITCHYARD_API const switchyard_table* switchyard_reader_last(const switchyard_reader* reader,
                                                              uint64_t* generation);
/* Lets go of the table until the next read: an idle thread would keep an old one alive. */
SWITCHYARD_API void switchyard_reader_rest(switchyard_reader* reader);

/* For everything else: the current table as a handle of its own. `generation` may be NULL. */
SWITCHYARD_API switchyard_status switchyard_store_table(const switchyard_store* store,
                                                        switchyard_table** out,
                                                        uint64_t* generation,
                                                        switchyard_error** error);

/* ---- Operating */

/* Looks at the file now, and waits for the result, for a compilation too. SWITCHYARD_REFUSED says
 * why the file is rejected. `generation` may be NULL. */
SWITCHYARD_API switchyard_status switchyard_store_reload(switchyard_store* store,
                                                         uint64_t* generation,
                                                         switchyard_error** error);
/* Holds the current table (generation 0), or makes the kept one of that generation current and
 * holds it; what comes later waits. SWITCHYARD_REFUSED: that generation is not kept. */
SWITCHYARD_API switchyard_status switchyard_store_pin(switchyard_store* store, uint64_t generation,
                                                      switchyard_error** error);
/* The newest good table of the file becomes current, unless it was rolled back. */
SWITCHYARD_API switchyard_status switchyard_store_unpin(switchyard_store* store,
                                                        switchyard_error** error);
/* Makes the kept table before the current one current, as a new generation, and refuses the one
 * left until the file holds some other good table. SWITCHYARD_REFUSED: nothing is kept before it.
 */
SWITCHYARD_API switchyard_status switchyard_store_roll_back(switchyard_store* store,
                                                            uint64_t* generation,
                                                            switchyard_error** error);

typedef struct switchyard_kept_table {
  uint64_t generation;
  const char* hash;
} switchyard_kept_table;

/* Allocated by the library: members may be added at the end. Texts are never NULL. */
typedef struct switchyard_store_state {
  const char* path;
  const char* policy;
  const char* hash;
  const char* waiting;               /* hash of the newest good table while a pin holds it back */
  const char* polling;               /* why not everything is watched; empty: it is */
  const char* rejection;             /* why the file was rejected last; empty: never */
  const char* diagnostics;           /* what policyc said then */
  const switchyard_kept_table* kept; /* oldest first, the current one last */
  size_t kept_count;
  uint64_t generation;
  uint64_t accepted, rejected, loads; /* tables; candidates; times that the file was looked at */
  uint64_t old_tables;                /* replaced ones that a reader still holds */
  uint64_t rejection_count;           /* in a row for this reason */
  int64_t rejection_time;             /* the last of them, seconds since 1970 UTC */
  uint32_t rejection_stands;          /* the file as it is now is the one rejected */
  uint32_t pinned;
} switchyard_store_state;

SWITCHYARD_API switchyard_status switchyard_store_status(const switchyard_store* store,
                                                         switchyard_store_state** out,
                                                         switchyard_error** error);
SWITCHYARD_API void switchyard_store_status_free(switchyard_store_state* state);

#ifdef __cplusplus
}
#endif
