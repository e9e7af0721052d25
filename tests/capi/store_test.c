/* store_test TABLE OTHER THIRD FOLDER: following a file through the C interface; C11, no extension.
 * The tables are of one schema; FOLDER is empty, and the test's own. Nothing waits: the store is
 * asked to look. */
#include "switchyard_store.h"

#include "check.h"

static char path[4096];

static void put(const char* from) {
  static char bytes[1 << 20], next[4200];
  FILE* in = fopen(from, "rb");
  CHECK(in != NULL);
  const size_t size = fread(bytes, 1, sizeof bytes, in);
  fclose(in);
  snprintf(next, sizeof next, "%s.next", path);
  FILE* out = fopen(next, "wb");
  CHECK(out != NULL && fwrite(bytes, 1, size, out) == size && fclose(out) == 0);
  CHECK(rename(next, path) == 0);
}

struct engine {
  int refuses;
  const char* fact; /* that is bound */
  unsigned accepted, rejected;
  char last[1000];
};

static int check(void* user, const switchyard_table* table, char* reason, size_t size) {
  struct engine* engine = user;
  CHECK(switchyard_table_fact_count(table) == 7);
  if (!engine->refuses) return 0;
  snprintf(reason, size, "no kernel for `%s`", "native");
  return 1;
}

/* The architecture never changes; what the struct says of it is not read. */
static int bind_facts(void* user, switchyard_facts* facts, char* reason, size_t size) {
  const struct engine* engine = user;
  switchyard_error* error = NULL;
  if (switchyard_facts_set_text(facts, engine->fact, "gfx950", &error) == SWITCHYARD_OK) return 0;
  snprintf(reason, size, "%s", switchyard_error_message(error));
  switchyard_error_free(error);
  return 1;
}

static void log_event(void* user, uint32_t event, uint64_t generation, const char* text) {
  struct engine* engine = user;
  CHECK(generation > 0);
  if (event == SWITCHYARD_STORE_ACCEPTED) ++engine->accepted;
  if (event == SWITCHYARD_STORE_REJECTED) ++engine->rejected;
  snprintf(engine->last, sizeof engine->last, "%s", text);
}

static switchyard_store_state* status_of(const switchyard_store* store) {
  switchyard_store_state* state = NULL;
  OK(switchyard_store_status(store, &state, &error));
  return state;
}

static void follow(const char* table, const char* other, const char* third) {
  struct engine engine = {.fact = "arhc"};
  const switchyard_store_options options = {
      .user = &engine, .check = check, .bind = bind_facts, .log = log_event, .no_watch = 1};
  switchyard_store* store = NULL;
  FAILS(switchyard_store_open(path, &options, &store, &error), SWITCHYARD_REFUSED, "live.table");
  FAILS(switchyard_store_open(NULL, &options, &store, &error), SWITCHYARD_INVALID_ARGUMENT,
        "`path`");
  put(table);
  FAILS(switchyard_store_open(path, &options, &store, &error), SWITCHYARD_REFUSED,
        "did you mean `arch`?");
  engine.fact = "arch";
  OK(switchyard_store_open(path, &options, &store, &error));

  switchyard_reader* reader = NULL;
  OK(switchyard_reader_new(store, &reader, &error));
  uint64_t generation = 0;
  const switchyard_table* first = switchyard_reader_read(reader, &generation);
  CHECK(generation == 1);
  switchyard_facts* row = NULL;
  OK(switchyard_facts_new(first, &row, &error));
  OK(switchyard_facts_set_text(row, "arch", "gfx942", &error)); /* not read */
  OK(switchyard_facts_set_text(row, "rocm", "7.1", &error));
  OK(switchyard_facts_set_text(row, "aiter", "unset", &error));
  OK(switchyard_facts_set_text(row, "scheme", "w_mxfp6", &error));
  OK(switchyard_facts_set_int(row, "tokens", 64, &error));
  const void* facts = NULL;
  OK(switchyard_facts_finish(row, &facts, &error));
  switchyard_decision decision = switchyard_reader_decide(reader, facts, &generation);
  CHECK(generation == 1 && is(switchyard_decision_target(first, decision), "native"));
  OK(switchyard_facts_set_text(row, "aiter", "off", &error));
  OK(switchyard_facts_finish(row, &facts, &error));
  decision = switchyard_reader_decide(reader, facts, NULL);
  CHECK(is(switchyard_decision_target(first, decision), "emulated"));
  char hash[33] = {0};
  memcpy(hash, switchyard_table_hash(first).data, 32);

  put(other);
  OK(switchyard_store_reload(store, &generation, &error));
  CHECK(generation == 2);
  decision = switchyard_reader_decide(reader, facts, &generation);
  CHECK(generation == 2);
  CHECK(is(switchyard_decision_target(switchyard_reader_read(reader, NULL), decision), "packed"));

  FAILS(switchyard_store_pin(store, 99, &error), SWITCHYARD_REFUSED, "99");
  OK(switchyard_store_pin(store, 1, &error));
  switchyard_store_state* state = status_of(store);
  CHECK(state->pinned && state->generation == 3 && strcmp(state->policy, "moe") == 0);
  CHECK(state->kept_count > 0 && state->kept[state->kept_count - 1].generation == 3);
  CHECK(strcmp(state->path, path) == 0 && strcmp(state->hash, hash) == 0);
  CHECK(strlen(state->waiting) == 32 && strcmp(state->rejection, "") == 0);
  switchyard_store_status_free(state);
  OK(switchyard_store_unpin(store, &error));

  OK(switchyard_store_roll_back(store, &generation, &error));
  CHECK(generation == 5);
  CHECK(memcmp(switchyard_table_hash(switchyard_reader_read(reader, NULL)).data, hash, 32) == 0);
  FAILS(switchyard_store_reload(store, NULL, &error), SWITCHYARD_REFUSED, "rolled back");
  state = status_of(store);
  CHECK(strstr(state->rejection, "rolled back") != NULL && state->rejection_stands);
  CHECK(state->rejection_count == 1 && state->rejection_time > 0 && !state->pinned);
  switchyard_store_status_free(state);

  engine.refuses = 1;
  put(third);
  FAILS(switchyard_store_reload(store, NULL, &error), SWITCHYARD_REFUSED, "no kernel for `native`");
  CHECK(engine.rejected > 0 && strstr(engine.last, "no kernel for `native`") != NULL);

  switchyard_table* kept = NULL;
  OK(switchyard_store_table(store, &kept, &generation, &error));
  CHECK(generation == 5);
  switchyard_reader_rest(reader);
  switchyard_reader_rest(NULL);
  switchyard_store_free(store);
  CHECK(is(switchyard_table_policy(switchyard_reader_read(reader, NULL)), "moe"));
  CHECK(is(switchyard_table_policy(kept), "moe"));
  switchyard_table_free(kept);
  switchyard_reader_free(reader);
  switchyard_facts_free(row);
  switchyard_store_free(NULL);
  switchyard_reader_free(NULL);
  switchyard_store_status_free(NULL);
}

int main(int argc, char** argv) {
  CHECK(argc == 5);
  CHECK((size_t)snprintf(path, sizeof path, "%s/live.table", argv[4]) < sizeof path);
  remove(path);
  follow(argv[1], argv[2], argv[3]);
  return 0;
}
