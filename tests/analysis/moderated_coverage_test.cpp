// What moderated.h promises of 95 % intervals and of Holm's correction, table by table, in 27,500 synthetic experiments
// each: rows with a spread each, seeds with an effect that their rows share, no true difference.
#include <algorithm>
#include <cmath>
#include <random>

#include "staircase/analysis/differences.h"
#include "support/catch.h"

namespace moderated_coverage_test {

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
  if (table.rows == Rows::one_unstable) all.back() = 5;
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
      scores[row].push_back(shared + spread[row] * (table.rows == Rows::heavy_tailed ? heavy(random) : normal(random)));
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

/// In percent: how many intervals contain 0, of all differences and of the last row's, and how many experiments show a
/// difference.
struct Rates {
  double covered = 0, last_covered = 0, false_tables = 0;
};

/// Rates of tables of few rows are those of 10,000 experiments, those of long ones, where less errs, of 2,500.
Rates simulate(const Table& table, config::Statistics statistics) {
  const int experiments = table.count < 5 ? 10000 : 2500;
  std::mt19937_64 random(12345);
  int covered = 0, last_covered = 0, all = 0, false_tables = 0;
  for (int i = 0; i < experiments; ++i) {
    std::vector<Difference> differences = draw(table, random);
    std::vector<Difference*> judged;
    for (Difference& each : differences) judged.push_back(&each);
    judge_together(judged, {statistics});
    bool any = false;
    const auto contains_0 = [](const Difference& each) { return each.interval->low <= 0 && each.interval->high >= 0; };
    for (const Difference& each : differences) {
      covered += contains_0(each);
      any = any || each.verdict != Verdict::not_shown;
      ++all;
    }
    last_covered += contains_0(differences.back());
    false_tables += any;
  }
  return {100.0 * covered / all, 100.0 * last_covered / experiments, 100.0 * false_tables / experiments};
}

/// Checks the rates of every table.
template <class Check>
void each_table(Rows rows, int seeds, Check check, config::Statistics statistics = config::Statistics::moderated) {
  const Table tables[] = {{rows, seeds, 4, false},
                          {rows, seeds, 4, true},
                          {rows, seeds, 9, true},
                          {rows, seeds, 17, false},
                          {rows, seeds, 17, true}};
  for (const Table& table : tables) {
    const Rates rates = simulate(table, statistics);
    CAPTURE(static_cast<int>(rows), seeds, table.count, table.against_base);
    CAPTURE(rates.covered, rates.last_covered, rates.false_tables);
    check(table, rates);
  }
}

}  // namespace

TEST_CASE("Whatever the rows' spreads, 95 % intervals cover 94 to 96 % and 5.5 % of tables err at most", "[analysis]") {
  for (const Rows rows : {Rows::equal, Rows::unequal, Rows::drawn})
    for (const int seeds : {3, 5})
      each_table(rows, seeds, [&](const Table& table, const Rates& rates) {
        const bool long_walk = table.count == 17 && !table.against_base;  // where neighbours share a row's spread
        CHECK(rates.covered > 94);
        CHECK(rates.covered < (long_walk ? 96.5 : 96));
        CHECK(rates.false_tables < 5.5);
      });
}

TEST_CASE("Heavy-tailed noise makes intervals wider than they need be, not narrower", "[analysis]") {
  for (const int seeds : {3, 5})
    each_table(Rows::heavy_tailed, seeds, [](const Table&, const Rates& rates) {
      CHECK(rates.covered > 95);
      CHECK(rates.covered < 97.2);
      CHECK(rates.false_tables < 5.5);
    });
}

TEST_CASE("With two seeds about 7 % of small tables err", "[analysis]") {
  for (const Rows rows : {Rows::equal, Rows::unequal, Rows::drawn, Rows::heavy_tailed})
    each_table(rows, 2, [](const Table& table, const Rates& rates) {
      CHECK(rates.covered > 93.5);
      CHECK(rates.covered < 97.2);
      CHECK(rates.false_tables < (table.count == 4 ? 7.5 : 5.5));
    });
}

TEST_CASE("One row five times as noisy as all others pays for what they lend it", "[analysis]") {
  each_table(Rows::one_unstable, 3, [](const Table& table, const Rates& rates) {
    CHECK(rates.covered > 94);
    CHECK(rates.last_covered > (table.count == 4 ? 92.5 : 86));
    CHECK(rates.false_tables < 6.5);
  });
  each_table(Rows::one_unstable, 5, [](const Table& table, const Rates& rates) {
    CHECK(rates.covered > 94);
    CHECK(rates.last_covered > (table.count == 4 ? 93.5 : 91.5));
    CHECK(rates.false_tables < 5.5);
  });
}

TEST_CASE("Student's t holds where one row is five times as noisy", "[analysis]") {
  each_table(
      Rows::one_unstable, 3,
      [](const Table&, const Rates& rates) {
        CHECK(rates.covered > 94);
        CHECK(rates.covered < 96);
        CHECK(rates.last_covered > 94);
        CHECK(rates.false_tables < 5.5);
      },
      config::Statistics::paired_t);
}

}  // namespace moderated_coverage_test
