/* decide_test TABLE: rows of facts and decisions of moe.policy; C11, no extension. */
#include "check.h"

static const void* finished(switchyard_facts* row) {
  const void* facts = NULL;
  OK(switchyard_facts_finish(row, &facts, &error));
  return facts;
}

/* A row that decides for native(block_m = 32). */
static switchyard_facts* small_batch(const switchyard_table* table) {
  switchyard_facts* row = NULL;
  OK(switchyard_facts_new(table, &row, &error));
  OK(switchyard_facts_set_text(row, "arch", "gfx950", &error));
  OK(switchyard_facts_set_environment(row, "aiter", "YES", &error));
  OK(switchyard_facts_set_text(row, "rocm", "7.0.1", &error));
  OK(switchyard_facts_set_text(row, "scheme", "w_mxfp4", &error));
  OK(switchyard_facts_set_text(row, "backends", "<ck>", &error));
  OK(switchyard_facts_set_int(row, "tokens", 8, &error));
  return row;
}

static void rows(const switchyard_table* table) {
  switchyard_facts* row = small_batch(table);
  const void* facts = NULL;
  FAILS(switchyard_facts_set_int(row, "tokens", 0, &error), SWITCHYARD_BAD_FACT, "`tokens` is 0");
  FAILS(switchyard_facts_set_bool(row, "tokens", 1, &error), SWITCHYARD_BAD_FACT, "tokens");
  FAILS(switchyard_facts_set_text(row, "schema", "x", &error), SWITCHYARD_BAD_FACT, "`scheme`");
  FAILS(switchyard_facts_set_text(row, "scheme", NULL, &error), SWITCHYARD_INVALID_ARGUMENT,
        "`text`");
  FAILS(switchyard_facts_set_text_at(row, 7, "x", &error), SWITCHYARD_INVALID_ARGUMENT, "fact 7");
  FAILS(switchyard_facts_set_code_at(row, 3, 3, &error), SWITCHYARD_BAD_FACT, "scheme");
  FAILS(switchyard_facts_set_environment(row, "aiter", "maybe", &error), SWITCHYARD_BAD_FACT,
        "maybe");
  CHECK(is(switchyard_decision_target(table, switchyard_decide(table, finished(row))), "native"));

  switchyard_facts_clear(row);
  FAILS(switchyard_facts_finish(row, &facts, &error), SWITCHYARD_MISSING_FACT, "scheme");
  OK(switchyard_facts_set_code_at(row, 0, 1, &error));
  OK(switchyard_facts_set_bool(row, "aiter", 1, &error));
  OK(switchyard_facts_set_bool_at(row, 5, 0, &error));
  OK(switchyard_facts_set_text_at(row, 3, "w_mxfp6", &error));
  OK(switchyard_facts_set_int_at(row, 6, 4096, &error));
  const switchyard_decision refused = switchyard_decide(table, finished(row)); /* rocm is 6.2 */
  CHECK(refused.kind == SWITCHYARD_REFUSE && switchyard_decision_target(table, refused).size == 0);
  switchyard_facts_free(row);
}

static void outcome(const switchyard_table* table, switchyard_decision decision) {
  switchyard_outcome outcome;
  OK(switchyard_table_outcome(table, decision.index, &outcome, &error));
  CHECK(is(outcome.target, "native") && outcome.parameter_count == 2);
  switchyard_parameter parameter;
  OK(switchyard_outcome_parameter(table, decision.index, 0, &parameter, &error));
  CHECK(is(parameter.name, "block_m") && parameter.is_integer && parameter.value == 32);
  OK(switchyard_outcome_parameter(table, decision.index, 1, &parameter, &error));
  CHECK(is(parameter.name, "layout") && !parameter.is_integer && is(parameter.symbol, "row"));
  int64_t value = 0;
  OK(switchyard_outcome_value(table, decision.index, "block_m", &value, &error));
  CHECK(value == 32);
  FAILS(switchyard_outcome_value(table, decision.index, "split_k", &value, &error),
        SWITCHYARD_INVALID_ARGUMENT, "no parameter `split_k`");
  FAILS(switchyard_outcome_parameter(table, decision.index, 2, &parameter, &error),
        SWITCHYARD_INVALID_ARGUMENT, "parameter 2");
  FAILS(switchyard_table_outcome(table, switchyard_table_outcome_count(table), &outcome, &error),
        SWITCHYARD_INVALID_ARGUMENT, "outcome");
  char* text = NULL;
  OK(switchyard_outcome_text(table, decision.index, &text, &error));
  CHECK(strcmp(text, "native(block_m = 32, layout = row)") == 0);
  switchyard_string_free(text);
  uint32_t refusals = 0;
  for (uint32_t i = 0; i < switchyard_table_outcome_count(table); ++i) {
    OK(switchyard_table_outcome(table, i, &outcome, &error));
    if (outcome.target_index == SWITCHYARD_NONE) {
      ++refusals;
      CHECK(outcome.target.size == 0 && outcome.parameter_count == 0);
    }
  }
  CHECK(refusals == 1);
}

static void texts(const switchyard_table* table) {
  switchyard_facts* row = small_batch(table);
  const void* facts = finished(row);
  const switchyard_decision decision = switchyard_decide(table, facts);
  outcome(table, decision);
  switchyard_rule rule;
  OK(switchyard_decision_rule(table, decision, &rule, &error));
  CHECK(is(rule.because, "few tokens: tiles of few rows") && rule.text.size > 0);
  CHECK(strstr(rule.location.data, "moe.policy:") != NULL);
  char* text = NULL;
  OK(switchyard_decision_text(table, decision, facts, &text, &error));
  CHECK(strstr(text, "native(block_m = 32, layout = row): few tokens: tiles of few rows (") ==
        text);
  switchyard_string_free(text);

  OK(switchyard_facts_set_text(row, "aiter", "off", &error));
  OK(switchyard_facts_set_text(row, "rocm", "6.2", &error));
  facts = finished(row);
  OK(switchyard_why_text(table, facts, &text, &error));
  CHECK(strstr(text, "packed(block_m = 16)") == text);
  CHECK(strstr(text, "skipped native(block_m = 32, layout = row)") != NULL);
  CHECK(strstr(text, "the vendor's kernel came with 7.0") != NULL);
  switchyard_string_free(text);

  OK(switchyard_facts_set_bool(row, "graphs", 1, &error));
  OK(switchyard_facts_set_int(row, "tokens", 1024, &error));
  facts = finished(row);
  const switchyard_decision excluded = switchyard_decide(table, facts);
  CHECK(excluded.kind == SWITCHYARD_EXCLUDED && excluded.rule == SWITCHYARD_NONE);
  OK(switchyard_decision_text(table, excluded, facts, &text, &error));
  CHECK(strstr(text, "excluded: these facts contradict `assume graphs implies tokens <= 512`") ==
        text);
  switchyard_string_free(text);
  OK(switchyard_decision_rule(table, excluded, &rule, &error));
  CHECK(is(rule.text, "graphs implies tokens <= 512") && rule.because.size == 0);
  switchyard_facts_free(row);
}

/* Structs of the program's own, by the offsets; and what a raw struct can hold that a row cannot.
 */
static void batches(const switchyard_table* table) {
  enum { kCount = 600 };
  const size_t size = switchyard_table_facts_size(table);
  switchyard_facts* row = small_batch(table);
  switchyard_fact tokens;
  OK(switchyard_table_fact(table, 6, &tokens, &error));
  unsigned char* facts = calloc(kCount, size);
  switchyard_decision* out = calloc(kCount, sizeof *out);
  CHECK(facts != NULL && out != NULL);
  for (int32_t i = 0; i < kCount; ++i) {
    memcpy(facts + (size_t)i * size, finished(row), size);
    memcpy(facts + (size_t)i * size + tokens.offset, &i, sizeof i);
  }
  OK(switchyard_decide_batch(table, facts, size, kCount, out, &error));
  for (size_t i = 0; i < kCount; ++i) {
    const switchyard_decision one = switchyard_decide(table, facts + i * size);
    CHECK(memcmp(&one, &out[i], sizeof one) == 0);
    CHECK(out[i].kind == (i == 0 ? SWITCHYARD_BAD_VALUE : SWITCHYARD_TARGET));
  }
  CHECK(out[0].index == 6);
  char* text = NULL;
  OK(switchyard_decision_text(table, out[0], facts, &text, &error));
  CHECK(strstr(text, "`tokens` is 0") != NULL);
  switchyard_string_free(text);
  FAILS(switchyard_decide_batch(table, facts, size - 1, kCount, out, &error),
        SWITCHYARD_INVALID_ARGUMENT, "made for another table?");
  OK(switchyard_decide_batch(table, NULL, size, 0, NULL, &error));
  FAILS(switchyard_decide_batch(table, NULL, size, 1, out, &error), SWITCHYARD_INVALID_ARGUMENT,
        "`facts` is NULL");

  switchyard_decision foreign = out[1];
  foreign.rule = 1000;
  switchyard_rule rule;
  FAILS(switchyard_decision_rule(table, foreign, &rule, &error), SWITCHYARD_INVALID_ARGUMENT,
        "it is of another table");
  foreign.kind = 17;
  FAILS(switchyard_decision_rule(table, foreign, &rule, &error), SWITCHYARD_INVALID_ARGUMENT,
        "kind 17");
  free(out);
  free(facts);
  switchyard_facts_free(row);
}

/* Facts that never change, folded in: the same decisions whatever their members hold. */
static void residual(const switchyard_table* table) {
  switchyard_facts* fixed = NULL;
  OK(switchyard_facts_new(table, &fixed, &error));
  OK(switchyard_facts_set_text(fixed, "arch", "gfx950", &error));
  OK(switchyard_facts_set_text(fixed, "rocm", "7.0.1", &error));
  switchyard_residual* residual = NULL;
  OK(switchyard_residual_bind(fixed, &residual, &error));
  switchyard_facts_free(fixed);
  FAILS(switchyard_residual_bind(NULL, &residual, &error), SWITCHYARD_INVALID_ARGUMENT, "`facts`");
  switchyard_facts* row = small_batch(table);
  for (int64_t tokens = 1; tokens <= 1024; tokens *= 2) {
    OK(switchyard_facts_set_int(row, "tokens", tokens, &error));
    OK(switchyard_facts_set_text(row, "arch", "gfx950", &error));
    const switchyard_decision whole = switchyard_decide(table, finished(row));
    OK(switchyard_facts_set_text(row, "arch", "gfx942", &error));
    const switchyard_decision rest = switchyard_residual_decide(residual, finished(row));
    CHECK(memcmp(&whole, &rest, sizeof whole) == 0);
  }
  switchyard_facts_free(row);
  switchyard_residual_free(residual);
  switchyard_residual_free(NULL);
}

int main(int argc, char** argv) {
  CHECK(argc == 2);
  switchyard_table* table = NULL;
  OK(switchyard_table_open(argv[1], &table, &error));
  rows(table);
  texts(table);
  batches(table);
  residual(table);
  /* A row keeps its table. */
  switchyard_facts* row = small_batch(table);
  switchyard_table_free(table);
  CHECK(finished(row) != NULL);
  switchyard_facts_free(row);
  return 0;
}
