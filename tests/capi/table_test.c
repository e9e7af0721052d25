/* table_test TABLE: the table of moe.policy through the C interface; C11, no extension. */
#include "check.h"

static switchyard_table* opened(const char* path) {
  switchyard_table* table = NULL;
  OK(switchyard_table_open(path, &table, &error));
  return table;
}

static void versions(void) {
  CHECK(switchyard_abi_version() == SWITCHYARD_ABI_VERSION);
  CHECK(strchr(switchyard_version(), '.') != NULL);
}

static void opening(const char* path) {
  switchyard_table* table = NULL;
  FAILS(switchyard_table_open("no/such.table", &table, &error), SWITCHYARD_BAD_TABLE,
        "no/such.table");
  FAILS(switchyard_table_from_bytes("rubbish", 7, "given bytes", &table, &error),
        SWITCHYARD_BAD_TABLE, "given bytes");
  FAILS(switchyard_table_open(NULL, &table, &error), SWITCHYARD_INVALID_ARGUMENT, "`path` is NULL");
  FAILS(switchyard_table_open(path, NULL, &error), SWITCHYARD_INVALID_ARGUMENT, "`out` is NULL");
  CHECK(table == NULL);
  /* Nobody wants the error. */
  CHECK(switchyard_table_open("no/such.table", &table, NULL) == SWITCHYARD_BAD_TABLE);

  table = opened(path);
  CHECK(is(switchyard_table_policy(table), "moe"));
  CHECK(switchyard_table_hash(table).size == 32);
  CHECK(switchyard_table_compiler(table).size > 0);

  switchyard_table* shared = NULL;
  OK(switchyard_table_share(table, &shared, &error));
  CHECK(switchyard_table_hash(shared).data == switchyard_table_hash(table).data);
  switchyard_table_free(table);
  CHECK(is(switchyard_table_policy(shared), "moe"));
  char* text = NULL;
  OK(switchyard_table_inspect(shared, &text, &error));
  CHECK(strstr(text, "moe") != NULL);
  switchyard_string_free(text);
  switchyard_table_free(shared);

  switchyard_table_free(NULL);
  switchyard_facts_free(NULL);
  switchyard_facts_clear(NULL);
  switchyard_string_free(NULL);
  switchyard_error_free(NULL);
  CHECK(switchyard_error_status(NULL) == SWITCHYARD_OK);
  CHECK(strcmp(switchyard_error_message(NULL), "") == 0);
}

static void from_bytes(const char* path) {
  FILE* file = fopen(path, "rb");
  CHECK(file != NULL);
  static char bytes[1 << 20];
  const size_t size = fread(bytes, 1, sizeof bytes, file);
  fclose(file);
  switchyard_table* table = NULL;
  OK(switchyard_table_from_bytes(bytes, size, "read", &table, &error));
  memset(bytes, 0, size); /* it was copied */
  CHECK(is(switchyard_table_policy(table), "moe"));
  switchyard_table_free(table);
}

static void facts(const switchyard_table* table) {
  static const struct {
    const char* name;
    uint32_t kind, source, symbols, width;
    const char* key;
  } expected[] = {
      {"arch", SWITCHYARD_FACT_NAME, SWITCHYARD_FROM_DEVICE, 2, 4, "arch"},
      {"aiter", SWITCHYARD_FACT_SWITCH, SWITCHYARD_FROM_ENV, 0, 4, "ENGINE_USE_AITER"},
      {"rocm", SWITCHYARD_FACT_VERSION, SWITCHYARD_FROM_ENGINE, 0, 8, ""},
      {"scheme", SWITCHYARD_FACT_ENUM, SWITCHYARD_FROM_ENGINE, 3, 4, ""},
      {"backends", SWITCHYARD_FACT_FLAGS, SWITCHYARD_FROM_ENGINE, 3, 4, ""},
      {"graphs", SWITCHYARD_FACT_BOOL, SWITCHYARD_FROM_ENGINE, 0, 4, ""},
      {"tokens", SWITCHYARD_FACT_INT, SWITCHYARD_FROM_ENGINE, 0, 4, ""},
  };
  const uint32_t count = sizeof expected / sizeof expected[0];
  CHECK(switchyard_table_fact_count(table) == count);
  for (uint32_t i = 0; i < count; ++i) {
    switchyard_fact fact;
    OK(switchyard_table_fact(table, i, &fact, &error));
    CHECK(is(fact.name, expected[i].name) && fact.kind == expected[i].kind);
    CHECK(fact.source == expected[i].source && is(fact.source_key, expected[i].key));
    CHECK(fact.symbol_count == expected[i].symbols && fact.width == expected[i].width);
    CHECK(fact.doc.size > 0 && fact.offset % fact.width == 0);
    CHECK(fact.offset + fact.width <= switchyard_table_facts_size(table));
    uint32_t index = SWITCHYARD_NONE;
    OK(switchyard_table_fact_index(table, expected[i].name, &index, &error));
    CHECK(index == i);
  }
  CHECK(switchyard_table_facts_alignment(table) == 8);
  switchyard_fact fact;
  OK(switchyard_table_fact(table, 6, &fact, &error));
  CHECK(fact.low == 1 && fact.high == 65536 && !fact.has_default);
  OK(switchyard_table_fact(table, 2, &fact, &error));
  CHECK(fact.has_default && fact.default_code == (INT64_C(6) << 32 | 2 << 16));
  FAILS(switchyard_table_fact(table, 7, &fact, &error), SWITCHYARD_INVALID_ARGUMENT,
        "fact 7 does not exist: there are 7, numbered from 0");

  uint32_t index = 99;
  FAILS(switchyard_table_fact_index(table, "token", &index, &error), SWITCHYARD_BAD_FACT,
        "did you mean `tokens`?");
  CHECK(index == 99); /* written on success only */

  switchyard_str symbol;
  OK(switchyard_table_fact_symbol(table, 4, 2, &symbol, &error));
  CHECK(is(symbol, "own, new"));
  FAILS(switchyard_table_fact_symbol(table, 4, 3, &symbol, &error), SWITCHYARD_INVALID_ARGUMENT,
        "symbol 3");
  int64_t code = 0;
  OK(switchyard_table_fact_code(table, 4, "<ck, \"own, new\">", &code, &error));
  CHECK(code == 5);
  OK(switchyard_table_fact_code(table, 0, "gfx1201", &code, &error));
  CHECK(code == 2); /* other */
  FAILS(switchyard_table_fact_code(table, 3, "w_mxfp8", &code, &error), SWITCHYARD_BAD_FACT,
        "`scheme`");
  char* text = NULL;
  OK(switchyard_table_fact_text(table, 2, INT64_C(7) << 32 | 1 << 16, &text, &error));
  CHECK(strcmp(text, "7.1") == 0);
  switchyard_string_free(text);
}

int main(int argc, char** argv) {
  CHECK(argc == 2);
  versions();
  opening(argv[1]);
  from_bytes(argv[1]);
  switchyard_table* table = opened(argv[1]);
  facts(table);
  switchyard_table_free(table);
  return 0;
}
