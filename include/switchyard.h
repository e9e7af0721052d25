#pragma once

/* Switchyard's C interface: tables are opened and asked, and followed while an engine runs. The
 * compiler is not in it: `policyc` makes tables. Link libswitchyard; C11, C++, or any language that
 * calls C (runtime/capi/README.md has notes for Rust, Go and Python).
 *
 * ABI. Within one SWITCHYARD_ABI_VERSION nothing here changes its meaning, layout or number, and
 * functions are only added. Structs that the caller allocates never grow; structs that the library
 * allocates may grow at their end.
 *
 * Errors. A function that can fail returns a status, SWITCHYARD_OK (0) or a reason, and takes
 * `switchyard_error** error`. Where that is not NULL, a failure stores an error object, which the
 * caller frees; success leaves it as it is. There is no per-thread error state, since goroutines
 * and async tasks change threads. Results (`out` parameters) are written on success only. Except
 * where said, a NULL handle, NULL `out`, NULL text, or index out of range is
 * SWITCHYARD_INVALID_ARGUMENT.
 *
 * Ownership. `…_free` takes NULL. Texts of type switchyard_str belong to the table and live until
 * it is freed; they are not terminated by a zero. Texts of type char* are the caller's, terminated,
 * and freed by switchyard_string_free. Texts given by the caller are UTF-8, terminated, read during
 * the call only.
 *
 * Threads. A table and a residual are immutable: any number of threads may use one at once. A facts
 * row and a reader belong to one thread at a time. A store may be used from any thread.
 *
 * Cost. "Hot" functions neither allocate, lock, wait nor check their arguments. */

#include <stddef.h>
#include <stdint.h>

#if defined(__GNUC__)
#define SWITCHYARD_API __attribute__((visibility("default")))
#else
#define SWITCHYARD_API
#endif

#ifdef __cplusplus
extern "C" {
#endif

/* ---- Version */

#define SWITCHYARD_ABI_VERSION 1

/* The ABI of the library that is loaded; compare it with SWITCHYARD_ABI_VERSION at start. */
SWITCHYARD_API uint32_t switchyard_abi_version(void);
/* Of the library, "0.1.0". Lives as long as the library is loaded. */
SWITCHYARD_API const char* switchyard_version(void);

/* ---- Texts and errors */

/* Bytes of the table, not terminated. `data` is never NULL; nothing there is size 0. */
typedef struct switchyard_str {
  const char* data;
  size_t size;
} switchyard_str;

/* printf("%.*s", SWITCHYARD_PRINT(text)) */
#define SWITCHYARD_PRINT(text) (int)(text).size, (text).data

SWITCHYARD_API void switchyard_string_free(char* text);

typedef int32_t switchyard_status;
enum {
  SWITCHYARD_OK = 0,
  SWITCHYARD_INVALID_ARGUMENT = 1, /* the program is wrong: NULL, an index, a size */
  SWITCHYARD_BAD_TABLE = 2,    /* a file cannot be read, is no table, damaged, of another format */
  SWITCHYARD_BAD_FACT = 3,     /* no fact of that name, or a value that it does not take */
  SWITCHYARD_MISSING_FACT = 4, /* a fact without a default was not set */
  SWITCHYARD_REFUSED = 5,      /* a store: the file is refused, or a generation is not kept */
  SWITCHYARD_OUT_OF_MEMORY = 6,
  SWITCHYARD_INTERNAL = 7, /* a mistake of the library; please report it */
  SWITCHYARD_BAD_FILE = 8  /* a log: its file cannot be opened */
};

typedef struct switchyard_error switchyard_error;
SWITCHYARD_API switchyard_status switchyard_error_status(const switchyard_error* error);
/* What was found, where, and what to do; one or more lines. Valid until the error is freed. */
SWITCHYARD_API const char* switchyard_error_message(const switchyard_error* error);
SWITCHYARD_API void switchyard_error_free(switchyard_error* error);

/* ---- Tables */

typedef struct switchyard_table switchyard_table;

/* Maps the file and checks all of it once; microseconds to milliseconds by size. The file may be
 * replaced by a rename, but not written to while it is open (a store copies instead).
 * SWITCHYARD_BAD_TABLE. */
SWITCHYARD_API switchyard_status switchyard_table_open(const char* path, switchyard_table** out,
                                                       switchyard_error** error);
/* The same of bytes, which are copied. `name` stands for the path in messages. */
SWITCHYARD_API switchyard_status switchyard_table_from_bytes(const void* bytes, size_t size,
                                                             const char* name,
                                                             switchyard_table** out,
                                                             switchyard_error** error);
/* Another handle of the same bytes, freed by itself: how to keep a reader's or a callback's table.
 */
SWITCHYARD_API switchyard_status switchyard_table_share(const switchyard_table* table,
                                                        switchyard_table** out,
                                                        switchyard_error** error);
/* No call with it, or with what belongs to it, may be in progress. Facts rows, residuals and other
 * handles made from it stay usable. */
SWITCHYARD_API void switchyard_table_free(switchyard_table* table);

SWITCHYARD_API switchyard_str switchyard_table_policy(const switchyard_table* table);
/* Of the contents: 32 hexadecimal digits, equal for equal tables. */
SWITCHYARD_API switchyard_str switchyard_table_hash(const switchyard_table* table);
SWITCHYARD_API switchyard_str switchyard_table_compiler(const switchyard_table* table);

/* ---- Facts of a table */

enum {                           /* what a fact's codes mean */
       SWITCHYARD_FACT_BOOL = 0, /* 0 false, 1 true */
       SWITCHYARD_FACT_ENUM = 1, /* index of the symbol */
       SWITCHYARD_FACT_NAME =
           2, /* index of the symbol; the number of symbols stands for any other name */
       SWITCHYARD_FACT_INT = 3,     /* itself */
       SWITCHYARD_FACT_VERSION = 4, /* major << 32 | minor << 16 | patch */
       SWITCHYARD_FACT_FLAGS = 5,   /* bit i is symbol i */
       SWITCHYARD_FACT_SWITCH = 6   /* 0 unset, 1 off, 2 on */
};
enum { /* where the policy says that an engine reads it */
       SWITCHYARD_FROM_ENGINE = 0,
       SWITCHYARD_FROM_ENV = 1,
       SWITCHYARD_FROM_DEVICE = 2,
       SWITCHYARD_FROM_MODEL = 3
};
typedef struct switchyard_fact {
  switchyard_str name;
  switchyard_str doc;        /* what the policy says of it */
  switchyard_str source_key; /* the environment variable, device or model property */
  int64_t low, high;         /* inclusive range of its code */
  int64_t default_code;      /* where has_default is not 0 */
  uint32_t has_default;
  uint32_t kind;   /* SWITCHYARD_FACT_… */
  uint32_t source; /* SWITCHYARD_FROM_… */
  uint32_t symbol_count;
  uint32_t offset; /* bytes from the start of the struct of facts */
  uint32_t width;  /* bytes there: 4 (int32_t) or 8 (int64_t) */
} switchyard_fact;

SWITCHYARD_API uint32_t switchyard_table_fact_count(const switchyard_table* table);
/* Facts are numbered in the order of their declaration. */
SWITCHYARD_API switchyard_status switchyard_table_fact(const switchyard_table* table, uint32_t fact,
                                                       switchyard_fact* out,
                                                       switchyard_error** error);
/* By name; the error of an unknown one names the nearest. SWITCHYARD_BAD_FACT. */
SWITCHYARD_API switchyard_status switchyard_table_fact_index(const switchyard_table* table,
                                                             const char* name, uint32_t* out,
                                                             switchyard_error** error);
SWITCHYARD_API switchyard_status switchyard_table_fact_symbol(const switchyard_table* table,
                                                              uint32_t fact, uint32_t symbol,
                                                              switchyard_str* out,
                                                              switchyard_error** error);
/* The code of a value as the policy language writes it ("gfx950", "true", "17", "9.2", "<a, b>"),
 * so that a hot path stores codes. SWITCHYARD_BAD_FACT names the fact, the value and what it takes.
 */
SWITCHYARD_API switchyard_status switchyard_table_fact_code(const switchyard_table* table,
                                                            uint32_t fact, const char* text,
                                                            int64_t* out, switchyard_error** error);
/* The other way round; any code, also outside the domain. */
SWITCHYARD_API switchyard_status switchyard_table_fact_text(const switchyard_table* table,
                                                            uint32_t fact, int64_t code, char** out,
                                                            switchyard_error** error);

/* ---- A combination of facts
 *
 * Deciding reads a struct: an int32_t or int64_t member for each fact in the order of declaration,
 * laid out as C does (switchyard_fact.offset). There are three ways to fill one: a facts row, by
 * name or index, checked; the program's own buffer by the offsets, with codes; or a C++ struct that
 * `policyc --emit=cpp` writes. */

SWITCHYARD_API size_t switchyard_table_facts_size(const switchyard_table* table);
SWITCHYARD_API size_t switchyard_table_facts_alignment(const switchyard_table* table);

typedef struct switchyard_facts switchyard_facts;

/* Keeps the table alive. */
SWITCHYARD_API switchyard_status switchyard_facts_new(const switchyard_table* table,
                                                      switchyard_facts** out,
                                                      switchyard_error** error);
SWITCHYARD_API void switchyard_facts_free(switchyard_facts* facts);
/* Forgets what was set; keeps its memory. */
SWITCHYARD_API void switchyard_facts_clear(switchyard_facts* facts);

/* Each by name, or by index (`_at`), which is faster. SWITCHYARD_BAD_FACT names the fact, what it
 * got and what it takes; what was set before stays. text: as the policy language writes it; any
 * fact. int: int facts, and bools by 0 and 1. bool: bools, and switches (on, off). environment: the
 * text of a variable (1 true on yes, 0 false off no). code: of any fact. */
SWITCHYARD_API switchyard_status switchyard_facts_set_text(switchyard_facts* facts,
                                                           const char* name, const char* text,
                                                           switchyard_error** error);
SWITCHYARD_API switchyard_status switchyard_facts_set_int(switchyard_facts* facts, const char* name,
                                                          int64_t value, switchyard_error** error);
SWITCHYARD_API switchyard_status switchyard_facts_set_bool(switchyard_facts* facts,
                                                           const char* name, int value,
                                                           switchyard_error** error);
SWITCHYARD_API switchyard_status switchyard_facts_set_environment(switchyard_facts* facts,
                                                                  const char* name,
                                                                  const char* text,
                                                                  switchyard_error** error);
SWITCHYARD_API switchyard_status switchyard_facts_set_text_at(switchyard_facts* facts,
                                                              uint32_t fact, const char* text,
                                                              switchyard_error** error);
SWITCHYARD_API switchyard_status switchyard_facts_set_int_at(switchyard_facts* facts, uint32_t fact,
                                                             int64_t value,
                                                             switchyard_error** error);
SWITCHYARD_API switchyard_status switchyard_facts_set_bool_at(switchyard_facts* facts,
                                                              uint32_t fact, int value,
                                                              switchyard_error** error);
SWITCHYARD_API switchyard_status switchyard_facts_set_code_at(switchyard_facts* facts,
                                                              uint32_t fact, int64_t code,
                                                              switchyard_error** error);
/* Fills in defaults and gives the struct, valid until the row is changed or freed.
 * SWITCHYARD_MISSING_FACT names the facts that are not set. */
SWITCHYARD_API switchyard_status switchyard_facts_finish(switchyard_facts* facts, const void** out,
                                                         switchyard_error** error);

/* ---- Deciding */

enum {                           /* kinds of decision; a refusal is an answer, not an error */
       SWITCHYARD_TARGET = 0,    /* run the outcome's target */
       SWITCHYARD_REFUSE = 1,    /* a rule refuses */
       SWITCHYARD_EXCLUDED = 2,  /* an `assume` of the policy rules this combination out */
       SWITCHYARD_UNDECIDED = 3, /* no rule matches (policyc lets no such policy through) */
       SWITCHYARD_BAD_VALUE = 4  /* a fact is outside its domain */
};
#define SWITCHYARD_NONE UINT32_MAX

typedef struct switchyard_decision {
  uint8_t kind; /* SWITCHYARD_TARGET … */
  uint8_t reserved[3];
  uint32_t leaf;  /* the row that decides: equal leaves of a table, equal decisions */
  uint32_t index; /* TARGET, REFUSE: the outcome; EXCLUDED: the assumption; BAD_VALUE: the fact */
  uint32_t rule;  /* TARGET, REFUSE: the rule; else SWITCHYARD_NONE */
} switchyard_decision;

/* Hot: 2 to 60 ns by the table. `facts`: a struct as above, at least facts_size bytes, aligned. */
SWITCHYARD_API switchyard_decision switchyard_decide(const switchyard_table* table,
                                                     const void* facts);
/* out[i] = decide(facts + i * facts_size). A `facts_size` that is not the table's is
 * SWITCHYARD_INVALID_ARGUMENT: the structs are of another table. Else hot. */
SWITCHYARD_API switchyard_status switchyard_decide_batch(const switchyard_table* table,
                                                         const void* facts, size_t facts_size,
                                                         size_t count, switchyard_decision* out,
                                                         switchyard_error** error);

/* ---- Facts that never change in a process: architecture, environment, model */

typedef struct switchyard_residual switchyard_residual;

/* Folds the facts that are set in `facts` into a table over the rest; it decides as the table does,
 * on the same struct, of which the folded members are not read. Milliseconds. Keeps the table
 * alive. */
SWITCHYARD_API switchyard_status switchyard_residual_bind(const switchyard_facts* facts,
                                                          switchyard_residual** out,
                                                          switchyard_error** error);
SWITCHYARD_API void switchyard_residual_free(switchyard_residual* residual);
/* Hot: a few nanoseconds. */
SWITCHYARD_API switchyard_decision switchyard_residual_decide(const switchyard_residual* residual,
                                                              const void* facts);

/* ---- What a decision says */

typedef struct switchyard_outcome {
  switchyard_str target;    /* empty for the refusal */
  uint32_t target_index;    /* SWITCHYARD_NONE for the refusal */
  uint32_t parameter_count; /* of the target */
} switchyard_outcome;

typedef struct switchyard_parameter {
  switchyard_str name;
  switchyard_str symbol; /* of one that is no integer; else empty */
  int64_t value;         /* the integer, or the symbol's index */
  uint32_t is_integer;
  uint32_t reserved;
} switchyard_parameter;

typedef struct switchyard_rule {
  switchyard_str text;     /* as it was written; of an exclusion: the assumption */
  switchyard_str because;  /* may be empty */
  switchyard_str location; /* "file:line" */
} switchyard_rule;

/* Outcomes are few and numbered: bind each to a kernel when the table is opened, then launch by
 * decision.index where decision.kind is SWITCHYARD_TARGET. */
SWITCHYARD_API uint32_t switchyard_table_outcome_count(const switchyard_table* table);
SWITCHYARD_API switchyard_status switchyard_table_outcome(const switchyard_table* table,
                                                          uint32_t outcome, switchyard_outcome* out,
                                                          switchyard_error** error);
SWITCHYARD_API switchyard_status switchyard_outcome_parameter(const switchyard_table* table,
                                                              uint32_t outcome, uint32_t parameter,
                                                              switchyard_parameter* out,
                                                              switchyard_error** error);
/* By name; a target without that parameter is SWITCHYARD_INVALID_ARGUMENT. */
SWITCHYARD_API switchyard_status switchyard_outcome_value(const switchyard_table* table,
                                                          uint32_t outcome, const char* parameter,
                                                          int64_t* out, switchyard_error** error);
/* "packed(block_m = 16)", "refuse". */
SWITCHYARD_API switchyard_status switchyard_outcome_text(const switchyard_table* table,
                                                         uint32_t outcome, char** out,
                                                         switchyard_error** error);

/* The target's name; size 0 for a decision that is none. Hot. */
SWITCHYARD_API switchyard_str switchyard_decision_target(const switchyard_table* table,
                                                         switchyard_decision decision);
/* The rule, or the assumption; a decision that has neither gives empty texts. */
SWITCHYARD_API switchyard_status switchyard_decision_rule(const switchyard_table* table,
                                                          switchyard_decision decision,
                                                          switchyard_rule* out,
                                                          switchyard_error** error);
/* One line for a log: "packed(block_m = 16): few tokens (moe.policy:30)", or why there is no
 * target. */
SWITCHYARD_API switchyard_status switchyard_decision_text(const switchyard_table* table,
                                                          switchyard_decision decision,
                                                          const void* facts, char** out,
                                                          switchyard_error** error);
/* Decides again and tells everything: the rule, what was passed over before it, and why. Several
 * lines for people. Microseconds. */
SWITCHYARD_API switchyard_status switchyard_why_text(const switchyard_table* table,
                                                     const void* facts, char** out,
                                                     switchyard_error** error);
/* What is in the table, for people. */
SWITCHYARD_API switchyard_status switchyard_table_inspect(const switchyard_table* table, char** out,
                                                          switchyard_error** error);

#ifdef __cplusplus
}
#endif
