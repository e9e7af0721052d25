#pragma once

// CLI11's classes by name. Reading <CLI/CLI.hpp> and compiling what it defines inline takes about
// five seconds a source, so headers name its classes, and sources that call them include it.
namespace CLI {

class App;
class Option;
class Validator;

}  // namespace CLI
