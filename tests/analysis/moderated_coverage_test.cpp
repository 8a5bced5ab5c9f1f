// What moderated.h promises of 95 % intervals and of Holm's correction, in 10,000 synthetic experiments each: rows
// with a spread each, seeds with an effect that their rows share, no true difference.
#include <algorithm>
#include <cmath>
#include <random>

#include "staircase/analysis/differences.h"
#include "support/catch.h"

using namespace staircase;
using namespace staircase::analysis;

namespace {

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

/// 10,000 experiments, in turn of five tables.
Rates simulate(Rows rows, int seeds, config::Statistics statistics = config::Statistics::moderated) {
  const Table tables[] = {{rows, seeds, 4, false}, {rows, seeds, 4, true}, {rows, seeds, 9, true},
                          {rows, seeds, 17, false}, {rows, seeds, 17, true}};
  const int experiments = 10000;
  std::mt19937_64 random(12345);
  int covered = 0, all = 0, false_tables = 0;
  for (int i = 0; i < experiments; ++i) {
    std::vector<Difference> differences = draw(tables[i % 5], random);
    std::vector<Difference*> judged;
    for (Difference& each : differences) judged.push_back(&each);
    judge_together(judged, {statistics});
    bool any = false;
    for (const Difference& each : differences) {
      covered += each.interval->low <= 0 && each.interval->high >= 0;
      any = any || each.verdict != Verdict::not_shown;
      ++all;
    }
    false_tables += any;
  }
  return {100.0 * covered / all, 100.0 * false_tables / experiments};
}

}  // namespace

TEST_CASE("Whatever the rows' spreads, 95 % intervals cover 94 to 96 % and 5.5 % of tables err at most", "[analysis]") {
  for (const Rows rows : {Rows::equal, Rows::unequal, Rows::drawn})
    for (const int seeds : {3, 5}) {
      const Rates rates = simulate(rows, seeds);
      CAPTURE(static_cast<int>(rows), seeds, rates.covered, rates.false_tables);
      CHECK(rates.covered > 94);
      CHECK(rates.covered < 96);
      CHECK(rates.false_tables < 5.5);
    }
}

TEST_CASE("Heavy-tailed noise makes intervals wider than they need be, not narrower", "[analysis]") {
  const Rates rates = simulate(Rows::heavy_tailed, 3);
  CHECK(rates.covered > 94);
  CHECK(rates.covered < 97);
  CHECK(rates.false_tables < 5.5);
}

TEST_CASE("One row five times as noisy as the others keeps its own spread, with five seeds", "[analysis]") {
  const Rates rates = simulate(Rows::one_unstable, 5);
  CAPTURE(rates.covered, rates.false_tables);
  CHECK(rates.covered > 94);
  CHECK(rates.false_tables < 5.5);
}

TEST_CASE("With three seeds Student's t holds where one row is five times as noisy", "[analysis]") {
  const Rates rates = simulate(Rows::one_unstable, 3, config::Statistics::paired_t);
  CHECK(rates.covered > 94);
  CHECK(rates.covered < 96);
  CHECK(rates.false_tables < 5.5);
}
