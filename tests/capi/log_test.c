/* log_test TABLE LOGGED FOLDER: the decision log and what is said at start, through the C
 * interface; C11, no extension. LOGGED is a table too; FOLDER is the
 * test's own. */
#include "check.h"
#include "switchyard_log.h"

static char path[4096], store_path[4096], text[1 << 16];

static void read_whole(const char* from, char* to, size_t size) {
  FILE* in = fopen(from, "rb");
  CHECK(in != NULL);
  const size_t got = fread(to, 1, size - 1, in);
  to[got] = '\0';
  fclose(in);
}

static void copy(const char* from, const char* to) {
  static char bytes[1 << 20];
  FILE* in = fopen(from, "rb");
  FILE* out = fopen(to, "wb");
  CHECK(in != NULL && out != NULL);
  const size_t size = fread(bytes, 1, sizeof bytes, in);
  CHECK(fwrite(bytes, 1, size, out) == size && fclose(out) == 0);
  fclose(in);
}

static int device_value(void* user, const char* key, char* out, size_t size) {
  if (strcmp(key, "arch") != 0) return 1;
  snprintf(out, size, "%s", (const char*)user);
  return 0;
}

static int any_value(void* user, const char* key, char* out, size_t size) {
  if (strcmp(key, "rocm") != 0) return 1;
  snprintf(out, size, "%s", (const char*)user);
  return 0;
}

static void probe(const switchyard_table* table) {
  switchyard_facts* facts = NULL;
  OK(switchyard_facts_new(table, &facts, &error));
  switchyard_provider providers[] = {
      {.source = SWITCHYARD_FROM_DEVICE,
       .origin = "hip:0",
       .user = (void*)(uintptr_t) "gfx950",
       .value = device_value},
      {.source = SWITCHYARD_FROM_ENGINE, .user = (void*)(uintptr_t) "99.0", .value = any_value}};
  char* listing = NULL;
  FAILS(switchyard_facts_probe(NULL, providers, 2, &listing, &error), SWITCHYARD_INVALID_ARGUMENT,
        "`facts`");
  FAILS(switchyard_facts_probe(facts, NULL, 2, &listing, &error), SWITCHYARD_INVALID_ARGUMENT,
        "`providers`");
  FAILS(switchyard_facts_probe(facts, providers, 2, &listing, &error), SWITCHYARD_BAD_FACT, "rocm");
  providers[1].user = (void*)(uintptr_t) "7.2";
  OK(switchyard_facts_probe(facts, providers, 2, &listing, &error));
  CHECK(strstr(listing, "arch") != NULL && strstr(listing, "hip:0") != NULL);
  CHECK(strstr(listing, "ENGINE_USE_AITER is not set") != NULL);
  switchyard_string_free(listing);
  OK(switchyard_facts_set_text(facts, "rocm", "6.3", &error));
  OK(switchyard_facts_probe(facts, providers, 2, NULL, &error)); /* what is set stays */
  OK(switchyard_facts_probe(facts, &providers[1], 1, &listing, &error));
  CHECK(strstr(listing, "arch     = gfx950") != NULL && strstr(listing, "hip:0") == NULL);
  switchyard_string_free(listing);
  OK(switchyard_facts_set_text(facts, "scheme", "w_mxfp4", &error));
  OK(switchyard_facts_set_text(facts, "backends", "<ck>", &error));
  OK(switchyard_facts_set_int(facts, "tokens", 8, &error));
  const void* row = NULL;
  OK(switchyard_facts_finish(facts, &row, &error));
  char* line = NULL;
  OK(switchyard_layer_text("layers.0", table, row, &line, &error));
  CHECK(strstr(line, "layer layers.0: packed") == line);
  CHECK(strstr(line, "; not native(block_m = 32, layout = row): needs rocm >= 7.0") != NULL);
  switchyard_string_free(line);
  FAILS(switchyard_layer_text(NULL, table, row, &line, &error), SWITCHYARD_INVALID_ARGUMENT,
        "`name`");
  providers[0].value = NULL;
  FAILS(switchyard_facts_probe(facts, providers, 2, NULL, &error), SWITCHYARD_INVALID_ARGUMENT,
        "`value`");
  providers[0].value = device_value;
  providers[0].source = SWITCHYARD_FROM_ENV;
  FAILS(switchyard_facts_probe(facts, providers, 2, NULL, &error), SWITCHYARD_INVALID_ARGUMENT,
        "without one");
  switchyard_facts_free(facts);
}

static void errors(void) {
  switchyard_log* log = NULL;
  FAILS(switchyard_log_open(NULL, NULL, &error), SWITCHYARD_INVALID_ARGUMENT, "`out`");
  switchyard_log_options options = {.ring_bytes = 5};
  FAILS(switchyard_log_open(&options, &log, &error), SWITCHYARD_INVALID_ARGUMENT, "power of two");
  options = (switchyard_log_options){.first = 3};
  FAILS(switchyard_log_open(&options, &log, &error), SWITCHYARD_INVALID_ARGUMENT, "`first`");
  options = (switchyard_log_options){.path = "/no/such/folder/log"};
  FAILS(switchyard_log_open(&options, &log, &error), SWITCHYARD_BAD_FILE, "/no/such/folder/log");
  CHECK(log == NULL);
  switchyard_log_free(NULL);
  switchyard_log_flush(NULL);
}

struct told {
  unsigned count;
  char last[4096];
};

static void slow_path(void* user, const char* line) {
  struct told* told = user;
  ++told->count;
  snprintf(told->last, sizeof told->last, "%s", line);
}

static void record(const char* table_path) {
  copy(table_path, store_path);
  const switchyard_store_options followed = {.no_watch = 1};
  switchyard_store* store = NULL;
  OK(switchyard_store_open(store_path, &followed, &store, &error));
  switchyard_reader* reader = NULL;
  OK(switchyard_reader_new(store, &reader, &error));
  CHECK(switchyard_reader_last(reader, NULL) == NULL);

  struct told told = {0};
  remove(path);
  const switchyard_log_options options = {
      .user = &told, .slow_path = slow_path, .path = path, .sample_every = 1};
  switchyard_log* log = NULL;
  OK(switchyard_log_open(&options, &log, &error));
  FAILS(switchyard_log_open(&options, &log, &error), SWITCHYARD_BAD_FILE, path);

  switchyard_facts* facts = NULL;
  OK(switchyard_facts_new(switchyard_reader_read(reader, NULL), &facts, &error));
  OK(switchyard_facts_set_text(facts, "arch", "gfx950", &error));
  OK(switchyard_facts_set_text(facts, "aiter", "off", &error));
  OK(switchyard_facts_set_text(facts, "rocm", "7.2", &error));
  OK(switchyard_facts_set_text(facts, "scheme", "w_mxfp4", &error));
  for (int i = 0; i < 3; ++i) {
    OK(switchyard_facts_set_int(facts, "tokens", i == 2 ? 100 : 50, &error));
    const void* row = NULL;
    OK(switchyard_facts_finish(facts, &row, &error));
    const switchyard_decision decision = switchyard_reader_decide(reader, row, NULL);
    uint64_t generation = 0;
    const switchyard_table* table = switchyard_reader_last(reader, &generation);
    CHECK(table != NULL && generation == 1);
    switchyard_log_record(log, table, generation, row, decision, i, SWITCHYARD_NO_LATENCY);
  }
  switchyard_log_flush(log);
  switchyard_reader_rest(reader);
  CHECK(switchyard_reader_last(reader, NULL) == NULL);

  switchyard_log_state* state = NULL;
  OK(switchyard_log_status(log, &state, &error));
  CHECK(strcmp(state->path, path) == 0 && state->problem[0] == '\0');
  CHECK(state->lines == 3 && state->lost_ring == 0 && state->lost_file == 0);
  CHECK(state->slow_paths == told.count && told.count == 1); /* 50 and 100 are of one box */
  CHECK(strstr(told.last, "slow path: policy moe runs packed") == told.last);
  CHECK(strstr(told.last, "needs `aiter != off`") != NULL);
  switchyard_log_status_free(state);

  read_whole(path, text, sizeof text);
  CHECK(strstr(text, "\"layer\": 2") != NULL && strstr(text, "\"generation\": 1") != NULL);
  CHECK(strstr(text, "\"target\": \"packed\"") != NULL);
  char* metrics = NULL;
  const switchyard_store* const stores[] = {store};
  OK(switchyard_log_metrics(log, stores, 1, &metrics, &error));
  CHECK(strstr(metrics, "switchyard_reloads_total{policy=\"moe\",result=\"accepted\"} 1\n") !=
        NULL);
  CHECK(strstr(metrics, "switchyard_log_lines_total 3\n") != NULL);
  switchyard_string_free(metrics);
  FAILS(switchyard_log_metrics(log, NULL, 1, &metrics, &error), SWITCHYARD_INVALID_ARGUMENT,
        "`stores`");
  FAILS(switchyard_log_metrics(NULL, NULL, 0, &metrics, &error), SWITCHYARD_INVALID_ARGUMENT,
        "`log`");
  FAILS(switchyard_log_status(log, NULL, &error), SWITCHYARD_INVALID_ARGUMENT, "`out`");

  switchyard_facts_free(facts);
  switchyard_reader_free(reader);
  switchyard_store_free(store);
  switchyard_log_free(log);
}

int main(int argc, char** argv) {
  CHECK(argc == 4);
  snprintf(path, sizeof path, "%s/decisions.jsonl", argv[3]);
  snprintf(store_path, sizeof store_path, "%s/live.table", argv[3]);
  switchyard_table* table = NULL;
  OK(switchyard_table_open(argv[1], &table, &error));
  probe(table);
  switchyard_table_free(table);
  errors();
  record(argv[2]);
  return 0;
}
