#include <algorithm>
#include <bit>

#include "compiler/region/partition.h"

namespace switchyard {

ClassSet::ClassSet(std::size_t classes, bool full)
    : words_((classes + 63) / 64, full ? ~std::uint64_t{0} : 0), size_(classes) {
  if (full && classes % 64 != 0) words_.back() = (std::uint64_t{1} << (classes % 64)) - 1;
}

std::size_t ClassSet::count() const {
  std::size_t total = 0;
  for (const std::uint64_t word : words_) total += static_cast<std::size_t>(std::popcount(word));
  return total;
}

bool ClassSet::empty() const {
  return std::all_of(words_.begin(), words_.end(), [](std::uint64_t word) { return word == 0; });
}

ClassId ClassSet::first() const {
  for (std::size_t i = 0; i < words_.size(); ++i) {
    if (words_[i] != 0) return static_cast<ClassId>(i * 64 + std::countr_zero(words_[i]));
  }
  return static_cast<ClassId>(size_);
}

ClassId ClassSet::next(ClassId from, bool member) const {
  for (std::size_t i = from / 64; i < words_.size(); ++i) {
    std::uint64_t word = member ? words_[i] : ~words_[i];
    if (i == from / 64) word &= ~std::uint64_t{0} << (from % 64);
    if (word == 0) continue;
    const auto found = static_cast<std::size_t>(std::countr_zero(word));
    return static_cast<ClassId>(std::min(i * 64 + found, size_));
  }
  return static_cast<ClassId>(size_);
}

bool ClassSet::subset_of(const ClassSet& other) const {
  for (std::size_t i = 0; i < words_.size(); ++i) {
    if ((words_[i] & ~other.words_[i]) != 0) return false;
  }
  return true;
}

bool ClassSet::disjoint(const ClassSet& other) const {
  for (std::size_t i = 0; i < words_.size(); ++i) {
    if ((words_[i] & other.words_[i]) != 0) return false;
  }
  return true;
}

void ClassSet::remove(const ClassSet& others) {
  for (std::size_t i = 0; i < words_.size(); ++i) words_[i] &= ~others.words_[i];
}

ClassSet ClassSet::operator&(const ClassSet& other) const {
  ClassSet result = *this;
  for (std::size_t i = 0; i < words_.size(); ++i) result.words_[i] &= other.words_[i];
  return result;
}

ClassSet ClassSet::operator|(const ClassSet& other) const {
  ClassSet result = *this;
  for (std::size_t i = 0; i < words_.size(); ++i) result.words_[i] |= other.words_[i];
  return result;
}

ClassSet ClassSet::operator~() const {
  ClassSet result(size_, true);
  for (std::size_t i = 0; i < words_.size(); ++i) result.words_[i] &= ~words_[i];
  return result;
}

}  // namespace switchyard
