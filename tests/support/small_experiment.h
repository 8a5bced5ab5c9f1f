#pragma once

#include "staircase/config/configuration.h"

namespace staircase::tests {

/// A configuration that trains in a blink: two blocks on 16 px shapes, with everything random switched on.
inline config::Configuration small_configuration() {
  config::Configuration c;
  c.model.depths = {1, 1};
  c.model.width_factor = 0.125;
  c.model.num_classes = 10;
  c.model.in_channels = 3;
  c.recipe.epochs = 3;
  c.recipe.batch_size = 16;
  c.recipe.warmup_epochs = 1;
  c.recipe.learning_rate = 1e-3;
  c.recipe.ema_decay = 0.9;
  c.recipe.drop_path_rate = {0.2};
  c.data.kind = config::DataKind::shapes;
  c.data.image_size_px = 16;
  c.data.train_images = 80;
  c.data.val_images = 40;
  return c;
}

}  // namespace staircase::tests
