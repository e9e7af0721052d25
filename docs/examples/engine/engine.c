/* engine TABLE ARCH: a small engine in C that asks a table which kernel runs each of its layers.
 *
 * At start it opens the table, binds every outcome to a kernel of its own (and refuses a table that
 * names one it does not have), and folds in what never changes. Per batch it stores two members and
 * decides. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <switchyard.h>

struct launch {
  int layer;
  int tokens;
  int64_t block_m;
};
typedef void kernel(const struct launch* launch);

static void run_native(const struct launch* launch) { printf("native<<<%d>>>", launch->tokens); }
static void run_packed(const struct launch* launch) {
  const int64_t blocks = (launch->tokens + launch->block_m - 1) / launch->block_m;
  printf("packed<<<%lld>>>", (long long)blocks);
}
static void run_emulated(const struct launch* launch) {
  printf("emulated<<<%d>>>", launch->tokens);
}

static const struct {
  const char* name;
  kernel* run;
} kernels[] = {{"native", run_native}, {"packed", run_packed}, {"emulated", run_emulated}};

/* Layers as a checkpoint would give them. */
static const struct {
  const char* scheme;
} layers[] = {{"w_mxfp4"}, {"w_mxfp4_a_mxfp4"}, {"w_mxfp6_e3m2"}};
enum { kLayers = sizeof layers / sizeof layers[0] };

static void die(switchyard_error* error) {
  fprintf(stderr, "engine: %s\n", switchyard_error_message(error));
  switchyard_error_free(error);
  exit(1);
}

struct bound_outcome {
  kernel* run;
  int64_t block_m;
};

/* By outcome; NULL for the refusal. */
static struct bound_outcome* bind_kernels(const switchyard_table* table) {
  const uint32_t count = switchyard_table_outcome_count(table);
  struct bound_outcome* bound = calloc(count, sizeof *bound);
  if (bound == NULL) abort();
  for (uint32_t i = 0; i < count; ++i) {
    switchyard_outcome outcome;
    switchyard_error* error = NULL;
    if (switchyard_table_outcome(table, i, &outcome, &error) != SWITCHYARD_OK) die(error);
    if (outcome.target.size == 0) continue;
    for (size_t k = 0; k < sizeof kernels / sizeof kernels[0]; ++k) {
      if (strlen(kernels[k].name) == outcome.target.size &&
          memcmp(kernels[k].name, outcome.target.data, outcome.target.size) == 0) {
        bound[i].run = kernels[k].run;
      }
    }
    if (bound[i].run == NULL) {
      fprintf(stderr,
              "engine: the table names the kernel `%.*s`, which this engine does not have\n",
              SWITCHYARD_PRINT(outcome.target));
      exit(1);
    }
    if (outcome.parameter_count > 0 &&
        switchyard_outcome_value(table, i, "block_m", &bound[i].block_m, &error) != SWITCHYARD_OK) {
      die(error);
    }
  }
  return bound;
}

/* The facts of this process: the device, and every variable that the policy names. */
static switchyard_facts* facts_at_start(const switchyard_table* table, const char* arch) {
  switchyard_facts* facts = NULL;
  switchyard_error* error = NULL;
  if (switchyard_facts_new(table, &facts, &error) != SWITCHYARD_OK ||
      switchyard_facts_set_text(facts, "arch", arch, &error) != SWITCHYARD_OK) {
    die(error);
  }
  for (uint32_t i = 0; i < switchyard_table_fact_count(table); ++i) {
    switchyard_fact fact;
    if (switchyard_table_fact(table, i, &fact, &error) != SWITCHYARD_OK) die(error);
    if (fact.source != SWITCHYARD_FROM_ENV) continue;
    char variable[256], name[256];
    snprintf(variable, sizeof variable, "%.*s", SWITCHYARD_PRINT(fact.source_key));
    snprintf(name, sizeof name, "%.*s", SWITCHYARD_PRINT(fact.name));
    const char* value = getenv(variable);
    switchyard_status done = SWITCHYARD_OK;
    if (value != NULL) {
      done = switchyard_facts_set_environment(facts, name, value, &error);
    } else if (fact.kind == SWITCHYARD_FACT_SWITCH) {
      done = switchyard_facts_set_text(facts, name, "unset", &error);
    }
    if (done != SWITCHYARD_OK) die(error);
  }
  return facts;
}

int main(int argc, char** argv) {
  if (argc != 3) {
    fprintf(stderr, "usage: engine TABLE ARCH\n");
    return 2;
  }
  if (switchyard_abi_version() != SWITCHYARD_ABI_VERSION) {
    fprintf(stderr, "engine: libswitchyard has ABI %u, this was compiled for %u\n",
            switchyard_abi_version(), SWITCHYARD_ABI_VERSION);
    return 1;
  }
  switchyard_table* table = NULL;
  switchyard_residual* residual = NULL;
  switchyard_error* error = NULL;
  uint32_t scheme = 0, tokens = 0;
  if (switchyard_table_open(argv[1], &table, &error) != SWITCHYARD_OK) die(error);
  struct bound_outcome* bound = bind_kernels(table);
  switchyard_facts* facts = facts_at_start(table, argv[2]);
  if (switchyard_residual_bind(facts, &residual, &error) != SWITCHYARD_OK ||
      switchyard_table_fact_index(table, "scheme", &scheme, &error) != SWITCHYARD_OK ||
      switchyard_table_fact_index(table, "tokens", &tokens, &error) != SWITCHYARD_OK) {
    die(error);
  }

  int status = 0;
  for (int layer = 0; layer < kLayers; ++layer) {
    if (switchyard_facts_set_text_at(facts, scheme, layers[layer].scheme, &error) !=
        SWITCHYARD_OK) {
      die(error);
    }
    for (int batch = 8; batch <= 4096; batch *= 512) {
      const void* row = NULL;
      if (switchyard_facts_set_int_at(facts, tokens, batch, &error) != SWITCHYARD_OK ||
          switchyard_facts_finish(facts, &row, &error) != SWITCHYARD_OK) {
        die(error);
      }
      const switchyard_decision decision = switchyard_residual_decide(residual, row);
      char* reason = NULL;
      if (switchyard_decision_text(table, decision, row, &reason, &error) != SWITCHYARD_OK)
        die(error);
      printf("layer %d, %4d tokens: ", layer, batch);
      if (decision.kind == SWITCHYARD_TARGET) {
        const struct launch launch = {layer, batch, bound[decision.index].block_m};
        bound[decision.index].run(&launch);
      } else {
        printf("not run");
        status = 1;
      }
      printf("  %s\n", reason);
      switchyard_string_free(reason);
    }
  }
  free(bound);
  switchyard_residual_free(residual);
  switchyard_facts_free(facts);
  switchyard_table_free(table);
  return status;
}
