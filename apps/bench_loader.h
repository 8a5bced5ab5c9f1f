#pragma once

#include "bench_subject.h"
#include "staircase/train/job.h"

namespace staircase::apps {

/// A run of the subject's configuration, which is an experiment's, on its data, with --workers.
train::TrainJob bench_job(const Arguments& arguments, const BenchSubject& subject);

/// `bench --loader CONFIG`: how many training images a second the loader alone makes.
/// Throws RequestError where the subject is a network alone.
int bench_loader(const Arguments& arguments, const BenchSubject& subject);

}  // namespace staircase::apps
