// log_hammer POLICYC FOLDER: 16 threads decide and record with three tables that take turns, while
// two others read metrics and status, in a log whose rings are small and whose files rotate all the
// time. Built with ThreadSanitizer, which ends it where there is a race; it checks by itself that
// nothing is lost that is not counted, and that every line is whole.
#include <atomic>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <string>
#include <thread>
#include <vector>

#include "runtime/decide/decide.h"
#include "runtime/decide/fact_row.h"
#include "runtime/log/decision_log.h"
#include "runtime/log/slow_path.h"

namespace {

using namespace switchyard;

constexpr int kThreads = 16;
constexpr int kRounds = 30;
constexpr int kDecisions = 100;  // a round

void require(bool good, const char* what) {
  if (good) return;
  std::fprintf(stderr, "log_hammer: %s\n", what);
  std::exit(1);
}

Table compiled(const std::string& policyc, const std::string& folder, int number) {
  const std::string policy = folder + "/hammer" + std::to_string(number) + ".policy";
  std::ofstream(policy) << "policy hammer\n"
                        << "fact mx : bool\nfact tokens : int 1 .. 4096\n"
                        << "target native\ntarget emulated\nnative requires mx\n"
                        << "faster native over emulated\n"
                        << "native when mx and tokens > " << number << "\nemulated otherwise\n";
  const std::string table = policy + ".table";
  const std::string command =
      "'" + policyc + "' '" + policy + "' -o '" + table + "' >/dev/null 2>&1";
  require(std::system(command.c_str()) == 0, "policyc failed");
  auto opened = Table::open(table);
  require(opened.has_value(), "the table does not open");
  return *opened;
}

struct Facts {
  std::int32_t mx, tokens;
};

void decide_and_record(DecisionLog& log, const std::vector<Table>& tables, unsigned thread) {
  unsigned random = thread * 2'654'435'761u + 1;
  for (unsigned round = 0; round < kRounds; ++round) {
    // Threads see a new generation at different times, as after a reload.
    const std::uint64_t generation = round / 2 + 1;
    const Table table = tables[generation % tables.size()];
    for (int i = 0; i < kDecisions; ++i) {
      random = random * 1'664'525 + 1'013'904'223;
      const Facts facts{static_cast<std::int32_t>(random >> 31),
                        static_cast<std::int32_t>(1 + (random >> 8) % 4'100)};
      log.record(table, generation, &facts, decide(table, &facts), {random, 0});
    }
  }
}

}  // namespace

int main(int count, char** arguments) {
  require(count == 3, "usage: log_hammer POLICYC FOLDER");
  const std::string folder = std::string(arguments[2]) + "/hammer";
  std::filesystem::remove_all(folder);
  std::filesystem::create_directories(folder);
  std::vector<Table> tables;
  for (int i = 0; i < 3; ++i) tables.push_back(compiled(arguments[1], folder, 100 * i));
  LogConfig config;
  config.path = folder + "/log";
  config.sample_every = 3;
  config.max_file_bytes = 16'384;
  config.keep_files = 1'000;
  config.ring_bytes = 16'384;
  config.poll = std::chrono::milliseconds(1);
  std::uint64_t slow = 0;
  config.on_slow_path = [&](const SlowPath&) { ++slow; };
  auto log = DecisionLog::open(config);
  require(log.has_value(), "the log does not open");
  std::atomic<bool> stop{false};
  std::vector<std::thread> threads, readers;
  for (unsigned t = 0; t < kThreads; ++t) {
    threads.emplace_back([&, t] { decide_and_record(**log, tables, t); });
  }
  for (int r = 0; r < 2; ++r) {
    readers.emplace_back([&] {
      while (!stop) {
        require(!to_prometheus((*log)->metrics()).empty(), "no metrics");
        (*log)->flush();
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  stop = true;
  for (std::thread& thread : readers) thread.join();
  (*log)->flush();
  const LogStatus status = (*log)->status();
  std::uint64_t counted = 0;
  for (const DecisionCount& own : (*log)->metrics().decisions) counted += own.count;
  require(counted == std::uint64_t{kThreads} * kRounds * kDecisions, "decisions were not counted");
  require(status.rotations > 10, "files were not rotated");
  require(status.problem.empty(), status.problem.c_str());
  log->reset();
  std::uint64_t lines = 0;
  for (const auto& entry : std::filesystem::directory_iterator(folder)) {
    if (entry.path().filename().string().rfind("log", 0) != 0) continue;
    std::ifstream file(entry.path());
    for (std::string line; std::getline(file, line); ++lines) {
      require(line.front() == '{' && line.back() == '}', "a line is not whole");
    }
  }
  require(lines == status.lines, "lines are missing from the files");
  // Every third decision of a thread is sampled; first ones come on top.
  require(lines + status.lost_ring >= std::uint64_t{kThreads} * (kRounds * kDecisions / 3),
          "sampled lines are missing");
  require(slow > 0, "no slow path was found");
  std::printf("%llu decisions, %llu lines, %llu dropped, %llu rotations\n",
              static_cast<unsigned long long>(counted), static_cast<unsigned long long>(lines),
              static_cast<unsigned long long>(status.lost_ring),
              static_cast<unsigned long long>(status.rotations));
  return 0;
}
