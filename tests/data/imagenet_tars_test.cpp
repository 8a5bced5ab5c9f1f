// ImageNet as it is handed out, in little: tars in a tar, and the classes of the validation images from the kit.
#include "staircase/data/imagenet_tars.h"

#include <archive.h>
#include <archive_entry.h>

#include "staircase/base/errors.h"
#include "staircase/base/files.h"
#include "staircase/data/fingerprint.h"
#include "staircase/data/image_folder.h"
#include "staircase/data/imagenet_devkit.h"
#include "staircase/data/mat_file.h"
#include "staircase/data/pack.h"
#include "staircase/data/shards.h"
#include "support/catch.h"
#include "support/reference.h"
#include "support/temporary_folder.h"

namespace imagenet_tars_test {

using namespace staircase;
using namespace staircase::data;
namespace fs = std::filesystem;
using tests::TemporaryFolder;

namespace {

using Members = std::vector<std::pair<std::string, std::string>>;  // names and bytes

void write_tar(const fs::path& file, const Members& members, bool gzip = false) {
  fs::create_directories(file.parent_path());
  archive* writer = archive_write_new();
  archive_write_set_format_gnutar(writer);
  if (gzip) archive_write_add_filter_gzip(writer);
  REQUIRE(archive_write_open_filename(writer, file.c_str()) == ARCHIVE_OK);
  for (const auto& [name, bytes] : members) {
    archive_entry* entry = archive_entry_new();
    archive_entry_set_pathname(entry, name.c_str());
    archive_entry_set_filetype(entry, AE_IFREG);
    archive_entry_set_perm(entry, 0644);
    archive_entry_set_size(entry, static_cast<la_int64_t>(bytes.size()));
    REQUIRE(archive_write_header(writer, entry) == ARCHIVE_OK);
    archive_write_data(writer, bytes.data(), bytes.size());
    archive_entry_free(entry);
  }
  archive_write_free(writer);
}

std::string image(const std::string& name) { return read_file(tests::reference_file("images/" + name)); }
std::string meta(const std::string& name) { return read_file(tests::reference_file("imagenet/" + name)); }

const std::string truth = "ILSVRC2012_validation_ground_truth.txt";
const std::string kit = "ILSVRC2012_devkit_t12";

/// Three classes whose numbers in the kit (1 n02119789, 2 n01440764, 3 n03000684) are not in the order of their names.
struct ImageNet {
  ImageNet() {
    for (const auto& [synset, file] : train) {
      const Members images{{synset + "_1.JPEG", image(file)}, {synset + "_20.JPEG", image("gray.jpg")}};
      write_tar(folder / "inner.tar", images);
      inner.emplace_back(synset + ".tar", read_file(folder / "inner.tar"));
    }
    fs::remove(folder / "inner.tar");
    write_tar(folder / "in/ILSVRC2012_img_train.tar", inner);
    write_tar(folder / "in/ILSVRC2012_img_val.tar", val);
  }
  void add_kit(const std::string& numbers = "3\n1\n2\n1\n") const {
    write_tar(folder / ("in/" + kit + ".tar.gz"),
              {{kit + "/readme.txt", "of the kit"},
               {kit + "/data/" + truth, numbers},
               {kit + "/data/meta.mat", meta("meta.mat")}},
              true);
  }
  void write(const std::string& name, const std::string& bytes) const {
    fs::create_directories((folder / name).parent_path());
    write_file_atomically(folder / name, bytes);
  }
  /// The same as a user unpacks it: a folder a class.
  void unpack() const {
    for (const auto& [synset, file] : train) {
      write("out/train/" + synset + "/" + synset + "_1.JPEG", image(file));
      write("out/train/" + synset + "/" + synset + "_20.JPEG", image("gray.jpg"));
    }
    const std::vector<std::string> classes{"n03000684", "n02119789", "n01440764", "n02119789"};
    for (size_t i = 0; i < val.size(); ++i) write("out/val/" + classes[i] + "/" + val[i].first, val[i].second);
  }

  TemporaryFolder folder;
  Members inner;
  const Members train{{"n02119789", "rgb.jpg"}, {"n01440764", "progressive.jpg"}, {"n03000684", "orientation_6.jpg"}};
  const Members val{{"ILSVRC2012_val_00000001.JPEG", image("rgb.jpg")},
                    {"ILSVRC2012_val_00000002.JPEG", image("gray.jpg")},
                    {"ILSVRC2012_val_00000003.JPEG", image("progressive.jpg")},
                    {"ILSVRC2012_val_00000004.JPEG", image("orientation_6.jpg")}};
};

void require_same(const Dataset& a, const Dataset& b) {
  REQUIRE(a.size() == b.size());
  for (size_t i = 0; i < a.size(); ++i) {
    CHECK(a.label(i) == b.label(i));
    CHECK(a.image(i) == b.image(i));
  }
}

}  // namespace

TEST_CASE("ImageNet from its tars has the images, names and classes of the folder that they unpack to", "[data]") {
  const ImageNet imagenet;
  imagenet.add_kit();
  imagenet.unpack();
  REQUIRE(is_imagenet_tars(imagenet.folder / "in"));
  const DataSource tars = open_imagenet_tars(imagenet.folder / "in");
  const DataSource folder = open_image_folder(imagenet.folder / "out");
  CHECK(tars.class_names == std::vector<std::string>{"n01440764", "n02119789", "n03000684"});
  CHECK(tars.class_names == folder.class_names);
  require_same(*tars.train, *folder.train);
  require_same(*tars.val, *folder.val);
}

TEST_CASE("A pack of ImageNet's tars is the data set of the folder that they unpack to", "[data]") {
  const ImageNet imagenet;
  imagenet.add_kit();
  imagenet.unpack();
  CHECK(pack_folder(imagenet.folder / "in", imagenet.folder / "packed", {}).images == 10);
  config::DataOptions as_folder, as_shards;
  as_folder.kind = config::DataKind::image_folder;
  as_shards.kind = config::DataKind::shards;
  const DataSource shards = open_shards(imagenet.folder / "packed"),
                   folder = open_image_folder(imagenet.folder / "out");
  CHECK(content_of(folder, as_folder).fingerprint() == content_of(shards, as_shards).fingerprint());
  require_same(*folder.train, *shards.train);
  require_same(*folder.val, *shards.val);
}

TEST_CASE("The classes of validation images come from the kit, packed or not, or from a list of synsets", "[data]") {
  const std::vector<std::string> classes{"n03000684", "n02119789", "n01440764", "n02119789"};
  const std::string numbers = "3\n1\n2\n1\n";
  const ImageNet packed, unpacked, beside, listed;
  packed.add_kit();
  unpacked.write("in/" + kit + "/data/" + truth, numbers);
  unpacked.write("in/" + kit + "/data/meta.mat", meta("meta_plain.mat"));
  beside.write("in/" + truth, numbers);
  beside.write("in/meta.mat", meta("meta.mat"));
  listed.write("in/" + truth, numbers);
  listed.write("in/synsets.txt", "1 n02119789 kit fox\n2 n01440764\n3 n03000684\n");
  for (const ImageNet* each : {&packed, &unpacked, &beside, &listed})
    CHECK(imagenet_validation_synsets(each->folder / "in") == classes);
}

TEST_CASE("What is missing or damaged of ImageNet's files is said by its name", "[data]") {
  const ImageNet imagenet;
  const fs::path in = imagenet.folder / "in";
  CHECK_THROWS_WITH(open_imagenet_tars(in), ContainsSubstring("put ILSVRC2012_devkit_t12.tar.gz beside them"));
  imagenet.add_kit("3\n1\n2\n");
  CHECK_THROWS_WITH(open_imagenet_tars(in),
                    ContainsSubstring("ILSVRC2012_img_val.tar: has 4 images, and the development "
                                      "kit the classes of 3"));
  imagenet.add_kit("3\n1\n2\n5\n");
  CHECK_THROWS_WITH(open_imagenet_tars(in), ContainsSubstring("image 4 is of the class 5, which has no synset"));
  imagenet.add_kit();
  const std::string whole = read_file(in / "ILSVRC2012_img_train.tar");
  imagenet.write("in/ILSVRC2012_img_train.tar", whole.substr(0, whole.size() / 2));
  CHECK_THROWS_WITH(open_imagenet_tars(in), ContainsSubstring("ILSVRC2012_img_train.tar: is "));
  write_tar(in / "ILSVRC2012_img_train.tar", {{"n01440764.tar", std::string(3000, 'x')}});
  CHECK_THROWS_WITH(open_imagenet_tars(in), ContainsSubstring("ILSVRC2012_img_train.tar: n01440764.tar: is "));
  write_tar(in / "ILSVRC2012_img_train.tar", {{"n01440764_1.JPEG", image("rgb.jpg")}});
  CHECK_THROWS_WITH(open_imagenet_tars(in), ContainsSubstring("expected a tar a class"));
  fs::remove(in / "ILSVRC2012_img_val.tar");
  CHECK_THROWS_WITH(open_imagenet_tars(in), ContainsSubstring("ILSVRC2012_img_val.tar: is missing"));
}

TEST_CASE("MAT-files give texts and numbers of every width, and damaged ones a sentence", "[data]") {
  for (const std::string name : {"meta.mat", "meta_plain.mat"}) {
    const MatTable table = read_mat_table(meta(name), name);
    REQUIRE(table.fields.size() == 8);
    REQUIRE(table.rows.size() == 4);
    CHECK(table.fields[1] == "WNID");
    CHECK(std::get<double>(table.rows[2][0]) == 3);
    CHECK(std::get<std::string>(table.rows[1][2]) == "tench");
    CHECK(std::get<std::string>(table.rows[3][2]) == "entity, caf\xc3\xa9");
    CHECK(std::holds_alternative<std::monostate>(table.rows[0][5]));  // no children
    CHECK(std::get<double>(table.rows[3][5]) == 1);
    CHECK(std::get<double>(table.rows[3][7]) == 1300);
  }
  const std::string whole = meta("meta_plain.mat");
  for (size_t end = 0; end < whole.size(); end += 1 + whole.size() / 50)
    CHECK_THROWS_AS(read_mat_table(whole.substr(0, end), "cut.mat"), RequestError);
}

}  // namespace imagenet_tars_test
