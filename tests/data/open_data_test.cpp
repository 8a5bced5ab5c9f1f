#include "staircase/data/open_data.h"

#include <zlib.h>

#include "staircase/base/files.h"
#include "support/catch.h"
#include "support/reference.h"
#include "support/temporary_folder.h"

namespace open_data_test {

using namespace staircase;
using namespace staircase::data;
using config::DataKind;
using tests::TemporaryFolder;
namespace fs = std::filesystem;

namespace {

DataSource open(DataKind kind, const fs::path& path) {
  config::DataOptions options;
  options.kind = kind;
  options.path = path.string();
  return open_data(options, {"x.json", "/data"});
}

std::string record(std::initializer_list<int> labels, int first_value) {
  std::string bytes;
  for (const int label : labels) bytes.push_back(static_cast<char>(label));
  for (int i = 0; i < 3072; ++i) bytes.push_back(static_cast<char>(first_value + i / 1024 * 50 + i % 7));
  return bytes;
}

void write_cifar10(const fs::path& folder) {
  fs::create_directories(folder);
  write_file_atomically(folder / "batches.meta.txt",
                        "airplane\nautomobile\nbird\ncat\ndeer\ndog\nfrog\nhorse\nship\ntruck\n\n");
  for (int i = 1; i <= 5; ++i)
    write_file_atomically(folder / ("data_batch_" + std::to_string(i) + ".bin"), record({i}, i) + record({i + 4}, 0));
  write_file_atomically(folder / "test_batch.bin", record({9}, 3));
}

std::string idx_file(int dimensions, std::initializer_list<int> sizes, const std::string& content) {
  std::string bytes{0, 0, 8, static_cast<char>(dimensions)};
  for (const int size : sizes)
    for (int shift = 24; shift >= 0; shift -= 8) bytes.push_back(static_cast<char>(size >> shift));
  return bytes + content;
}

void write_gzip(const fs::path& path, const std::string& bytes) {
  gzFile file = gzopen(path.c_str(), "wb");
  gzwrite(file, bytes.data(), static_cast<unsigned>(bytes.size()));
  gzclose(file);
}

void write_idx(const fs::path& folder) {
  write_file_atomically(folder / "train-images-idx3-ubyte", idx_file(3, {2, 2, 3}, "abcdefghijkl"));
  write_file_atomically(folder / "train-labels-idx1-ubyte", idx_file(1, {2}, {1, 4}));
  write_gzip(folder / "t10k-images-idx3-ubyte.gz", idx_file(3, {1, 2, 3}, "uvwxyz"));
  write_gzip(folder / "t10k-labels-idx1-ubyte.gz", idx_file(1, {1}, std::string(1, '\0')));
}

void write_folder(const fs::path& folder, const std::string& val = "val") {
  for (const fs::path part : {"train/cat", "train/dog", "x/cat", "x/dog"}) {
    const fs::path at = folder / (part.string()[0] == 'x' ? val / part.filename() : part);
    fs::create_directories(at);
    fs::copy_file(tests::reference_file("images/rgb.png"), at / "b.PNG");
    fs::copy_file(tests::reference_file("images/gray.jpg"), at / "a.Jpeg");
  }
}

}  // namespace

TEST_CASE("Fields that do not go with the kind of data are refused by name", "[data]") {
  const config::Place place{"x.json", "/data"};
  config::DataOptions options;
  options.path = "/somewhere";
  CHECK_THROWS_WITH(check_data_options(options, place),
                    "x.json: /data/path: does not go with /data/kind shapes, which are drawn, not read");
  options.kind = DataKind::objects;
  CHECK_THROWS_WITH(check_data_options(options, place),
                    "x.json: /data/path: does not go with /data/kind objects, which are drawn, not read");
  options.path.clear();
  options.shapes_seed = 1;
  CHECK_THROWS_WITH(check_data_options(options, place), "x.json: /data/shapes_seed: goes only with /data/kind shapes");
  options = {DataKind::image_folder, "/somewhere"};
  options.objects_seed = 1;
  CHECK_THROWS_WITH(check_data_options(options, place),
                    "x.json: /data/objects_seed: goes only with /data/kind objects");
  options.objects_seed = 0;
  options.max_bad_fraction = 0.2;
  CHECK_NOTHROW(check_data_options(options, place));
  options.val_images = 7;
  CHECK_THROWS_WITH(check_data_options(options, place),
                    "x.json: /data/val_images: goes only with /data/kind objects and shapes");
  options = {DataKind::idx, "/somewhere"};
  options.max_bad_fraction = 0.2;
  CHECK_THROWS_WITH(check_data_options(options, place),
                    "x.json: /data/max_bad_fraction: goes only with /data/kind image_folder or shards");
  options = {DataKind::cifar10};
  CHECK_THROWS_WITH(check_data_options(options, place),
                    "x.json: /data/path: is missing; /data/kind cifar10 needs the folder of the data");
  CHECK_THROWS_WITH(open(DataKind::cifar10, "/does/not/exist"),
                    "x.json: /data/path: \"/does/not/exist\" does not exist");
  CHECK_THROWS_WITH(open(DataKind::idx, tests::reference_file("pillow.json")), ContainsSubstring("is not a folder"));
}

TEST_CASE("CIFAR-10's binary files are read from their folder or its parent", "[data]") {
  const TemporaryFolder folder;
  write_cifar10(folder / "cifar-10-batches-bin");
  for (const fs::path& path : {folder.path(), folder / "cifar-10-batches-bin"}) {
    const DataSource source = open(DataKind::cifar10, path);
    CHECK(source.class_names.at(6) == "frog");
    CHECK(source.train->size() == 10);
    CHECK(source.val->size() == 1);
    CHECK(source.test == nullptr);
    CHECK(source.train->label(4) == 3);
    const Image image = source.train->image(4);
    CHECK(image.width == 32);
    CHECK(std::vector<uint8_t>(image.row(0), image.row(0) + 6) == std::vector<uint8_t>{3, 55, 107, 4, 56, 108});
  }
}

TEST_CASE("CIFAR-100 uses the fine label", "[data]") {
  const TemporaryFolder folder;
  std::string names;
  for (int i = 0; i < 100; ++i) names += "class " + std::to_string(i) + "\n";
  write_file_atomically(folder / "fine_label_names.txt", names);
  write_file_atomically(folder / "train.bin", record({3, 77}, 0));
  write_file_atomically(folder / "test.bin", record({200, 5}, 0));
  const DataSource source = open(DataKind::cifar100, folder.path());
  CHECK(source.class_names.size() == 100);
  CHECK(source.train->label(0) == 77);
  CHECK(source.val->label(0) == 5);
}

TEST_CASE("CIFAR files that are cut, missing or out of range are refused", "[data]") {
  const TemporaryFolder folder;
  write_cifar10(folder.path());
  fs::resize_file(folder / "data_batch_3.bin", 6000);
  CHECK_THROWS_WITH(open(DataKind::cifar10, folder.path()),
                    ContainsSubstring("data_batch_3.bin: has 6,000 bytes, expected a multiple of 3,073"));
  write_file_atomically(folder / "data_batch_3.bin", record({10}, 0));
  CHECK_THROWS_WITH(open(DataKind::cifar10, folder.path()),
                    ContainsSubstring("data_batch_3.bin: image 0 has label 10, allowed is 0 to 9"));
  fs::remove(folder / "data_batch_3.bin");
  CHECK_THROWS_AS(open(DataKind::cifar10, folder.path()), RequestError);
  write_file_atomically(folder / "batches.meta.txt", "one\ntwo\n");
  CHECK_THROWS_WITH(open(DataKind::cifar10, folder.path()), ContainsSubstring("has 2 class names, expected 10"));
}

TEST_CASE("IDX files are read plain and as gzip, gray, with as many classes as labels", "[data]") {
  const TemporaryFolder folder;
  write_idx(folder.path());
  const DataSource source = open(DataKind::idx, folder.path());
  CHECK(source.channels == 1);
  CHECK(source.class_names == std::vector<std::string>{"0", "1", "2", "3", "4"});
  CHECK(source.train->label(1) == 4);
  const Image image = source.train->image(1);
  CHECK(image.width == 3);
  CHECK(image.height == 2);
  CHECK(image.pixels == std::vector<uint8_t>{'g', 'h', 'i', 'j', 'k', 'l'});
  CHECK(source.val->image(0).pixels == std::vector<uint8_t>{'u', 'v', 'w', 'x', 'y', 'z'});
}

TEST_CASE("IDX files that do not hold what their header says are refused", "[data]") {
  const TemporaryFolder folder;
  const fs::path images = folder / "train-images-idx3-ubyte";
  const auto refusal = [&](const std::string& bytes, const std::string& sentence) {
    write_idx(folder.path());
    write_file_atomically(images, bytes);
    CHECK_THROWS_WITH(open(DataKind::idx, folder.path()), ContainsSubstring(images.string() + ": " + sentence));
  };
  refusal(idx_file(3, {2, 2, 3}, "abc"), "has 19 bytes, expected 28");
  refusal(idx_file(3, {2, 2, 3}, "abcdefghijklm"), "has more than 28 bytes, expected 28");
  refusal(idx_file(3, {-1, 4096, 4096}, "abc"), "has 19 bytes, expected 72,057,594,021,150,736");
  refusal(idx_file(3, {2, 70000, 3}, "abc"), "its header says size 70000 in dimension 1, allowed is 1 to 4096");
  refusal(idx_file(3, {0, 2, 3}, ""), "its header says size 0 in dimension 0");
  refusal(idx_file(1, {2, 2, 3}, "abcdefghijkl"), "is not an IDX file of bytes with 3 dimensions");
  refusal("abc", "has 3 bytes, too few for an IDX header of 16");
  refusal(idx_file(3, {1, 2, 3}, "abcdef"), "has 1 images, but");
  fs::remove(images);
  CHECK_THROWS_WITH(open(DataKind::idx, folder.path()), images.string() + ": does not exist, neither plain nor as .gz");
}

TEST_CASE("A gzip file that is cut short is refused", "[data]") {
  const TemporaryFolder folder;
  write_idx(folder.path());
  const fs::path path = folder / "t10k-images-idx3-ubyte.gz";
  fs::resize_file(path, fs::file_size(path) - 12);
  CHECK_THROWS_WITH(open(DataKind::idx, folder.path()), ContainsSubstring(path.string()));
}

TEST_CASE("Folders of classes are read sorted, whatever the case of the extension", "[data]") {
  for (const std::string val : {"val", "validation"}) {
    const TemporaryFolder folder;
    write_folder(folder.path(), val);
    write_file_atomically(folder / "train/dog/notes.txt", "not an image");
    const DataSource source = open(DataKind::image_folder, folder.path());
    CHECK(source.class_names == std::vector<std::string>{"cat", "dog"});
    REQUIRE(source.train->size() == 4);
    CHECK(source.train->name(2) == (folder / "train/dog/a.Jpeg").string());
    CHECK(source.train->label(2) == 1);
    CHECK(source.train->image(2).channels == 3);
    CHECK(source.val->size() == 4);
    CHECK(source.test == nullptr);
  }
}

TEST_CASE("WebP, BMP and TIFF files are images, and what else lies there is counted", "[data]") {
  const TemporaryFolder folder;
  write_folder(folder.path());
  for (const char* name : {"rgb.webp", "rgb.bmp", "rgb.tif", "lzw.tiff"})
    fs::copy_file(tests::reference_file(std::string("images/") + name), folder / ("val/cat/" + std::string(name)));
  for (const char* name : {"train/cat/a.HEIC", "val/dog/b.heic", "train/dog/readme", "train/loose.jpg"})
    write_file_atomically(folder / name, "x");
  fs::create_directories(folder / "train/dog/more");
  const DataSource source = open(DataKind::image_folder, folder.path());
  CHECK(source.train->size() == 4);
  CHECK(source.val->size() == 8);
  CHECK(source.val->image(7).width == 24);
  CHECK(source.passed_over.left_out ==
        std::map<std::string, uint64_t>{
            {".heic", 2}, {"folders", 1}, {"images outside of class folders", 1}, {"no extension", 1}});
  CHECK(
      left_out_text(source.passed_over) ==
      "4 files and 1 folder in class folders were left out: .heic 2, images outside of class folders 1, no extension 1");
}

TEST_CASE("What operating systems leave behind is neither class nor image", "[data]") {
  const TemporaryFolder folder;
  write_folder(folder.path());
  for (const char* name : {"__MACOSX", "train/__MACOSX", "val/@eaDir"}) fs::create_directories(folder / name);
  for (const char* name : {".DS_Store", "train/.DS_Store", "train/cat/.DS_Store", "train/cat/Thumbs.db"})
    write_file_atomically(folder / name, "x");
  write_file_atomically(folder / "train/__MACOSX/._a.jpg", "x");
  const DataSource source = open(DataKind::image_folder, folder.path());
  CHECK(source.class_names == std::vector<std::string>{"cat", "dog"});
  CHECK(source.passed_over.left_out.empty());
  CHECK(left_behind_text(source.passed_over) ==
        "left by the operating system and ignored: .DS_Store 3, __MACOSX 2, @eaDir 1, Thumbs.db 1");
}

TEST_CASE("A part that is called otherwise is suggested", "[data]") {
  const TemporaryFolder folder;
  const auto refuse = [&](const std::string& sentence) {
    CHECK_THROWS_WITH(open(DataKind::image_folder, folder.path()), folder.path().string() + ": " + sentence);
  };
  write_folder(folder.path());
  fs::rename(folder / "train", folder / "Training");
  refuse("has no folder train; there are Training, val; rename Training to train if that is meant");
  fs::rename(folder / "Training", folder / "train");
  fs::rename(folder / "val", folder / "valid");
  refuse("has no folder val or validation; there are train, valid; rename valid to val if that is meant");
  fs::rename(folder / "valid", folder / "other");
  refuse(
      "has no folder val or validation; there are other, train; expected are train, val (or validation) and, if "
      "wanted, test, with a folder a class in each");
  fs::create_directories(folder / "photos");
  fs::rename(folder / "train", folder / "photos/train");
  refuse("has no folder train; there are other, photos; the data set seems to be " + (folder / "photos").string());
}

TEST_CASE("A test folder becomes the test part; its labels are those of training", "[data]") {
  const TemporaryFolder folder;
  write_folder(folder.path());
  fs::create_directories(folder / "test/dog");
  fs::copy_file(tests::reference_file("images/rgb.png"), folder / "test/dog/a.png");
  const DataSource source = open(DataKind::image_folder, folder.path());
  REQUIRE(source.test);
  CHECK(source.test->size() == 1);
  CHECK(source.test->label(0) == 1);
}

TEST_CASE("Folders that cannot be read are refused by path", "[data]") {
  const TemporaryFolder folder;
  write_folder(folder.path());
  fs::create_directory_symlink("circle", folder / "train/circle");
  CHECK_THROWS_WITH(open(DataKind::image_folder, folder.path()),
                    ContainsSubstring("train/circle: cannot be read: Too many levels of symbolic links"));
  CHECK_THROWS_AS(open(DataKind::image_folder, folder.path()), RequestError);
  CHECK_THROWS_AS(open(DataKind::image_folder, folder / "train/circle"), RequestError);
}

TEST_CASE("Folders that are not as they should be are refused by path", "[data]") {
  const TemporaryFolder folder;
  const auto refusal = [&](const std::string& sentence) {
    CHECK_THROWS_WITH(open(DataKind::image_folder, folder.path()), ContainsSubstring(sentence));
    CHECK_THROWS_AS(open(DataKind::image_folder, folder.path()), RequestError);
  };
  refusal(folder.path().string() + ": has no folder train");
  fs::create_directories(folder / "train");
  refusal(folder.path().string() + ": has no folder val or validation");
  fs::create_directories(folder / "val");
  refusal("train: has no folders, expected one for each class");
  fs::remove_all(folder / "train");
  fs::remove_all(folder / "val");
  write_folder(folder.path());
  fs::create_directories(folder / "train/empty");
  refusal((folder / "train/empty").string() +
          ": has no image (.jpg, .jpeg, .png, .webp, .bmp, .tif or .tiff); remove the "
          "folder, or put images into it");
  fs::remove(folder / "train/empty");
  fs::create_directories(folder / "train/caf\xe9");
  refusal("is not named in UTF-8, as a class must be");
  fs::remove(folder / "train/caf\xe9");
  fs::rename(folder / "val/dog", folder / "val/dogs");
  refusal("val/dogs: is a class that the training images do not have (did you mean \"dog\"?)");
  fs::create_directories(folder / "validation");
  refusal("has both val and validation");
}

}  // namespace open_data_test
