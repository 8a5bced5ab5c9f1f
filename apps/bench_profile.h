#pragma once

#include "bench_subject.h"

namespace staircase::apps {

/// `bench --profile`: where a training step's time goes, by kind of layer. Of an experiment with its data and loader.
int bench_profile(const Arguments& arguments, const BenchSubject& subject);

}  // namespace staircase::apps
