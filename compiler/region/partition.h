#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "compiler/diagnostic/diagnostic.h"
#include "compiler/sema/model.h"

// Stage 4: each fact's domain cut into the classes that no condition of the model tells apart.
namespace switchyard {

using ClassId = std::uint32_t;

// A set of classes of one fact: bit c of word c / 64. Sized to the fact's class count.
class ClassSet {
 public:
  ClassSet() = default;
  explicit ClassSet(std::size_t classes, bool full = false);
  bool contains(ClassId c) const { return (words_[c / 64] >> (c % 64)) & 1; }
  void insert(ClassId c) { words_[c / 64] |= std::uint64_t{1} << (c % 64); }
  void remove(ClassId c) { words_[c / 64] &= ~(std::uint64_t{1} << (c % 64)); }
  void remove(const ClassSet& others);
  std::size_t size() const { return size_; }  // classes of the fact, not members
  std::size_t count() const;
  bool empty() const;
  bool full() const { return count() == size_; }
  ClassId first() const;  // the smallest class in it, size() when empty
  // The smallest class from `from` on that is, or is not, in it; size() when there is none.
  ClassId next(ClassId from, bool member) const;
  bool subset_of(const ClassSet& other) const;
  bool disjoint(const ClassSet& other) const;
  ClassSet operator&(const ClassSet& other) const;
  ClassSet operator|(const ClassSet& other) const;
  ClassSet operator~() const;
  friend bool operator==(const ClassSet&, const ClassSet&) = default;

 private:
  std::vector<std::uint64_t> words_;
  std::size_t size_ = 0;
};

// The classes of one fact. Its range is cut into consecutive intervals, and (with `%` conditions)
// each of those by residue: the cell (i, r) holds the codes of intervals[i] whose residue class
// residue_class[code mod modulus] is r. Cells that no atom tells apart share a class.
struct Axis {
  static constexpr ClassId kNoClass = ~ClassId{0};  // a cell without codes

  std::vector<Interval> intervals;            // ascending, cover [low, high] without gaps
  std::int64_t modulus = 1;                   // common multiple of the moduli used; 1 without `%`,
                                              // or where the intervals follow the remainders
  std::vector<std::uint32_t> residue_class;   // size `modulus`
  std::uint32_t residue_classes = 1;
  std::vector<ClassId> class_of_cell;         // [intervals][residue_classes]
  std::vector<std::int64_t> representative;   // by class: its smallest code
  std::vector<std::uint64_t> more;            // by class: how many codes it has, less one (so that
                                              // all 2^64 codes of a fact in one class fit)

  std::size_t class_count() const { return representative.size(); }
  ClassId class_of(std::int64_t code) const;  // code in range; O(log intervals)
};

struct Partition {
  std::vector<Axis> axes;             // by FactId, decision facts included (a class a target)
  std::vector<ClassSet> atoms;        // by AtomId: the classes of its fact in which it holds
};

// Limits of one axis. Past one of them the partition is a diagnostic (SY04xx).
inline constexpr std::size_t kMaxClasses = 65'536;      // classes, so that a class fits 16 bits
inline constexpr std::int64_t kMaxModulus = 65'536;     // common multiple of the moduli, unless the
                                                        // fact has no more values than this
inline constexpr std::size_t kMaxCells = 1 << 20;       // intervals times residue classes

// Classes are numbered by their smallest code. Reports every fact that is past a limit; a result
// only when none is. Cost: for each atom the cells that it covers.
std::optional<Partition> partition(const Model& model, DiagnosticSink& sink);

// The codes of a class set as the language writes them: "tokens in 1 .. 16", "scheme in <a, b>",
// "aiter", "not aiter", "tokens % 32 == 0". For reports: always true of exactly these codes, but
// `%` with a set of remainders and `or` between parts are written as a reader expects them.
std::string spell(const Model& model, const Partition& partition, FactId fact, const ClassSet& set);

std::string dump(const Partition& partition, const Model& model);  // `--dump=classes`

}  // namespace switchyard
