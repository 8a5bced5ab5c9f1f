// What moderated.h promises of 95 % intervals and of Holm's correction, in 10,000 synthetic experiments a table: rows
// with a spread each, seeds with an effect that their rows share, no true difference.
#include <cmath>
#include <random>

#include "staircase/analysis/differences.h"
#include "support/catch.h"

using namespace staircase;
using namespace staircase::analysis;

namespace {

constexpr int experiments = 10000;

/// What a table's rows are like.
enum class Rows { equal, unequal, drawn, heavy_tailed, one_unstable };

struct Table {
  Rows rows;
  int seeds, count;
  bool against_base;  // else each row against the one before it
};

/// The standard deviation of every row in one experiment.
std::vector<double> spreads(const Table& table, std::mt19937_64& random) {
  std::vector<double> all(static_cast<size_t>(table.count), 1.0);
  const auto last = static_cast<double>(table.count - 1);
  if (table.rows == Rows::unequal) {
    for (int i = 0; i < table.count; ++i) all[static_cast<size_t>(i)] = std::pow(3.0, i / last);
    std::shuffle(all.begin(), all.end(), random);
  }
  std::gamma_distribution<double> chi_square(2.0, 2.0);  // of 4 degrees
  if (table.rows == Rows::drawn)
    for (double& each : all) each = std::sqrt(4 / chi_square(random));
  if (table.rows == Rows::one_unstable) all[random() % all.size()] = 5;
  return all;
}

/// The differences of one experiment.
std::vector<Difference> draw(const Table& table, std::mt19937_64& random) {
  std::normal_distribution<double> normal;
  std::student_t_distribution<double> heavy(4);
  const std::vector<double> spread = spreads(table, random);
  std::vector<std::vector<double>> scores(spread.size());
  for (int seed = 0; seed < table.seeds; ++seed) {
    const double shared = 3 * normal(random);
    for (size_t row = 0; row < scores.size(); ++row)
      scores[row].push_back(shared +
                            spread[row] * (table.rows == Rows::heavy_tailed ? heavy(random) : normal(random)));
  }
  std::vector<Difference> differences;
  for (size_t row = 1; row < scores.size(); ++row) {
    std::vector<double> pairs;
    for (size_t seed = 0; seed < scores[row].size(); ++seed)
      pairs.push_back(scores[row][seed] - scores[table.against_base ? 0 : row - 1][seed]);
    differences.push_back(*difference_of(pairs));
  }
  return differences;
}

/// In percent: how many intervals contain 0, and how many experiments show a difference.
struct Rates {
  double covered = 0, false_tables = 0;
};

Rates simulate(const Table& table, config::Statistics statistics = config::Statistics::moderated) {
  std::mt19937_64 random(12345);
  int covered = 0, all = 0, false_tables = 0;
  for (int i = 0; i < experiments; ++i) {
    std::vector<Difference> differences = draw(table, random);
    std::vector<Difference*> judged;
    for (Difference& each : differences) judged.push_back(&each);
    judge_together(judged, {statistics});
    bool any = false;
    for (const Difference& each : differences) {
      covered += *each.p >= 0.05;  // so it is where the interval contains 0
      any = any || *each.verdict != Verdict::not_shown;
      ++all;
    }
    false_tables += any;
  }
  return {100.0 * covered / all, 100.0 * false_tables / experiments};
}

const std::vector<Table> tables_of(Rows rows) {
  std::vector<Table> tables;
  for (const int seeds : {3, 5})
    for (const auto& [count, against_base] : {std::pair{4, false}, {4, true}, {9, true}, {17, false}, {17, true}})
      tables.push_back({rows, seeds, count, against_base});
  return tables;
}

}  // namespace

TEST_CASE("Intervals cover 94 to 96 % and families err in 5.5 % at most", "[analysis][coverage]") {
  for (const Rows rows : {Rows::equal, Rows::unequal, Rows::drawn, Rows::heavy_tailed, Rows::one_unstable})
    for (const Table& table : tables_of(rows)) {
      const Rates rates = simulate(table);
      const std::string which = std::to_string(static_cast<int>(rows)) + " rows " + std::to_string(table.count) + ", seeds " +
                    std::to_string(table.seeds) + (table.against_base ? ", against one base" : ", cumulative");
      WARN(which << " covered " << rates.covered << " false " << rates.false_tables);
    }
}
