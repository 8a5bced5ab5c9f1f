#include "staircase/analysis/sequential.h"

#include <algorithm>
#include <cmath>
#include <limits>

namespace staircase::analysis {
namespace {

const double level = 0.05;

/// The numbers of the first seeds, in their order; fewer where one is missing.
std::vector<double> numbers_of(const SeedNumbers& numbers, const std::vector<int64_t>& seeds) {
  std::vector<double> list;
  for (const int64_t seed : seeds) {
    const auto found = numbers.find(seed);
    if (found == numbers.end()) break;
    list.push_back(found->second);
  }
  return list;
}

/// What all looks so far allow of one difference.
class Allowed {
 public:
  /// `t`: how many standard errors the look's interval reaches.
  void look(const std::vector<double>& numbers, int64_t count, double t, double smallest) {
    const auto n = static_cast<double>(count);
    double mean = 0, squares = 0;
    for (int64_t i = 0; i < count; ++i) mean += numbers[static_cast<size_t>(i)] / n;
    for (int64_t i = 0; i < count; ++i) squares += std::pow(numbers[static_cast<size_t>(i)] - mean, 2);
    const double reach = t * std::sqrt(squares / (n - 1) / n);
    // What rounding leaves of equal numbers is no spread, and no certainty.
    if (reach <= 1e-12 * std::abs(mean) || reach == 0) return;
    const Interval now{mean - reach, mean + reach};
    const Interval both{std::max(interval_.low, now.low), std::min(interval_.high, now.high)};
    interval_ = both.low < both.high ? both : now;
    if (verdict_ == Verdict::no_spread_seen) verdict_ = Verdict::not_shown;
    if (verdict_ != Verdict::not_shown) return;
    if (interval_.low > 0) verdict_ = Verdict::higher;
    else if (interval_.high < 0) verdict_ = Verdict::lower;
    else if (interval_.low > -smallest && interval_.high < smallest) verdict_ = Verdict::smaller;
  }

  void give(Difference& difference) const {
    difference.verdict = verdict_;
    difference.interval = std::nullopt;
    if (verdict_ != Verdict::no_spread_seen) difference.interval = interval_;
  }

 private:
  Interval interval_{-std::numeric_limits<double>::infinity(), std::numeric_limits<double>::infinity()};
  Verdict verdict_ = Verdict::no_spread_seen;
};

/// Takes what one look alone would say.
void leave_unjudged(Difference& difference) {
  difference.interval = std::nullopt;
  difference.p = difference.p_holm = std::nullopt;
  difference.verdict = std::nullopt;
}

}  // namespace

int64_t judge_at_looks(const std::vector<LookedAt>& differences, const std::vector<int64_t>& seeds,
                       const std::vector<experiment::Look>& looks, double smallest) {
  std::vector<std::vector<double>> numbers;
  size_t whole = seeds.size();
  for (const LookedAt& each : differences) {
    numbers.push_back(numbers_of(each.numbers, seeds));
    whole = std::min(whole, numbers.back().size());
  }
  std::vector<Allowed> allowed(differences.size());
  int64_t last = 0;
  for (const experiment::Look& look : looks) {
    if (differences.empty() || look.seeds > static_cast<int64_t>(whole)) break;
    last = look.seeds;
    const double t =
        t_quantile(static_cast<double>(look.seeds) - 1, level * look.share / static_cast<double>(differences.size()));
    for (size_t i = 0; i < differences.size(); ++i) allowed[i].look(numbers[i], look.seeds, t, smallest);
  }
  for (size_t i = 0; i < differences.size(); ++i) {
    if (last > 0) numbers[i].resize(static_cast<size_t>(last));
    if (!*differences[i].difference) continue;
    Difference& difference = **differences[i].difference;
    const bool at_chance = difference.at_chance;
    if (auto of_look = difference_of(numbers[i])) difference = *of_look;
    difference.at_chance = at_chance;
    leave_unjudged(difference);
    if (last > 0) allowed[i].give(difference);
    if (difference.at_chance) leave_at_chance(difference);
  }
  return last;
}

bool is_open(const Difference& difference) {
  return !difference.verdict || *difference.verdict == Verdict::not_shown ||
         *difference.verdict == Verdict::no_spread_seen;
}

}  // namespace staircase::analysis
