#include "staircase/data/drawing.h"

namespace staircase::data {
namespace {

class DrawnImages : public Dataset {
 public:
  DrawnImages(std::string name, size_t count, size_t classes, std::function<Image(int64_t, uint64_t)> draw)
      : name_(std::move(name)), count_(count), classes_(classes), draw_(std::move(draw)) {}
  size_t size() const override { return count_; }
  Image image(size_t index) const override { return draw_(label(index), index); }
  int64_t label(size_t index) const override { return static_cast<int64_t>(index % classes_); }
  std::string name(size_t index) const override { return name_ + " " + std::to_string(index); }

 private:
  std::string name_;
  size_t count_, classes_;
  std::function<Image(int64_t, uint64_t)> draw_;
};

}  // namespace

std::shared_ptr<const Dataset> drawn_images(std::string name, int64_t count, size_t classes,
                                            std::function<Image(int64_t label, uint64_t index)> draw) {
  return std::make_shared<DrawnImages>(std::move(name), static_cast<size_t>(count), classes, std::move(draw));
}

}  // namespace staircase::data
