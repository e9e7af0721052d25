#pragma once

/* What an engine decided, and why: a log of decisions in JSON Lines (docs/log-format.md), counters
 * for Prometheus, warnings of slow paths, and what is said once at start. runtime/log/README.md
 * says how. The rules of switchyard.h hold here. */

#include "switchyard_store.h"

#ifdef __cplusplus
extern "C" {
#endif

/* ---- At start */

/* Who knows facts when the process starts: the engine's device, model or configuration. */
typedef struct switchyard_provider {
  /* SWITCHYARD_FROM_DEVICE: has the keys of facts `from device KEY`; _MODEL: `from model KEY`;
   * these and _ENGINE: facts without a `from`, by their names. */
  uint32_t source;
  uint32_t reserved;  /* 0 */
  const char* origin; /* for people: "cuda:0"; NULL: the source's name */
  void* user;         /* the callback's first argument */
  /* Writes the value of `key` as the policy language writes it ("gfx950", "true", "2880"),
   * terminated, and returns 0; 1: there is no such key. Called during the probe only. */
  int (*value)(void* user, const char* key, char* text, size_t size);
} switchyard_provider;

/* Sets in `facts` all that is known now and stays: what the providers say, asked in order, and the
 * environment variables that the policy names. What is set already stays (an
 * override). `listing`, which may be
 * NULL, gets a line for each fact with its value and who said so, and one for each variable that
 * looks misspelt: the engine's own log wants it. SWITCHYARD_BAD_FACT: a line for each variable
 * whose name was replaced, value outside its domain and key that its source does not have; `facts`
 * stays as it was. */
SWITCHYARD_API switchyard_status switchyard_facts_probe(switchyard_facts* facts,
                                                        const switchyard_provider* providers,
                                                        size_t provider_count, char** listing,
                                                        switchyard_error** error);

/* "layer NAME: packed(block_m = 64): why …; not native: needs …", for the engine's log, once a
 * layer. `facts` as for switchyard_decide. */
SWITCHYARD_API switchyard_status switchyard_layer_text(const char* name,
                                                       const switchyard_table* table,
                                                       const void* facts, char** out,
                                                       switchyard_error** error);

/* ---- The decision log */

typedef struct switchyard_log switchyard_log;

enum { /* of which decisions a line is written, besides the sampled ones */
       SWITCHYARD_LOG_FIRST_OF_BOX =
           0, /* the first of what no condition of the policy tells apart */
       SWITCHYARD_LOG_FIRST_OF_RULE = 1, /* the first that a rule decides */
       SWITCHYARD_LOG_FIRST_NONE = 2
};
#define SWITCHYARD_LOG_SAMPLE_NONE UINT64_MAX

/* Zero-initialise; zero is the default of every member. Callbacks run in the log's own thread, and
 * not after switchyard_log_free returned; they must not call the log, throw or unwind. */
typedef struct switchyard_log_options {
  void* user; /* the callbacks' first argument */
  /* A dispatch took a slower target than could run: one line that says which condition failed. Once
   * for each box of facts of a table, of the decisions that lines are written for. */
  void (*slow_path)(void* user, const char* text);
  /* The file cannot be written (told once, until it could be again) or rotated. */
  void (*problem)(void* user, const char* text);
  const char* path; /* `{pid}` in it is the process; NULL: no file, only counters and warnings */
  uint64_t sample_every;   /* one of so many decisions; 0: 1,000; SWITCHYARD_LOG_SAMPLE_NONE */
  uint64_t max_file_bytes; /* before the file passes it, it becomes PATH.1; 0: 64 MiB */
  uint64_t ring_bytes;     /* of each thread, for lines not yet written; 0: 256 KiB */
  uint32_t first;          /* SWITCHYARD_LOG_FIRST_… */
  uint32_t keep_files;     /* besides PATH; 0: 5 */
  uint32_t poll_ms;        /* how often the writer looks for lines; 0: 10 */
  uint32_t reserved;       /* 0 */
} switchyard_log_options;

/* Opens the file and starts the writer's thread; `options` may be NULL, and is copied.
 * SWITCHYARD_INVALID_ARGUMENT: an option outside its range; SWITCHYARD_BAD_FILE: the file cannot be
 * opened, or another process has it. */
SWITCHYARD_API switchyard_status switchyard_log_open(const switchyard_log_options* options,
                                                     switchyard_log** out,
                                                     switchyard_error** error);
/* Writes what was recorded, then closes. No thread may be in switchyard_log_record. In a child of
 * fork() the parent's log records nothing, and may be freed. */
SWITCHYARD_API void switchyard_log_free(switchyard_log* log);

#define SWITCHYARD_NO_LAYER (-1)
#define SWITCHYARD_NO_LATENCY UINT64_MAX

/* `decision` is what `table`, of that generation, decides for `facts` (a reader's: its
 * switchyard_reader_last; of a table that stays: any number). `layer` and `latency_ns` are what the
 * engine wants beside it. Any thread. Hot: a full ring drops the line and counts it; a thread's
 * first record with a table allocates and locks once. */
SWITCHYARD_API void switchyard_log_record(switchyard_log* log, const switchyard_table* table,
                                          uint64_t generation, const void* facts,
                                          switchyard_decision decision, int32_t layer,
                                          uint64_t latency_ns);
/* Waits until all that this thread recorded before is in the file, or lost and counted. */
SWITCHYARD_API void switchyard_log_flush(switchyard_log* log);

/* Allocated by the library: members may be added at the end. Texts are never NULL. */
typedef struct switchyard_log_state {
  const char* path;    /* with `{pid}` replaced; empty: no file */
  const char* problem; /* why the file cannot be written or rotated now; empty: it can */
  uint64_t lines;      /* written */
  uint64_t lost_ring;  /* a thread's ring was full, or the decision was not of its table */
  uint64_t lost_file;  /* the file could not be written */
  uint64_t rotations;
  uint64_t slow_paths; /* boxes told of */
} switchyard_log_state;

SWITCHYARD_API switchyard_status switchyard_log_status(const switchyard_log* log,
                                                       switchyard_log_state** out,
                                                       switchyard_error** error);
SWITCHYARD_API void switchyard_log_status_free(switchyard_log_state* state);

/* Counters since the log was opened as Prometheus' text, version 0.0.4, with the reloads of these
 * stores. docs/operations.md lists them. */
SWITCHYARD_API switchyard_status switchyard_log_metrics(const switchyard_log* log,
                                                        const switchyard_store* const* stores,
                                                        size_t store_count, char** out,
                                                        switchyard_error** error);

#ifdef __cplusplus
}
#endif
