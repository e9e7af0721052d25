#pragma once

#include <utility>

#include "include/switchyard.h"
#include "runtime/decide/fact_row.h"
#include "runtime/decide/residual.h"
#include "runtime/table/table.h"

// What the opaque types of the C interface are.

struct switchyard_table {
  switchyard::Table table;
};

struct switchyard_facts {
  explicit switchyard_facts(switchyard::Table of) : table(std::move(of)), row(table) {}
  switchyard_facts(const switchyard_facts&) = delete;
  switchyard_facts& operator=(const switchyard_facts&) = delete;

  const switchyard::Table table;  // a handle's copy, which `row` points at
  switchyard::FactRow row;
};

struct switchyard_residual {
  switchyard::ResidualTable residual;
};
