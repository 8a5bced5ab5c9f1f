#pragma once

#include "staircase/runs/ledger.h"

namespace staircase::analysis {

/// The content of results.json, from what the folder holds now:
/// {"name", "kind", "design", "description", "seeds", "score", "score_reason", "runs", "done", "failed",
///  "warnings": [what could not be read of the runs' logs],
///  "rows": [{"name", "group", "changes", "side_branch", "recipe", "drop_path_rate", "params", "macs",
///    "configuration", "seeds": [{"seed", "status", "top1", ...}], "top1", "top1_ema", "loss", ...:
///    {"mean", "std", "n", "interval"}, "score", "delta", "delta_to", "images_per_second", "latency_ms",
///    "paper_top1", "paper_std"}],
///  "subtotals": [{"group", "delta", "paper_delta", "difference"}], "grid": {...}, and what effects.h adds}.
/// `score` is the number that rows are compared by: the EMA weights' top-1 where the recipe of every
/// row has an average, else the raw weights'; the same choice for all rows.
/// `latency_ms` is the median over the seeds of the finished network's latency at batch 1; null: not measured.
/// A delta is the mean difference over the seeds that both rows have, with its 95 % interval and the verdict
/// of differences.h, corrected for the number of deltas in the table.
config::Json build_results(const experiment::Experiment& experiment, const experiment::DesignedExperiment& design,
                           const runs::Ledger& ledger);

}  // namespace staircase::analysis
